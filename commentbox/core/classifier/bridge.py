"""What a word means in a draft that does not use it: 房租 leads to 孵化器 where the draft speaks of one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any, NamedTuple

import ahocorasick
import numpy as np
from scipy import sparse

from commentbox.core.classifier.features import features
from commentbox.core.classifier.thesaurus import SAME, Concept, Thesaurus

STRENGTH = 0.35
"""What a word counts that is only meant, beside one that stands in the text."""
MOST_TEXTS = 1.2
"""A word that stands in more of the draft's texts than this times the root of their number says too little
to lead to them: 9 of 60 clauses, 46 of 1,500."""
FEW_TEXTS = 2


class Mention(NamedTuple):
    """Hold where a word of the bridge stands in a text."""

    start: int
    end: int
    word: int


class Bridge:
    """Hold for each word the features that it may mean, and find the words in texts.

    ``meanings`` has a row a word; its columns are places in the draft's vocabulary.
    """

    def __init__(self, words: Sequence[str], meanings: sparse.csr_matrix) -> None:
        self.words = tuple(words)
        self.meanings = meanings
        self._finder = _finder(self.words)

    def mentions(self, plain: str) -> list[Mention]:
        """Return the words in a text in its even form, in order; those inside longer ones are left out."""
        if self._finder is None:
            return []
        found = [(last - length + 1, last + 1, word) for last, (length, word) in self._finder.iter(plain)]
        found.sort(key=lambda one: (one[0], -one[1]))
        return list(_longest(plain, found))


def build(thesaurus: Thesaurus, plain: Sequence[str], column_of: Callable[[str], int | None]) -> Bridge:
    """Return the bridge to a draft, whose texts are given in their even form."""
    meanings: dict[str, dict[int, float]] = {}
    telling = _telling(thesaurus.words(), plain)
    for concept in thesaurus.concepts:
        meant = _meant(concept, telling, column_of)
        if meant:
            for word, weight in [*concept.chinese.items(), *((e, SAME) for e in concept.english)]:
                _add(meanings.setdefault(word, {}), meant, word, weight)
    words = sorted(word for word, columns in meanings.items() if columns)
    return Bridge(words, _matrix([meanings[word] for word in words]))


def _telling(words: Sequence[str], plain: Sequence[str]) -> set[str]:
    """Return the words that stand in the texts, but in few enough to lead to something."""
    finder = _finder(words)
    if finder is None:
        return set()
    texts = Counter(place for text in plain for place in {found[1] for _, found in finder.iter(text)})
    most = max(FEW_TEXTS, MOST_TEXTS * math.sqrt(len(plain)))
    return {words[place] for place, often in texts.items() if often <= most}


_Meant = list[tuple[str, float, list[int]]]


def _meant(concept: Concept, telling: Set[str], column_of: Callable[[str], int | None]) -> _Meant:
    """Return the concept's words that the draft uses: each with what it counts and its columns."""
    return [
        (word, weight, [n for found in features(word) if (n := column_of(found.feature)) is not None])
        for word, weight in concept.chinese.items()
        if word in telling
    ]


def _add(columns: dict[int, float], meant: _Meant, word: str, weight: float) -> None:
    for other, other_weight, leads in meant:
        if other != word:
            value = STRENGTH * weight * other_weight
            for column in leads:
                columns[column] = max(value, columns.get(column, 0.0))


def _matrix(rows: Sequence[dict[int, float]]) -> sparse.csr_matrix:
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64)))
    columns = np.array([column for row in rows for column in row], dtype=np.int32)
    values = np.array([value for row in rows for value in row.values()])
    return sparse.csr_matrix((values, columns, starts), (len(rows), int(columns.max(initial=0)) + 1))


def _finder(words: Sequence[str]) -> Any:
    if not words:
        return None
    finder = ahocorasick.Automaton()
    for place, word in enumerate(words):
        finder.add_word(word, (len(word), place))
    finder.make_automaton()
    return finder


def _longest(text: str, found: Sequence[tuple[int, int, int]]) -> Iterator[Mention]:
    """Yield what lies in no longer find; English words stand alone."""
    far = -1
    for start, end, word in found:
        if end > far and _stands_alone(text, start, end):
            far = end
            yield Mention(start, end, word)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether an English word is no part of another; a plural is the same word."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if _is_latin(text[start]) and _is_latin(before):
        return False
    if not (_is_latin(text[end - 1]) and _is_latin(after)):
        return True
    return after == "s" and not _is_latin(text[end + 1 : end + 2])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


NOWHERE = Bridge((), sparse.csr_matrix((0, 1)))
"""Leads nowhere: a draft says what it says."""
