"""Leases that a dead worker left behind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from commentbox.core.states import OutboundState
from commentbox.models import InboundMail, MailFolder, OutboundMail


def release_all(session: Session, now: datetime) -> None:
    """End all leases, for a worker that knows itself alone; a mail that was being sent stays in doubt.

    Its lease ends now, so that the next sweep marks it as uncertain.
    """
    session.execute(update(MailFolder).values(lease_until=None))
    session.execute(update(InboundMail).where(InboundMail.lease_until.is_not(None)).values(lease_until=None))
    sending = OutboundMail.state == OutboundState.SENDING
    session.execute(update(OutboundMail).where(sending).values(lease_until=now))
