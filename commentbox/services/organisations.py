"""The organisations that were asked: their list, whose letter is whose, and who has not answered yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from commentbox.core.organisations import Asked, Entry, Problem, Sign, as_text, closing, find, read_list
from commentbox.core.states import CommentState, OrganisationMatch, SenderCheck
from commentbox.core.types import Actor
from commentbox.models import Comment, InboundMail, Organisation, Submission
from commentbox.services import audit
from commentbox.services.errors import Invalid, NotFound
from commentbox.services.measures import UNCOUNTED

BATCH = 500
LAST_CHARS = 600
"""How much of a letter's end may hold its signature."""


class Answer(StrEnum):
    """Name how far an organisation is."""

    COMMENTS = "comments"
    NO_OPINION = "no_opinion"
    WAITING = "waiting"


@dataclass(slots=True)
class Line:
    """Hold one organisation and what came from it; ``comments`` does not count a bare 无意见."""

    organisation: Organisation
    submissions: int = 0
    comments: int = 0
    no_opinion: int = 0
    last: datetime | None = None

    @property
    def answer(self) -> Answer:
        """Return how far it is; whoever also said something is not counted as 无意见."""
        if not self.submissions:
            return Answer.WAITING
        return Answer.NO_OPINION if self.no_opinion == self.submissions else Answer.COMMENTS


def listed(session: Session, consultation_id: int) -> list[Organisation]:
    """Return the organisations that were asked, in the list's order."""
    mine = select(Organisation).where(Organisation.consultation_id == consultation_id)
    return list(session.scalars(mine.order_by(Organisation.position, Organisation.id)))


def text(session: Session, consultation_id: int) -> str:
    """Return the list as people write it, to be changed and loaded again."""
    rows = listed(session, consultation_id)
    return as_text(Entry(o.name, tuple(o.aliases), tuple(o.addresses), tuple(o.domains)) for o in rows)


def load(
    session: Session, consultation_id: int, words: str, *, actor: Actor, now: datetime
) -> tuple[int, list[Problem]]:
    """Make a list the consultation's own, and look anew for whose letters are whose; return its length.

    An organisation that stays keeps its letters; one that is left out gives them up.
    """
    entries, problems = read_list(words)
    if not entries and words.strip():
        raise Invalid("no_organisation")
    known = {one.name: one for one in listed(session, consultation_id)}
    for position, entry in enumerate(entries):
        row = known.pop(entry.name, None) or Organisation(consultation_id=consultation_id, name=entry.name)
        row.position, row.aliases = position, list(entry.aliases)
        row.addresses, row.domains = list(entry.addresses), list(entry.domains)
        session.add(row)
    _drop(session, list(known.values()))
    session.flush()
    audit.record(session, actor, "organisations", "consultation", consultation_id, now, count=len(entries))
    _place_all(session, consultation_id)
    return len(entries), problems


def _drop(session: Session, rows: Sequence[Organisation]) -> None:
    gone = [row.id for row in rows]
    session.execute(
        update(Submission)
        .where(Submission.organisation_id.in_(gone))
        .values(organisation_id=None, organisation_by=None)
    )
    for row in rows:
        session.delete(row)


def _asked(session: Session, consultation_id: int) -> list[Asked]:
    rows = listed(session, consultation_id)
    return [Asked(o.id, o.name, tuple(o.aliases), tuple(o.addresses), tuple(o.domains)) for o in rows]


class Lists:
    """Know the organisations that were asked, each consultation's read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, list[Asked]] = {}

    def place(self, letter: Submission, *, forged: bool) -> None:
        """Put a letter to the organisation that it is from, where that is clear."""
        key = letter.consultation_id
        if key not in self._known:
            self._known[key] = _asked(self._session, key)
        if self._known[key]:
            _place(self._session, self._known[key], letter, forged=forged)


def _place(session: Session, asked: Sequence[Asked], letter: Submission, *, forged: bool) -> None:
    found = find(asked, _sign(letter, forged=forged)) or _first_letter(session, letter)
    letter.organisation_id, letter.organisation_by = found or (None, None)


def _sign(letter: Submission, *, forged: bool) -> Sign:
    return Sign(
        address="" if forged else letter.email,
        organisation=letter.organisation,
        respondent=letter.respondent,
        subject=letter.subject,
        text=f"{letter.own_text[-LAST_CHARS:]}\n{closing(letter.body, letter.own_text)}",
    )


def _first_letter(session: Session, letter: Submission) -> tuple[int, OrganisationMatch] | None:
    """Return the organisation of the letter that one adds to, where the same address sent both."""
    first = session.get(Submission, letter.follows_id) if letter.follows_id else None
    if first is None or first.organisation_id is None or first.email.lower() != letter.email.lower():
        return None
    return first.organisation_id, OrganisationMatch.FIRST_LETTER


def _place_all(session: Session, consultation_id: int) -> None:
    """Look anew for the organisation of all letters but those on which a person decided."""
    asked, last = _asked(session, consultation_id), 0
    free = or_(Submission.organisation_by.is_(None), Submission.organisation_by != OrganisationMatch.STAFF)
    wanted = select(Submission).where(Submission.consultation_id == consultation_id, free)
    while batch := session.scalars(
        wanted.where(Submission.id > last).order_by(Submission.id).limit(BATCH)
    ).all():
        forged = _forged(session, [letter.id for letter in batch])
        for letter in batch:
            _place(session, asked, letter, forged=letter.id in forged)
        last = batch[-1].id
        session.flush()


def _forged(session: Session, ids: Sequence[int]) -> set[int | None]:
    failed = InboundMail.sender_check == SenderCheck.FAILED
    return set(
        session.scalars(select(InboundMail.submission_id).where(InboundMail.submission_id.in_(ids), failed))
    )


def decide(
    session: Session, submission_id: int, organisation_id: int | None, *, actor: Actor, now: datetime
) -> None:
    """Say which organisation a letter is from, None: from none of those that were asked."""
    letter = session.get(Submission, submission_id, with_for_update=True)
    if letter is None:
        raise NotFound(str(submission_id))
    chosen = session.get(Organisation, organisation_id) if organisation_id is not None else None
    if organisation_id is not None and (chosen is None or chosen.consultation_id != letter.consultation_id):
        raise Invalid("no_such_organisation")
    before = letter.organisation_id
    letter.organisation_id, letter.organisation_by = organisation_id, OrganisationMatch.STAFF
    session.flush()
    detail = {"before": before, "organisation": organisation_id}
    audit.record(session, actor, "organisation", "submission", letter.id, now, **detail)


def tally(session: Session, consultation_id: int) -> list[Line]:
    """Return each organisation that was asked with what came from it, in the list's order."""
    lines = {one.id: Line(one) for one in listed(session, consultation_id)}
    mine = (
        Submission.consultation_id == consultation_id,
        Submission.organisation_id.is_not(None),
        Submission.state.not_in(UNCOUNTED),
    )
    letters = (
        select(
            Submission.organisation_id, Submission.no_opinion, func.count(), func.max(Submission.received_at)
        )
        .where(*mine)
        .group_by(Submission.organisation_id, Submission.no_opinion)
    )
    for organisation_id, no_opinion, number, last in session.execute(letters):
        line = lines[organisation_id or 0]
        line.submissions += number
        line.no_opinion += number if no_opinion else 0
        line.last = max(filter(None, (line.last, last)))
    comments = (
        select(Submission.organisation_id, func.count())
        .join(Comment, Comment.submission_id == Submission.id)
        .where(*mine, Submission.no_opinion.is_(False), Comment.state != CommentState.DISMISSED)
        .group_by(Submission.organisation_id)
    )
    for organisation_id, number in session.execute(comments):
        lines[organisation_id or 0].comments = number
    return list(lines.values())


def totals(lines: Sequence[Line]) -> dict[Answer, int]:
    """Return how many organisations are how far."""
    return {answer: sum(line.answer == answer for line in lines) for answer in Answer}
