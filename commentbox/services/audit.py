"""The record of who did what, written in the same transaction as the act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select
from sqlalchemy.orm import Session

from commentbox.core.types import Actor
from commentbox.models import AuditEntry, Comment, OutboundMail


def record(
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: int | None,
    now: datetime,
    **detail: Any,
) -> int:
    """Add a row to the audit trail and return its id; detail holds ids and codes, never contents."""
    entry = AuditEntry(
        at=now, actor=actor.name, action=action, entity=entity, entity_id=entity_id, detail=detail
    )
    session.add(entry)
    session.flush()
    return entry.id


def record_many(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    """Add many rows to the audit trail in one statement, each given by its columns."""
    if entries:
        session.execute(insert(AuditEntry), entries)


def for_comment(session: Session, comment_id: int) -> list[AuditEntry]:
    """Return what was done to a comment, oldest first."""
    mine = and_(AuditEntry.entity == "comment", AuditEntry.entity_id == comment_id)
    return list(session.scalars(select(AuditEntry).where(mine).order_by(AuditEntry.id)))


def for_campaign(session: Session, campaign_id: int) -> list[AuditEntry]:
    """Return what was said of a campaign, oldest first."""
    mine = and_(AuditEntry.entity == "campaign", AuditEntry.entity_id == campaign_id)
    return list(session.scalars(select(AuditEntry).where(mine).order_by(AuditEntry.id)))


def for_submission(session: Session, submission_id: int) -> list[AuditEntry]:
    """Return what was done to a submission, its comments and its replies, oldest first."""
    comments = select(Comment.id).where(Comment.submission_id == submission_id)
    mails = select(OutboundMail.id).where(OutboundMail.submission_id == submission_id)
    mine = or_(
        and_(AuditEntry.entity == "submission", AuditEntry.entity_id == submission_id),
        and_(AuditEntry.entity == "comment", AuditEntry.entity_id.in_(comments)),
        and_(AuditEntry.entity == "outbound_mail", AuditEntry.entity_id.in_(mails)),
    )
    return list(session.scalars(select(AuditEntry).where(mine).order_by(AuditEntry.id)))
