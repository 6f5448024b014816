"""The acknowledgement that a respondent gets, put into the outbox."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.replies import ACKNOWLEDGEMENTS, SUPPLEMENTS, fill, one_line
from commentbox.core.rules.mail import MAX_PER_DAY, Silence
from commentbox.models import Consultation, OutboundMail, Submission
from commentbox.services import bounces, letter_values

KIND = "acknowledgement"


def queue(
    session: Session,
    consultation: Consultation,
    submission: Submission,
    in_reply_to: str,
    language: str,
    now: datetime,
) -> OutboundMail:
    """Queue the acknowledgement of a submission, in the language of what was sent.

    That of a letter that adds to an earlier one says so, with the receipt of the first.
    """
    template = (SUPPLEMENTS if submission.follows_id else ACKNOWLEDGEMENTS)[language]
    values = letter_values.basic(consultation, submission, language, now)
    if submission.follows_id:
        values["first"] = session.get_one(Submission, submission.follows_id).receipt
    mail = OutboundMail(
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
    session.add(mail)
    session.flush()
    return mail


def new_message_id(mailbox: str) -> str:
    """Return a Message-ID of ours, which nobody can guess."""
    domain = mailbox.partition("@")[2] or "commentbox.invalid"
    return f"<{secrets.token_hex(16)}@{domain}>"


def silence(session: Session, address: str, now: datetime) -> str:
    """Return why an address gets no acknowledgement, whatever came from it; "" where it gets one."""
    if not address:
        return Silence.NO_ADDRESS
    if bounces.no_such_address(session, address):
        return Silence.BOUNCED
    return Silence.TOO_MANY if sent_to(session, address, now) >= MAX_PER_DAY else ""


def sent_to(session: Session, address: str, now: datetime) -> int:
    """Return how many acknowledgements an address, in whichever case, got in the last 24 hours."""
    recent = OutboundMail.created_at > now - timedelta(hours=24)
    mine = select(func.count()).where(
        OutboundMail.to_key == address.lower(), OutboundMail.kind == KIND, recent
    )
    return session.scalar(mine) or 0
