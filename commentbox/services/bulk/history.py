"""What was accepted in bulk so far, and what its audit found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.rules.acceptance import Outcome
from commentbox.core.states import CommentState
from commentbox.models import AuditSample, BulkAcceptance, BulkItem, Comment


def latest(session: Session, consultation_id: int, limit: int) -> list[BulkAcceptance]:
    """Return what was accepted in bulk, the latest first."""
    mine = BulkAcceptance.consultation_id == consultation_id
    return list(
        session.scalars(select(BulkAcceptance).where(mine).order_by(BulkAcceptance.id.desc()).limit(limit))
    )


def untouched(session: Session, acceptance_ids: Sequence[int]) -> dict[int, int]:
    """Return how many comments of each acceptance no person has touched since and can be taken back."""
    rows = session.execute(
        select(BulkItem.acceptance_id, func.count())
        .join(Comment, Comment.id == BulkItem.comment_id)
        .where(
            BulkItem.acceptance_id.in_(acceptance_ids),
            BulkItem.version == Comment.version,
            Comment.state == CommentState.ASSIGNED,
        )
        .group_by(BulkItem.acceptance_id)
    )
    return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs to mypy


def audited(session: Session, acceptance_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the samples of each acceptance by their outcome."""
    rows = session.execute(
        select(AuditSample.acceptance_id, AuditSample.outcome, func.count())
        .where(AuditSample.acceptance_id.in_(acceptance_ids))
        .group_by(AuditSample.acceptance_id, AuditSample.outcome)
    )
    found: dict[int, dict[str, int]] = {key: dict.fromkeys(Outcome, 0) for key in acceptance_ids}
    for key, outcome, number in rows:
        found[key or 0][outcome] = number
    return found
