"""Letters that belong together: the first of a respondent and those that add to it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from commentbox.core.replies import find_receipt
from commentbox.core.types import ParsedMail
from commentbox.models import OutboundMail, Submission


def first_of(session: Session, parsed: ParsedMail) -> Submission | None:
    """Return the first letter of those that a mail adds to, None where it stands for itself.

    It adds to one whose acknowledgement or answer it replies to, or whose receipt its subject names;
    an equal subject alone says nothing.
    """
    named = _answered(session, parsed) or _with_receipt(session, parsed.subject)
    if named is None or named.follows_id is None:
        return named
    return session.get(Submission, named.follows_id)


def _answered(session: Session, parsed: ParsedMail) -> Submission | None:
    """Return the letter to which we sent what a mail replies to, the last of several."""
    mentioned = [*parsed.in_reply_to, *parsed.references]
    if not mentioned:
        return None
    return session.scalar(
        select(Submission)
        .join(OutboundMail, OutboundMail.submission_id == Submission.id)
        .where(OutboundMail.message_id.in_(mentioned))
        .order_by(OutboundMail.id.desc())
        .limit(1)
    )


def _with_receipt(session: Session, subject: str) -> Submission | None:
    receipt = find_receipt(subject)
    return session.scalar(select(Submission).where(Submission.receipt == receipt)) if receipt else None


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
