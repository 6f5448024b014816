"""What is stored of the submissions that a batch's letters may be like, and what the batch adds to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, insert, or_, select, update
from sqlalchemy.orm import Session

from commentbox.core import similarity
from commentbox.core.states import SubmissionState
from commentbox.models import Campaign, SimilarityKey, Submission
from commentbox.services.campaigns.waiting import thread

ASKED_AT_ONCE = 5_000
"""Databases limit the values of one statement."""


@dataclass(slots=True, eq=False)
class Group:
    """Hold a campaign as the batch leaves it; ``id`` is None for one that is new.

    ``voices`` are the senders among its members in the threads that the batch touches.
    """

    id: int | None
    consultation_id: int
    representative_id: int
    size: int = 0
    variants: int = 1
    joined: list[int] = field(default_factory=list)
    voices: set[tuple[int, str]] = field(default_factory=set)

    def add(self, member: Member) -> None:
        """Take a member in; who sent the same twice is one voice and counts once."""
        voice = (member.thread, member.email)
        self.size += voice not in self.voices
        self.voices.add(voice)
        self.joined.append(member.id)
        member.group = self


@dataclass(slots=True, eq=False)
class Member:
    """Hold a submission that was compared; one that does not count any more is nobody's like."""

    id: int
    thread: int
    email: str
    fingerprint: str
    group: Group | None = None
    counts: bool = True


class Holders:
    """Know who has which key, the earliest first."""

    def __init__(self, rows: Iterable[tuple[int, int]]) -> None:
        self._by_key: dict[int, tuple[int, ...]] = {}
        for key, one in rows:
            self._by_key[key] = (*self.of_key(key), one)
        self._given: list[tuple[int, list[int]]] = []

    @classmethod
    def of(cls, session: Session, keys: Collection[int]) -> Holders:
        """Read the holders of some keys."""
        wanted = select(SimilarityKey.key, SimilarityKey.submission_id)
        pairs = (
            (key, one)
            for some in _portions(sorted(keys))
            for key, one in session.execute(wanted.where(SimilarityKey.key.in_(some)))
        )
        return cls(sorted(pairs))

    def of_key(self, key: int) -> Sequence[int]:
        """Return who has a key."""
        return self._by_key.get(key, ())

    def give(self, submission_id: int, keys: list[int]) -> None:
        """Note that a submission has keys; mostly it is the first, and one tuple serves all of them."""
        alone = (submission_id,)
        for key in keys:
            self._by_key[key] = (*held, submission_id) if (held := self.of_key(key)) else alone
        self._given.append((submission_id, keys))

    def write(self, session: Session) -> None:
        """Store what was given; in the order of the index, each of its pages is written once."""
        pairs = sorted((key, one) for one, keys in self._given for key in keys)
        rows = [{"key": key, "submission_id": one} for key, one in pairs]
        if rows:
            session.execute(insert(_KEYS), rows)


class Shelf:
    """Hold submissions with their texts and campaigns."""

    def __init__(
        self,
        session: Session,
        wanted: Collection[int],
        threads: Collection[int],
        drafts: Mapping[int, frozenset[str]],
    ) -> None:
        self._drafts = drafts
        self._members: dict[int, Member] = {}
        self._texts: dict[int, tuple[int, str]] = {}
        self._shingles: dict[int, frozenset[str]] = {}
        rows = [
            row
            for ids in _portions(sorted(wanted))
            for row in session.execute(_MEMBERS.where(Submission.id.in_(ids)))
        ]
        groups = _groups(session, {row.campaign_id for row in rows if row.campaign_id})
        for campaign_id, voice in _voices(session, threads):
            if campaign_id in groups:
                groups[campaign_id].voices.add(voice)
        for row in rows:
            counts = row.state != SubmissionState.WITHDRAWN
            self._members[row.id] = Member(
                row.id, row.thread, row.email, row.fingerprint, groups.get(row.campaign_id), counts
            )
            self._texts[row.id] = (row.consultation_id, row.text)
        self.groups = list(groups.values())

    def member(self, submission_id: int) -> Member | None:
        """Return a submission, None for one that is gone."""
        return self._members.get(submission_id)

    def shingles(self, submission_id: int) -> frozenset[str]:
        """Return the shingles of a submission."""
        if submission_id not in self._shingles:
            consultation_id, text = self._texts[submission_id]
            found = similarity.shingles(text, self._drafts[consultation_id])
            self._shingles[submission_id] = frozenset(found)
        return self._shingles[submission_id]

    def put(self, member: Member, shingles: frozenset[str]) -> None:
        """Add a submission."""
        self._members[member.id] = member
        self._shingles[member.id] = shingles

    def write(self, session: Session, now: datetime) -> None:
        """Store who joined which campaign, in a statement a table."""
        changed = [group for group in self.groups if group.joined]
        _insert([group for group in changed if group.id is None], session, now)
        columns = ("id", "size", "variants")
        if changed:
            rows = [{name: getattr(group, name) for name in columns} for group in changed]
            session.execute(update(Campaign), rows)
            joined = [{"id": one, "campaign_id": group.id} for group in changed for one in group.joined]
            session.execute(update(Submission), joined)


_KEYS = cast(Table, SimilarityKey.__table__)
_MEMBERS = select(
    Submission.id,
    Submission.consultation_id,
    thread().label("thread"),
    func.lower(Submission.email).label("email"),
    Submission.fingerprint,
    Submission.state,
    Submission.campaign_id,
    func.substr(Submission.own_text, 1, similarity.LONGEST).label("text"),
)


def _groups(session: Session, ids: Collection[int]) -> dict[int, Group]:
    columns = (
        Campaign.id,
        Campaign.consultation_id,
        Campaign.representative_id,
        Campaign.size,
        Campaign.variants,
    )
    return {row.id: Group(*row) for row in session.execute(select(*columns).where(Campaign.id.in_(ids)))}


def _voices(session: Session, threads: Collection[int]) -> Iterator[tuple[int, tuple[int, str]]]:
    """Yield campaigns with the senders of some threads that are in them."""
    rows = session.execute(
        select(Submission.campaign_id, thread(), func.lower(Submission.email)).where(
            Submission.campaign_id.is_not(None),
            or_(Submission.id.in_(threads), Submission.follows_id.in_(threads)),
        )
    )
    for campaign_id, first, email in rows:
        yield campaign_id, (first, email)


def _insert(groups: Sequence[Group], session: Session, now: datetime) -> None:
    """Store new campaigns and note their ids."""
    if not groups:
        return
    rows = [
        {
            "consultation_id": group.consultation_id,
            "representative_id": group.representative_id,
            "size": group.size,
            "created_at": now,
        }
        for group in groups
    ]
    found = session.scalars(insert(Campaign).returning(Campaign.id, sort_by_parameter_order=True), rows)
    for group, campaign_id in zip(groups, found, strict=True):
        group.id = campaign_id


def _portions(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), ASKED_AT_ONCE):
        yield values[start : start + ASKED_AT_ONCE]
