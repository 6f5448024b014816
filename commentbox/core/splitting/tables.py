"""Tables in text, 条款 | 原文 | 修改意见 | 理由 in any order: one point a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commentbox.core.splitting.lines import Line
from commentbox.core.types import Point

LONGEST_HEADING = 14
_CELLS = re.compile(r"\s*[|｜]\s*|\t+|[ \u3000]{2,}")
_HEADINGS: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"^(序号|编号|no\.?)$", re.I),
    "reference": re.compile(
        r"^(涉及|对应|所在)?(条款|条文|条目|章节|条|措施|位置)(号|序号|编号|内容|名称|位置)?$"
    ),
    "original": re.compile(r"原文|原条文|原内容|原表述|现表述|修改前"),
    "reason": re.compile(r"^(修改|建议)?(理由|依据|说明|原因)"),
    "proposal": re.compile(r"修改(为|后|意见|建议|内容)|建议(修改)?(为|内容)?$|拟修改|修订"),
    "comment": re.compile(r"意见|建议|内容"),
}
_OTHER = re.compile(r"单位|姓名|部门|反馈人|提出人|联系|电话|备注|采纳")
"""Columns that a returned table may have besides."""
_TOLD = ("original", "proposal", "comment", "reason")

Span = tuple[int, int]


def table(lines: Sequence[Line], text: str) -> tuple[list[Point], int]:
    """Return one point a row of a returned table, and how many lines its last row ends; [], 0 for none."""
    for n, line in enumerate(lines):
        columns, width = _header(line)
        if columns:
            rows = [_row(other, columns, width, text) for other in lines[n + 1 :]]
            found = [row for row in rows if row is not None]
            if found:
                last = max(place for place, row in enumerate(rows) if row is not None)
                return found, n + 2 + last
    return [], 0


def _cells(line: Line) -> list[Span]:
    """Return the spans of a line's cells in the text."""
    inner = line.text.strip().strip("|｜").strip()
    offset = line.start + line.text.find(inner) if inner else line.start
    spans, at = [], 0
    for match in _CELLS.finditer(inner):
        spans.append((offset + at, offset + match.start()))
        at = match.end()
    return [*spans, (offset + at, offset + len(inner))]


def _header(line: Line) -> tuple[dict[str, int], int]:
    """Return which column holds what, and how many there are; {} for no header of a table of comments."""
    spans = _cells(line)
    columns: dict[str, int] = {}
    for place, (start, end) in enumerate(spans):
        word = re.sub(r"\s", "", line.text[start - line.start : end - line.start])
        name = next((n for n, p in _HEADINGS.items() if n not in columns and p.search(word)), None)
        if len(word) > LONGEST_HEADING or (name is None and not _OTHER.search(word)):
            return {}, 0
        columns |= {name: place} if name else {}
    known = len(spans) > 1 and {"proposal", "comment"} & columns.keys()
    return (columns, len(spans)) if known else ({}, 0)


def _row(line: Line, columns: dict[str, int], width: int, text: str) -> Point | None:
    """Return the point of a row, None for a line that is none.

    The span runs from the first to the last cell that tells something: number, clause and sender are
    left out where they stand at the row's ends.
    """
    spans = _cells(line)
    last = len(spans) - 1
    told = [columns[name] for name in _TOLD if columns.get(name, last + 1) <= last]
    said = any(_cell(text, spans, columns, name) for name in ("proposal", "comment", "reason"))
    if len(spans) < max(2, width - 2) or not told or not said:
        return None
    start = spans[min(told)][0]
    end = spans[max(told) if len(spans) == width else last][1]
    return Point(
        start,
        end,
        text[start:end],
        original=_cell(text, spans, columns, "original"),
        proposal=_cell(text, spans, columns, "proposal"),
        reference=_cell(text, spans, columns, "reference"),
    )


def _cell(text: str, spans: Sequence[Span], columns: dict[str, int], name: str) -> str:
    place = columns.get(name, len(spans))
    return text[slice(*spans[place])].strip() if place < len(spans) else ""
