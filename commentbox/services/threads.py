"""Letters that belong together: the first of a respondent and those that add to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from commentbox.core.replies import find_receipt
from commentbox.core.types import ParsedMail
from commentbox.models import OutboundMail, Submission


class Firsts:
    """Know of some mails, asked for all at once, which letters they add to.

    A mail adds to the letter whose acknowledgement or answer it replies to, or whose receipt its subject
    names; an equal subject alone says nothing.
    """

    def __init__(self, session: Session, mails: Sequence[ParsedMail]) -> None:
        mentioned = {name for mail in mails for name in (*mail.in_reply_to, *mail.references)}
        receipts = set(filter(None, (find_receipt(mail.subject) for mail in mails)))
        self._session = session
        self._by_message = _sent_about(session, mentioned) if mentioned else {}
        self._by_receipt = _with_receipts(session, receipts) if receipts else {}

    def first_of(self, mail: ParsedMail) -> Submission | None:
        """Return the first letter of those that a mail adds to, None where it stands for itself."""
        mentioned = (*mail.in_reply_to, *mail.references)
        answered = [self._by_message[name] for name in mentioned if name in self._by_message]
        last = max(answered, default=None, key=lambda pair: pair[0])
        named = last[1] if last else self._by_receipt.get(find_receipt(mail.subject) or "")
        if named is None or named.follows_id is None:
            return named
        return self._session.get(Submission, named.follows_id)


def _sent_about(session: Session, names: Collection[str]) -> dict[str, tuple[int, Submission]]:
    """Return, by our Message-ID, the number of what we sent and the letter that it was about."""
    rows = session.execute(
        select(OutboundMail.message_id, OutboundMail.id, Submission)
        .join(Submission, OutboundMail.submission_id == Submission.id)
        .where(OutboundMail.message_id.in_(names))
    )
    return {name: (number, letter) for name, number, letter in rows}


def _with_receipts(session: Session, receipts: Collection[str]) -> dict[str, Submission]:
    rows = session.scalars(select(Submission).where(Submission.receipt.in_(receipts)))
    return {letter.receipt: letter for letter in rows}


def together(session: Session, letter: Submission) -> list[Submission]:
    """Return all letters that belong with one, itself among them, in order; [] where it stands alone."""
    first = letter.follows_id or letter.id
    mine = or_(Submission.id == first, Submission.follows_id == first)
    found = list(session.scalars(select(Submission).where(mine).order_by(Submission.id)))
    return found if len(found) > 1 else []


def supplements(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return how many letters add to each of some letters."""
    mine = select(Submission.follows_id, func.count()).where(Submission.follows_id.in_(ids))
    rows = session.execute(mine.group_by(Submission.follows_id))
    return {first: number for first, number in rows if first is not None}


def receipts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the receipts of some letters."""
    rows = session.execute(select(Submission.id, Submission.receipt).where(Submission.id.in_(ids)))
    return {key: receipt for key, receipt in rows}  # noqa: C416 - rows are no pairs to mypy
