"""Tests of services.triage and services.dispose: decisions, their conflicts and their undoing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from commentbox.core.states import CommentState, IllegalMove, SubmissionState
from commentbox.core.types import SYSTEM, Actor
from commentbox.db import transaction
from commentbox.models import Consultation, Submission
from commentbox.services import audit, consultations, dispose, triage
from commentbox.services.errors import Conflict, Invalid, NotFound
from tests.fixtures.app import add_consultation
from tests.fixtures.desk import add_letter, measure


class Office:
    """Call the use cases as one clerk does, each in a transaction of its own."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session = session
        self.given: dict[str, Any] = {"actor": actor, "now": now}

    def do(self, verb: Any, *args: Any, **more: Any) -> Any:
        """Run one use case and return what it returned."""
        with transaction(self.session):
            return verb(self.session, *args, **{**self.given, **more})

    def dispose(self, comment_id: int, version: int, disposition: str = "accepted", reason: str = "") -> int:
        """Record a disposition."""
        words = {"disposition": disposition, "reason": reason, "revised_text": "", "note": ""}
        return int(self.do(dispose.dispose, comment_id, version=version, **words))


@pytest.fixture
def office(session: Session, clerk: Actor, now: datetime) -> Office:
    return Office(session, clerk, now)


@pytest.fixture
def letter(session: Session, consultation: Consultation) -> Submission:
    """Return a letter of two points."""
    return add_letter(session, consultation, "请多种树。", "请多装灯。")


def test_letter_is_triaged_when_its_last_comment_is_decided(
    session: Session, letter: Submission, office: Office
) -> None:
    first, second = letter.comments
    park = measure(session, "2.1.1.1").id
    office.do(triage.assign, first.id, park, version=1)
    assert letter.state == SubmissionState.RECEIVED
    office.do(triage.dismiss, second.id, reason="与草案无关", version=1)
    assert letter.state == SubmissionState.TRIAGED
    assert (first.state, first.measure_id, first.version) == (CommentState.ASSIGNED, park, 2)
    office.do(triage.reopen, second.id, version=2)
    assert letter.state == SubmissionState.RECEIVED
    assert second.dismissed_reason == ""


def test_second_writer_is_told(session: Session, letter: Submission, office: Office) -> None:
    comment_id = letter.comments[0].id
    park, trees = measure(session, "2.1.1.1").id, measure(session, "2.1.1.3").id
    office.do(triage.assign, comment_id, park, version=1)
    for verb, words in (
        (triage.assign, {"measure_id": trees}),
        (triage.dismiss, {"reason": "x"}),
        (triage.reopen, {}),
    ):
        with pytest.raises(Conflict):
            office.do(verb, comment_id, version=1, **words)
    with pytest.raises(Conflict):
        office.dispose(comment_id, version=1)
    with pytest.raises(Conflict):
        office.do(triage.mark_spam, letter.id, reason="x", version=7)
    assert letter.comments[0].measure_id == park


def test_what_is_refused(session: Session, letter: Submission, office: Office) -> None:
    comment_id = letter.comments[0].id
    other = consultations.tree(session, add_consultation(session, slug="other").id)[0].id
    for wrong in (other, 10_000):
        with pytest.raises(Invalid, match="no_such_measure"):
            office.do(triage.assign, comment_id, wrong, version=1)
    for blank in ("", "  \n"):
        with pytest.raises(Invalid, match="reason_missing"):
            office.do(triage.dismiss, comment_id, reason=blank, version=1)
        with pytest.raises(Invalid, match="reason_missing"):
            office.do(triage.mark_spam, letter.id, reason=blank, version=1)
    with pytest.raises(NotFound):
        office.do(triage.assign, 10_000, other, version=1)
    with pytest.raises(IllegalMove):
        office.do(triage.reopen, comment_id, version=1)
    with pytest.raises(IllegalMove):
        office.dispose(comment_id, version=1)
    assert letter.comments[0].version == 1


def test_undo_takes_each_step_back(session: Session, letter: Submission, office: Office) -> None:
    first, second = letter.comments
    park = measure(session, "2.1.1.1").id
    office.do(triage.dismiss, second.id, reason="重复", version=1)
    step = office.do(triage.assign, first.id, park, version=1)
    assert letter.state == SubmissionState.TRIAGED
    office.do(triage.undo, step)
    assert (first.state, first.measure_id, first.assigned_by_id) == (CommentState.SUGGESTED, None, None)
    assert letter.state == SubmissionState.RECEIVED
    with pytest.raises(Conflict):
        office.do(triage.undo, step)


def test_undo_is_for_one_s_own_last_step(session: Session, letter: Submission, office: Office) -> None:
    first = letter.comments[0]
    park, trees = measure(session, "2.1.1.1").id, measure(session, "2.1.1.3").id
    step = office.do(triage.assign, first.id, park, version=1)
    with pytest.raises(Conflict):
        office.do(triage.undo, step, actor=SYSTEM)
    office.do(triage.assign, first.id, trees, version=2)
    with pytest.raises(Conflict):
        office.do(triage.undo, step)
    assert first.measure_id == trees
    with pytest.raises(NotFound):
        office.do(triage.undo, 10_000)


def test_spam_and_back(session: Session, letter: Submission, office: Office) -> None:
    step = office.do(triage.mark_spam, letter.id, reason="广告", version=1)
    assert (letter.state, letter.spam_reason) == (SubmissionState.SPAM, "广告")
    office.do(triage.undo, step)
    assert (letter.state, letter.spam_reason) == (SubmissionState.RECEIVED, "")
    office.do(triage.mark_spam, letter.id, reason="广告", version=3)
    for comment in letter.comments:
        office.do(triage.dismiss, comment.id, reason="广告", version=1)
    assert letter.state == SubmissionState.SPAM
    office.do(triage.restore, letter.id, version=4)
    assert letter.state == SubmissionState.TRIAGED


def test_undone_spam_takes_the_state_of_its_comments(
    session: Session, letter: Submission, office: Office
) -> None:
    step = office.do(triage.mark_spam, letter.id, reason="广告", version=1)
    for comment in letter.comments:
        office.do(triage.dismiss, comment.id, reason="广告", version=1)
    office.do(triage.undo, step)
    assert letter.state == SubmissionState.TRIAGED


def test_another_point_is_cut_out(session: Session, letter: Submission, office: Office) -> None:
    for comment in letter.comments:
        office.do(triage.dismiss, comment.id, reason="x", version=1)
    assert letter.state == SubmissionState.TRIAGED
    added = office.do(triage.add_comment, letter.id, excerpt=" 多装灯 ")
    assert letter.own_text[added.start : added.end] == added.excerpt == "多装灯"
    assert (added.position, added.state) == (3, CommentState.NEW)
    with pytest.raises(IllegalMove):
        office.do(triage.reopen, added.id, version=1)
    assert letter.state == SubmissionState.RECEIVED
    elsewhere = office.do(
        triage.add_comment, letter.id, excerpt="附件里的话", measure_id=measure(session, "2.1.1.1").id
    )
    assert (elsewhere.start, elsewhere.end, elsewhere.state) == (None, None, CommentState.ASSIGNED)
    with pytest.raises(Invalid, match="nothing_said"):
        office.do(triage.add_comment, letter.id, excerpt="  ")


def test_disposition_and_its_reason(session: Session, letter: Submission, office: Office) -> None:
    comment = letter.comments[0]
    office.do(triage.assign, comment.id, measure(session, "2.1.1.1").id, version=1)
    for disposition in ("partly_accepted", "not_accepted", "explained"):
        with pytest.raises(Invalid, match="reason_missing"):
            office.dispose(comment.id, 2, disposition, reason=" ")
    with pytest.raises(Invalid, match="no_such_disposition"):
        office.dispose(comment.id, 2, "perhaps")
    office.dispose(comment.id, 2)
    office.dispose(comment.id, 3, "not_accepted", reason=" 已有规定 ")
    assert (comment.state, comment.disposition, comment.reason) == (
        CommentState.DISPOSED,
        "not_accepted",
        "已有规定",
    )
    actions = [entry.action for entry in audit.for_submission(session, letter.id)]
    assert actions == ["assign", "dispose", "dispose"]


def test_undone_disposition_leaves_nothing(session: Session, letter: Submission, office: Office) -> None:
    comment = letter.comments[0]
    office.do(triage.assign, comment.id, measure(session, "2.1.1.1").id, version=1)
    step = office.dispose(comment.id, 2, "explained", "已写明")
    office.do(triage.undo, step)
    assert (comment.state, comment.disposition, comment.reason) == (CommentState.ASSIGNED, None, "")
    assert (comment.disposed_by_id, comment.disposed_at) == (None, None)


def test_comment_given_to_another_measure_must_be_disposed_anew(
    session: Session, letter: Submission, office: Office, clerk: Actor
) -> None:
    comment = letter.comments[0]
    trees = measure(session, "2.1.1.3").id
    office.do(triage.assign, comment.id, measure(session, "2.1.1.1").id, version=1)
    office.dispose(comment.id, 2, "explained", "已写明")
    step = office.do(triage.assign, comment.id, trees, version=3)
    assert (comment.state, comment.measure_id, comment.disposition) == (CommentState.ASSIGNED, trees, None)
    assert comment.reason == "已写明"  # kept as a start for the next
    office.do(triage.undo, step)
    assert (comment.state, comment.disposition) == (CommentState.DISPOSED, "explained")
    assert comment.disposed_by_id == clerk.user_id
