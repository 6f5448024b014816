"""Mail of ours that came back: the report tied to what we sent, and addresses that are known to be none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.mail.reports import Report, read_report
from commentbox.core.states import BounceKind
from commentbox.core.types import ParsedMail
from commentbox.models import InboundMail, OutboundMail

RECENT = timedelta(days=7)
"""How far back the mail is looked for by its address alone: servers give up after five days."""


def tie(session: Session, mail: InboundMail, parsed: ParsedMail, now: datetime) -> OutboundMail | None:
    """Mark the mail of ours as come back that a report of failed delivery is about, None where it is none."""
    report = read_report(parsed)
    ours = _sent(session, report, now)
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


def no_such_addresses(session: Session, keys: Collection[str]) -> set[str]:
    """Return those of some addresses, in small letters, of which the last mail said that there is none."""
    last = (
        select(func.max(OutboundMail.id))
        .where(OutboundMail.to_key.in_(keys), OutboundMail.sent_at.is_not(None))
        .group_by(OutboundMail.to_key)
    )
    came_back = OutboundMail.bounced_at.is_not(None), OutboundMail.bounce_kind == BounceKind.NO_ADDRESS
    return set(session.scalars(select(OutboundMail.to_key).where(OutboundMail.id.in_(last), *came_back)))


def about(session: Session, mail_id: int) -> OutboundMail | None:
    """Return our mail that an inbound report is about."""
    return session.scalar(select(OutboundMail).where(OutboundMail.bounce_mail_id == mail_id).limit(1))


def letters(session: Session, ids: Sequence[int]) -> set[int | None]:
    """Return those of some submissions whose sender some mail of ours did not reach."""
    mine = OutboundMail.submission_id.in_(ids)
    return set(
        session.scalars(select(OutboundMail.submission_id).where(mine, OutboundMail.bounced_at.is_not(None)))
    )


def count(session: Session) -> int:
    """Return how many mails of ours came back."""
    return session.scalar(select(func.count()).where(OutboundMail.bounced_at.is_not(None))) or 0
