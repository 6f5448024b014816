"""Which lines are the notice, which the draft, which the annex; and tables that became lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commentbox.core.drafts.columns import is_plan
from commentbox.core.numerals import Style, parse_label
from commentbox.core.types import Block

_FOR_COMMENT = re.compile(
    r"^[（(【\[]?\s?(公开)?(征求|征集)意见(稿)?\s?[）)】\]]?$|^[（(]\s?(草案|讨论稿|送审稿|修订草案)[^）)]{0,12}[）)]$"
)
_ENDS_FOR_COMMENT = re.compile(r"[（(](公开)?(征求意见稿|草案|修订草案|讨论稿)[^）)]{0,12}[）)]$")
_TITLE_END = re.compile(
    r"(意见|办法|方案|规定|条例|细则|规划|计划|措施|准则|纲要|指南|规则|标准|决定|政策)(（试行）)?$"
)
_ANNEX = re.compile(
    r"^(附件|附表|附录)\s{0,4}[0-9０-９一二三四五六七八九十]{0,3}\s{0,4}[:：]?\s{0,4}([^。；，]{0,60})$"
)
_CONTENTS = re.compile(r"^目\s{0,8}[录次]$")
_PAGE = re.compile(r"[\s.…·]*\d{0,4}$")
_NOTICE_WORDS = re.compile(r"通知|公告|公示|启事|函$")
_SENTENCE = re.compile(r"[。；！？]")
_NAME = re.compile(r"《([^《》]{4,80})》")
_TOP_STYLES = (Style.PART, Style.CHAPTER, Style.ARTICLE, Style.CHINESE_COMMA)
TITLE_LENGTH = 80
_ENTRY = 120
"""Characters of a line that can stand in a page of contents."""
_OPENING = 40
"""Paragraphs in which the notice names the draft."""
_HEAD_CELL = re.compile(r"^(序号|编号)$")
_ROW_HEAD = re.compile(r"^[（(]?\s?\d{1,4}\s?[）)]?[.、]?$")


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
    labelled = annex = plan = False
    for block in blocks:
        if block.rows is None and (_is_cell(block.text) or (table and not _ends_table(block.text, annex))):
            table.append(block)
            continue
        made = _table_of(table, plan)
        plan = plan or any(block.rows for block in made)
        result += made
        table = []
        text = block.text.strip()
        if block.rows is not None or text:
            result.append(replace(block, text=text))
            annex = annex or (labelled and is_annex(text))
            labelled = labelled or parse_label(text) is not None
    return result + _table_of(table, plan)


def is_annex(text: str) -> bool:
    """Tell whether a line begins an annex."""
    return len(text) <= TITLE_LENGTH and _ANNEX.match(text) is not None


def _is_cell(text: str) -> bool:
    return text.startswith(("\t", " \t"))


def _ends_table(text: str, annex: bool) -> bool:
    """Tell whether a line that is no cell itself ends the table rather than going on with a cell."""
    label = parse_label(text)
    if label is not None and (not annex or label.style in _TOP_STYLES):
        return True
    return is_annex(text.strip())


def _table_of(lines: Sequence[Block], plan: bool) -> list[Block]:
    """Return a table made of cell lines if it has a header or goes on with a plan, else paragraphs."""
    if not lines:
        return []
    rows = tuple(tuple(cell.strip() for cell in row) for row in _rows(lines))
    if sum(len(row) > 1 for row in rows) < 2 or not (plan or is_plan(rows)):
        return [replace(line, text=line.text.strip()) for line in lines if line.text.strip()]
    return [Block(text="", line=lines[0].line, rows=rows)]


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


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without a page of contents: its lines come again below as headings."""
    start = next((n for n, block in enumerate(blocks) if _CONTENTS.match(block.text[:12])), None)
    if start is None:
        return list(blocks)
    last = {_entry(block.text): n for n, block in enumerate(blocks)}
    end = start + 1
    while end < len(blocks) and blocks[end].rows is None and last[_entry(blocks[end].text)] > end:
        end += 1
    return [*blocks[:start], *blocks[end:]]


def _entry(text: str) -> str:
    """Return a line of a page of contents without dots, page number and spaces."""
    return "".join(_PAGE.sub("", text[-_ENTRY:]).split()) if len(text) <= _ENTRY else text


def divide(blocks: Sequence[Block]) -> Parts:
    """Return a document's parts; a table that is a plan of work belongs to the annex wherever it stands."""
    start, titled = _body_start(blocks)
    title, first = "", start
    if titled:
        title = _ENDS_FOR_COMMENT.sub("", blocks[start].text)
        first += 2 if _marked_below(blocks, start) else 1
        if _is_first_half(blocks, start - 1):
            start -= 1
            title = blocks[start].text + title
    end = _annex_start(blocks, first)
    plans = [block for block in blocks[first:end] if block.rows and is_plan(block.rows)]
    body = [block for block in blocks[first:end] if not (block.rows and is_plan(block.rows))]
    return Parts(tuple(blocks[:start]), title, tuple(body), (*plans, *blocks[end:]))


def _is_title(blocks: Sequence[Block], n: int) -> bool:
    """Tell whether a line can be the draft's own title."""
    text = blocks[n].text
    if not text or blocks[n].rows or len(text) > TITLE_LENGTH or _SENTENCE.search(text) or is_annex(text):
        return False
    if parse_label(text) is not None or _NOTICE_WORDS.search(_ENDS_FOR_COMMENT.sub("", text)):
        return False
    if _FOR_COMMENT.match(text):
        return False
    return _marked(blocks, n) or bool(_TITLE_END.search(text))


def _marked(blocks: Sequence[Block], n: int) -> bool:
    """Tell whether a line says itself, or the line below it does, that it is for comment."""
    return _ENDS_FOR_COMMENT.search(blocks[n].text[-_ENTRY:]) is not None or _marked_below(blocks, n)


def _marked_below(blocks: Sequence[Block], n: int) -> bool:
    text = blocks[n + 1].text if n + 1 < len(blocks) else ""
    return 0 < len(text) <= TITLE_LENGTH and _FOR_COMMENT.match(text) is not None


def _is_first_half(blocks: Sequence[Block], n: int) -> bool:
    """Tell whether a line is the first half of a title set in two: 云栖市人民政府关于."""
    if n < 0 or blocks[n].rows or not blocks[n].text.endswith("关于"):
        return False
    return len(blocks[n].text) <= TITLE_LENGTH // 2


def _body_start(blocks: Sequence[Block]) -> tuple[int, bool]:
    """Return where the draft begins, and whether with its title.

    At a title marked as one, at one that the notice names in 《》, at the only heading of the widest level,
    else at the last title above the first label; without a title at the first label.
    """
    alone = _title_heading(blocks)
    label = _first_label(blocks, 0, alone)
    titles = [n for n in range(min(label, len(blocks))) if _is_title(blocks, n)]
    titles += [n for n in range(label, len(blocks)) if blocks[n].level is None and _is_title(blocks, n)]
    marked = [n for n in titles if _marked(blocks, n)]
    if marked:
        first = _first_label(blocks, marked[0], alone)
        return [n for n in marked if n < max(first, marked[0] + 1)][-1], True
    names = {_ENDS_FOR_COMMENT.sub("", name) for b in blocks[:_OPENING] for name in _NAME.findall(b.text)}
    named = [n for n in titles if blocks[n].text in names]
    before = [n for n in titles if n < label]
    if named or alone is not None or before:
        return named[-1] if named else alone if alone is not None else before[-1], True
    return (label if label < len(blocks) else 0), False


def _title_heading(blocks: Sequence[Block]) -> int | None:
    """Return where the only heading of the widest level stands, if it can be the document's title."""
    headings = [n for n, block in enumerate(blocks) if block.level is not None]
    widest = min((blocks[n].level or 0 for n in headings), default=0)
    found = [n for n in headings if blocks[n].level == widest]
    if len(found) != 1 or found[0] != headings[0] or len(headings) < 2:
        return None
    text = blocks[found[0]].text
    is_text = len(text) > TITLE_LENGTH or _SENTENCE.search(text) or parse_label(text) is not None
    return None if is_text or not text or _NOTICE_WORDS.search(text) else found[0]


def _first_label(blocks: Sequence[Block], start: int, title: int | None) -> int:
    """Return where the structure begins: at a label of the widest styles or a heading, else at any label."""
    other = len(blocks)
    for n in range(start, len(blocks)):
        block = blocks[n]
        label = parse_label(block.text) if block.rows is None else None
        if label is not None and label.style in _TOP_STYLES:
            return n
        if label is not None:
            other = min(other, n)
        elif block.level is not None and n != title and not _heads_notice(blocks, n):
            return n
    return other


def _heads_notice(blocks: Sequence[Block], n: int) -> bool:
    return _marked(blocks, n) or _NOTICE_WORDS.search(blocks[n].text) is not None


def _annex_start(blocks: Sequence[Block], first: int) -> int:
    """Return where the annex begins: at the line 附件 after the draft's labels."""
    labelled = False
    for n in range(first, len(blocks)):
        text = blocks[n].text
        if labelled and blocks[n].rows is None and is_annex(text):
            return n
        labelled = labelled or parse_label(text) is not None or blocks[n].level is not None
    return len(blocks)
