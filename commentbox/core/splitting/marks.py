"""Marks of lists as people type them, 1，… 2，… and those of telephones, put as the usual 1、… 2、…"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commentbox.core.numerals import parse_number

_MARK = re.compile(
    r"(?:^|(?<=[。；;：:！？!?]))[^\S\n]*(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?P<mark>[、.．](?!\d)|[，,：:](?!\s*\d)|\ufe0f?\u20e3)",
    re.MULTILINE,
)
_USUAL = "、.．"


def usual(text: str) -> str:
    """Return a text of the same length: where such marks count on from 1, the usual ones stand."""
    parts, done = [], 0
    for match in _counting(text):
        start, end = match.span("mark")
        if match["mark"] not in _USUAL:
            parts += [text[done:start], "、", " " * (end - start - 1)]
            done = end
    return "".join([*parts, text[done:]])


def _counting(text: str) -> Iterator[re.Match[str]]:
    """Yield the marks of each list, in order; a number that stands alone is none."""
    run: list[re.Match[str]] = []
    for match in _MARK.finditer(text):
        number = parse_number(match["number"])
        if number == 1 and run:
            yield from run if len(run) > 1 else ()
            run = []
        if number == len(run) + 1:
            run.append(match)
    yield from run if len(run) > 1 else ()
