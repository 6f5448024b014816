"""Putting letters into campaigns: one after the other in memory, read and written a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import nsmallest

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commentbox.core import similarity
from commentbox.models import Consultation, Submission
from commentbox.services.campaigns.shelf import Group, Holders, Member, Shelf
from commentbox.services.campaigns.waiting import Batch, Letter

MOST_CANDIDATES = 20
MOST_HOLDERS = 50
"""A key that so many texts have is a phrase that everybody uses: it is not given to more."""
MOST_VARIANTS = 10
"""So many different texts of a campaign have band keys: whoever is like one of them is in it."""


def store(session: Session, batch: Batch, now: datetime) -> int:
    """Join each letter to its campaign where it has one; return how many were compared.

    Two workers at once take turns at a consultation.
    """
    mine = select(Consultation.id).where(Consultation.id.in_(batch.drafts)).order_by(Consultation.id)
    session.execute(mine.with_for_update(key_share=True))
    fresh = set(
        session.scalars(
            update(Submission)
            .where(Submission.id.in_([x.id for x in batch.letters]), Submission.clustered_at.is_(None))
            .values(clustered_at=now)
            .returning(Submission.id)
        )
    )
    letters = [x for x in batch.letters if x.id in fresh and x.key]
    if letters:
        _group(session, letters, batch.drafts, now)
    return len(fresh)


def _group(
    session: Session, letters: Sequence[Letter], drafts: Mapping[int, frozenset[str]], now: datetime
) -> None:
    holders = Holders.of(session, {key for x in letters for key in x.keys})
    wanted = {one for x in letters for one in (*holders.of_key(x.key), *nearest(holders, x))}
    shelf = Shelf(session, wanted, {x.thread for x in letters}, drafts)
    grouping = Grouping(holders, shelf)
    for letter in letters:
        grouping.place(letter)
    holders.write(session)
    shelf.write(session, now)


def nearest(holders: Holders, letter: Letter) -> list[int]:
    """Return those that share bands with a letter, those that share most first, then the earliest."""
    bands = letter.new.bands if letter.new else ()
    shared = Counter(one for band in bands for one in holders.of_key(band))
    return nsmallest(MOST_CANDIDATES, shared, key=lambda one: (-shared[one], one))


class Grouping:
    """Place letters among those that were compared before.

    A letter placed is at once as if it had been stored, so the size of a batch changes nothing.
    """

    def __init__(self, holders: Holders, shelf: Shelf) -> None:
        self._holders = holders
        self._shelf = shelf

    def place(self, letter: Letter) -> None:
        """Put a letter with its like, and let those after it find it."""
        member = Member(letter.id, letter.thread, letter.email, letter.fingerprint)
        copied = self._copied(letter)
        twin = copied or self._like(letter)
        if twin is not None and (twin.group is not None or twin.thread != letter.thread):
            self._join(member, twin, letter)
        self._shelf.put(member, letter.new.shingles if letter.new else frozenset())
        if copied is None:
            self._keep(letter, member.group)

    def _copied(self, letter: Letter) -> Member | None:
        """Return the first letter with the same text."""
        found = (self._shelf.member(one) for one in self._holders.of_key(letter.key))
        return next((m for m in found if m and m.counts and m.fingerprint == letter.fingerprint), None)

    def _like(self, letter: Letter) -> Member | None:
        """Return the nearest letter of others that one is a near copy of."""
        for one in nearest(self._holders, letter):
            member = self._shelf.member(one)
            if member and member.counts and member.thread != letter.thread and self._alike(letter, one):
                return member
        return None

    def _alike(self, letter: Letter, one: int) -> bool:
        return letter.new is not None and similarity.alike(letter.new.shingles, self._shelf.shingles(one))

    def _join(self, member: Member, twin: Member, letter: Letter) -> None:
        if twin.group is None:
            group = Group(None, letter.consultation_id, min(twin.id, member.id))
            self._shelf.groups.append(group)
            group.add(twin)
        assert twin.group is not None
        twin.group.add(member)

    def _keep(self, letter: Letter, group: Group | None) -> None:
        """Give a text that is new its keys; of a campaign's variants the first ones do."""
        keys = [letter.key]
        if letter.new and (group is None or group.variants < MOST_VARIANTS):
            keys += [band for band in letter.new.bands if len(self._holders.of_key(band)) < MOST_HOLDERS]
            if group:
                group.variants += 1
        self._holders.give(letter.id, keys)
