"""A letter as staff see it: where its comments lie in the text, and what was folded away.

Plain values only; it knows no request and no table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
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
    """Hold a piece of the letter; ``span`` is the comment that quotes it, None between comments.

    A piece that is ``folded`` is no part of the own text: a quotation or a signature where it stood.
    """

    text: str
    span: Span | None = None
    folded: bool = False

    @property
    def lines(self) -> int:
        """Return how many lines the piece has."""
        return sum(bool(line.strip()) for line in self.text.splitlines())


@dataclass(frozen=True, slots=True)
class Fold:
    """Hold what was folded away, and the place in the own text where it stood."""

    at: int
    text: str


def segments(text: str, spans: Iterable[Span], folds: Iterable[Fold] = ()) -> list[Segment]:
    """Return the text cut at the comments' spans; where two overlap the earlier one keeps the rest.

    What was folded stands where it was, or below the comment that reaches across it.
    """
    pieces: list[Segment] = []
    waiting = deque(folds)
    done = 0

    def up_to(end: int) -> None:
        nonlocal done
        while waiting and waiting[0].at <= end:
            fold = waiting.popleft()
            if fold.at > done:
                pieces.append(Segment(text[done : fold.at]))
                done = fold.at
            pieces.append(Segment(fold.text, folded=True))
        if end > done:
            pieces.append(Segment(text[done:end]))
            done = end

    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        start, end = max(span.start, done), min(span.end, len(text))
        if start < end:
            up_to(start)
            pieces.append(Segment(text[start:end], span))
            done = end
    up_to(len(text))
    return pieces


def folds(body: str, own_text: str) -> list[Fold]:
    """Return what the own text leaves out of the body: quotations, signatures, in the order of the letter.

    The own text is lines of the body in their order, so the two are laid side by side; [] where they
    cannot be, and the whole text is shown anyway.
    """
    kept = deque(_kept(own_text))
    found: list[Fold] = []
    left: list[str] = []
    at = 0
    for line in body.splitlines():
        if kept and line.strip() == kept[0][0]:
            found += _fold(at, left)
            left = []
            at = kept.popleft()[1]
        elif line.strip() or left:
            left.append(line)
    return [] if kept else [*found, *_fold(at, left)]


def _kept(own_text: str) -> Iterator[tuple[str, int]]:
    """Yield the lines of the own text that are not blank, each with the place behind it."""
    end = 0
    for line in own_text.splitlines(keepends=True):
        end += len(line)
        if line.strip():
            yield line.strip(), end


def _fold(at: int, lines: list[str]) -> list[Fold]:
    text = "\n".join(lines).strip("\n")
    return [Fold(at, text)] if text.strip() else []
