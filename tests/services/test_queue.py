"""Tests of services.queue: filters, pages in both directions, counts."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from commentbox.core.states import Channel
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Attachment, Consultation, Submission
from commentbox.services import measures, queue, triage
from commentbox.services.errors import NotFound
from commentbox.services.queue import Filters
from tests.fixtures.desk import add_letter, measure

ALL = Filters()


def receipts(session: Session, consultation: Consultation, filters: Filters) -> list[str]:
    """Return what a clerk sees of a filter, on one page."""
    return [row.receipt for row in queue.page(session, consultation.id, filters).rows]


@pytest.fixture
def letters(session: Session, consultation: Consultation) -> list[Submission]:
    """Return seven letters, the latest first; two came in the same minute."""
    minutes = (10, 20, 30, 30, 40, 50, 60)
    made = [
        add_letter(session, consultation, f"第{n}封说种树。", minutes_ago=m) for n, m in enumerate(minutes)
    ]
    with transaction(session):
        made[3].received_at = made[2].received_at
    return sorted(made, key=lambda s: (s.received_at, s.id), reverse=True)


def test_pages_run_through_all_and_back(
    session: Session, consultation: Consultation, letters: list[Submission]
) -> None:
    expected, seen, cursor = [s.receipt for s in letters], [], ""
    pages = []
    while True:
        page = queue.page(session, consultation.id, ALL, after=cursor, limit=3)
        pages.append([row.receipt for row in page.rows])
        seen += pages[-1]
        if not page.next:
            break
        cursor = page.next
    assert seen == expected
    assert [len(p) for p in pages] == [3, 3, 1]
    back = queue.page(session, consultation.id, ALL, before=page.previous, limit=3)
    assert [row.receipt for row in back.rows] == pages[1]
    first = queue.page(session, consultation.id, ALL, before=back.previous, limit=3)
    assert [row.receipt for row in first.rows] == pages[0]
    assert first.previous == ""
    assert first.next


@pytest.mark.parametrize("cursor", ["x", "1.x", "1.99999999999999999999999", "1.٣", "-1", "9.9"])
def test_broken_cursor_is_no_error(
    session: Session, consultation: Consultation, letters: list[Submission], cursor: str
) -> None:
    queue.page(session, consultation.id, ALL, after=cursor)
    queue.page(session, consultation.id, ALL, before=cursor)


def test_each_filter_narrows(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    plain = add_letter(session, consultation, minutes_ago=1).receipt
    late = add_letter(session, consultation, minutes_ago=2, late_minutes=7).receipt
    web = add_letter(session, consultation, minutes_ago=3, channel=Channel.WEB).receipt
    lamps = add_letter(session, consultation, minutes_ago=4, suggested="2.1.1.4")
    spam = add_letter(session, consultation, minutes_ago=5)
    with transaction(session):
        triage.mark_spam(session, spam.id, reason="x", version=1, actor=clerk, now=now)
    seen = {
        name: receipts(session, consultation, filters)
        for name, filters in {
            "all": ALL,
            "late": Filters(late=True),
            "in time": Filters(late=False),
            "web": Filters(channel="web"),
            "spam": Filters(state="spam"),
            "measure": Filters(measure_id=measure(session, "2.1.1.4").id),
            "agency": Filters(agency="市城管局"),
            "two": Filters(agency="市园林局", channel="mail", state="received", late=False),
            "odd": Filters(state="nonsense", channel="nonsense"),
        }.items()
    }
    every = [plain, late, web, lamps.receipt, spam.receipt]
    assert seen == {
        "all": every,
        "late": [late],
        "in time": [plain, web, lamps.receipt, spam.receipt],
        "web": [web],
        "spam": [spam.receipt],
        "measure": [lamps.receipt],
        "agency": [lamps.receipt],
        "two": [plain],
        "odd": every,
    }
    with transaction(session):
        triage.dismiss(session, lamps.comments[0].id, reason="x", version=1, actor=clerk, now=now)
    assert receipts(session, consultation, Filters(agency="市城管局")) == []


def test_row_says_what_waits(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, "种树。", "装灯。", "除草。")
    park = measure(session, "2.1.1.3").id
    with transaction(session):
        triage.assign(session, letter.comments[0].id, park, version=1, actor=clerk, now=now)
        for n, status in enumerate(("ok", "empty", "encrypted")):
            session.add(
                Attachment(
                    submission_id=letter.id,
                    position=n,
                    filename="a",
                    media_type="b",
                    size=1,
                    sha256="c",
                    text_status=status,
                )
            )
    (row,) = queue.page(session, consultation.id, ALL).rows
    assert (row.comments, row.open_comments, row.measure and row.measure.title) == (3, 2, "种植行道树")
    assert (row.attachments, row.unread_files, row.campaign_size) == (3, 2, 1)
    assert row.snippet == "种树。 装灯。 除草。"


def test_a_page_takes_the_same_number_of_queries_whatever_its_length(
    session: Session, consultation: Consultation, letters: list[Submission]
) -> None:
    def queries(limit: int) -> int:
        seen: list[str] = []
        listen = lambda *given: seen.append(given[2])  # noqa: E731
        session.rollback()
        event.listen(db.engine, "before_cursor_execute", listen)
        queue.page(session, consultation.id, ALL, limit=limit)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    assert queries(1) == queries(7)


def test_counts_are_those_of_the_drafters(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    kept = add_letter(session, consultation, "种树。", "装灯。", "除草。", minutes_ago=1, late_minutes=3)
    spam = add_letter(session, consultation, "买发票", minutes_ago=2, channel=Channel.WEB)
    park = measure(session, "2.1.1.1").id
    with transaction(session):
        triage.mark_spam(session, spam.id, reason="x", version=1, actor=clerk, now=now)
        triage.assign(session, kept.comments[0].id, park, version=1, actor=clerk, now=now)
        triage.dismiss(session, kept.comments[1].id, reason="x", version=1, actor=clerk, now=now)
    counts = queue.counts(session, consultation.id)
    assert (counts.total, counts.late, counts.held) == (2, 1, 0)
    assert counts.by_state == {"received": 1, "spam": 1}
    assert counts.by_channel == {"mail": 1, "web": 1}
    assert counts.comments_by_state == {"assigned": 1, "dismissed": 1, "suggested": 1}
    assert counts.unassigned == measures.overview(session, consultation.id).unassigned == 1


def test_neighbours_follow_the_filters(
    session: Session, consultation: Consultation, letters: list[Submission]
) -> None:
    for n in (0, 3, 6):
        expected = (letters[n - 1].receipt if n else "", letters[n + 1].receipt if n < 6 else "")
        assert queue.neighbours(session, letters[n], ALL) == expected
    assert queue.neighbours(session, letters[3], Filters(channel="web")) == ("", "")


def test_one_submission_and_none(session: Session, consultation: Consultation) -> None:
    letter = add_letter(session, consultation)
    assert queue.submission(session, consultation.id, letter.receipt).id == letter.id
    assert queue.receipt_of(session, letter.id) == letter.receipt
    with pytest.raises(NotFound):
        queue.submission(session, consultation.id + 1, letter.receipt)
    assert queue.agencies(session, consultation.id) == ["市园林局", "市城管局"]
