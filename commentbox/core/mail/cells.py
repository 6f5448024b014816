"""Merged cells of an HTML table: which cells of the rows above reach down before a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborNode

from commentbox.core.rows import cell_text

_MOST = 64
"""Columns or rows that a cell may claim to span."""
_REPEATED = 2_000
"""Characters of a merged cell that are said again in each row that it spans."""


def merged_before(rows: Iterable[LexborNode]) -> dict[int, list[str]]:
    """Return the cells to write before a cell, by its mem_id: what reaches down, and "" for a wide one."""
    before: dict[int, list[str]] = {}
    reaching: dict[int, tuple[int, str]] = {}
    for row in rows:
        column, extra = 0, []
        for cell in (node for node in row.iter() if node.tag in ("td", "th")):
            for words in _reach(reaching, column):
                extra.append(words)
                column += 1
            if extra:
                before[cell.mem_id] = extra
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            words = cell_text(cell.text(deep=True)) if down > 1 else ""
            for n in range(across):
                if down > 1:
                    reaching[column + n] = (down - 1, words if n == 0 and len(words) <= _REPEATED else "")
            column += across
            extra = [""] * (across - 1)
        for column in [c for c in reaching if c >= column]:
            _reach_one(reaching, column)
    return before


def _reach(reaching: dict[int, tuple[int, str]], column: int) -> Iterator[str]:
    while column in reaching:
        yield _reach_one(reaching, column)
        column += 1


def _reach_one(reaching: dict[int, tuple[int, str]], column: int) -> str:
    rows, words = reaching.pop(column)
    if rows > 1:
        reaching[column] = (rows - 1, words)
    return words


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return min(max(int(value), 1), _MOST) if value.isascii() and value.isdigit() and len(value) < 6 else 1
