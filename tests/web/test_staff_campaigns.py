"""Campaigns as the office sees them: the list, one of them, a letter beside its representative."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.models import Campaign, Consultation, Submission
from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.waiting import waiting
from tests.fixtures.desk import Desk, add_letter

SignIn = Callable[[Role], FlaskClient]
PAGE = "/staff/parks/campaigns"
FIRST = (
    "建议在老城区增加口袋公园，配足座椅和饮水点，并写明每年的数量。夜里十点以后请留一半照明，晚归的人才安全。"
)
OTHER = FIRST.replace("一半", "三分之一") + "我家<b>六楼</b>。"


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PAGE)


@pytest.fixture
def letters(session: Session, consultation: Consultation) -> list[Submission]:
    found = [
        add_letter(session, consultation, text, minutes_ago=9 - n)
        for n, text in enumerate((FIRST, OTHER, FIRST))
    ]
    with transaction(session):
        store(session, waiting(session, 10), datetime.now(UTC))
    return found


@pytest.fixture
def page(letters: list[Submission], session: Session) -> str:
    return f"{PAGE}/{session.scalars(select(Campaign.id)).one()}"


def texts(page: str, selector: str) -> list[str]:
    """Return the words of some parts of a page."""
    return [" ".join(node.text().split()) for node in LexborHTMLParser(page).css(selector)]


def test_the_list_names_the_representative(desk: Desk, letters: list[Submission], page: str) -> None:
    (row,) = texts(desk.get(PAGE), "table.campaigns tbody tr")
    assert row.startswith(f"3 件 {letters[0].receipt}")
    assert row.endswith("系统发现")
    assert f'href="{page}"' in desk.get(PAGE)
    assert "没有这样的同源意见" in desk.get(f"{PAGE}?state=confirmed")


def test_without_any_the_list_says_how_they_come(desk: Desk) -> None:
    assert "还没有发现同源意见" in desk.get(PAGE)


def test_each_member_is_shown_by_what_is_its_own(desk: Desk, letters: list[Submission], page: str) -> None:
    shown = desk.get(page)
    assert texts(shown, "article h3 a") == [letters[1].receipt]
    assert texts(shown, ".beyond-list ins") == [
        "夜里十点以后请留三分之一照明，晚归的人才安全。",
        "我家<b>六楼</b>。",
    ]
    assert texts(shown, ".beyond-list ins .spoke") == ["三分之"]
    assert texts(shown, ".beyond-list del") == ["夜里十点以后请留一半照明，晚归的人才安全。"]
    same = desk.get(f"{page}?texts=same")
    assert texts(same, "article h3 a") == [letters[2].receipt]
    assert texts(same, ".beyond-list") == []


def test_a_letter_is_shown_beside_its_representative(
    desk: Desk, session: Session, letters: list[Submission]
) -> None:
    first, other, copy = (desk.get(f"/staff/parks/s/{letter.receipt}") for letter in letters)
    assert len(texts(other, ".beyond ins")) == 2
    assert texts(copy, ".beyond p") == ["与代表件逐字相同。"]
    assert texts(first, ".beyond") == []
    assert "代表件" in texts(first, ".letter-marks .flag")


def test_it_is_confirmed_and_that_taken_back(desk: Desk, session: Session, page: str) -> None:
    answer = desk.post(f"{page}/decide", verdict="confirmed", version=1)
    shown = desk.get(answer.location)
    assert "已确认为同源意见。" in shown
    assert texts(shown, ".state-campaign-confirmed") == ["已确认"]
    assert [one.endswith("确认为同源意见") for one in texts(shown, ".history li")] == [True]
    (audit,) = LexborHTMLParser(shown).css('input[name="audit"]')
    desk.post("/staff/undo", audit=audit.attributes["value"], back=page)
    assert texts(desk.get(page), ".state-campaign-found") == ["系统发现"]


def test_one_that_is_none_marks_no_letter(desk: Desk, letters: list[Submission], page: str) -> None:
    desk.post(f"{page}/decide", verdict="rejected", version=1)
    assert "同源 3 件" not in desk.get("/staff/parks/")
    assert "查看代表件" not in desk.get(f"/staff/parks/s/{letters[1].receipt}")


def test_the_second_of_two_people_sees_what_the_first_did(desk: Desk, page: str) -> None:
    desk.post(f"{page}/decide", verdict="rejected", version=1)
    shown = desk.post(f"{page}/decide", status=409, verdict="confirmed", version=1).text
    assert "标为不是同源意见" in shown
    assert texts(shown, "form.panel p") == ["是否确认：已确认"]


def test_who_may_decide(sign_in: SignIn, page: str) -> None:
    viewer = Desk(sign_in(Role.VIEWER), PAGE)
    assert "decide" not in viewer.get(page)
    viewer.post(f"{page}/decide", status=403, verdict="confirmed", version=1)


def test_another_consultation_s_campaign_is_not_here(desk: Desk, page: str) -> None:
    desk.get(f"{PAGE}/999", status=404)
    desk.post(f"{PAGE}/999/decide", status=404, verdict="confirmed", version=1)
