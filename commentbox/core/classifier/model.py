"""The model: one row of TF-IDF weights a measure, which staff's decisions move a little.

A comment's row holds what it says and, counting less, what its words may mean in this draft. It works on
the first day from the draft alone. Decisions teach what was said before, which words tell measures apart,
and how people speak of each measure (Rocchio); the last two only as far as they proved to help. The
measure's own text always stays in its row, so that few decisions cannot spoil it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

import numpy as np
from scipy import sparse

from commentbox.core.classifier import bridge
from commentbox.core.classifier.background import Background
from commentbox.core.classifier.bridge import Bridge
from commentbox.core.classifier.features import is_single, weight
from commentbox.core.classifier.flags import flagged
from commentbox.core.classifier.learned import NOTHING, Learned, Placed, nearest, place
from commentbox.core.classifier.reasons import spans_of
from commentbox.core.classifier.rows import (
    Array,
    Counted,
    Reader,
    often_in,
    pivoted,
    row_of,
    saturated,
    stressed,
    vocabulary_of,
    weighted,
    widened,
)
from commentbox.core.classifier.thesaurus import Thesaurus
from commentbox.core.references import ReferenceFinder
from commentbox.core.splitting import split
from commentbox.core.states import CommentFlag, MeasureKind
from commentbox.core.text import even
from commentbox.core.types import Node, Point, Reference, Suggested, Suggestions

REFERENCE, MODEL, RULE = "reference", "model", "rule"
AMBIGUOUS_SCORE = 0.6
SINGLES = 0.2
"""What single characters count once more, beside a row of length 1."""
GENERAL_SCORE = 0.5
FLAGGED_MOST = 0.5
"""Confidence in a measure for a comment that may be about none."""
SPOKEN = 0.5
"""How many comments count as one of the draft's texts where words are weighed, all of them together."""
BESIDE_LEAD = 1.4
"""A general remark or a safeguard is proposed first only where it is clearly more alike than any measure."""
_BESIDE = (MeasureKind.SAFEGUARD, MeasureKind.GENERAL)


@dataclass(frozen=True, slots=True, eq=False)
class MeasureModel:
    """Hold what is counted in the draft, what decisions taught, and the weighted rows that follow.

    ``vocabulary`` is the draft's; ``frequency`` is how many of its ``documents`` hold each word.
    ``counted`` has a row a candidate; ``whole`` is the path of the draft as a whole. What is weighted has
    as many columns as ``weights``: the vocabulary, then what only comments say. ``said`` has rows of
    length 1, ``plain`` of about as much; ``rows`` is ``plain`` with what was learned.
    """

    vocabulary: tuple[str, ...]
    bridge: Bridge
    documents: int
    frequency: Array
    paths: tuple[str, ...]
    beside: tuple[bool, ...]
    counted: sparse.csr_matrix
    whole: str | None
    background: Background
    learned: Learned = NOTHING
    reader: Reader = field(init=False)
    weights: Array = field(init=False)
    placed: Placed = field(init=False)
    plain: sparse.csr_matrix = field(init=False)
    rows: sparse.csr_matrix = field(init=False)
    said: sparse.csr_matrix = field(init=False)

    def __post_init__(self) -> None:
        """Work out the weighted rows; a frozen class takes them only this way."""
        columns = {feature: n for n, feature in enumerate(self.vocabulary)}
        for feature in self.learned.features:
            columns.setdefault(feature, len(columns))
        placed = place(self.learned, columns, self.paths)
        weights = self._weights(list(columns))
        plain = self._plain(weights, np.array([is_single(feature) for feature in columns], dtype=bool))
        worked_out = {
            "reader": Reader(columns, self.bridge),
            "weights": weights,
            "placed": placed,
            "plain": plain,
            "rows": (stressed(plain, placed.stress) + self.learned.share * placed.means).sorted_indices(),
            "said": weighted(placed.said, weights),
        }
        for name, value in worked_out.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_draft(cls, nodes: Sequence[Node], thesaurus: Thesaurus, background: Background) -> MeasureModel:
        """Return the model of a draft on which nobody has decided anything yet.

        A title counts twice, and so does what staff wrote beside it; the idf comes from all nodes, so that
        words common to the draft weigh less.
        """
        told = [node for node in nodes if node.title or node.text]
        texts = [
            f"{head} {head} {node.text}" for node in told for head in [" ".join([node.title, *node.keywords])]
        ]
        vocabulary = vocabulary_of(texts)
        columns = {feature: n for n, feature in enumerate(vocabulary)}
        counted = Reader(columns).count(texts).rows
        chosen = _candidates(told)
        return cls(
            vocabulary=vocabulary,
            bridge=bridge.build(thesaurus, [even(text) for text in texts], columns.get),
            documents=len(texts),
            frequency=often_in(counted),
            paths=tuple(told[n].path for n in chosen),
            beside=tuple(told[n].kind in _BESIDE for n in chosen),
            counted=counted[chosen],
            whole=next((node.path for node in nodes if node.kind == MeasureKind.WHOLE), None),
            background=background,
        )

    def with_learned(self, learned: Learned) -> MeasureModel:
        """Return the model of the same draft that knows these decisions, and none that this one knew."""
        return replace(self, learned=learned)

    def _plain(self, weights: Array, single: Array) -> sparse.csr_matrix:
        """Return the rows of the draft alone.

        Single characters count once more by whether they stand there at all: people who say it in other
        words share the characters, not the words.
        """
        counted = widened(self.counted, len(weights))
        return (
            (pivoted(counted, weights) + SINGLES * saturated(counted, weights, single))
            .tocsr()
            .sorted_indices()
        )

    def _weights(self, features: Sequence[str]) -> Array:
        """Return the idf of each feature, times what its kind counts.

        What people say in comments counts beside the draft's own texts, as ``SPOKEN`` times as many.
        """
        often = np.zeros(len(features))
        often[: len(self.frequency)] = self.frequency
        documents = float(self.documents)
        if self.background.texts:
            often += SPOKEN * self.documents * self.background.often(features) / self.background.texts
            documents += SPOKEN * self.documents
        idf = np.log((1 + documents) / (1 + often)) + 1
        return np.asarray(idf * np.array([weight(feature) for feature in features]))

    def rows_of(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the weighted rows of texts."""
        return weighted(self.reader.count(texts).rows, self.weights)

    def suggest(self, texts: Sequence[str], references: ReferenceFinder, top: int = 3) -> list[Suggestions]:
        """Return the likeliest measures of each text, explicit references first."""
        if not texts:
            return []
        counted = self.reader.count(texts)
        rows = weighted(counted.rows, self.weights)
        scores = self.scores(rows)
        orders = [self._order(one) for one in scores]
        sure = self._confidence(scores, orders)
        return [
            self._answer(
                text,
                references.find(text),
                orders[n],
                float(sure[n]),
                top,
                _Said(counted, rows, scores[n], n),
            )
            for n, text in enumerate(texts)
        ]

    def suggest_letters(
        self, texts: Sequence[str], references: ReferenceFinder, top: int = 3
    ) -> list[list[tuple[Point, Suggestions]]]:
        """Return the points of each letter with their suggestions."""
        letters = [split(text) for text in texts]
        points = [point for letter in letters for point in letter]
        said = [query_text(point.excerpt, point.reference) for point in points]
        answers = [
            in_excerpt(answer, text, point.excerpt)
            for answer, text, point in zip(self.suggest(said, references, top), said, points, strict=True)
        ]
        pairs = iter(zip(points, answers, strict=True))
        return [list(islice(pairs, len(letter))) for letter in letters]

    def scores(self, rows: sparse.csr_matrix) -> Array:
        """Return the score of each candidate for each weighted row, in 0..1."""
        alike = (rows @ self.rows.T).toarray()
        if self.learned.share:
            alike -= self.learned.share * np.outer(rows @ self.placed.mean, self.placed.known)
        if self.said.shape[0]:
            alike = alike + self.said_before(rows)
        return np.asarray(np.clip(alike, 0.0, 1.0))

    def said_before(self, rows: sparse.csr_matrix) -> Array:
        """Return what each candidate's score gains by a decision on the same words."""
        return nearest(rows @ self.said.T, self.placed.owners, len(self.paths))

    def _confidence(self, scores: Array, orders: Sequence[Sequence[int]]) -> Array:
        """Return how sure the first of each order is, as far as words tell."""
        best = [
            [row[n] for n in order[:2]] + [0.0] * (2 - len(order[:2]))
            for row, order in zip(scores, orders, strict=True)
        ]
        first, second = np.array(best).reshape(-1, 2).T
        return self.learned.calibration.confidence(first, second)

    def _answer(
        self, text: str, found: Sequence[Reference], order: Sequence[int], sure: float, top: int, said: _Said
    ) -> Suggestions:
        named = _named(found)
        guessed = [
            Suggested(self.paths[n], float(said.scores[n]), MODEL, "、".join(_words(text, spans)), spans)
            for n in order[: top + len(named)]
            if said.scores[n] > 0
            for spans in [self._spans(said, n)]
        ]
        taken = {s.path for s in named}
        measures = (*named, *(s for s in guessed if s.path not in taken))[: max(top, len(named))]
        ambiguous = any(reference.ambiguous for reference in found)
        if named:
            sure = self.learned.calibration.ambiguous if ambiguous else self.learned.calibration.reference
            return Suggestions(measures, sure, ambiguous)
        likeness = max((float(said.scores[n]) for n in order[:2] if not self.beside[n]), default=0.0)
        flag = flagged(even(text), likeness)
        if flag is None:
            return Suggestions(measures, sure)
        if flag.flag == CommentFlag.GENERAL and self.whole:
            span = (flag.start, flag.end)
            general = Suggested(self.whole, GENERAL_SCORE, RULE, text[flag.start : flag.end], (span,))
            return Suggestions((general, *measures)[:top], GENERAL_SCORE, flag=flag.flag)
        return Suggestions(measures, min(sure, FLAGGED_MOST), flag=flag.flag)

    def _order(self, scores: Array) -> list[int]:
        """Return the candidates best first; what stands beside the measures only with a clear lead."""
        ranked = [int(n) for n in np.argsort(-scores, kind="stable")]
        measures = [n for n in ranked if not self.beside[n]]
        beside = [n for n in ranked if self.beside[n]]
        if not measures or not beside:
            return ranked
        if scores[beside[0]] > BESIDE_LEAD * scores[measures[0]]:
            return [beside[0], *measures, *beside[1:]]
        return [*measures, *beside]

    def _spans(self, said: _Said, place: int) -> tuple[tuple[int, int], ...]:
        """Return where a text speaks most for a candidate."""
        return spans_of(
            said.counted.places_of(said.place), row_of(said.rows, said.place), row_of(self.rows, place)
        )


class _Said(NamedTuple):
    """Hold one text of a batch."""

    counted: Counted
    rows: sparse.csr_matrix
    scores: Array
    place: int


def _candidates(nodes: Sequence[Node]) -> list[int]:
    """Return which nodes can be suggested: measures and what stands beside them; all where there are none."""
    kinds = {MeasureKind.MEASURE, *_BESIDE}
    chosen = [n for n, node in enumerate(nodes) if node.kind in kinds]
    return chosen or list(range(len(nodes)))


def query_text(excerpt: str, *more: str) -> str:
    """Return what is known of a comment as one text: what its excerpt does not hold, then the excerpt."""
    return " ".join([*(part for part in more if part and part not in excerpt), excerpt])


def in_excerpt(answer: Suggestions, text: str, excerpt: str) -> Suggestions:
    """Return the answer to a `query_text` with spans of its excerpt; those before it are left out."""
    offset = len(text) - len(excerpt)
    if not offset:
        return answer
    measures = (
        replace(s, spans=tuple((start - offset, end - offset) for start, end in s.spans if start >= offset))
        for s in answer.measures
    )
    return replace(answer, measures=tuple(measures))


def _named(found: Sequence[Reference]) -> list[Suggested]:
    named: dict[str, Suggested] = {}
    for reference in found:
        score = AMBIGUOUS_SCORE if reference.ambiguous else 1.0
        for path in reference.paths:
            span = (reference.start, reference.end)
            named.setdefault(path, Suggested(path, score, REFERENCE, reference.text, (span,)))
    return list(named.values())


def _words(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    return iter(dict.fromkeys(text[start:end] for start, end in spans))
