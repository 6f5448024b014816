"""The submissions that are to be compared, with all that can be worked out before the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from commentbox.core import similarity
from commentbox.core.similarity.keys import band_keys, text_key
from commentbox.core.states import SubmissionState
from commentbox.models import Consultation, SimilarityKey, Submission
from commentbox.services import consultations

SHORTEST = 30
"""Characters: below it two people can well say the same in the same words."""
MOST_CHARACTERS = 500_000
"""Of all letters of a batch, so that a batch of very long ones needs no more memory."""
DRAFTS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a text that was not seen before: its shingles without quotations, and the keys of its bands."""

    shingles: frozenset[str]
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold a submission that is to be compared.

    ``thread`` is the id of the first letter of those that it belongs with, its own where it stands alone.
    ``key`` is its text's, 0 for one that is too short. ``new`` is None where the text is known already,
    be it from a letter before it in the batch.
    """

    id: int
    consultation_id: int
    thread: int
    email: str
    fingerprint: str
    key: int
    new: Text | None

    @property
    def keys(self) -> tuple[int, ...]:
        """Return all keys of the letter."""
        return (self.key, *self.new.bands) if self.new else (self.key,)


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold letters in the order of their arrival, and what they may quote, by consultation."""

    letters: list[Letter]
    drafts: dict[int, frozenset[str]]


def thread() -> ColumnElement[int]:
    """Return the id of the first letter of those that a submission belongs with."""
    return func.coalesce(Submission.follows_id, Submission.id)


def waiting(session: Session, limit: int) -> Batch:
    """Return submissions that were not compared yet."""
    found = session.execute(
        select(
            Submission.id,
            Submission.consultation_id,
            thread().label("thread"),
            Submission.email,
            Submission.fingerprint,
            Submission.own_text,
        )
        .where(Submission.clustered_at.is_(None))
        .order_by(Submission.id)
        .limit(limit),
        execution_options={"yield_per": 100},
    )
    rows = list(_enough(found))
    drafts = {cid: _draft(session, cid) for cid in {row.consultation_id for row in rows}}
    return Batch(_letters(session, rows, drafts), drafts)


def _enough(rows: Iterable[Any]) -> Iterator[Row[Any]]:
    characters = 0
    for row in rows:
        yield row
        characters += len(row.own_text)
        if characters > MOST_CHARACTERS:
            return


def _letters(
    session: Session, rows: Sequence[Row[Any]], drafts: Mapping[int, frozenset[str]]
) -> list[Letter]:
    keys = {
        row.id: text_key(row.consultation_id, row.fingerprint)
        for row in rows
        if row.fingerprint and len(row.own_text) >= SHORTEST
    }
    known = _known(session, set(keys.values()))
    firsts = {keys[row.id]: row for row in reversed(rows) if row.id in keys and keys[row.id] not in known}
    texts = _texts(firsts, drafts)
    return [
        Letter(
            row.id,
            row.consultation_id,
            row.thread,
            row.email.lower(),
            row.fingerprint,
            key if (key := keys.get(row.id, 0)) in known or key in texts else 0,
            texts[key] if key in texts and firsts[key].id == row.id else None,
        )
        for row in rows
    ]


def _texts(firsts: Mapping[int, Row[Any]], drafts: Mapping[int, frozenset[str]]) -> dict[int, Text]:
    """Return the texts that are long enough to be compared, by key."""
    shingles = {
        key: frozenset(similarity.shingles(row.own_text, drafts[row.consultation_id]))
        for key, row in firsts.items()
    }
    enough = {key: parts for key, parts in shingles.items() if len(parts) >= similarity.LEAST_SHINGLES}
    bands = band_keys([(firsts[key].consultation_id, parts) for key, parts in enough.items()])
    return {key: Text(parts, found) for (key, parts), found in zip(enough.items(), bands, strict=True)}


def _known(session: Session, keys: Collection[int]) -> set[int]:
    """Return those keys of texts that a submission has which still counts."""
    holders = select(SimilarityKey.key).join(Submission, Submission.id == SimilarityKey.submission_id)
    counts = Submission.state != SubmissionState.WITHDRAWN
    return set(session.scalars(holders.where(SimilarityKey.key.in_(keys), counts)))


def _draft(session: Session, consultation_id: int) -> frozenset[str]:
    """Return what letters may quote from a consultation's draft and notice."""
    made = session.get_one(Consultation, consultation_id)
    nodes = (f"{m.label}{m.title}{m.text}" for m in consultations.tree(session, consultation_id))
    return _quotable((made.title, made.notice, made.preamble, "".join(nodes)))


@lru_cache(maxsize=DRAFTS_KEPT)
def _quotable(texts: tuple[str, ...]) -> frozenset[str]:
    return similarity.quotable(texts)
