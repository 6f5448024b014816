"""The outbox from queued to sent: what is due, and what became of each try."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.rules.retry import send_delay
from commentbox.core.states import OutboundState
from commentbox.models import OutboundMail

LEASE_ERROR = "lease_ran_out"


def due(now: datetime) -> list[Any]:
    """Return the conditions of a mail that can be sent now."""
    return [
        OutboundMail.state == OutboundState.QUEUED,
        or_(OutboundMail.retry_at.is_(None), OutboundMail.retry_at <= now),
    ]


def sent(session: Session, mail_id: int, now: datetime) -> None:
    """Note that the server took a mail."""
    mail = _sending(session, mail_id, OutboundState.SENT)
    mail.sent_at, mail.last_error = now, ""
    session.flush()


def uncertain(session: Session, mail_id: int, error: str) -> None:
    """Note that nobody knows whether a mail was taken: a person decides."""
    _sending(session, mail_id, OutboundState.UNCERTAIN).last_error = error
    session.flush()


def refused(session: Session, mail_id: int, error: str, *, permanent: bool, now: datetime) -> None:
    """Note that a mail was not taken: try it again later, or give it up."""
    mail = session.get_one(OutboundMail, mail_id)
    mail.attempts += 1
    delay = None if permanent else send_delay(mail.attempts)
    new = OutboundState.FAILED if delay is None else OutboundState.QUEUED
    _sending(session, mail_id, new)
    mail.last_error, mail.retry_at = error, None if delay is None else now + delay
    session.flush()


def sweep(session: Session, now: datetime) -> int:
    """Mark as uncertain what a sender left in the middle when it died; return how many."""
    stuck = session.scalars(
        select(OutboundMail).where(
            OutboundMail.state == OutboundState.SENDING, OutboundMail.lease_until <= now
        )
    ).all()
    for mail in stuck:
        uncertain(session, mail.id, LEASE_ERROR)
    return len(stuck)


def _sending(session: Session, mail_id: int, new: OutboundState) -> OutboundMail:
    mail = session.get_one(OutboundMail, mail_id)
    states.check_move(OutboundState(mail.state), new)
    mail.state, mail.lease_until = new, None
    return mail


def waiting(session: Session) -> list[OutboundMail]:
    """Return what has not been sent, oldest first."""
    open_states = (
        OutboundState.QUEUED,
        OutboundState.SENDING,
        OutboundState.UNCERTAIN,
        OutboundState.FAILED,
    )
    wanted = select(OutboundMail).where(OutboundMail.state.in_(open_states))
    return list(session.scalars(wanted.order_by(OutboundMail.id)))


def counts(session: Session) -> dict[str, int]:
    """Return how many outgoing mails are in each state."""
    rows = session.execute(select(OutboundMail.state, func.count()).group_by(OutboundMail.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy
