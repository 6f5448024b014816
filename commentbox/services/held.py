"""Mail that a person must look at, and mail that was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.rules.mail import Silence
from commentbox.core.states import MailState
from commentbox.core.types import Actor
from commentbox.models import InboundMail, RawMail
from commentbox.services import audit
from commentbox.services.errors import NotFound


def page(
    session: Session, *, state: str = MailState.HELD, after_id: int | None = None, limit: int = 50
) -> list[InboundMail]:
    """Return mails in a state, newest first, from below an id."""
    wanted = select(InboundMail).where(InboundMail.state == state)
    if after_id is not None:
        wanted = wanted.where(InboundMail.id < after_id)
    return list(session.scalars(wanted.order_by(InboundMail.id.desc()).limit(limit)))


def count(session: Session, state: str = MailState.HELD) -> int:
    """Return how many mails are in a state."""
    return session.scalar(select(func.count()).where(InboundMail.state == state)) or 0


def one(session: Session, mail_id: int) -> InboundMail:
    """Return a mail."""
    mail = session.get(InboundMail, mail_id)
    if mail is None:
        raise NotFound(str(mail_id))
    return mail


class Blobs(Protocol):
    """Name what is asked of a blob store."""

    def read(self, digest: str) -> bytes:
        """Return the bytes of a sha256."""


def raw(session: Session, blobs: Blobs, mail_id: int) -> bytes:
    """Return the bytes of a mail as the server gave them, from its row or, if it is large, from its file."""
    content = session.scalar(select(RawMail.content).where(RawMail.mail_id == mail_id))
    return blobs.read(one(session, mail_id).sha256) if content is None else content


def sizes(session: Session, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return id and bytes of some mails, in order."""
    wanted = select(InboundMail.id, InboundMail.size).where(InboundMail.id.in_(ids)).order_by(InboundMail.id)
    return [(mail_id, size) for mail_id, size in session.execute(wanted)]


def raws(session: Session, blobs: Blobs, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of some mails by their ids."""
    wanted = (
        select(InboundMail.id, InboundMail.sha256, RawMail.content)
        .outerjoin(RawMail, RawMail.mail_id == InboundMail.id)
        .where(InboundMail.id.in_(ids))
    )
    rows = session.execute(wanted).all()
    return {i: blobs.read(digest) if content is None else content for i, digest, content in rows}


def origin(session: Session, submission_id: int) -> InboundMail | None:
    """Return the mail that a submission came in, None for one that came otherwise."""
    mine = select(InboundMail).where(InboundMail.submission_id == submission_id)
    return session.scalar(mine.order_by(InboundMail.id).limit(1))


def retry(
    session: Session, mail_id: int, *, consultation_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """Have a held or ignored mail read again, as a submission whatever its headers say.

    One that was set aside gets no acknowledgement: whoever set it aside took it for a machine's.
    """
    mail = _locked(session, mail_id)
    states.check_move(MailState(mail.state), MailState.FETCHED)
    before = mail.state
    mail.state, mail.attempts, mail.retry_at, mail.lease_until = MailState.FETCHED, 0, None, None
    mail.wanted = True
    if before == MailState.IGNORED:
        mail.silence = Silence.SET_ASIDE
    if consultation_id is not None:
        mail.consultation_id = consultation_id
    session.flush()
    audit.record(session, actor, "retry", "inbound_mail", mail.id, now, before=before)


def ignore(session: Session, mail_id: int, *, actor: Actor, now: datetime) -> None:
    """Set a held mail aside; it stays stored and can be brought back."""
    mail = _locked(session, mail_id)
    if mail.state != MailState.HELD:
        # A mail that is about to be read again is the machine's: another clerk has just brought it back.
        raise states.IllegalMove(mail.state)
    before, mail.state = mail.reason, MailState.IGNORED
    session.flush()
    audit.record(session, actor, "ignore", "inbound_mail", mail.id, now, reason=before)


def _locked(session: Session, mail_id: int) -> InboundMail:
    mail = session.get(InboundMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound(str(mail_id))
    return mail
