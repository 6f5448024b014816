"""Campaigns: submissions that are copies of each other, found by bands and proved by comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core import similarity
from commentbox.core.states import SubmissionState
from commentbox.models import Campaign, SimilarityBand, Submission

SHORTEST = 30
"""Characters: below it two people can well say the same in the same words."""
MOST_CANDIDATES = 50


def _thread() -> ColumnElement[int]:
    return func.coalesce(Submission.follows_id, Submission.id)


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold a submission that is to be compared, and the bands of its signature.

    ``thread`` is the id of the first letter of those that it belongs with, its own where it stands alone.
    """

    id: int
    consultation_id: int
    thread: int
    text: str
    bands: tuple[str, ...]


def waiting(session: Session, limit: int) -> list[Letter]:
    """Return submissions that were not compared yet, with their bands."""
    rows = session.execute(
        select(Submission.id, Submission.consultation_id, _thread(), Submission.own_text)
        .where(Submission.clustered_at.is_(None))
        .order_by(Submission.id)
        .limit(limit)
    )
    return [
        Letter(sid, cid, thread, text, _bands(text) if len(text) >= SHORTEST else ())
        for sid, cid, thread, text in rows
    ]


def _bands(text: str) -> tuple[str, ...]:
    return tuple(similarity.bands(similarity.signature(text)))


def store(session: Session, letters: Sequence[Letter], now: datetime) -> int:
    """Join each letter to its campaign where it has one; return how many were compared."""
    fresh = set(
        session.scalars(
            update(Submission)
            .where(Submission.id.in_([x.id for x in letters]), Submission.clustered_at.is_(None))
            .values(clustered_at=now)
            .returning(Submission.id)
        )
    )
    for letter in letters:
        if letter.id in fresh and letter.bands:
            _join(session, letter, now)
            _keep(session, letter)
    return len(fresh)


def _keep(session: Session, letter: Letter) -> None:
    rows = [
        {"consultation_id": letter.consultation_id, "band": band, "submission_id": letter.id}
        for band in dict.fromkeys(letter.bands)
    ]
    session.execute(insert(SimilarityBand), rows)


def _join(session: Session, letter: Letter, now: datetime) -> None:
    """Put a letter with its like; who sent the same twice is one voice and counts once."""
    twin = next((c for c in _candidates(session, letter) if similarity.alike(letter.text, c.own_text)), None)
    if twin is None:
        return
    if twin.campaign_id is None:
        campaign = Campaign(
            consultation_id=letter.consultation_id, representative_id=twin.id, size=1, created_at=now
        )
        session.add(campaign)
        session.flush()
        twin.campaign_id = campaign.id
    voiced = _has_voice(session, letter, twin.campaign_id)
    session.execute(update(Submission).where(Submission.id == letter.id).values(campaign_id=twin.campaign_id))
    if not voiced:
        session.execute(
            update(Campaign).where(Campaign.id == twin.campaign_id).values(size=Campaign.size + 1)
        )
    session.flush()


def _has_voice(session: Session, letter: Letter, campaign_id: int) -> bool:
    """Tell whether the sender of a letter is in a campaign with an earlier one of the same thread."""
    if letter.thread == letter.id:
        return False
    email = select(Submission.email).where(Submission.id == letter.id).scalar_subquery()
    earlier = select(Submission.id).where(
        Submission.campaign_id == campaign_id,
        _thread() == letter.thread,
        func.lower(Submission.email) == func.lower(email),
    )
    return session.scalar(earlier.limit(1)) is not None


def _candidates(session: Session, letter: Letter) -> Sequence[Submission]:
    """Return the submissions that share a band, those sharing most first."""
    shared = (
        select(SimilarityBand.submission_id, func.count().label("bands"))
        .where(
            SimilarityBand.consultation_id == letter.consultation_id,
            SimilarityBand.band.in_(letter.bands),
            SimilarityBand.submission_id != letter.id,
        )
        .group_by(SimilarityBand.submission_id)
        .order_by(func.count().desc(), SimilarityBand.submission_id)
        .limit(MOST_CANDIDATES)
        .subquery()
    )
    wanted = (
        select(Submission)
        .join(shared, shared.c.submission_id == Submission.id)
        .where(Submission.state != SubmissionState.WITHDRAWN, _thread() != letter.thread)
        .order_by(shared.c.bands.desc(), Submission.id)
    )
    return session.scalars(wanted).all()
