"""The queue: filters, tabs, pages; and that nobody gets in without an account."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.models import Consultation
from commentbox.web.staff import queue as queue_page
from tests.fixtures.desk import Desk, add_letter, measure

SignIn = Callable[[Role], FlaskClient]
PATH = "/staff/parks/"


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PATH)


def receipts(page: str) -> list[str]:
    return re.findall(r'class="q-receipt"><a [^>]+>([^<]+)</a>', page)


def test_strangers_are_sent_to_sign_in_from_every_page(app: Flask, client: FlaskClient) -> None:
    checked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in {"staff", "drafters"}:
            continue
        values: dict[str, object] = {name: 1 if "id" in name else "x" for name in rule.arguments}
        values["position"] = 0
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        if "GET" in (rule.methods or ()):
            answer = client.get(path)
            assert (answer.status_code, "/staff/login" in answer.location) == (303, True), rule.endpoint
        else:
            assert client.post(path).status_code in {303, 400}, rule.endpoint
        checked += 1
    assert checked > 20


def test_an_empty_queue_says_what_to_do(desk: Desk) -> None:
    page = desk.get(PATH)
    assert "还没有收到意见" in page
    assert "录入来信、来电" in page


def test_a_row_shows_who_what_and_how_much_is_open(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    letter = add_letter(session, consultation, "第一条意见说座椅。", "第二条意见说路灯。", late_minutes=90)
    page = desk.get(PATH)
    assert receipts(page) == [letter.receipt]
    assert "待办 2，意见共 2" in page
    assert "逾期" in page
    assert "新建口袋公园" in page


def test_a_row_names_the_draft_as_a_whole_and_a_measure_without_a_title(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    whole, bare = measure(session, "whole"), measure(session, "2.1.1.1")
    with transaction(session):
        whole.title, bare.title = consultation.title, ""
    for n, one in enumerate((whole, bare)):
        letter = add_letter(session, consultation, f"{n}")
        with transaction(session):
            letter.comments[0].top_measure_id = one.id
    page = desk.get(PATH)
    assert re.findall(r'class="q-measure">\s*<span[^>]*>\s*([^<]+?)\s*<', page) == [
        "（1）每年新建口袋公园二十处，步行十分钟可达。",
        "对全文的总体意见",
    ]


def test_filters_and_search_narrow_the_queue(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    mail = add_letter(session, consultation, "建议增加座椅。", minutes_ago=1)
    web = add_letter(
        session, consultation, "行道树请种银杏。", suggested="2.1.1.3", channel="web", late_minutes=5
    )
    tree = measure(session, "2.1.1.3").id
    for query, found in {
        "channel=web": [web],
        "late=yes": [web],
        "late=no": [mail],
        f"measure={tree}": [web],
        "agency=市园林局": [mail],
        "q=银杏": [web],
        "state=triaged": [],
        "state=nonsense": [mail, web],
        "measure=nonsense&campaign=-1": [mail, web],
    }.items():
        assert receipts(desk.get(f"{PATH}?{query}")) == [letter.receipt for letter in found], query


def test_tabs_carry_numbers_and_keep_the_other_filters(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_letter(session, consultation)
    page = desk.get(f"{PATH}?channel=mail")
    assert re.search(
        r'href="/staff/parks/\?state=received&amp;channel=mail"[^>]*>\s*待处理 <span class="count">1<', page
    )


def test_nothing_found_offers_to_clear_the_filters(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_letter(session, consultation)
    page = desk.get(f"{PATH}?channel=phone")
    assert "没有符合条件的来件" in page
    assert f'href="{PATH}">清除全部条件' in page


def test_pages_lead_on_and_back(desk: Desk, session: Session, consultation: Consultation) -> None:
    many = [
        add_letter(session, consultation, f"第{n}封信的意见。", minutes_ago=n)
        for n in range(queue_page.PAGE + 2)
    ]
    first = desk.get(PATH)
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    assert 'rel="prev"' not in first
    second = desk.get(older[1].replace("&amp;", "&"))
    assert receipts(second) == [letter.receipt for letter in many[-2:]]
    newer = re.search(r'rel="prev" href="([^"]+before=\d+\.\d+)"', second)
    assert newer
    assert receipts(desk.get(newer[1].replace("&amp;", "&"))) == receipts(first)


def test_what_strangers_write_is_never_markup(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    letter = add_letter(session, consultation, "<script>alert(1)</script>", subject="<b>x</b>")
    for page in (desk.get(PATH), desk.get(f"{PATH}s/{letter.receipt}")):
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
