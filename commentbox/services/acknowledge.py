"""The acknowledgement that a respondent gets, put into the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.replies import ACKNOWLEDGEMENTS, SUPPLEMENTS, fill, one_line
from commentbox.core.rules.mail import Silence, address_silence
from commentbox.models import Consultation, OutboundMail, Submission
from commentbox.services import bounces, letter_values

KIND = "acknowledgement"


def letter(
    session: Session,
    consultation: Consultation,
    submission: Submission,
    in_reply_to: str,
    language: str,
    now: datetime,
) -> OutboundMail:
    """Return the acknowledgement of a submission, in the language of what was sent.

    That of a letter that adds to an earlier one says so, with the receipt of the first.
    """
    template = (SUPPLEMENTS if submission.follows_id else ACKNOWLEDGEMENTS)[language]
    values = letter_values.basic(consultation, submission, language, now)
    if submission.follows_id:
        values["first"] = session.get_one(Submission, submission.follows_id).receipt
    return OutboundMail(
        consultation_id=consultation.id,
        submission_id=submission.id,
        kind=KIND,
        to_address=submission.email,
        subject=one_line(fill(template.subject, values)),
        body=fill(template.body, values),
        message_id=new_message_id(consultation.mailbox),
        in_reply_to=in_reply_to,
        created_at=now,
    )


def new_message_id(mailbox: str) -> str:
    """Return a Message-ID of ours, which nobody can guess."""
    domain = mailbox.partition("@")[2] or "commentbox.invalid"
    return f"<{secrets.token_hex(16)}@{domain}>"


class Addresses:
    """Know of some addresses, asked for all at once, whether an acknowledgement goes there."""

    def __init__(self, session: Session, addresses: Iterable[str], now: datetime) -> None:
        keys = {address.lower() for address in addresses if address}
        self._sent = _sent_to(session, keys, now)
        self._none = bounces.no_such_addresses(session, keys)

    def silence(self, address: str) -> str:
        """Return why an address gets no acknowledgement, whatever came from it; "" where it gets one."""
        if not address:
            return Silence.NO_ADDRESS
        return address_silence(self.is_none(address), self.sent_to(address)) or ""

    def is_none(self, address: str) -> bool:
        """Tell whether mail to an address came back because there is no such address."""
        return address.lower() in self._none

    def sent_to(self, address: str) -> int:
        """Return how many acknowledgements an address, in whichever case, got in the last 24 hours."""
        return self._sent.get(address.lower(), 0)

    def note(self, address: str) -> None:
        """Count one more acknowledgement."""
        self._sent[address.lower()] = self.sent_to(address) + 1


def _sent_to(session: Session, keys: Collection[str], now: datetime) -> dict[str, int]:
    recent = OutboundMail.created_at > now - timedelta(hours=24)
    rows = session.execute(
        select(OutboundMail.to_key, func.count())
        .where(OutboundMail.to_key.in_(keys), OutboundMail.kind == KIND, recent)
        .group_by(OutboundMail.to_key)
    )
    return dict(rows.all())
