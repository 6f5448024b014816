"""The model: one row of TF-IDF weights a measure, and one a decision of staff.

It works on the first day from the draft alone. What staff decided is added as examples beside it; the
likeness to the measure's own text always stays in the score, so that few decisions cannot spoil it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from commentbox.core.classifier.features import features, spoken, weight
from commentbox.core.references import ReferenceFinder
from commentbox.core.splitting import split
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Node, Point, Reference, Suggested, Suggestions

REFERENCE, MODEL = "reference", "model"
AMBIGUOUS_SCORE = 0.6
LEARNED_WEIGHT = 0.8
LEARNED_LEAST = 0.4
"""Likeness from which a decision speaks for its measure. A point that recurs lies well above it; below,
comments are alike by manner rather than matter, and following them made new points worse."""
BESIDE_LEAD = 1.4
"""A general remark or a safeguard is proposed first only where it is clearly more alike than any measure."""
_BESIDE = (MeasureKind.SAFEGUARD, MeasureKind.GENERAL)


@dataclass(frozen=True, slots=True)
class MeasureModel:
    """Hold the vocabulary, the weights, and the rows of measures and of decisions; all rows have length 1."""

    vocabulary: tuple[str, ...]
    weights: np.ndarray[Any, Any]
    paths: tuple[str, ...]
    beside: tuple[bool, ...]
    rows: sparse.csr_matrix
    learned_paths: tuple[str, ...] = ()
    learned_rows: sparse.csr_matrix | None = None
    version: str = ""

    @classmethod
    def from_draft(cls, nodes: Sequence[Node], annex: Sequence[AnnexItem]) -> MeasureModel:
        """Return the model of a draft on which nobody has decided anything yet.

        A title counts twice; the idf comes from all nodes, so that words common to the draft weigh less.
        """
        told = [node for node in nodes if node.title or node.text]
        texts = [f"{node.title} {node.title} {node.text}" for node in told]
        vectorizer = TfidfVectorizer(analyzer=features, sublinear_tf=True, norm=None)
        try:
            counted = vectorizer.fit_transform(texts)
        except ValueError:  # a draft without a single word
            return cls((), np.zeros(0), (), (), sparse.csr_matrix((0, 0)))
        vocabulary = tuple(vectorizer.get_feature_names_out())
        extra = np.array([weight(feature) for feature in vocabulary])
        chosen = _candidates(told)
        return cls(
            vocabulary=vocabulary,
            weights=vectorizer.idf_ * extra,
            paths=tuple(told[n].path for n in chosen),
            beside=tuple(told[n].kind in _BESIDE for n in chosen),
            rows=normalize(counted[chosen] @ sparse.diags(extra)).tocsr(),
        )

    @property
    def decisions(self) -> int:
        """Return how many decisions the model has learned from."""
        return len(self.learned_paths)

    def learn(self, texts: Sequence[str], paths: Sequence[str]) -> MeasureModel:
        """Return a model that knows these decisions, and none that this one knew."""
        known = set(self.paths)
        pairs = [(t, p) for t, p in zip(texts, paths, strict=True) if p in known]
        if not pairs:
            return replace(self, learned_paths=(), learned_rows=None)
        rows = self._rows_of([text for text, _ in pairs])
        return replace(self, learned_paths=tuple(p for _, p in pairs), learned_rows=rows)

    def suggest(self, texts: Sequence[str], references: ReferenceFinder, top: int = 3) -> list[Suggestions]:
        """Return the likeliest measures of each text, explicit references first."""
        if not texts:
            return []
        rows = self._rows_of(texts)
        scores = self._scores(rows)
        return [
            self._answer(text, references.find(text), rows[n], scores[n], top) for n, text in enumerate(texts)
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
        if not self.vocabulary:
            return sparse.csr_matrix((len(texts), 0))
        vectorizer = TfidfVectorizer(analyzer=features, vocabulary=self.vocabulary, sublinear_tf=True)
        vectorizer.idf_ = self.weights
        return vectorizer.transform(texts).tocsr()

    def _scores(self, rows: sparse.csr_matrix) -> np.ndarray[Any, Any]:
        """Return the score of each candidate for each text, in 0..1."""
        own = np.asarray((rows @ self.rows.T).todense())
        if self.learned_rows is None:
            return own
        above = np.maximum(0.0, self._nearest(rows) - LEARNED_LEAST) / (1 - LEARNED_LEAST)
        return np.minimum(1.0, own + LEARNED_WEIGHT * above)

    def _nearest(self, rows: sparse.csr_matrix) -> np.ndarray[Any, Any]:
        """Return the likeness to the most alike decision for each candidate."""
        assert self.learned_rows is not None
        likeness = np.asarray((rows @ self.learned_rows.T).todense())
        places = {path: n for n, path in enumerate(self.paths)}
        nearest = np.zeros((rows.shape[0], len(self.paths)))
        owners = np.array([places[path] for path in self.learned_paths])
        for place in np.unique(owners):
            nearest[:, place] = likeness[:, owners == place].max(axis=1)
        return nearest

    def _answer(
        self,
        text: str,
        found: Sequence[Reference],
        row: sparse.csr_matrix,
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

    def _matched(self, text: str, row: sparse.csr_matrix, place: int) -> tuple[str, ...]:
        """Return the words of a text that spoke most for a candidate, as they stand in the text."""
        shared = row.multiply(self.rows[place]).tocoo()
        return spoken(
            text, {self.vocabulary[c]: float(v) for v, c in zip(shared.data, shared.col, strict=True)}
        )


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
