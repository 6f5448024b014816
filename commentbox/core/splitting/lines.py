"""Lines and spans of a letter; knows nothing of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from commentbox.core.types import Point


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a line without its end, and where it stands in the text."""

    start: int
    end: int
    text: str

    @property
    def said(self) -> str:
        """Return the line without the space around it, which patterns would try again and again."""
        return self.text.strip()


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold the span of an item of a list or of a paragraph, the heading above it, the wording it quotes."""

    start: int
    end: int
    listed: bool
    topic: str = ""
    original: str = ""


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of a text, empty ones too."""
    start = 0
    for part in text.splitlines(keepends=True):
        yield Line(start, start + len(part.rstrip("\r\n")), part.rstrip("\r\n"))
        start += len(part)


def point(text: str, start: int, end: int) -> Point:
    """Return the point of a span, the space around it left out."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Point(start, end, text[start:end])
