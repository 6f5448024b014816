"""The text of a spreadsheet (xlsx, xls, et, ods): the rows of all its sheets, as they show."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError

from commentbox.adapters.extraction.limits import (
    MAX_TEXT,
    EncryptedError,
    TooLargeError,
    check_unpacked,
)
from commentbox.core.rows import cell_text, row_line

MAX_CELLS = 2_000_000
_REPEATED = 2_000
"""Characters of a merged cell that are said again in each row that it spans."""
_FAULTS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


def sheet_text(content: bytes) -> str:
    """Return all rows of all sheets that hold anything."""
    check_unpacked(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise EncryptedError from error
    lines: list[str] = []
    size = 0
    for name in book.sheet_names:
        found = _lines(book.get_sheet_by_name(name))
        lines += found
        size += sum(map(len, found))
        if size > MAX_TEXT:
            break
    return "\n".join(lines)


def _lines(sheet: CalamineSheet) -> list[str]:
    if sheet.height * sheet.width > MAX_CELLS:
        raise TooLargeError
    rows = [[_cell(value) for value in row] for row in sheet.to_python()]
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell), default=0)
    wide = _merge(rows, sheet)
    lines = ((number, row[:width]) for number, row in enumerate(rows) if any(row))
    # A cell as wide as the table is a heading, or a line of the form.
    return [cell_text(max(row, key=len)) if number in wide else row_line(row) for number, row in lines]


def _merge(rows: list[list[str]], sheet: CalamineSheet) -> set[int]:
    """Say a cell merged over rows in each of them; return the rows that are one merged cell."""
    top, left = sheet.start or (0, 0)
    wide: set[int] = set()
    for (first_row, first), (last_row, last) in sheet.merged_cell_ranges or []:
        row, column = first_row - top, first - left
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            continue
        text = rows[row][column]
        if last > first and not any(cell for n, cell in enumerate(rows[row]) if n != column):
            wide.add(row)
        if text and len(text) <= _REPEATED and row not in wide:
            for below in rows[row + 1 : last_row - top + 1]:
                below[column] = below[column] or text
    return wide


def _cell(value: Any) -> str:
    if isinstance(value, float):
        value = int(value) if value.is_integer() else float(f"{value:.12g}")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    text = str(value).strip()
    return "" if text in _FAULTS else text
