"""The text of a spreadsheet (xlsx, xls, et, ods): its rows, cells joined by " | "."""

from __future__ import annotations

import io
from datetime import date, datetime

from python_calamine import CalamineWorkbook, PasswordError

from commentbox.adapters.extraction.limits import EncryptedError, TooLargeError

MAX_CELLS = 2_000_000


def sheet_text(content: bytes) -> str:
    """Return all rows of all sheets that hold anything."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise EncryptedError from error
    return "\n".join(line for name in book.sheet_names for line in _lines(book, name))


def _lines(book: CalamineWorkbook, name: str) -> list[str]:
    sheet = book.get_sheet_by_name(name)
    if sheet.height * sheet.width > MAX_CELLS:
        raise TooLargeError
    rows = ([_cell(value) for value in row] for row in sheet.to_python())
    return [" | ".join(row) for row in rows if any(row)]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split())
