"""What one letter says that another does not: sentences by their places in the text, and words in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from commentbox.core.similarity.shingles import LONGEST
from commentbox.core.text import bare

Span = tuple[int, int]

_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.]|\.(?!\s))+[。！？!?；;.]*[”’」』）)]*")
REWORDED = 0.6
"""So much of a sentence in the other's words is the same sentence reworded."""
MOST_COMPARED, LONGEST_COMPARED = 40, 300
"""Sentences of each side that are looked at word by word, and their characters; others stand as they are."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold where a sentence lies, and where its own words do if the other text has one much like it."""

    start: int
    end: int
    words: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold the sentences that only one text has: ``own`` in the first, ``missing`` in the other."""

    own: tuple[Sentence, ...]
    missing: tuple[Sentence, ...]


def difference(text: str, other: str) -> Difference:
    """Return what a text says beyond another, and what it leaves out of it.

    A sentence is had wherever its letters stand in a row, whatever the punctuation or the line breaks.
    """
    text, other = text[:LONGEST], other[:LONGEST]
    own, missing = list(_beyond(text, other)), list(_beyond(other, text))
    return Difference(tuple(_told(text, own, other, missing)), tuple(_told(other, missing, text, own)))


def _beyond(text: str, other: str) -> Iterator[Span]:
    had = bare(other)
    for start, end in _sentences(text):
        said = bare(text[start:end])
        if said and said not in had:
            yield start, end


def _sentences(text: str) -> Iterator[Span]:
    for found in _SENTENCE.finditer(text):
        said = found[0].strip()
        if said:
            start = found.start() + found[0].index(said)
            yield start, start + len(said)


def _told(text: str, spans: Sequence[Span], other: str, others: Sequence[Span]) -> Iterator[Sentence]:
    """Yield sentences with the words by which each differs from the one that is most like it."""
    short = [(start, end) for start, end in others if end - start <= LONGEST_COMPARED]
    candidates = [other[start:end] for start, end in short[:MOST_COMPARED]]
    for place, (start, end) in enumerate(spans):
        known = candidates if place < MOST_COMPARED and end - start <= LONGEST_COMPARED else []
        yield Sentence(start, end, tuple(_words(text[start:end], known, start)))


def _words(sentence: str, candidates: Iterable[str], start: int) -> Iterator[Span]:
    matcher = SequenceMatcher(None, "", sentence, autojunk=False)
    best, codes = REWORDED, []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
            best, codes = ratio, matcher.get_opcodes()
    for tag, _, _, first, last in codes:
        if tag in ("insert", "replace"):
            yield start + first, start + last
