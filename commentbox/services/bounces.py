"""Mail of ours that came back: the report tied to what we sent, and addresses that are known to be none."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.mail.reports import FAILED, Report, read_report
from commentbox.core.states import BounceKind
from commentbox.core.types import ParsedMail
from commentbox.models import InboundMail, OutboundMail

RECENT = timedelta(days=7)
"""How far back the mail is looked for by its address alone: servers give up after five days."""


def tie(session: Session, mail: InboundMail, parsed: ParsedMail, now: datetime) -> OutboundMail | None:
    """Mark the mail of ours that a delivery report is about as come back; None where it is about none."""
    report = read_report(parsed)
    ours = _sent(session, report, now) if report.action == FAILED else None
    if ours is None:
        return None
    ours.bounced_at, ours.bounce_kind = mail.received_at, report.kind
    ours.bounce_code, ours.bounce_words = report.code, report.words
    ours.bounce_mail_id = mail.id
    session.flush()
    return ours


def _sent(session: Session, report: Report, now: datetime) -> OutboundMail | None:
    """Return our mail by its Message-ID, which nobody can guess; by its address only where none was named."""
    unbounced = select(OutboundMail).where(OutboundMail.bounced_at.is_(None)).order_by(OutboundMail.id.desc())
    if report.message_ids:
        named = unbounced.where(OutboundMail.message_id.in_(report.message_ids))
        return session.scalar(named.limit(1))
    keys = [address.lower() for address in report.recipients]
    recent = unbounced.where(
        OutboundMail.to_key.in_(keys),
        OutboundMail.sent_at.is_not(None),
        OutboundMail.created_at > now - RECENT,
    )
    return session.scalar(recent.limit(1))


def no_such_address(session: Session, address: str) -> bool:
    """Tell whether mail to an address came back because there is no such address."""
    last = select(OutboundMail.bounce_kind, OutboundMail.bounced_at).where(
        OutboundMail.to_key == address.lower()
    )
    known = session.execute(
        last.where(OutboundMail.sent_at.is_not(None)).order_by(OutboundMail.id.desc()).limit(1)
    )
    row = known.first()
    return row is not None and row.bounced_at is not None and row.bounce_kind == BounceKind.NO_ADDRESS


def about(session: Session, mail_id: int) -> OutboundMail | None:
    """Return our mail that an inbound report is about."""
    return session.scalar(select(OutboundMail).where(OutboundMail.bounce_mail_id == mail_id).limit(1))
