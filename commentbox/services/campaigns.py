"""Campaigns: submissions that are copies of each other, found by bands and proved by comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core import similarity
from commentbox.core.states import SubmissionState
from commentbox.models import Campaign, SimilarityBand, Submission

SHORTEST = 30
"""Characters: below it two people can well say the same in the same words."""
MOST_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold a submission that is to be compared, and the bands of its signature."""

    id: int
    consultation_id: int
    text: str
    bands: tuple[str, ...]


def waiting(session: Session, limit: int) -> list[Letter]:
    """Return submissions that were not compared yet, with their bands."""
    rows = session.execute(
        select(Submission.id, Submission.consultation_id, Submission.own_text)
        .where(Submission.clustered_at.is_(None))
        .order_by(Submission.id)
        .limit(limit)
    )
    return [Letter(sid, cid, text, _bands(text) if len(text) >= SHORTEST else ()) for sid, cid, text in rows]


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
    session.execute(update(Submission).where(Submission.id == letter.id).values(campaign_id=twin.campaign_id))
    session.execute(update(Campaign).where(Campaign.id == twin.campaign_id).values(size=Campaign.size + 1))
    session.flush()


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
        .where(Submission.state != SubmissionState.WITHDRAWN)
        .order_by(shared.c.bands.desc(), Submission.id)
    )
    return session.scalars(wanted).all()
