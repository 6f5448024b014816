"""The drafters' pages: figures, dispositions, the export that has as many rows as the screen."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import CommentState, Disposition, Role
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import AuditEntry, Comment, Consultation
from commentbox.services import dispose, triage
from tests.fixtures.desk import Desk, add_letter, measure

SignIn = Callable[[Role], FlaskClient]
PAGE = "/staff/parks/measures/2.1.1.1"
OVERVIEW = "/staff/parks/measures"
EXPORT = "/staff/parks/export"
OTHER = Actor("另一位同事")


@pytest.fixture
def comments(session: Session, consultation: Consultation) -> list[Comment]:
    """Return two comments on measure 1; a third one waits, one is dismissed, one is spam."""
    now = datetime.now(UTC)
    letter = add_letter(session, consultation, "座椅太少。", "入口太窄。", "其他想法。", "您好。")
    spam = add_letter(session, consultation, "发票代开。", minutes_ago=5)
    where = measure(session, "2.1.1.1").id
    with transaction(session):
        for comment in (*letter.comments[:2], spam.comments[0]):
            triage.assign(session, comment.id, where, version=1, actor=OTHER, now=now)
        triage.dismiss(session, letter.comments[3].id, reason="问候", version=1, actor=OTHER, now=now)
        triage.mark_spam(session, spam.id, reason="广告", version=1, actor=OTHER, now=now)
    return letter.comments[:2]


@pytest.fixture
def desk(comments: list[Comment], sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.DRAFTER), PAGE)


def save(desk: Desk, comment: Comment, status: int = 303, **fields: object) -> str:
    values = {"version": comment.version, "disposition": "accepted", "reason": "", **fields}
    return desk.post(f"{PAGE}/{comment.id}", status=status, **values).text


def test_the_overview_counts_and_filters_by_lead_agency(desk: Desk) -> None:
    page = desk.get(OVERVIEW)
    assert re.search(r'figure-number">3</span>\s*<span class="figure-name">条意见', page)
    assert re.search(r'figure-number">1</span>\s*<span class="figure-name">条待分办', page)
    assert "种植行道树" in page
    filtered = desk.get(f"{OVERVIEW}?agency=市园林局&with=comments")
    assert "新建口袋公园" in filtered
    assert "种植行道树" not in filtered


def test_a_measure_shows_its_text_and_the_comments_that_count(desk: Desk) -> None:
    page = desk.get(PAGE)
    assert "每年新建口袋公园二十处" in page
    assert "座椅太少。" in page
    assert "发票代开" not in page
    assert "您好。" not in page


def test_what_waits_for_a_measure_has_its_own_list(desk: Desk) -> None:
    page = desk.get(f"{OVERVIEW}/unassigned")
    assert "其他想法。" in page
    assert "座椅太少。" not in page
    assert 'name="disposition"' not in page
    desk.get(f"{OVERVIEW}/nothing", status=404)


def test_a_disposition_is_saved_and_undone(desk: Desk, session: Session, comments: list[Comment]) -> None:
    comment = comments[0]
    save(desk, comment, disposition="not_accepted", reason="与上位法不符", revised_text="", note="内部")
    session.rollback()
    assert (comment.state, comment.disposition, comment.reason, comment.note) == (
        CommentState.DISPOSED,
        Disposition.NOT_ACCEPTED,
        "与上位法不符",
        "内部",
    )
    audit = re.search(r'name="audit" value="(\d+)"', desk.get(PAGE))
    assert audit
    desk.post("/staff/undo", audit=audit[1], back=PAGE)
    session.rollback()
    assert (comment.state, comment.disposition, comment.reason) == (CommentState.ASSIGNED, None, "")


def test_a_missing_reason_is_said_beside_what_was_typed(
    desk: Desk, session: Session, comments: list[Comment]
) -> None:
    text = save(desk, comments[0], status=422, disposition="explained", revised_text="改后的条文")
    assert "请写明理由" in text
    assert "改后的条文</textarea>" in text
    assert re.search(r'value="explained" checked', text)
    session.rollback()
    assert comments[0].disposition is None


def test_the_second_of_two_people_gets_409_and_keeps_what_was_typed(
    desk: Desk, session: Session, comments: list[Comment]
) -> None:
    with transaction(session):
        dispose.dispose(
            session,
            comments[0].id,
            disposition="noted",
            reason="",
            revised_text="",
            note="",
            version=comments[0].version,
            actor=OTHER,
            now=datetime.now(UTC),
        )
    text = save(desk, comments[0], status=409, version=2, disposition="accepted", reason="我写的理由")
    assert "另一位同事" in text
    assert "留作参考" in text
    assert "我写的理由</textarea>" in text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HANDLER])
def test_only_drafters_dispose(sign_in: SignIn, comments: list[Comment], role: Role) -> None:
    desk = Desk(sign_in(role), PAGE)
    assert 'name="disposition"' not in desk.get(PAGE)
    save(desk, comments[0], status=403)


@pytest.mark.parametrize(("path", "rows"), [("", 3), ("2.1.1.1", 2), ("2.1.1.3", 0)])
def test_the_file_has_the_rows_that_the_screen_counts(
    desk: Desk, session: Session, path: str, rows: int
) -> None:
    page = desk.get(f"{EXPORT}?measure={path}")
    assert f'<strong id="rows">{rows}</strong>' in page
    made = desk.post(EXPORT, status=200, format="csv", preset="internal", measure=path)
    table = list(csv.reader(io.StringIO(made.data.decode("utf-8-sig"))))
    assert len(table) - 1 == rows
    record = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert record.detail["rows"] == rows


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("docx", b"PK"), ("json", b"{")])
def test_every_format_comes_as_a_file(desk: Desk, form: str, start: bytes) -> None:
    made = desk.post(EXPORT, status=200, format=form, preset="public", measure="")
    assert made.data.startswith(start)
    assert made.headers["Content-Disposition"] == f"attachment; filename=parks-all-public.{form}"
    if form == "json":
        assert "周明远" not in json.dumps(json.loads(made.data), ensure_ascii=False)


def test_what_is_not_offered_is_not_found(desk: Desk) -> None:
    for wrong in ({"format": "exe"}, {"preset": "all"}, {"measure": "nothing"}):
        desk.post(EXPORT, status=404, **{"format": "csv", "preset": "internal", "measure": "", **wrong})


def test_a_viewer_exports_nothing(sign_in: SignIn, consultation: Consultation) -> None:
    desk = Desk(sign_in(Role.VIEWER), OVERVIEW)
    assert EXPORT not in desk.get(OVERVIEW)
    desk.get(EXPORT, status=403)
    desk.post(EXPORT, status=403, format="csv", preset="internal")
