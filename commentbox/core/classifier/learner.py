"""Learn from decisions in the order in which they were taken, each predicted before it is learned from.

One pass, a block at a time, so that a hundred thousand decisions need no more memory than a thousand. The
predictions are the rolling validation: they say how far decisions may move the measures, and how sure a
suggestion is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import log_softmax

from commentbox.core.classifier.calibration import Calibration
from commentbox.core.classifier.learned import MOST, Learned
from commentbox.core.classifier.model import MeasureModel
from commentbox.core.classifier.ranking import SHARPNESS, learn_stress
from commentbox.core.classifier.rows import (
    Array,
    Reader,
    often_in,
    stressed,
    vocabulary_of,
    weighted,
    widened,
)
from commentbox.core.references import ReferenceFinder
from commentbox.core.text import even

SHARES = (0.0, 0.2, 0.4, 0.8, 1.6)
"""How far decisions may move the measures; each step must prove better than the last."""
STEPS = tuple((stressed, share) for stressed in (False, True) for share in SHARES)
PROVEN = 1.5
"""Standard errors of its gain by which a move of the measures has to be better."""
ENOUGH = 50
"""Predictions, the latest half of all, from which on they prove anything."""
FIRST_BLOCK, GROWTH, LARGEST_BLOCK = 20, 1.5, 2000
REMEMBERED = 50
"""Decisions on one measure whose wording is kept, the latest."""
MOST_FEATURES = 400_000
"""Features from which on those are dropped that only one comment holds."""

Decision = tuple[str, str]
"""The text of a comment, and the path of the measure that a person gave it."""


class _Predicted(NamedTuple):
    """Hold what a block was predicted to be: a row a decision, a column a step."""

    ranks: Array
    chances: Array
    first: Array
    second: Array


class Learner:
    """Learn decisions block by block."""

    def __init__(self, cold: MeasureModel, references: ReferenceFinder) -> None:
        self._cold, self._references = cold, references
        self._places = {path: n for n, path in enumerate(cold.paths)}
        self._columns = {feature: n for n, feature in enumerate(cold.vocabulary)}
        self._often = np.zeros(len(self._columns), dtype=np.int64)
        self._decisions = 0
        self._said = sparse.csr_matrix((0, len(self._columns)))
        self._owners = np.zeros(0, dtype=np.int64)
        self._known: set[int] = set()
        self._predicted: list[_Predicted] = []
        self._named: dict[bool, list[bool]] = {False: [], True: []}

    def learn(self, decisions: Iterable[Decision]) -> None:
        """Predict and then learn each decision; one on a path that the draft has not is passed over."""
        stream, size = iter(decisions), float(FIRST_BLOCK)
        while block := list(islice(stream, int(size))):
            self._decisions += len(block)
            fresh = [one for one in block if one[1] in self._places and self._is_new(one[0])]
            if fresh:
                self._learn([text for text, _ in fresh], np.array([self._places[path] for _, path in fresh]))
            size = min(size * GROWTH, LARGEST_BLOCK)

    def learned(self) -> Learned:
        """Return what was learned up to here."""
        step = self._proven()
        is_stressed, share = STEPS[step]
        return replace(
            self._snapshot(),
            stress=self._stress() if is_stressed else np.zeros(0),
            share=share,
            calibration=self._calibrated(step),
            decisions=self._decisions,
        )

    def _is_new(self, text: str) -> bool:
        key = hash(even(text))
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def _learn(self, texts: Sequence[str], owners: Array) -> None:
        rows = self._count(texts)
        known = self._cold.with_learned(self._snapshot())
        if self._owners.size:
            self._predicted.append(_predict(known, self._stress(known), known.rows_of(texts), owners))
        self._check_references(texts, owners)
        self._remember(rows, owners)

    def _stress(self, known: MeasureModel | None = None) -> Array:
        known = known or self._cold.with_learned(self._snapshot())
        said = weighted(known.placed.said[-MOST:], known.weights)
        beside = known.lent_scores(known.in_own_words(said))
        return learn_stress(said, known.placed.owners[-MOST:], known.plain, beside)

    def _snapshot(self) -> Learned:
        return Learned(
            features=tuple(self._columns),
            paths=self._cold.paths,
            said=self._said,
            owners=self._owners,
        )

    def _check_references(self, texts: Sequence[str], owners: Array) -> None:
        for text, owner in zip(texts, owners, strict=True):
            found = self._references.find(text)
            if found:
                right = self._cold.paths[owner] in found[0].paths[:1]
                self._named[any(one.ambiguous for one in found)].append(right)

    def _count(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the counted rows of texts, whose features are known from now on."""
        if len(self._columns) > MOST_FEATURES:
            self._forget_the_rare()
        for feature in vocabulary_of(texts):
            self._columns.setdefault(feature, len(self._columns))
        width = len(self._columns)
        rows = Reader(self._columns, self._cold.bridge).count(texts).rows
        self._often = np.concatenate([self._often, np.zeros(width - len(self._often), dtype=np.int64)])
        self._often += often_in(rows)
        self._said = widened(self._said, width)
        return rows

    def _remember(self, rows: sparse.csr_matrix, owners: Array) -> None:
        """Keep the latest wordings of each measure."""
        said, all_owners = sparse.vstack([self._said, rows]).tocsr(), np.concatenate([self._owners, owners])
        seen = np.zeros(len(self._places), dtype=np.int64)
        kept = []
        for place in range(len(all_owners) - 1, -1, -1):
            seen[all_owners[place]] += 1
            if seen[all_owners[place]] <= REMEMBERED:
                kept.append(place)
        kept.reverse()
        self._said, self._owners = said[kept], all_owners[kept]

    def _forget_the_rare(self) -> None:
        own = len(self._cold.vocabulary)
        kept = np.flatnonzero((self._often > 1) | (np.arange(len(self._often)) < own))
        features = list(self._columns)
        self._columns = {features[column]: n for n, column in enumerate(kept)}
        self._often = self._often[kept]
        self._said = self._said[:, kept]

    def _proven(self) -> int:
        """Return the step that the latest decisions prove: each is better than the one before.

        Stressed words must make the right measures likelier; moved measures must rank them higher, and
        by more than chance, since they can also spoil what the draft alone does well.
        """
        if sum(len(one.ranks) for one in self._predicted) < 2 * ENOUGH:
            return 0
        likelier, found = (self._latest(name) for name in ("chances", "ranks"))
        step = len(SHARES) if likelier[:, len(SHARES)].mean() > likelier[:, 0].mean() else 0
        last = step + len(SHARES) - 1
        while step < last and _is_higher(1 / found[:, step + 1] - 1 / found[:, step]):
            step += 1
        return step

    def _latest(self, name: str) -> Array:
        """Return the later half of what was predicted."""
        found = np.vstack([getattr(one, name) for one in self._predicted])
        return found[len(found) // 2 :]

    def _calibrated(self, share: int) -> Calibration:
        calibration = Calibration()
        if self._predicted:
            first, second, ranks = (
                np.concatenate([getattr(one, name)[:, share] for one in self._predicted])
                for name in ("first", "second", "ranks")
            )
            calibration = calibration.fitted(first, second, ranks == 1, len(self._cold.paths))
        clear, ambiguous = self._named[False], self._named[True]
        return calibration.counted((sum(clear), len(clear)), (sum(ambiguous), len(ambiguous)))


def _predict(known: MeasureModel, stress: Array, rows: sparse.csr_matrix, owners: Array) -> _Predicted:
    """Return where each decision would have been ranked before it was known, for each step."""
    own = known.in_own_words(rows)
    beside = known.lent_scores(own) + known.said_before(rows)
    alike = {
        False: (own @ known.plain.T).toarray(),
        True: (own @ stressed(known.plain, stress).T).toarray(),
    }
    pulled = known.pulled(own)
    ranks, chances, first, second = [], [], [], []
    for is_stressed, share in STEPS:
        scores = np.clip(alike[is_stressed] + share * pulled + beside, 0.0, 1.0)
        right = scores[np.arange(len(owners)), owners]
        best = np.sort(scores, axis=1)[:, ::-1]
        above, alike_right = scores > right[:, None], scores == right[:, None]
        ranks.append(above.sum(axis=1) + (1 + alike_right.sum(axis=1)) / 2)
        chances.append(log_softmax(SHARPNESS * scores, axis=1)[np.arange(len(owners)), owners])
        first.append(best[:, 0])
        second.append(best[:, 1] if best.shape[1] > 1 else np.zeros(len(best)))
    return _Predicted(*(np.column_stack(column) for column in (ranks, chances, first, second)))


def _is_higher(gains: Array) -> bool:
    """Tell whether gains are above 0 by more than `PROVEN` standard errors."""
    return bool(gains.mean() > PROVEN * gains.std() / len(gains) ** 0.5)
