"""Which column of an annex's table holds what, by the words of its header."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COLUMNS: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"^(序号|编号)$"),
    "lead": re.compile(r"牵头|主办"),
    "responsible": re.compile(r"责任|配合|参与|协办"),
    "term": re.compile(r"时限|时间|期限|进度"),
    "title": re.compile(r"^(主要|重点|工作)?(任务|目标|事项|项目)(名称)?$"),
    "text": re.compile(r"举措|措施|内容|要求|任务"),
}
_WHO = ("lead", "responsible")
HEADER_LENGTH = 8
LEAST_COLUMNS = 3


def words(cell: str) -> str:
    """Return a header's cell without the spaces and breaks that set it out.

    A long one is its first line: in what is left of a table, text below it can have run into its last cell.
    """
    joined = "".join(cell.split())
    return joined if len(joined) <= HEADER_LENGTH else "".join(cell.partition("\n")[0].split())


def run_in(cell: str) -> str:
    """Return the text that ran into a header's cell, "" where none did; a long cell names no column."""
    if len("".join(cell.split())) <= HEADER_LENGTH:
        return ""
    return cell if len(words(cell)) > HEADER_LENGTH else cell.partition("\n")[2]


def columns(cells: Sequence[str]) -> dict[str, int]:
    """Return the place of each kind of column in a header; {} where the row is none.

    A header has at least three kinds of columns, among them one that numbers or one that says who.
    """
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _name(words(cell), found)
        if name:
            found[name] = place
    known = "number" in found or any(name in found for name in _WHO)
    return found if known and len(found) >= LEAST_COLUMNS else {}


def _name(cell: str, taken: dict[str, int]) -> str | None:
    if not cell or len(cell) > HEADER_LENGTH:
        return None
    return next((n for n, p in _COLUMNS.items() if n not in taken and p.search(cell)), None)


def is_plan(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a table is a plan of work: one of its rows is a header."""
    return any(columns(row) for row in rows)
