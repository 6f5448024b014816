"""The model: one row of TF-IDF weights a measure, and beside it what people say for it.

A comment's row holds what it says and, counting less, what its words may mean in this draft. It works on
the first day from the draft and what the program knows of the language. Decisions teach what was said
before, which words tell measures apart, and how people speak of each measure; the last two only as far as
they proved to help. The measure's own text always stays, so that few decisions cannot spoil it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import norm as norm_of

from commentbox.core.classifier import bridge
from commentbox.core.classifier.answers import RULE, guessed, in_excerpt, named, query_text, ranked
from commentbox.core.classifier.bridge import Bridge
from commentbox.core.classifier.features import is_single, weight
from commentbox.core.classifier.flags import flagged
from commentbox.core.classifier.language import NO_LANGUAGE, Language
from commentbox.core.classifier.learned import NOTHING, Learned, Placed, nearest, place, told
from commentbox.core.classifier.phrasebook import lend
from commentbox.core.classifier.reasons import spans_of
from commentbox.core.classifier.rows import (
    Array,
    Reader,
    often_in,
    pivoted,
    saturated,
    stressed,
    vocabulary_of,
    weighted,
    widened,
    without,
)
from commentbox.core.classifier.voices import Voices
from commentbox.core.references import ReferenceFinder
from commentbox.core.splitting import split
from commentbox.core.states import CommentFlag, MeasureKind
from commentbox.core.text import even
from commentbox.core.types import Node, Point, Suggested, Suggestions

SINGLES = 0.05
"""What single characters count once more beside a row of length 1, times the logarithm of how many candidates
there are: the more clauses, the less often a rare character is shared by chance."""
LEAST_OWN = 0.5
"""How much of a comment's row is taken for the draft's words at least."""
GENERAL_SCORE = 0.5
FLAGGED_MOST = 0.5
"""Confidence in a measure for a comment that may be about none."""
SPOKEN = 0.5
"""How many comments count as one of the draft's texts where words are weighed, all of them together."""
_BESIDE = (MeasureKind.SAFEGUARD, MeasureKind.GENERAL)


@dataclass(frozen=True, slots=True, eq=False)
class MeasureModel:
    """Hold what is counted in the draft, what decisions taught, and the weighted rows that follow.

    ``vocabulary`` is the draft's, then what only the phrasebook says; ``frequency`` is how many of the
    draft's ``documents`` hold each word. ``counted`` has a row a candidate; ``whole`` is the path of the
    draft as a whole. What is weighted has as many columns as ``weights``: the vocabulary, then what only
    comments say. ``said`` has rows of length 1, ``plain`` of about as much; ``rows`` is ``plain`` with the
    words stressed. ``lent`` is what the phrasebook says for the candidates, ``told`` what decisions say.
    """

    vocabulary: tuple[str, ...]
    bridge: Bridge
    documents: int
    frequency: Array
    paths: tuple[str, ...]
    beside: tuple[bool, ...]
    counted: sparse.csr_matrix
    whole: str | None
    language: Language
    lent: Voices | None = None
    learned: Learned = NOTHING
    reader: Reader = field(init=False)
    weights: Array = field(init=False)
    placed: Placed = field(init=False)
    plain: sparse.csr_matrix = field(init=False)
    rows: sparse.csr_matrix = field(init=False)
    told: Voices = field(init=False)
    said: sparse.csr_matrix = field(init=False)

    def __post_init__(self) -> None:
        """Work out the weighted rows; a frozen class takes them only this way."""
        columns = {feature: n for n, feature in enumerate(self.vocabulary)}
        for feature in self.learned.features:
            columns.setdefault(feature, len(columns))
        placed = place(self.learned, columns, self.paths)
        weights = self._weights(list(columns))
        single = np.array([is_single(feature) for feature in columns], dtype=bool)
        plain = self._plain(weights, single)
        worked_out = {
            "reader": Reader(columns, self.bridge),
            "weights": weights,
            "placed": placed,
            "plain": plain,
            "rows": stressed(plain, placed.stress).sorted_indices(),
            "told": told(placed, weights),
            "said": weighted(without(placed.said, single), weights),
        }
        for name, value in worked_out.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_draft(cls, nodes: Sequence[Node], language: Language = NO_LANGUAGE) -> MeasureModel:
        """Return the model of a draft on which nobody has decided anything yet.

        A title counts twice, and so does what staff wrote beside it; the idf comes from all nodes, so that
        words common to the draft weigh less. The phrasebook's official sentences are read like comments,
        to find which measures are lent what people say for them.
        """
        worded = [node for node in nodes if node.title or node.text]
        texts = [
            f"{head} {head} {node.text}"
            for node in worded
            for head in [" ".join([node.title, *node.keywords])]
        ]
        own = vocabulary_of(texts)
        columns = {feature: n for n, feature in enumerate(own)}
        counted = Reader(columns).count(texts).rows
        chosen = _candidates(worded)
        more = (word for word in language.phrasebook.words if word not in columns)
        model = cls(
            vocabulary=(*own, *more),
            bridge=bridge.build(language.thesaurus, [even(text) for text in texts], columns.get),
            documents=len(texts),
            frequency=often_in(counted),
            paths=tuple(worded[n].path for n in chosen),
            beside=tuple(worded[n].kind in _BESIDE for n in chosen),
            counted=counted[chosen],
            whole=next((node.path for node in nodes if node.kind == MeasureKind.WHOLE), None),
            language=language,
        )
        return replace(model, lent=model._lent()) if language.phrasebook.officials else model

    def with_learned(self, learned: Learned) -> MeasureModel:
        """Return the model of the same draft that knows these decisions, and none that this one knew."""
        return replace(self, learned=learned)

    def _plain(self, weights: Array, single: Array) -> sparse.csr_matrix:
        """Return the rows of the draft alone.

        Single characters count once more by whether they stand there at all: people who say it in other
        words share the characters, not the words.
        """
        counted = widened(self.counted, len(weights))
        share = SINGLES * np.log(max(1, len(self.paths)))
        rows = pivoted(counted, weights) + share * saturated(counted, weights, single)
        return rows.tocsr().sorted_indices()

    def _lent(self) -> Voices:
        """Return what the phrasebook says for the candidates."""
        book = self.language.phrasebook
        columns = {feature: n for n, feature in enumerate(self.vocabulary)}
        likeness = (self.rows_of(book.officials) @ self.plain.T).toarray()
        return lend(book, columns, self.weights, likeness)

    def _weights(self, features: Sequence[str]) -> Array:
        """Return the idf of each feature, times what its kind counts.

        What people say in comments counts beside the draft's own texts, as ``SPOKEN`` times as many.
        """
        often = np.zeros(len(features))
        often[: len(self.frequency)] = self.frequency
        documents = float(self.documents)
        background = self.language.background
        if background.texts:
            often += SPOKEN * self.documents * background.often(features) / background.texts
            documents += SPOKEN * self.documents
        idf = np.log((1 + documents) / (1 + often)) + 1
        return np.asarray(idf * np.array([weight(feature) for feature in features]))

    def rows_of(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the weighted rows of texts."""
        return weighted(self.reader.count(texts).rows, self.weights)

    def suggest(self, texts: Sequence[str], references: ReferenceFinder, top: int = 3) -> list[Suggestions]:
        """Return the likeliest measures of each text, explicit references first."""
        if not texts or not self.paths:
            return [Suggestions((), 0.0) for _ in texts]
        plains = [even(text) for text in texts]
        counted = self.reader.count_even(plains)
        rows = weighted(counted.rows, self.weights)
        scores = self.scores(rows)
        name = [named(found) for found in map(references.find, texts)]
        wanted = top + np.array([len(one) for one in name])
        order = ranked(scores, np.array(self.beside), int(wanted.max()))
        best = np.take_along_axis(scores, order, axis=1)
        pairs = np.argwhere((best > 0) & (np.arange(best.shape[1]) < wanted[:, None]))
        spans = spans_of(
            counted, rows, self._telling(), np.column_stack([pairs[:, 0], order[tuple(pairs.T)]])
        )
        guesses: list[list[Suggested]] = [[] for _ in texts]
        for (n, rank), found in zip(pairs.tolist(), spans, strict=True):
            path = self.paths[order[n, rank]]
            guesses[n].append(guessed(texts[n], path, float(best[n, rank]), found))
        second = best[:, 1] if best.shape[1] > 1 else np.zeros(len(best))
        sure = self.learned.calibration.confidence(best[:, 0], second, len(self.paths))
        likeness = scores[:, ~np.array(self.beside)].max(axis=1, initial=0.0)
        return [
            self._answer(text, plains[n], name[n], guesses[n], float(sure[n]), float(likeness[n]), top)
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
        own = self.in_own_words(rows)
        alike = (own @ self.rows.T).toarray() + self.lent_scores(own)
        if self.learned.share:
            alike += self.learned.share * self.pulled(own)
        if self.said.shape[0]:
            alike += self.said_before(rows)
        return np.asarray(np.clip(alike, 0.0, 1.0))

    def in_own_words(self, rows: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return rows of length 1 made longer by what words that only decisions taught took from the rest.

        No comment is less like the draft than on the first day because more of its words are known.
        """
        if len(self.weights) == len(self.vocabulary):
            return rows
        lengths = norm_of(rows[:, : len(self.vocabulary)], axis=1)
        return (sparse.diags(1 / np.maximum(lengths, LEAST_OWN)) @ rows).tocsr()

    def lent_scores(self, rows: sparse.csr_matrix) -> Array:
        """Return what the phrasebook adds to the score of each candidate for each weighted row."""
        if self.lent is None:
            return np.zeros((rows.shape[0], len(self.paths)))
        return self.lent.scores(rows)

    def _telling(self) -> sparse.csr_matrix:
        """Return rows of what is shown as the reason for each candidate where a text holds it."""
        telling = self.rows
        if self.lent is not None:
            telling = telling + widened(self.lent.shown, len(self.weights))
        if self.learned.share:
            telling = telling + self.learned.share * self.told.shown
        return telling.tocsr().sorted_indices()

    def pulled(self, rows: sparse.csr_matrix) -> Array:
        """Return how much more decisions speak for each candidate than for those they are about on average.

        What is like none of them is pulled to none, and away from none that nobody has decided for yet.
        """
        said, known = self.told.scores(rows), self.placed.known
        return np.asarray(said - np.outer(said.sum(axis=1) / (known.sum() or 1.0), known))

    def said_before(self, rows: sparse.csr_matrix) -> Array:
        """Return what each candidate gains by a decision on the same words: pairs, not single characters."""
        return nearest(rows @ self.said.T, self.placed.owners, len(self.paths))

    def _answer(
        self,
        text: str,
        plain: str,
        name: Sequence[Suggested],
        guesses: Sequence[Suggested],
        sure: float,
        likeness: float,
        top: int,
    ) -> Suggestions:
        """Return the suggestions for one text; ``likeness`` is that to the most alike measure."""
        taken = {s.path for s in name}
        measures = (*name, *(s for s in guesses if s.path not in taken))[: max(top, len(name))]
        if name:
            ambiguous = any(s.score < 1 for s in name)
            calibration = self.learned.calibration
            return Suggestions(
                measures, calibration.ambiguous if ambiguous else calibration.reference, ambiguous
            )
        flag = flagged(plain, likeness)
        if flag is None:
            return Suggestions(measures, sure)
        if flag.flag == CommentFlag.GENERAL and self.whole:
            span = (flag.start, flag.end)
            general = Suggested(self.whole, GENERAL_SCORE, RULE, text[flag.start : flag.end], (span,))
            return Suggestions((general, *measures)[:top], GENERAL_SCORE, flag=flag.flag)
        return Suggestions(measures, min(sure, FLAGGED_MOST), flag=flag.flag)


def _candidates(nodes: Sequence[Node]) -> list[int]:
    """Return which nodes can be suggested: measures and what stands beside them; all where there are none."""
    kinds = {MeasureKind.MEASURE, *_BESIDE}
    chosen = [n for n, node in enumerate(nodes) if node.kind in kinds]
    return chosen or list(range(len(nodes)))
