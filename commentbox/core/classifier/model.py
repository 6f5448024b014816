"""The model: one row of TF-IDF weights a measure, which staff's decisions move a little.

It works on the first day from the draft alone. With each decision a measure's row moves towards the
comments that staff gave it (Rocchio), the farther the more decisions there are; the measure's own text
always stays in it, so that few decisions cannot spoil it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from commentbox.core.classifier.features import features, spoken, weight
from commentbox.core.classifier.rows import Row, count, normalized, row_of, shared, weighted, widened
from commentbox.core.references import ReferenceFinder
from commentbox.core.splitting import split
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Node, Point, Reference, Suggested, Suggestions

REFERENCE, MODEL = "reference", "model"
AMBIGUOUS_SCORE = 0.6
MOVED_MOST = 1.2
ENOUGH = 200
"""Decisions at which rows move by half of the most; sooner, comments are alike by manner, not matter."""
FEW = 2
"""A measure with so many decisions moves half as far as one with very many."""
RECURS_WEIGHT = 0.8
RECURS_FROM = 0.4
"""Likeness to a decision from which a comment says the same again; a new point lies well below."""
BESIDE_LEAD = 1.4
"""A general remark or a safeguard is proposed first only where it is clearly more alike than any measure."""
_BESIDE = (MeasureKind.SAFEGUARD, MeasureKind.GENERAL)


@dataclass(frozen=True, slots=True)
class MeasureModel:
    """Hold what is counted in the draft and in decisions, and the weighted rows that follow from it.

    The vocabulary is the draft's, then what only decisions say; ``frequency`` is how many of the draft's
    ``documents`` hold each word of the former. ``counted`` has a row a candidate, ``learned_counted`` one
    a decision. All weighted rows have length 1.
    """

    vocabulary: tuple[str, ...]
    documents: int
    frequency: np.ndarray[Any, Any]
    paths: tuple[str, ...]
    beside: tuple[bool, ...]
    counted: sparse.csr_matrix
    learned_paths: tuple[str, ...] = ()
    learned_counted: sparse.csr_matrix | None = None
    version: str = ""
    weights: np.ndarray[Any, Any] = field(init=False)
    rows: sparse.csr_matrix = field(init=False)
    learned_rows: sparse.csr_matrix | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Work out the weighted rows; a frozen class takes them only this way."""
        weights = self._weights()
        rows = weighted(widened(self.counted, len(weights)), weights)
        if self.learned_counted is not None:
            learned = weighted(self.learned_counted, weights)
            rows = normalized(rows + self._shares() @ learned)
            object.__setattr__(self, "learned_rows", learned)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "rows", rows)

    @classmethod
    def from_draft(cls, nodes: Sequence[Node], annex: Sequence[AnnexItem]) -> MeasureModel:
        """Return the model of a draft on which nobody has decided anything yet.

        A title counts twice; the idf comes from all nodes, so that words common to the draft weigh less.
        """
        told = [node for node in nodes if node.title or node.text]
        texts = [f"{node.title} {node.title} {node.text}" for node in told]
        vocabulary = tuple(sorted({feature for text in texts for feature in features(text)}))
        counted = count(texts, vocabulary)
        chosen = _candidates(told)
        return cls(
            vocabulary=vocabulary,
            documents=len(texts),
            frequency=counted.getnnz(axis=0),
            paths=tuple(told[n].path for n in chosen),
            beside=tuple(told[n].kind in _BESIDE for n in chosen),
            counted=counted[chosen],
        )

    @property
    def decisions(self) -> int:
        """Return how many decisions the model has learned from."""
        return len(self.learned_paths)

    def learn(self, texts: Sequence[str], paths: Sequence[str]) -> MeasureModel:
        """Return a model that knows these decisions, and none that this one knew."""
        known = set(self.paths)
        pairs = [(t, p) for t, p in zip(texts, paths, strict=True) if p in known]
        own = self.vocabulary[: len(self.frequency)]
        if not pairs or not own:
            return replace(self, vocabulary=own, learned_paths=(), learned_counted=None)
        said = {feature for text, _ in pairs for feature in features(text)}
        vocabulary = (*own, *sorted(said.difference(own)))
        return replace(
            self,
            vocabulary=vocabulary,
            learned_paths=tuple(path for _, path in pairs),
            learned_counted=count([text for text, _ in pairs], vocabulary),
        )

    def _weights(self) -> np.ndarray[Any, Any]:
        """Return the idf of each word, times what its kind counts.

        It is the draft's on the first day; the more decisions there are, the more their texts count in it.
        """
        heard = self.decisions / (self.decisions + ENOUGH)
        frequency = np.zeros(len(self.vocabulary))
        frequency[: len(self.frequency)] = self.frequency
        if self.learned_counted is not None:
            frequency += heard * self.learned_counted.getnnz(axis=0)
        idf = np.log((1 + self.documents + heard * self.decisions) / (1 + frequency)) + 1
        return np.asarray(idf * np.array([weight(feature) for feature in self.vocabulary]))

    def _shares(self) -> sparse.csr_matrix:
        """Return how far each decision (column) moves its measure (row)."""
        places = {path: n for n, path in enumerate(self.paths)}
        owners = np.array([places[path] for path in self.learned_paths])
        each = np.bincount(owners, minlength=len(self.paths))
        moved = MOVED_MOST * self.decisions**2 / (self.decisions**2 + ENOUGH**2)
        shares = moved / (each[owners] + FEW)
        return sparse.csr_matrix(
            (shares, (owners, np.arange(self.decisions))), (len(self.paths), self.decisions)
        )

    def suggest(self, texts: Sequence[str], references: ReferenceFinder, top: int = 3) -> list[Suggestions]:
        """Return the likeliest measures of each text, explicit references first."""
        if not texts:
            return []
        rows = self._rows_of(texts)
        scores = self._scores(rows)
        return [
            self._answer(text, references.find(text), row_of(rows, n), scores[n], top)
            for n, text in enumerate(texts)
        ]

    def suggest_letters(
        self, texts: Sequence[str], references: ReferenceFinder, top: int = 3
    ) -> list[list[tuple[Point, Suggestions]]]:
        """Return the points of each letter with their suggestions."""
        letters = [split(text) for text in texts]
        said = [query_text(p.excerpt, p.reference) for points in letters for p in points]
        answers = iter(self.suggest(said, references, top))
        return [[(point, next(answers)) for point in points] for points in letters]

    def _rows_of(self, texts: Sequence[str]) -> sparse.csr_matrix:
        return weighted(count(texts, self.vocabulary), self.weights)

    def _scores(self, rows: sparse.csr_matrix) -> np.ndarray[Any, Any]:
        """Return the score of each candidate for each text, in 0..1."""
        alike = np.asarray((rows @ self.rows.T).todense())
        if self.learned_rows is None:
            return alike
        above = np.maximum(0.0, self._nearest(rows, self.learned_rows) - RECURS_FROM) / (1 - RECURS_FROM)
        return np.minimum(1.0, alike + RECURS_WEIGHT * above)

    def _nearest(self, rows: sparse.csr_matrix, learned: sparse.csr_matrix) -> np.ndarray[Any, Any]:
        """Return the likeness to the most alike decision for each candidate, 0 where none says the same."""
        likeness = (rows @ learned.T).tocoo()
        near = likeness.data > RECURS_FROM
        places = {path: n for n, path in enumerate(self.paths)}
        owners = np.array([places[path] for path in self.learned_paths])
        nearest = np.zeros((rows.shape[0], len(self.paths)))
        np.maximum.at(nearest, (likeness.row[near], owners[likeness.col[near]]), likeness.data[near])
        return nearest

    def _answer(
        self,
        text: str,
        found: Sequence[Reference],
        row: Row,
        scores: np.ndarray[Any, Any],
        top: int,
    ) -> Suggestions:
        named = _named(found)
        order = self._order(scores)
        guessed = [
            Suggested(self.paths[n], float(scores[n]), MODEL, "、".join(words), words)
            for n in order[: top + len(named)]
            if scores[n] > 0
            for words in [self._matched(text, row, n)]
        ]
        taken = {s.path for s in named}
        measures = (*named, *(s for s in guessed if s.path not in taken))[: max(top, len(named))]
        ambiguous = any(reference.ambiguous for reference in found)
        return Suggestions(measures, _confidence(named, guessed, ambiguous), ambiguous)

    def _order(self, scores: np.ndarray[Any, Any]) -> list[int]:
        """Return the candidates best first; what stands beside the measures only with a clear lead."""
        ranked = [int(n) for n in np.argsort(-scores, kind="stable")]
        measures = [n for n in ranked if not self.beside[n]]
        beside = [n for n in ranked if self.beside[n]]
        if not measures or not beside:
            return ranked
        if scores[beside[0]] > BESIDE_LEAD * scores[measures[0]]:
            return [beside[0], *measures, *beside[1:]]
        return [*measures, *beside]

    def _matched(self, text: str, row: Row, place: int) -> tuple[str, ...]:
        """Return the words of a text that spoke most for a candidate, as they stand in the text."""
        columns, products = shared(row, row_of(self.rows, place))
        return spoken(text, {self.vocabulary[c]: v for c, v in zip(columns, products, strict=True)})


def _candidates(nodes: Sequence[Node]) -> list[int]:
    """Return which nodes can be suggested: measures and what stands beside them; all where there are none."""
    kinds = {MeasureKind.MEASURE, *_BESIDE}
    chosen = [n for n, node in enumerate(nodes) if node.kind in kinds]
    return chosen or list(range(len(nodes)))


def query_text(excerpt: str, *more: str) -> str:
    """Return what is known of a comment as one text: its excerpt, and what the excerpt does not hold."""
    return " ".join([*(part for part in more if part and part not in excerpt), excerpt])


def _named(found: Sequence[Reference]) -> list[Suggested]:
    named: dict[str, Suggested] = {}
    for reference in found:
        score = AMBIGUOUS_SCORE if reference.ambiguous else 1.0
        for path in reference.paths:
            named.setdefault(path, Suggested(path, score, REFERENCE, reference.text, (reference.text,)))
    return list(named.values())


def _confidence(named: Sequence[Suggested], guessed: Sequence[Suggested], ambiguous: bool) -> float:
    """Return how sure the first suggestion is: by its kind, else by its lead over the second."""
    if named:
        return 0.5 if ambiguous else 0.98
    if not guessed:
        return 0.0
    second = guessed[1].score if len(guessed) > 1 else 0.0
    lead = (guessed[0].score - second) / guessed[0].score
    return float(min(0.95, 0.4 + lead))
