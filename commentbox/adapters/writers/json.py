"""The comment sheet as one JSON document, written row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from commentbox.adapters.writers.layout import clean_head
from commentbox.adapters.writers.target import Target, opened
from commentbox.core.sheets import Column, clean
from commentbox.core.types import SheetHead, SheetRow


def write_json(target: Target, head: SheetHead, columns: Sequence[Column], rows: Iterable[SheetRow]) -> int:
    """Write {"head": {}, "columns": [], "rows": []}, a row a line; return the number of rows."""
    count = 0
    headings = [{"key": column.key, "heading": column.heading} for column in columns]
    with opened(target) as file:
        file.write(b'{"head": ' + _encoded(asdict(clean_head(head))))
        file.write(b',\n"columns": ' + _encoded(headings) + b',\n"rows": [')
        for count, row in enumerate(rows, 1):
            file.write((b"\n" if count == 1 else b",\n") + _encoded(_record(row, columns)))
        file.write(b"\n]}\n")
    return count


def _record(row: SheetRow, columns: Sequence[Column]) -> dict[str, Any]:
    values = ((column.key, getattr(row, column.key)) for column in columns)
    return {key: clean(value) if isinstance(value, str) else value for key, value in values}


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
