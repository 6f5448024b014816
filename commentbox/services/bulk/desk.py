"""The audit desk: one comment after the other, decided without a word of what the machine thinks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from commentbox.core.rules.acceptance import Outcome
from commentbox.core.states import CommentState
from commentbox.core.types import Actor
from commentbox.models import AuditSample, Comment, Submission
from commentbox.services import audit, triage
from commentbox.services.bulk.offers import live, sweep
from commentbox.services.errors import Conflict, Invalid, NotFound


def next_sample(session: Session, consultation_id: int) -> AuditSample | None:
    """Return the comment that is to be decided next: chance's order, so that nobody picks the easy ones.

    What was drawn from the comments that wait comes first, then the latest acceptance.
    """
    return session.scalar(
        select(AuditSample)
        .join(Comment, Comment.id == AuditSample.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(AuditSample.consultation_id == consultation_id, live())
        .order_by(AuditSample.acceptance_id.desc().nulls_first(), AuditSample.place, AuditSample.id)
        .limit(1)
        .options(
            joinedload(AuditSample.comment)
            .joinedload(Comment.submission)
            .selectinload(Submission.attachments)
        )
    )


def decide(
    session: Session,
    consultation_id: int,
    sample_id: int,
    measure_id: int | None,
    *,
    reason: str = "",
    version: int,
    actor: Actor,
    now: datetime,
) -> AuditSample:
    """Say what a sampled comment is about, None with a reason for what is set aside.

    The decision is the comment's, by the same rules as in triage; the machine's stays beside it in the
    sample and in the audit trail. Raise Conflict where somebody was quicker.
    """
    sample = _waiting(session, consultation_id, sample_id, now)
    if measure_id is None and not reason.strip():
        raise Invalid("reason_missing")
    _store(session, sample.comment, measure_id, reason, version, actor, now)
    agreed = measure_id == sample.measure_id
    sample.outcome = Outcome.AGREED if agreed else Outcome.DIFFERED
    sample.decided_at, sample.decided_by, sample.decided_measure_id = now, actor.name, measure_id
    session.flush()
    detail = {"sample": sample.id, "agreed": agreed, "suggested": sample.measure_id, "said": measure_id}
    audit.record(
        session, actor, "audit", "comment", sample.comment_id, now, version=sample.comment.version, **detail
    )
    return sample


def _waiting(session: Session, consultation_id: int, sample_id: int, now: datetime) -> AuditSample:
    sweep(session, consultation_id, now)
    sample = session.get(AuditSample, sample_id, with_for_update=True, populate_existing=True)
    if sample is None or sample.consultation_id != consultation_id:
        raise NotFound(str(sample_id))
    if sample.outcome != Outcome.WAITING:
        raise Conflict(str(sample_id))
    return sample


def _store(
    session: Session,
    comment: Comment,
    measure_id: int | None,
    reason: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Decide as in triage; where a person only says again what stands, it is theirs from now on.

    What drafters have already answered is not set aside from here: that they must first take back.
    """
    if measure_id is None and comment.state == CommentState.DISPOSED:
        return
    if measure_id is None:
        triage.dismiss(session, comment.id, reason=reason, version=version, actor=actor, now=now)
    elif comment.measure_id == measure_id:
        triage.confirm(session, comment.id, version=version, actor=actor, now=now)
    else:
        triage.assign(session, comment.id, measure_id, version=version, actor=actor, now=now)
