"""Which lines are the notice, which the draft, which the annex; and tables that became lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commentbox.core.numerals import Style, parse_label
from commentbox.core.types import Block

_FOR_COMMENT = re.compile(
    r"^\s*[（(【\[]?\s*(公开)?(征求|征集)意见(稿)?\s*[）)】\]]?\s*$|^\s*[（(]\s*(草案|讨论稿|送审稿|修订草案)[^）)]{0,12}[）)]\s*$"
)
_ENDS_FOR_COMMENT = re.compile(r"[（(](公开)?(征求意见稿|草案|修订草案|讨论稿)[^）)]{0,12}[）)]\s*$")
_TITLE_END = re.compile(
    r"(意见|办法|方案|规定|条例|细则|规划|计划|措施|准则|纲要|指南|规则|标准|决定|政策)(（试行）)?$"
)
_ANNEX = re.compile(r"^\s*(附件|附表|附录)\s*[0-9一二三四五六七八九十]{0,2}\s*[:：]?\s*([^。；，]{0,60})$")
_NOTICE_WORDS = re.compile(r"通知|公告|公示|启事|函$")
_SENTENCE = re.compile(r"[。；！？]")
_TOP_STYLES = (Style.PART, Style.CHAPTER, Style.ARTICLE, Style.CHINESE_COMMA)
TITLE_LENGTH = 80
_HEAD_CELL = re.compile(r"^\s*(序号|编号)\s*$")
_ROW_HEAD = re.compile(r"^\s*[（(]?\s*\d{1,4}\s*[）)]?\s*[.、]?\s*$")


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold the parts of a document, each in order; ``title`` is the draft's own."""

    notice: tuple[Block, ...]
    title: str
    body: tuple[Block, ...]
    annex: tuple[Block, ...]


def with_tables(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with runs of tab-indented lines, what is left of tables, put back into tables."""
    result: list[Block] = []
    table: list[Block] = []
    for block in blocks:
        if block.rows is None and (_is_cell(block.text) or (table and not _ends_table(block.text))):
            table.append(block)
            continue
        result += _table_of(table)
        table = []
        if block.rows is not None or block.text.strip():
            result.append(block)
    return result + _table_of(table)


def _is_cell(text: str) -> bool:
    return text.startswith(("\t", " \t"))


def _ends_table(text: str) -> bool:
    """Tell whether a line that is no cell itself ends the table rather than going on with a cell."""
    label = parse_label(text)
    return (label is not None and label.style in _TOP_STYLES) or bool(_ANNEX.match(text) and text.strip())


def _table_of(lines: Sequence[Block]) -> list[Block]:
    """Return a table made of cell lines; a lone tabbed line is a paragraph."""
    if not lines:
        return []
    rows = list(_rows(lines))
    if sum(len(row) > 1 for row in rows) < 2:
        return [replace(line, text=line.text.strip()) for line in lines if line.text.strip()]
    return [Block(text="", line=lines[0].line, rows=tuple(tuple(c.strip() for c in row) for row in rows))]


def _rows(lines: Sequence[Block]) -> Iterator[list[str]]:
    """Yield rows of cells: a blank line before a cell ends a row if that cell can begin one."""
    row: list[str] = []
    blank = False
    for line in lines:
        text = line.text
        if not text.strip() and not _is_cell(text):
            blank = True
            continue
        if text.startswith(" \t") or (_is_cell(text) and blank and _begins_row(text)):
            if row:
                yield row
            row = []
        if _is_cell(text):
            row.append(text.strip())
        elif row:
            row[-1] += "\n" + text.strip()
        else:
            row = [text.strip()]
        blank = False
    if row:
        yield row


def _begins_row(text: str) -> bool:
    """Tell whether a cell can be a row's first: empty, a number, a heading; else it goes on with the row.

    A cell whose text ends in an empty paragraph leaves a blank line in the middle of its row.
    """
    cell = text.strip()
    return (
        not cell
        or bool(_ROW_HEAD.match(cell) or _HEAD_CELL.match(cell))
        or parse_label(cell) is not None
        or cell.startswith("《")
    )


def divide(blocks: Sequence[Block]) -> Parts:
    """Return a document's parts."""
    start = _body_start(blocks)
    title = ""
    first = start
    if start < len(blocks) and _is_title(blocks, start):
        title = _ENDS_FOR_COMMENT.sub("", blocks[start].text.strip())
        first = start + 1
        if first < len(blocks) and _FOR_COMMENT.match(blocks[first].text) and blocks[first].text.strip():
            first += 1
    end = _annex_start(blocks, first)
    return Parts(tuple(blocks[:start]), title, tuple(blocks[first:end]), tuple(blocks[end:]))


def _is_title(blocks: Sequence[Block], n: int) -> bool:
    """Tell whether a line can be the draft's own title."""
    text = blocks[n].text.strip()
    if not text or blocks[n].rows or len(text) > TITLE_LENGTH or _SENTENCE.search(text) or _ANNEX.match(text):
        return False
    if parse_label(text) is not None or _NOTICE_WORDS.search(_ENDS_FOR_COMMENT.sub("", text)):
        return False
    marked = n + 1 < len(blocks) and bool(
        blocks[n + 1].text.strip() and _FOR_COMMENT.match(blocks[n + 1].text)
    )
    return marked or bool(_ENDS_FOR_COMMENT.search(text)) or bool(_TITLE_END.search(text))


def _body_start(blocks: Sequence[Block]) -> int:
    """Return where the draft begins: at a title marked as one, else at the last before the first label."""
    titles = [n for n in range(len(blocks)) if _is_title(blocks, n)]
    marked = [n for n in titles if _marked(blocks, n)]
    if marked:
        return marked[0]
    label = _first_label(blocks)
    before = [n for n in titles if n < label]
    return before[-1] if before else _after_notice(blocks, label)


def _marked(blocks: Sequence[Block], n: int) -> bool:
    following = blocks[n + 1].text if n + 1 < len(blocks) else ""
    return bool(
        _ENDS_FOR_COMMENT.search(blocks[n].text) or (following.strip() and _FOR_COMMENT.match(following))
    )


def _first_label(blocks: Sequence[Block]) -> int:
    for n, block in enumerate(blocks):
        label = parse_label(block.text) if block.rows is None else None
        if label is not None and label.style in _TOP_STYLES:
            return n
    return len(blocks)


def _after_notice(blocks: Sequence[Block], label: int) -> int:
    """Return where the text begins when no title was found: at the first label, else at the start."""
    return label if label < len(blocks) else 0


def _annex_start(blocks: Sequence[Block], first: int) -> int:
    """Return where the annex begins: at the line 附件 after the draft's labels, or at its first table."""
    labelled = False
    for n in range(first, len(blocks)):
        block = blocks[n]
        if block.rows is not None:
            return n
        labelled = labelled or parse_label(block.text) is not None
        if labelled and _ANNEX.match(block.text):
            return n
    return len(blocks)
