"""The draft clause by clause, with what was said about each: the drafters' view."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from commentbox.core.states import CommentState, MeasureKind, SubmissionState
from commentbox.core.types import Actor
from commentbox.models import Comment, Measure, Submission
from commentbox.services import audit, consultations
from commentbox.services.errors import Invalid, NotFound

UNCOUNTED = (SubmissionState.SPAM, SubmissionState.WITHDRAWN)


@dataclass(slots=True)
class MeasureLine:
    """Hold one measure and what became of its comments."""

    measure: Measure
    comments: int = 0
    undisposed: int = 0
    by_disposition: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overview:
    """Hold the measures in the draft's order and what is assigned to none yet."""

    lines: list[MeasureLine]
    unassigned: int


def counted() -> list[ColumnElement[bool]]:
    """Return the conditions of a comment that counts; needs the join with Submission.

    One rule for the screen and the sheet, so that their figures are the same.
    """
    return [Comment.state != CommentState.DISMISSED, Submission.state.not_in(UNCOUNTED)]


def overview(session: Session, consultation_id: int) -> Overview:
    """Return each measure of the body with its figures."""
    lines = {
        m.id: MeasureLine(m)
        for m in consultations.tree(session, consultation_id)
        if m.kind != MeasureKind.ANNEX_ITEM
    }
    unassigned = 0
    rows = session.execute(
        select(Comment.measure_id, Comment.disposition, func.count())
        .join(Submission)
        .where(Comment.consultation_id == consultation_id, *counted())
        .group_by(Comment.measure_id, Comment.disposition)
    )
    for measure_id, disposition, number in rows:
        if measure_id is None:
            unassigned += number
            continue
        line = lines.get(measure_id) or lines.setdefault(
            measure_id, MeasureLine(session.get_one(Measure, measure_id))
        )
        line.comments += number
        if disposition is None:
            line.undisposed += number
        else:
            line.by_disposition[disposition] = line.by_disposition.get(disposition, 0) + number
    return Overview(list(lines.values()), unassigned)


KEYWORDS = 30
KEYWORD_LENGTH = 20
_BETWEEN = re.compile(r"[\s,;，；、]+")


def set_keywords(session: Session, measure: Measure, said: str, *, actor: Actor, now: datetime) -> list[str]:
    """Say what people call a measure; its comments are read again with these words. Return them.

    ``said`` has blanks, commas or line ends between the words.
    """
    words = list(dict.fromkeys(filter(None, _BETWEEN.split(said))))
    if len(words) > KEYWORDS or any(len(word) > KEYWORD_LENGTH for word in words):
        raise Invalid("keywords", most=str(KEYWORDS), length=str(KEYWORD_LENGTH))
    if words != measure.keywords:
        before, measure.keywords = list(measure.keywords), words
        consultations.reread_later(session, measure.consultation_id)
        audit.record(session, actor, "keywords", "measure", measure.id, now, before=before, after=words)
    return words


def get(session: Session, consultation_id: int, measure_id: int) -> Measure:
    """Return a measure of a consultation."""
    measure = session.get(Measure, measure_id)
    if measure is None or measure.consultation_id != consultation_id:
        raise NotFound(str(measure_id))
    return measure


def comments(
    session: Session,
    consultation_id: int,
    measure_id: int | None,
    *,
    after_id: int | None = None,
    limit: int = 200,
) -> list[Comment]:
    """Return the comments on a measure, None: those assigned to none, each with its submission."""
    wanted = (
        _of(consultation_id, measure_id)
        .options(
            contains_eager(Comment.submission).joinedload(Submission.campaign), joinedload(Comment.measure)
        )
        .order_by(Comment.id)
        .limit(limit)
    )
    if after_id is not None:
        wanted = wanted.where(Comment.id > after_id)
    return list(session.scalars(wanted))


def count(session: Session, consultation_id: int, measure_id: int | None) -> int:
    """Return how many comments count for a measure, None: for no measure yet."""
    return session.scalar(_of(consultation_id, measure_id).with_only_columns(func.count())) or 0


def comment(session: Session, consultation_id: int, comment_id: int) -> Comment:
    """Return a comment of a consultation."""
    found = session.get(Comment, comment_id)
    if found is None or found.consultation_id != consultation_id:
        raise NotFound(str(comment_id))
    return found


def _of(consultation_id: int, measure_id: int | None) -> Select[Comment]:
    where = Comment.measure_id.is_(None) if measure_id is None else Comment.measure_id == measure_id
    return (
        select(Comment)
        .join(Comment.submission)
        .where(Comment.consultation_id == consultation_id, where, *counted())
    )
