"""The comment sheet as an Excel workbook, ready to print: A4 landscape, one page wide.

XlsxWriter in constant memory: nothing is kept of a row once the next one begins, so heights are
estimated from the texts. Excel allows 409 points for a row and 32,767 characters (UTF-16 units) for a
cell; a longer text is cut with a note that says where the whole of it is, because a further row for
the rest would make the sheet's rows and the comments on the screen differ in number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from commentbox.adapters.writers.layout import clean_head, head_line, paper_text, row_lines
from commentbox.adapters.writers.target import Target, opened
from commentbox.core.replies import find_receipt
from commentbox.core.sheets import Column
from commentbox.core.types import SheetHead, SheetRow

CELL_LIMIT = 32_767
_TITLE, _HEAD_LINE, _HEADER = 0, 1, 2
_LINE_POINTS, _MAX_POINTS = 12.0, 409.0
# A column's width is counted in digits of the workbook's 11 point font, the cells are set in 9 points.
_FONT_RATIO = 1.1
_CENTRED = frozenset({"number", "disposition"})
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_BODY_FONT = {"font_name": "宋体", "font_size": 9}
_CELL = {**_BODY_FONT, "text_wrap": True, "border": 1}


def write_xlsx(target: Target, head: SheetHead, columns: Sequence[Column], rows: Iterable[SheetRow]) -> int:
    """Write a workbook of one sheet; return the number of rows."""
    head = clean_head(head)
    with opened(target) as file, xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"title": head.title})
        sheet = book.add_worksheet("意见汇总")
        _set_page(sheet, columns)
        _write_head(book, sheet, head, columns)
        count = _write_rows(book, sheet, columns, rows)
        sheet.autofilter(_HEADER, 0, _HEADER + count, len(columns) - 1)
    return count


def _set_page(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER)
    sheet.set_footer("&C&9第 &P 页，共 &N 页")
    sheet.freeze_panes(_HEADER + 1, 2)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)


def _write_head(book: Any, sheet: Any, head: SheetHead, columns: Sequence[Column]) -> None:
    title = {"font_name": "方正小标宋简体", "font_size": 18, "align": "center", "valign": "vcenter"}
    last = len(columns) - 1
    sheet.set_row(_TITLE, 34)
    _merge(sheet, _TITLE, 0, last, head.title, book.add_format(title))
    sheet.set_row(_HEAD_LINE, 18)
    places = zip(_thirds(columns), head_line(head), ("left", "center", "right"), strict=True)
    for (first, end), text, align in places:
        style = book.add_format({"font_name": "仿宋", "font_size": 10, "align": align, "valign": "vcenter"})
        _merge(sheet, _HEAD_LINE, first, end, text, style)
    style = {
        "font_name": "黑体",
        "bold": False,
        "align": "center",
        "valign": "vcenter",
        "bg_color": "#E7E6E6",
    }
    header = book.add_format(_CELL | style)
    sheet.set_row(_HEADER, 28)
    for index, column in enumerate(columns):
        sheet.write_string(_HEADER, index, column.heading, header)


def _merge(sheet: Any, row: int, first: int, last: int, text: str, style: Any) -> None:
    """Write a text across columns; a range of one cell cannot be merged."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    sheet.write_string(row, first, text, style)


def _thirds(columns: Sequence[Column]) -> tuple[tuple[int, int], ...]:
    """Return three ranges of columns, of about a third of the sheet's width each."""
    total, seen, ends = sum(column.width for column in columns), 0, [-1]
    for index, column in enumerate(columns):
        seen += column.width
        if len(ends) < 3 and seen * 3 >= total * len(ends):
            ends.append(index)
    ends.append(len(columns) - 1)
    return tuple((ends[i] + 1, ends[i + 1]) for i in range(3))


def _write_rows(book: Any, sheet: Any, columns: Sequence[Column], rows: Iterable[SheetRow]) -> int:
    count = 0
    middle, top = _row_styles(book, columns, "vcenter"), _row_styles(book, columns, "top")
    widths = [column.width * _FONT_RATIO for column in columns]
    for row in rows:
        count += 1
        texts = [_fitting(paper_text(row, column), row) for column in columns]
        height = 6 + row_lines(texts, widths) * _LINE_POINTS
        sheet.set_row(_HEADER + count, min(_MAX_POINTS, height))
        # Text taller than its row shows its beginning.
        styles = middle if height <= _MAX_POINTS else top
        for index, (column, text) in enumerate(zip(columns, texts, strict=True)):
            if column.key == "number":
                sheet.write_number(_HEADER + count, index, row.number, styles[index])
            else:
                sheet.write_string(_HEADER + count, index, text, styles[index])
    return count


def _row_styles(book: Any, columns: Sequence[Column], valign: str) -> list[Any]:
    """Return the format of each column's cells."""
    left = book.add_format(_CELL | {"valign": valign})
    centred = book.add_format(_CELL | {"valign": valign, "align": "center"})
    return [centred if column.key in _CENTRED else left for column in columns]


def _fitting(text: str, row: SheetRow) -> str:
    """Return the text, cut with a note that says where the rest is when a cell cannot hold it."""
    if text.startswith("<r>") and text.endswith("</r>"):
        return f"{text} "  # XlsxWriter would take it for markup of its own and write it unescaped
    if len(text) <= CELL_LIMIT // 2 or _units(text) <= CELL_LIMIT:
        return text
    receipt = find_receipt(row.remarks)
    where = f"回执 {receipt}" if receipt else "来件原文"
    note = f"……（超出单元格容量，此处未完；全文见{where}）"
    room = (CELL_LIMIT - len(note)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
