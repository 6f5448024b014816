"""Tests of services.measures and services.sheet: the same figures on the screen and in the file."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import Comment, Consultation, Submission
from commentbox.services import dispose, measures, sheet, triage
from commentbox.services.errors import NotFound
from tests.fixtures.desk import add_letter, measure

POINTS = ("种树好。", "装灯好。", "总体同意。", "再种树。", "说不清。", "与此无关。")


@pytest.fixture
def letter(session: Session, consultation: Consultation, clerk: Actor, now: datetime) -> Submission:
    """Return a letter whose points are assigned, disposed, dismissed and left; and one that is spam."""
    spam = add_letter(session, consultation, "买发票", minutes_ago=1)
    letter = add_letter(session, consultation, *POINTS, minutes_ago=2, late_minutes=61)
    ids = [c.id for c in letter.comments]
    given = {"actor": clerk, "now": now}
    paths = ("2.1.1.3", "2.1.1.4", "whole", "2.1.1.3")
    targets = [measure(session, path).id for path in paths]
    with transaction(session):
        triage.mark_spam(session, spam.id, reason="x", version=1, **given)
        for comment_id, target in zip(ids, targets, strict=False):
            triage.assign(session, comment_id, target, version=1, **given)
        words = {"disposition": "noted", "reason": "", "revised_text": "", "note": "内部"}
        dispose.dispose(session, ids[0], version=2, **words, **given)
        triage.dismiss(session, ids[5], reason="x", version=1, **given)
    return letter


def test_overview_counts_what_the_sheet_writes(
    session: Session, consultation: Consultation, letter: Submission
) -> None:
    overview = measures.overview(session, consultation.id)
    lines = {line.measure.path: line for line in overview.lines}
    trees = lines["2.1.1.3"]
    assert (trees.comments, trees.undisposed, trees.by_disposition) == (2, 1, {"noted": 1})
    assert (lines["whole"].comments, lines["2.1.1.1"].comments, overview.unassigned) == (1, 0, 1)
    rows = list(sheet.rows(session, consultation, preset="internal"))
    shown = sum(line.comments for line in overview.lines) + overview.unassigned
    assert len(rows) == sheet.count(session, consultation.id) == shown == 5
    for line in overview.lines:
        alone = list(sheet.rows(session, consultation, preset="public", measure_id=line.measure.id))
        on_page = measures.comments(session, consultation.id, line.measure.id)
        counted = measures.count(session, consultation.id, line.measure.id)
        assert len(alone) == line.comments == len(on_page) == counted
        assert sheet.count(session, consultation.id, line.measure.id) == line.comments


def test_sheet_is_in_the_draft_s_order(
    session: Session, consultation: Consultation, letter: Submission
) -> None:
    rows = list(sheet.rows(session, consultation, preset="internal"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.comment for row in rows] == ["种树好。", "再种树。", "装灯好。", "总体同意。", "说不清。"]
    assert [row.clause for row in rows[2:]] == ["（4）公园夜间照明", "对全文的总体意见", "待分办"]
    assert rows[0].lead_agency == "市城管局"
    assert "逾期 1小时1分钟" in rows[0].remarks
    assert "内部" in rows[0].remarks


def test_head(consultation: Consultation, now: datetime) -> None:
    head = sheet.head(consultation, now=now)
    assert head.unit == "云栖市园林局"
    assert "云栖市公园绿地建设方案" in head.title


def test_comments_come_in_pages(session: Session, consultation: Consultation, letter: Submission) -> None:
    trees = measure(session, "2.1.1.3").id
    first = measures.comments(session, consultation.id, trees, limit=1)
    rest = measures.comments(session, consultation.id, trees, after_id=first[0].id)
    assert [c.excerpt for c in (*first, *rest)] == ["种树好。", "再种树。"]
    (waiting,) = measures.comments(session, consultation.id, None)
    assert isinstance(waiting, Comment)
    assert waiting.submission.receipt == letter.receipt


def test_measure_by_number(session: Session, consultation: Consultation) -> None:
    assert sheet.measure_by_number(session, consultation, "3") == measure(session, "2.1.1.3").id
    assert sheet.measure_by_number(session, consultation, "2.1.1.4") == measure(session, "2.1.1.4").id
    for unknown in ("99", "annex.1", "", "9" * 30):
        with pytest.raises(NotFound):
            sheet.measure_by_number(session, consultation, unknown)
    with pytest.raises(NotFound):
        measures.get(session, consultation.id + 1, measure(session, "whole").id)
    with pytest.raises(NotFound):
        measures.comment(session, consultation.id, 10_000)
