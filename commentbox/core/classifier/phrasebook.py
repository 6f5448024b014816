"""What people say for the sentences of authorities, side by side: a phrasebook of policy and law.

The thesaurus leads from one word to another; much of what people say has no word of that kind in it
(“手里就五万块，哪里能借到便宜的本钱”). A line of the phrasebook holds an official sentence, then what
ordinary people say for the same, with tabs between. A comment is like what people say for some sentences,
and these are like some measures: that speaks for the measures. Knows no draft and no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from scipy import sparse

from commentbox.core.classifier.features import features
from commentbox.core.classifier.rows import Array, Reader, moved, often_in, weighted, without
from commentbox.core.classifier.voices import Voices, sharpened, voices
from commentbox.core.text import even

FEW_SAYINGS = 5
"""A word that fewer sayings hold is chance, and would only make the table longer."""
COMMON = 0.3
"""A word that people say for more than this share of the sentences tells none apart, and takes time."""
MOST_MEASURES = 40
"""An official sentence speaks for no more measures than this."""
LENT = 3.5
"""What the phrasebook counts beside a measure's own row of length 1."""


class BadPhrase(ValueError):
    """Say which line of a phrasebook cannot be read."""


class Phrasebook:
    """Hold official sentences, ``officials``, and what people say for each, ``sayings``."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.officials: list[str] = []
        self.sayings: list[list[str]] = []
        for number, line in enumerate(lines, 1):
            official, *sayings = (part.strip() for part in line.split("\t"))
            if not official or not any(sayings):
                raise BadPhrase(f"line {number}: official sentence, tab, what people say: {line[:60]}")
            self.officials.append(official)
            self.sayings.append([saying for saying in sayings if saying])

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return the features that several sayings hold, in order."""
        often: Counter[str] = Counter()
        for sayings in self.sayings:
            for saying in sayings:
                often.update({found.feature for found in features(even(saying))})
        return tuple(sorted(feature for feature, number in often.items() if number >= FEW_SAYINGS))

    @cached_property
    def counted(self) -> sparse.csr_matrix:
        """Return a row an official sentence: how often its sayings hold each of ``words``, dampened.

        The more sentences a word is said for, the less it counts here, besides what it weighs in the draft;
        the commonest are left out. In a comment all of them still take their share of the row.
        """
        columns = {word: n for n, word in enumerate(self.words)}
        rows = Reader(columns).count(["。".join(sayings) for sayings in self.sayings]).rows
        often, sentences = often_in(rows), len(self.officials)
        telling = np.log((1 + sentences) / (1 + often))
        return without(rows @ sparse.diags(telling), often > COMMON * sentences)


def lend(book: Phrasebook, columns: Mapping[str, int], weights: Array, likeness: Array) -> Voices:
    """Return what the phrasebook says for measures.

    ``likeness`` has a row an official sentence and a column a measure; ``columns`` holds all words of the
    book. A sentence speaks for no measure that is not more like it than measures are on average.
    """
    places = np.array([columns[word] for word in book.words], dtype=np.int32)
    said = weighted(moved(book.counted, places, len(columns)), weights)
    more = np.maximum(likeness - likeness.mean(axis=1, keepdims=True), 0.0)
    if more.shape[1] > MOST_MEASURES:
        more[more < np.partition(more, -MOST_MEASURES, axis=1)[:, [-MOST_MEASURES]]] = 0.0
    return voices(said, sparse.csr_matrix(sharpened(more)), LENT)
