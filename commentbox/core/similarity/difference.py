"""What one letter says that another does not: whole sentences, by their places in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commentbox.core.text import bare

Span = tuple[int, int]

_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.]|\.(?!\s))+[。！？!?；;.]*[”’」』）)]*")


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold the sentences that only one text has: ``own`` in the first, ``missing`` in the other."""

    own: tuple[Span, ...]
    missing: tuple[Span, ...]


def difference(text: str, other: str) -> Difference:
    """Return what a text says beyond another, and what it leaves out of it.

    A sentence is had wherever its letters stand in a row, whatever the punctuation or the line breaks.
    """
    return Difference(tuple(_beyond(text, other)), tuple(_beyond(other, text)))


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
