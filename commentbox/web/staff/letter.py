"""A letter as staff see it: where its comments lie in the text, and what was folded away.

Plain values only; it knows no request and no table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Hold where a comment lies in the text; ``key`` is its id, ``number`` what staff see."""

    start: int
    end: int
    key: int
    number: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold a piece of the letter; ``span`` is the comment that quotes it, None between comments."""

    text: str
    span: Span | None = None


def segments(text: str, spans: Iterable[Span]) -> list[Segment]:
    """Return the text cut at the comments' spans; where two overlap the earlier one keeps the rest."""
    pieces: list[Segment] = []
    done = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        start, end = max(span.start, done), min(span.end, len(text))
        if start >= end:
            continue
        if start > done:
            pieces.append(Segment(text[done:start]))
        pieces.append(Segment(text[start:end], span))
        done = end
    if done < len(text):
        pieces.append(Segment(text[done:]))
    return pieces


def folded(body: str, own_text: str) -> str:
    """Return the lines of the body that the own text leaves out: quotes, signatures.

    "" where the two cannot be laid side by side line by line; the whole text is shown anyway.
    """
    kept = [line.strip() for line in own_text.splitlines() if line.strip()]
    left: list[str] = []
    for line in body.splitlines():
        if kept and line.strip() == kept[0]:
            kept.pop(0)
        else:
            left.append(line)
    return "" if kept else "\n".join(left).strip()
