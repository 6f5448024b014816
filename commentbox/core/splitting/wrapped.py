"""Lines that a program broke at a width, as PDF files and old mail programs do, put together again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from commentbox.core.splitting.labels import item_start, lead
from commentbox.core.splitting.lines import Line, lines_of

NARROWEST, WIDEST = 30, 120
"""Columns, a Chinese character two, between which lines are broken; a longer line is a paragraph."""
SLACK = 6
"""Columns that a full line may leave: punctuation is not put at a line's head, and figures are narrow."""
SURE = 56
"""Columns from which a single broken line is enough."""
_FEWEST = 2
_WIDER = 0.1
"""Share of lines, to those that are broken at a width, that may be wider than it."""

_ENDED = re.compile(r"[。！？；：.!?;:…][”’\"』」）)】]*\s*$")
_OPEN = re.compile(r"[第，、（《“]\s*$")
_INSIDE = re.compile(r"[，。；、：,;]\s*\S")
_TOKEN = re.compile(r"[（(《“「【]*(?:[!-~]+|.)[，。；：！？、）》”」】]*")
_COLUMNS = re.compile(r"[|｜\t]|\S\s{3,}\S")


@dataclass(frozen=True, slots=True)
class _Break:
    """Hold a line in mid-sentence before another: it was broken at a width in ``width..most``, if at any."""

    line: Line
    below: Line
    width: int
    most: int


def unwrapped(text: str) -> str:
    """Return a text of the same length: where a line was broken in mid-sentence, spaces for its end."""
    lines = list(lines_of(text))
    widths = [_width(line.text.rstrip()) for line in lines]
    breaks = list(_breaks(lines, widths))
    width = _broken_at(breaks, widths)
    parts, done = [], 0
    for one in breaks:
        if width and one.width <= width <= one.most:
            parts += [text[done : one.line.end], " " * (one.below.start - one.line.end)]
            done = one.below.start
    return "".join([*parts, text[done:]])


def _breaks(lines: Sequence[Line], widths: Sequence[int]) -> list[_Break]:
    found = []
    for n, (line, below) in enumerate(pairwise(lines)):
        if not NARROWEST <= widths[n] <= WIDEST or not below.said or _ENDED.search(line.text):
            continue
        if _COLUMNS.search(line.said) or _COLUMNS.search(below.said):
            continue
        token = _TOKEN.match(below.said)
        begins = item_start(below) is not None and not _OPEN.search(line.text)
        if token and not begins and lead(below.text) <= lead(line.text):
            most = widths[n] + _width(token[0]) + SLACK - 1
            found.append(_Break(line, below, widths[n], min(most, WIDEST)))
    return found


def _broken_at(breaks: Sequence[_Break], widths: Sequence[int]) -> int:
    """Return the width at which most lines were broken, 0 where none is likely."""
    changes = [0] * (WIDEST + 2)
    for one in breaks:
        changes[one.width] += 1
        changes[one.most + 1] -= 1
    often = list(accumulate(changes))
    width = max(range(WIDEST + 1), key=lambda columns: (often[columns], columns))
    broken = [one for one in breaks if one.width <= width <= one.most]
    wider = sum(other > width for other in widths)
    prose = sum(bool(_INSIDE.search(one.line.said)) for one in broken)
    if not broken or wider > _WIDER * len(broken) or 2 * prose < len(broken):
        return 0
    enough = len(broken) >= _FEWEST or (width >= SURE and _ENDED.search(broken[0].below.text))
    return width if enough else 0


def _width(text: str) -> int:
    if text.isascii() or len(text) > WIDEST:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
