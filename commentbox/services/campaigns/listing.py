"""Campaigns and their members as staff read them: page by page, each member by what only it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from commentbox.core.similarity import Sentence, difference
from commentbox.core.states import CampaignState
from commentbox.models import Campaign, Submission
from commentbox.services.errors import NotFound
from commentbox.services.measures import UNCOUNTED


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a campaign and the submission that stands for it."""

    campaign: Campaign
    representative: Submission


@dataclass(frozen=True, slots=True)
class Said:
    """Hold a sentence and where its own words lie in it, none where all of it is new."""

    text: str
    words: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Beyond:
    """Hold the sentences that only a submission has, and those that only its representative has."""

    own: list[Said]
    missing: list[Said]


@dataclass(frozen=True, slots=True)
class Member:
    """Hold a member and what it says beyond its representative, None for one with the same text."""

    submission: Submission
    beyond: Beyond | None


def listed(
    session: Session, consultation_id: int, *, state: str = "", after_id: int | None = None, limit: int = 50
) -> list[Line]:
    """Return campaigns, the largest first, below one."""
    wanted = (
        select(Campaign, Submission)
        .join(Submission, Submission.id == Campaign.representative_id)
        .where(Campaign.consultation_id == consultation_id)
        .order_by(Campaign.size.desc(), Campaign.id.desc())
        .limit(limit)
    )
    if state in set(CampaignState):
        wanted = wanted.where(Campaign.state == state)
    if after_id is not None:
        wanted = wanted.where(_below(after_id))
    return [Line(campaign, letter) for campaign, letter in session.execute(wanted)]


def _below(campaign_id: int) -> ColumnElement[bool]:
    size = select(Campaign.size).where(Campaign.id == campaign_id).scalar_subquery()
    return or_(Campaign.size < size, and_(Campaign.size == size, Campaign.id < campaign_id))


def counts(session: Session, consultation_id: int) -> dict[str, int]:
    """Return how many campaigns there are in each state."""
    mine = Campaign.consultation_id == consultation_id
    rows = session.execute(select(Campaign.state, func.count()).where(mine).group_by(Campaign.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy


def get(session: Session, consultation_id: int, campaign_id: int) -> Line:
    """Return one campaign with its representative."""
    found = session.execute(
        select(Campaign, Submission)
        .join(Submission, Submission.id == Campaign.representative_id)
        .where(Campaign.id == campaign_id, Campaign.consultation_id == consultation_id)
    ).first()
    if found is None:
        raise NotFound(str(campaign_id))
    return Line(*found)


def members(
    session: Session, line: Line, *, same: bool, after_id: int | None = None, limit: int = 50
) -> list[Member]:
    """Return members with the representative's very text, or those with another, beyond one.

    They come in the order of their arrival; the representative is not among them.
    """
    text = Submission.fingerprint == line.representative.fingerprint
    wanted = select(Submission).where(*_others(line), text if same else ~text)
    wanted = wanted.where(Submission.id > (after_id or 0)).order_by(Submission.id)
    found = session.scalars(wanted.limit(limit))
    return [Member(letter, beyond(letter, line.representative)) for letter in found]


class Tally(NamedTuple):
    """Hold how many letters besides the representative have its very text, how many have another.

    ``uncounted`` of all, the representative among them, are spam or were withdrawn.
    """

    same: int
    reworded: int
    uncounted: int


def tally(session: Session, line: Line) -> Tally:
    """Return how many letters a campaign has, of each kind."""
    other = Submission.id != line.representative.id
    text = Submission.fingerprint == line.representative.fingerprint
    counted = select(
        func.count().filter(other, text),
        func.count().filter(other, ~text),
        func.count().filter(Submission.state.in_(UNCOUNTED)),
    ).where(Submission.campaign_id == line.campaign.id)
    same, reworded, uncounted = session.execute(counted).one()
    return Tally(same, reworded, uncounted)


def _others(line: Line) -> tuple[ColumnElement[bool], ...]:
    return Submission.campaign_id == line.campaign.id, Submission.id != line.representative.id


def beyond(letter: Submission, representative: Submission) -> Beyond | None:
    """Return what a submission says beyond its representative, None where it says the same."""
    if letter.fingerprint == representative.fingerprint:
        return None
    found = difference(letter.own_text, representative.own_text)
    return Beyond(_said(letter.own_text, found.own), _said(representative.own_text, found.missing))


def _said(text: str, sentences: Iterable[Sentence]) -> list[Said]:
    return [
        Said(text[one.start : one.end], [(start - one.start, end - one.start) for start, end in one.words])
        for one in sentences
    ]


def of_letter(session: Session, letter: Submission) -> Line | None:
    """Return the campaign that a submission is in, None for one that stands alone."""
    if letter.campaign is None or not letter.campaign.stands:
        return None
    return get(session, letter.consultation_id, letter.campaign.id)
