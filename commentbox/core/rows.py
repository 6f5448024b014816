"""A table as text, the one way for Word, Excel and HTML: a row is a line, its cells stand between bars."""

from __future__ import annotations

from collections.abc import Iterable

BAR = " | "
_WIDE_BAR = "｜"


def row_line(cells: Iterable[str]) -> str:
    """Return a row as one line; a bar within a cell becomes a wide one, a line break a space."""
    return BAR.join(cell_text(cell) for cell in cells)


def cell_text(text: str) -> str:
    """Return a cell's text as it stands in a line: without bars of its own, on one line."""
    return " ".join(text.replace("|", _WIDE_BAR).split())


def cell_spans(line: str, delimiter: str) -> list[tuple[int, int]]:
    """Return where the cells of a line lie, the space around them left out; "  " is any wide gap."""
    spans, at = [], 0
    for begin, end in [*_cuts(line, delimiter), (len(line), len(line))]:
        start, stop = at, begin
        while start < stop and line[start].isspace():
            start += 1
        while stop > start and line[stop - 1].isspace():
            stop -= 1
        spans.append((start, stop))
        at = end
    return spans


def delimiter_of(line: str) -> str:
    """Return what parts the cells of a line, "" where nothing does."""
    line = line.strip()
    for mark in ("|", _WIDE_BAR, "\t\t", "\t"):
        if mark in line:
            return mark
    return GAP if any(gap in line for gap in ("  ", "\u3000\u3000", " \u3000", "\u3000 ")) else ""


GAP = "  "


def _cuts(line: str, delimiter: str) -> list[tuple[int, int]]:
    """Return the spans of the delimiters; tabs that stand in rows only align, as spaces do."""
    if delimiter in ("|", _WIDE_BAR, "\t"):
        return [(at, at + 1) for at, mark in enumerate(line) if mark == delimiter]
    marks = "\t" if delimiter == "\t\t" else " \u3000"
    least = 1 if delimiter == "\t\t" else 2
    first, last = len(line) - len(line.lstrip()), len(line.rstrip())
    cuts, at = [], first
    while at < last:
        end = at
        while end < last and line[end] in marks:
            end += 1
        if end - at >= least:
            cuts.append((at, end))
        at = max(end, at + 1)
    return cuts
