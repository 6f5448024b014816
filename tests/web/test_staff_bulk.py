"""Accepting in bulk and its audit, as staff meet them on their pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.core.states import CommentState, Role
from commentbox.db import transaction
from commentbox.models import AuditSample, BulkAcceptance, Comment, Consultation
from commentbox.services.bulk import acceptances, offers
from commentbox.web.staff.bulk import CHANCE
from tests.fixtures.desk import Desk, add_waiting, measure

SignIn = Callable[[Role], FlaskClient]
PAGE, AUDIT = "/staff/parks/bulk", "/staff/parks/audit"


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PAGE)


def card(desk: Desk, kind: str) -> str:
    """Return what the page says of a kind."""
    node = LexborHTMLParser(desk.get(PAGE)).css_first(f"#{kind}")
    assert node is not None
    return " ".join(node.text().split())


def decide(desk: Desk, session: Session, path: str) -> str:
    """Decide the sample on the desk; return the page that comes next."""
    page = desk.get(AUDIT)
    action = re.search(rf'action="({AUDIT}/\d+)"', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert action
    assert version
    said = measure(session, path).id
    session.rollback()
    desk.post(action[1], measure=said, version=version[1])
    return desk.get(AUDIT)


def test_references_are_looked_at_accepted_and_taken_back(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_waiting(session, consultation, 30, source="reference")
    assert "批量确认" in desk.get("/staff/parks/")
    assert "预览并确认 30 条" in card(desk, "reference")
    preview = desk.get(f"{PAGE}/reference")
    assert preview.count('class="q-receipt"') == 10
    assert "新建口袋公园" in preview
    assert "批量确认 30 条意见" in preview
    desk.post(f"{PAGE}/reference", threshold="")
    page = desk.get(PAGE)
    assert "已批量确认 30 条意见。" in page
    assert "一致 0，不一致 0，待抽查 2" in page
    assert "先要抽查" in card(desk, "reference")
    one = session.scalars(select(BulkAcceptance)).one()
    assert desk.get(f"/staff/parks/s/{'0' * 12}").count("→ （1）新建口袋公园 · 批量") == 1
    desk.post(f"{PAGE}/{one.id}/undo")
    page = desk.get(PAGE)
    assert "已撤销 30 条意见的批量确认。" in page
    assert f"{PAGE}/{one.id}/undo" not in page
    desk.post(f"{PAGE}/{one.id}/undo")
    assert "已经撤销过了" in desk.get(PAGE)


def test_the_desk_hides_what_the_machine_thinks_until_it_is_decided(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_waiting(session, consultation, 3, confidence=0.93)
    assert "随机抽 3 条" in desk.get(AUDIT)
    desk.post(AUDIT, kind="score")
    page = LexborHTMLParser(desk.get(AUDIT))
    article, names = page.css_first("article"), page.css("article option")
    assert article is not None
    assert not article.css("option[selected], meter, .source, .word, em")
    assert sum("新建口袋公园" in name.text() for name in names) == 1, "only as one of all measures"
    assert article.html is not None
    assert article.html.count("新建口袋公园") == 1
    assert "0.93" not in article.html
    page_after = decide(desk, session, "2.1.1.1")
    assert "与系统建议一致" in page_after
    page_after = decide(desk, session, "2.1.1.3")
    assert "与系统建议不一致：系统建议为“（1）新建口袋公园”" in page_after
    comment = session.scalars(
        select(Comment).where(Comment.measure_id == measure(session, "2.1.1.3").id)
    ).one()
    letter = desk.get(f"/staff/parks/s/{comment.submission.receipt}")
    assert "抽查 · 意见 1 · 与系统建议不一致" in letter


def test_setting_aside_at_the_desk_needs_its_reason(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_waiting(session, consultation, 1, confidence=0.93)
    desk.post(AUDIT, kind="score")
    sample = session.scalars(select(AuditSample)).one()
    desk.post(f"{AUDIT}/{sample.id}", aside="1", reason=" ", version=1)
    assert "请写明理由" in desk.get(AUDIT)
    desk.post(f"{AUDIT}/{sample.id}", aside="1", reason="广告", version=1)
    session.rollback()
    assert (sample.outcome, sample.comment.state) == (Outcome.DIFFERED, CommentState.DISMISSED)
    desk.post(f"{AUDIT}/{sample.id}", aside="1", reason="广告", version=2)
    assert "刚由他人办理" in desk.get(AUDIT)


def test_a_bad_model_switches_itself_off_and_the_page_says_why(
    desk: Desk, session: Session, consultation: Consultation
) -> None:
    add_waiting(session, consultation, 180, confidence=0.96)
    assert "已抽查 0 件，至少需要 50 件" in card(desk, "score")
    with transaction(session):
        offers.draw(session, consultation.id, Kind.SCORE, 60, chance=CHANCE, now=consultation.created_at)
    for _ in range(60):
        decide(desk, session, "2.1.1.1")
    assert "盲审抽查 60 件，系统建议全部正确；正确率的可信下限 95.1%（要求 95.0%）" in card(desk, "score")
    desk.post(f"{PAGE}/score", threshold="0.7")
    assert session.scalar(select(func.count()).where(AuditSample.acceptance_id.is_not(None))) == 6
    for _ in range(6):
        decide(desk, session, "2.1.1.3")
    add_waiting(session, consultation, 5, confidence=0.96)
    says = card(desk, "score")
    assert "已停用" in says
    assert "盲审抽查 66 件，其中 6 件系统建议不对；正确率的可信下限 82.8%（要求 95.0%）" in says
    assert "预览并确认" not in says
    assert "批量确认 5 条意见" not in desk.get(f"{PAGE}/score")
    desk.post(f"{PAGE}/score", threshold="0.7")
    assert "没有执行" in desk.get(PAGE)
    assert "撤销 114 条" in desk.get(PAGE)


def test_what_is_more_than_a_page_waits_for_is_gone_on_with(
    desk: Desk, session: Session, consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptances, "PORTION", 5)
    add_waiting(session, consultation, 30, source="reference")
    desk.post(f"{PAGE}/reference", threshold="")
    page = desk.get(PAGE)
    assert "后台会接着做完" in page
    assert "正在进行" in page
    assert 'http-equiv="refresh"' in page
    assert session.scalar(select(func.count()).where(Comment.state == CommentState.ASSIGNED)) == 20


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (f"{PAGE}/everything", {}, 404),
        (f"{PAGE}/score", {"threshold": "0.1"}, 400),
        (f"{PAGE}/reference", {"threshold": ""}, 303),
        (f"{PAGE}/987/undo", {}, 404),
        (AUDIT, {"kind": "everything"}, 400),
        (f"{AUDIT}/987", {"measure": "1", "version": "1"}, 404),
    ],
)
def test_forms_that_were_not_ours(desk: Desk, path: str, fields: dict[str, str], status: int) -> None:
    desk.post(path, status=status, **fields)
