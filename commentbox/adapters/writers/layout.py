"""What the writers for paper share: how many lines a text takes, and what the head says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple

from commentbox.core.sheets import Column, clean
from commentbox.core.types import SheetHead, SheetRow


def cell_text(row: SheetRow, column: Column) -> str:
    """Return the text of one cell, safe to put into any XML."""
    return clean(str(getattr(row, column.key)))


def paper_text(row: SheetRow, column: Column) -> str:
    """Return the text of one cell of a printed table; a date, which would break at its hyphens, on a line."""
    text = cell_text(row, column)
    return text.replace(" ", "\n", 1) if column.key == "source" else text


def clean_head(head: SheetHead) -> SheetHead:
    """Return the head safe to put into any XML."""
    return SheetHead(*(clean(value) for value in astuple(head)))


def display_width(text: str) -> int:
    """Return the width of a text in half-width characters; Chinese ones count 2.

    GB 18030 has 1 byte for ASCII and 2 for common Chinese characters, and encoding is quicker than
    asking for each character.
    """
    return len(text.encode("gb18030", "replace"))


def line_count(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of so many half-width characters."""
    return sum(1 + int(max(0, display_width(line) - 1) // width) for line in text.split("\n"))


def row_lines(texts: Iterable[str], widths: Iterable[float]) -> int:
    """Return the lines of the tallest cell; widths are in half-width characters of the cell's font."""
    return max(line_count(text, max(2.0, width)) for text, width in zip(texts, widths, strict=True))


def head_line(head: SheetHead) -> tuple[str, str, str]:
    """Return the three parts of the line under the title: unit, period, date; "" where unknown."""
    parts = (("征求意见单位", head.unit), ("征求意见时间", head.period), ("制表日期", head.date))
    left, middle, right = (f"{name}：{value}" if value else "" for name, value in parts)
    return left, middle, right
