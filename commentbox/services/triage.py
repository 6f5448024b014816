"""What staff decide about comments and submissions, each step with its undo."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.states import UNDECIDED, CommentState, SubmissionState
from commentbox.core.types import Actor
from commentbox.models import AuditEntry, Campaign, Comment, Measure, OutboundMail, Submission
from commentbox.services import audit
from commentbox.services.errors import Conflict, Invalid, NotFound
from commentbox.services.respond import KIND as REPLY

COMMENT_FIELDS = (
    "state",
    "measure_id",
    "assigned_by_id",
    "dismissed_reason",
    "disposition",
    "disposed_by_id",
)
_SUBMISSION_FIELDS = ("state", "spam_reason")
_UNDONE: dict[str, Any] = {
    "comment": Comment,
    "submission": Submission,
    "campaign": Campaign,
}
REOPENED: dict[str, Any] = {
    "state": CommentState.SUGGESTED,
    "measure_id": None,
    "dismissed_reason": "",
    "assigned_by_id": None,
    "assigned_at": None,
}
"""What the columns of a comment are once it waits for a person again."""


def assign(
    session: Session, comment_id: int, measure_id: int, *, version: int, actor: Actor, now: datetime
) -> int:
    """Say which measure a comment is about; return the audit id that `undo` takes.

    What was decided about it for another measure no longer stands; the words of the reason stay as a draft.
    """
    comment = _comment(session, comment_id, version)
    measure = session.get(Measure, measure_id)
    if measure is None or measure.consultation_id != comment.consultation_id:
        raise Invalid("no_such_measure")
    before = _values(comment, COMMENT_FIELDS)
    if comment.state != CommentState.ASSIGNED:
        states.check_move(CommentState(comment.state), CommentState.ASSIGNED)
    for name, value in assigned(measure.id, actor, now).items():
        setattr(comment, name, value)
    return _done(session, comment, "assign", before, actor, now)


def confirm(session: Session, comment_id: int, *, version: int, actor: Actor, now: datetime) -> int:
    """Say again what is already assigned; whatever was answered since stays."""
    comment = _comment(session, comment_id, version)
    before = _values(comment, COMMENT_FIELDS)
    comment.assigned_by_id, comment.assigned_at = actor.user_id, now
    return _done(session, comment, "confirm", before, actor, now)


def assigned(measure_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the columns of a comment are once somebody has assigned it."""
    return {
        "state": CommentState.ASSIGNED,
        "measure_id": measure_id,
        "assigned_by_id": actor.user_id,
        "assigned_at": now,
        "dismissed_reason": "",
        "disposition": None,
        "disposed_by_id": None,
    }


def dismiss(
    session: Session, comment_id: int, *, reason: str, version: int, actor: Actor, now: datetime
) -> int:
    """Set a comment aside that says nothing about the draft, with a reason."""
    if not reason.strip():
        raise Invalid("reason_missing")
    comment = _comment(session, comment_id, version)
    before = _values(comment, COMMENT_FIELDS)
    states.check_move(CommentState(comment.state), CommentState.DISMISSED)
    comment.state, comment.dismissed_reason = CommentState.DISMISSED, reason.strip()
    return _done(session, comment, "dismiss", before, actor, now)


def reopen(session: Session, comment_id: int, *, version: int, actor: Actor, now: datetime) -> int:
    """Bring an assigned or dismissed comment back to where a person has to decide."""
    comment = _comment(session, comment_id, version)
    before = _values(comment, COMMENT_FIELDS)
    if comment.state == CommentState.NEW:
        # The move is the machine's: taken here, the comment would never get its suggestions.
        raise states.IllegalMove(comment.state)
    states.check_move(CommentState(comment.state), CommentState.SUGGESTED)
    for name, value in REOPENED.items():
        setattr(comment, name, value)
    return _done(session, comment, "reopen", before, actor, now)


def add_comment(
    session: Session,
    submission_id: int,
    *,
    excerpt: str,
    measure_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Comment:
    """Cut another point out of a submission; its span is found where the excerpt stands in the text."""
    submission = _get(session, submission_id)
    text = excerpt.strip()
    if not text:
        raise Invalid("nothing_said")
    start = submission.own_text.find(text)
    last = session.scalar(select(func.max(Comment.position)).where(Comment.submission_id == submission_id))
    comment = Comment(
        consultation_id=submission.consultation_id,
        submission_id=submission.id,
        position=(last or 0) + 1,
        start=start if start >= 0 else None,
        end=start + len(text) if start >= 0 else None,
        excerpt=text,
        state=CommentState.NEW,
        version=1,
    )
    session.add(comment)
    session.flush()
    audit.record(session, actor, "add", "comment", comment.id, now)
    if measure_id is not None:
        assign(session, comment.id, measure_id, version=1, actor=actor, now=now)
    else:
        _settle(session, submission)
    return comment


def mark_spam(
    session: Session, submission_id: int, *, reason: str, version: int, actor: Actor, now: datetime
) -> int:
    """Take a submission out of the count as spam, with a reason; nothing is deleted."""
    if not reason.strip():
        raise Invalid("reason_missing")
    submission = _submission(session, submission_id, version)
    before = _values(submission, _SUBMISSION_FIELDS)
    states.check_move(SubmissionState(submission.state), SubmissionState.SPAM)
    submission.state, submission.spam_reason = SubmissionState.SPAM, reason.strip()
    submission.version += 1
    return _note(session, submission, "spam", before, _SUBMISSION_FIELDS, actor, now)


def restore(session: Session, submission_id: int, *, version: int, actor: Actor, now: datetime) -> int:
    """Bring back a submission that was marked as spam or withdrawn."""
    submission = _submission(session, submission_id, version)
    before = _values(submission, _SUBMISSION_FIELDS)
    states.check_move(SubmissionState(submission.state), SubmissionState.RECEIVED)
    submission.state, submission.spam_reason = SubmissionState.RECEIVED, ""
    submission.version += 1
    _settle(session, submission)
    return _note(session, submission, "restore", before, _SUBMISSION_FIELDS, actor, now)


def undo(session: Session, audit_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back one's own step if nothing has happened to its row since."""
    entry = session.get(AuditEntry, audit_id)
    if entry is None or "before" not in entry.detail or entry.entity not in _UNDONE:
        raise NotFound(str(audit_id))
    if entry.actor != actor.name:
        raise Conflict(str(audit_id))
    row = _locked(session, entry)
    if row is None or row.version != entry.detail["version"]:
        raise Conflict(str(audit_id))
    for name, value in entry.detail["before"].items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    if isinstance(row, Comment) and row.disposition is None:
        row.disposed_at = None
    if isinstance(row, Campaign):
        row.decided_at = row.decided_at if row.decided_by_id else None
    else:
        _settle(session, _get(session, row.submission_id) if isinstance(row, Comment) else row)
    audit.record(session, actor, "undo", entry.entity, entry.entity_id, now, undone=audit_id)


def _locked(session: Session, entry: AuditEntry) -> Comment | Submission | Campaign | None:
    """Return the row that an entry is about, for writing."""
    found: Comment | Submission | Campaign | None = session.get(
        _UNDONE[entry.entity], entry.entity_id, with_for_update=True
    )
    return found


def _comment(session: Session, comment_id: int, version: int) -> Comment:
    comment = session.get(Comment, comment_id, with_for_update=True)
    if comment is None:
        raise NotFound(str(comment_id))
    if comment.version != version:
        raise Conflict(str(comment_id))
    return comment


def _submission(session: Session, submission_id: int, version: int) -> Submission:
    submission = session.get(Submission, submission_id, with_for_update=True)
    if submission is None:
        raise NotFound(str(submission_id))
    if submission.version != version:
        raise Conflict(str(submission_id))
    return submission


def _get(session: Session, submission_id: int) -> Submission:
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound(str(submission_id))
    return submission


def _values(row: Comment | Submission, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _done(
    session: Session, comment: Comment, action: str, before: dict[str, Any], actor: Actor, now: datetime
) -> int:
    comment.version += 1
    session.flush()
    _settle(session, _get(session, comment.submission_id))
    return _note(session, comment, action, before, COMMENT_FIELDS, actor, now)


def _note(
    session: Session,
    row: Comment | Submission,
    action: str,
    before: dict[str, Any],
    names: tuple[str, ...],
    actor: Actor,
    now: datetime,
) -> int:
    """Record a step with what `undo` needs to take it back."""
    session.flush()
    entity = "comment" if isinstance(row, Comment) else "submission"
    detail = {"before": before, "after": _values(row, names), "version": row.version}
    return audit.record(session, actor, action, entity, row.id, now, **detail)


def _settle(session: Session, submission: Submission) -> None:
    """Let one submission's state follow its comments."""
    session.flush()
    settle(session, [submission.id])
    session.refresh(submission, ["state"])


def settle(session: Session, submission_ids: Collection[int]) -> None:
    """Let the states of submissions follow their comments: triaged when no comment waits any more.

    One that staff answered, be it before its last comment was dealt with, is answered instead.
    """
    mine = Comment.submission_id == Submission.id
    waiting, some = exists().where(mine, Comment.state.in_(UNDECIDED)), exists().where(mine)
    answered = exists().where(OutboundMail.submission_id == Submission.id, OutboundMail.kind == REPLY)
    follows: ColumnElement[str] = case(
        (or_(waiting, ~some), SubmissionState.RECEIVED),
        (answered, SubmissionState.ANSWERED),
        else_=SubmissionState.TRIAGED,
    )
    session.execute(
        update(Submission)
        .where(
            Submission.id.in_(submission_ids),
            Submission.state.in_([SubmissionState.RECEIVED, SubmissionState.TRIAGED]),
            Submission.state != follows,
        )
        .values(state=follows)
        .execution_options(synchronize_session=False)
    )
