"""Writers of the comment sheet: one function a format, all lazy, all with the same arguments.

Each takes where to (a path, written beside and renamed when whole, or a binary file), the head, the
columns and an iterable of rows, and returns the number of rows written. They know the sheet and
their format; not where comments are kept, and not who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from commentbox.adapters.writers.csv import write_csv
from commentbox.adapters.writers.docx import write_docx
from commentbox.adapters.writers.json import write_json
from commentbox.adapters.writers.target import Target
from commentbox.adapters.writers.xlsx import write_xlsx
from commentbox.core.sheets import Column
from commentbox.core.types import SheetHead, SheetRow

Writer = Callable[[Target, SheetHead, Sequence[Column], Iterable[SheetRow]], int]

WRITERS: dict[str, Writer] = {
    "xlsx": write_xlsx,
    "docx": write_docx,
    "csv": write_csv,
    "json": write_json,
}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}

__all__ = [
    "MEDIA_TYPES",
    "WRITERS",
    "Target",
    "Writer",
    "write_csv",
    "write_docx",
    "write_json",
    "write_sheet",
    "write_xlsx",
]


def write_sheet(
    form: str, target: Target, head: SheetHead, columns: Sequence[Column], rows: Iterable[SheetRow]
) -> int:
    """Write the sheet in one of the formats of `WRITERS`; ValueError for another."""
    if form not in WRITERS:
        raise ValueError(f"no format {form!r}: one of {', '.join(WRITERS)}")
    return WRITERS[form](target, head, columns, rows)
