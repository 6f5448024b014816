"""The comment sheet as CSV, for machines and for Excel: the heading row comes first, no head above it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from commentbox.adapters.writers.layout import cell_text
from commentbox.adapters.writers.target import Target, opened
from commentbox.core.sheets import Column
from commentbox.core.types import SheetHead, SheetRow

_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")


def write_csv(target: Target, head: SheetHead, columns: Sequence[Column], rows: Iterable[SheetRow]) -> int:
    """Write UTF-8 with a byte order mark (Excel asks for it) and CRLF; return the number of rows."""
    del head
    count = 0
    with opened(target) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        sheet = csv.writer(text, lineterminator="\r\n")
        sheet.writerow(column.heading for column in columns)
        for row in rows:
            count += 1
            sheet.writerow(_unarmed(cell_text(row, column)) for column in columns)
        text.flush()
        text.detach()
    return count


def write_table(target: Target, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts, the headings first, in the same way."""
    with opened(target) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        csv.writer(text, lineterminator="\r\n").writerows([_unarmed(cell) for cell in row] for row in rows)
        text.flush()
        text.detach()


def _unarmed(text: str) -> str:
    """Return a cell with ' before it where a spreadsheet would read it as a formula."""
    start = text.lstrip(" \n\u3000")[:1]
    return f"'{text}" if start in _FORMULA_STARTS else text
