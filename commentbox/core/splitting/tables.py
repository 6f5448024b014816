"""Returned tables in text, 条款 | 原文 | 修改意见 | 理由 in any order: one point a row.

Also upright forms, whose first column names what the second says: one point a form. What stands around the
tables is handed back line by line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.remarks import find_remark
from commentbox.core.rows import cell_spans, delimiter_of
from commentbox.core.splitting.headings import SAID, TOLD, Role, columns_of, role_of
from commentbox.core.splitting.lines import Line
from commentbox.core.types import Point

Span = tuple[int, int]
_BARS = ("|", "｜")
_EMPTY = re.compile(r"[\W_]*")
_NOTHING = re.compile(
    r"\W*(((本|我)(单位|[局司校院]))?(暂|均|并|也|暂时)?(无|没有|没)(任何|其他|其它|不同|修改|相关|具体|的){0,4}"
    r"((意见|建议|异议|修改)(及|和|与|或|、|/)?){0,3}"
    r"|n/?a|none|nil|no( \w+)?( (comments?|changes?|opinions?|objections?))?)\W*",
    re.I,
)
"""What stands in a cell of somebody who has no opinion."""
_LONGEST_NOTHING = 30
_RULE = re.compile(r"[\s|｜:+=-]+")


def says_nothing(cell: str) -> bool:
    """Tell whether a cell only says that there is no opinion: 无, 无意见, N/A."""
    return len(cell) <= _LONGEST_NOTHING and bool(_NOTHING.fullmatch(cell))


@dataclass(slots=True)
class Block:
    """Hold running lines, or the points of one table between them."""

    lines: list[Line] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    silent: list[Point] = field(default_factory=list)
    """Cells that say 无意见."""
    is_table: bool = False
    """A table, or a reviewer's remark."""


@dataclass(slots=True)
class _Header:
    line: Line
    delimiter: str
    headings: list[str]
    columns: dict[Role, list[int]]


def blocks(lines: Sequence[Line], text: str) -> list[Block]:
    """Return a text's lines as running blocks and tables, in order; no line is lost but those of tables."""
    found: list[Block] = []
    known: _Header | None = None
    n = 0
    while n < len(lines):
        block, n, known = _found(lines, n, text, known)
        if block.is_table or not found or found[-1].is_table:
            found.append(block)
        else:
            found[-1].lines += block.lines
    return found


def _found(
    lines: Sequence[Line], at: int, text: str, known: _Header | None
) -> tuple[Block, int, _Header | None]:
    """Return the table or the running lines from a place on, the place after, and the header then in force.

    A table may go on under the header above it, as where a page ended.
    """
    if (remark := _remark(lines[at])) is not None:
        return Block(points=[remark], is_table=True), at + 1, known
    if not delimiter_of(lines[at].text):
        return Block([lines[at]]), at + 1, known
    header = _header(lines[at])
    if header is not None:
        return _table(lines, at, header, at + 1)
    if known is not None and _goes_on(lines[at], known):
        return _table(lines, at, known, at)
    upright, after = _upright(lines, at, text)
    return upright, after, known


def _remark(line: Line) -> Point | None:
    found = find_remark(line.text)
    if found is None:
        return None
    start, end, about = found
    return Point(line.start + start, line.start + end, line.text[start:end], original=about)


def _table(lines: Sequence[Line], at: int, header: _Header, first: int) -> tuple[Block, int, _Header | None]:
    """Return the table that begins at a place and its rows at another; running lines where it has none."""
    table, n, rows = Block(is_table=True), first, 0
    reference = ""
    while n < len(lines):
        lower = (_second_header(lines[n], header) if n == at + 1 else None) or _header(lines[n], header)
        if lower is not None:
            header = lower
        elif (cells := _cells(lines[n], header)) is None:
            break
        elif not _RULE.fullmatch(lines[n].text):
            rows += 1
            reference = _take(table, _Row(lines[n], cells, header.columns, len(header.headings)), reference)
        n += 1
    return (table, n, header) if rows else (Block(list(lines[at:n])), n, None)


def _goes_on(line: Line, header: _Header) -> bool:
    """Tell whether a line is a row under a header that stands farther up."""
    cells = _cells(line, header) if header.delimiter in _BARS else None
    if cells is None or len(cells) != len(header.headings) or _RULE.fullmatch(line.text) or _fields(line):
        return False
    number = _Row(line, cells, header.columns, len(cells)).words(Role.NUMBER)
    return Role.NUMBER not in header.columns or bool(re.fullmatch(r"\W*\d{1,4}\W*", number))


def _header(line: Line, above: _Header | None = None) -> _Header | None:
    delimiter = delimiter_of(line.text)
    if not delimiter or (above is not None and delimiter != above.delimiter):
        return None
    headings = [line.text[a:b] for a, b in cell_spans(line.text, delimiter)]
    # Within a table a row may begin as a heading does, but it has a number or words that are none.
    strict = delimiter not in _BARS or (above is not None and headings != above.headings)
    columns = columns_of(headings, strict)
    return _Header(line, delimiter, headings, columns) if columns else None


def _second_header(line: Line, above: _Header) -> _Header | None:
    """Return the header that two rows make together, where a heading spans several columns."""
    spans = cell_spans(line.text, above.delimiter)
    lower = [line.text[a:b] for a, b in spans]
    missing = len(above.headings) - len(lower)  # a heading that reaches down at the end may be left out
    if not 0 <= missing <= 2 or not any(lower):
        return None
    lower += [""] * missing
    if any(word and role_of(word) in (None, Role.OTHER) for word in lower):
        return None
    headings = [below or upper for below, upper in zip(lower, above.headings, strict=True)]
    columns = columns_of(headings, strict=False)
    return _Header(line, above.delimiter, headings, columns) if columns else None


def _cells(line: Line, header: _Header) -> list[Span] | None:
    """Return the spans of a row's cells in the text, None for a line that is no row of this table."""
    spans = cell_spans(line.text, header.delimiter)
    if len(spans) < max(2, len(header.headings) - 2):
        return None
    return [(line.start + a, line.start + b) for a, b in spans]


@dataclass(slots=True)
class _Row:
    line: Line
    cells: list[Span]
    columns: dict[Role, list[int]]
    width: int

    def places(self, *roles: Role) -> list[int]:
        found = [place for role in roles for place in self.columns.get(role, [])]
        return sorted(place for place in found if place < len(self.cells))

    def word(self, place: int) -> str:
        a, b = self.cells[place]
        return self.line.text[a - self.line.start : b - self.line.start]

    def words(self, *roles: Role) -> str:
        """Return what the columns of these roles hold, the empty ones left out."""
        words = (self.word(place) for place in self.places(*roles))
        return " ".join(word for word in words if not _EMPTY.fullmatch(word))

    def excerpt(self) -> Span:
        """Return the span from the first to the last cell that tells something."""
        told = [place for place in self.places(*TOLD) if not _EMPTY.fullmatch(self.word(place))]
        # More cells than headings: a bar within a cell moved the rest to the right.
        last = max(told) if len(self.cells) <= self.width else len(self.cells) - 1
        return self.cells[min(told)][0], self.cells[last][1]


def _take(table: Block, row: _Row, above: str) -> str:
    """Add what a row says to a table; return the clause that the row below may go on with.

    A row without number and clause of its own goes on with the clause above it.
    """
    reference = row.words(Role.REFERENCE)
    if not reference and not row.words(Role.NUMBER):
        reference = above
    said = [place for place in row.places(*SAID) if not _EMPTY.fullmatch(row.word(place))]
    if not said:
        return reference
    silent = [place for place in said if says_nothing(row.word(place))]
    if len(silent) == len(said):
        a, b = row.cells[silent[0]]
        table.silent.append(Point(a, b, row.word(silent[0]), reference=reference))
        return reference
    start, end = row.excerpt()
    excerpt = row.line.text[start - row.line.start : end - row.line.start]
    table.points.append(Point(start, end, excerpt, row.words(Role.ORIGINAL), _proposal(row), reference))
    return reference


def _proposal(row: _Row) -> str:
    """Return the wording asked for: its own column's, else the first column of comments."""
    if row.places(Role.WORDING):
        return row.words(Role.WORDING)
    comments = row.places(Role.COMMENT)
    word = row.word(comments[0]) if comments else ""
    return "" if _EMPTY.fullmatch(word) else word


# --- upright forms: 条款 | 第三条, below it 修改意见 | … ---------------------------------------------


@dataclass(slots=True)
class _Field:
    role: Role
    start: int
    end: int
    text: str


def _upright(lines: Sequence[Line], at: int, text: str) -> tuple[Block, int]:
    """Return the forms that begin with a line, one point each, and the place after; or running lines."""
    records: list[list[_Field]] = [[]]
    n = at
    while n < len(lines) and (n == at or _header(lines[n]) is None) and (fields := _fields(lines[n])):
        for one in fields:
            if one.role in (*TOLD, Role.REFERENCE, Role.NUMBER):
                if any(one.role == other.role for other in records[-1]):
                    records.append([])
                records[-1].append(one)
        n += 1
    kept = [record for record in records if _is_record(record)]
    if not kept:
        after = max(n, at + 1)
        return Block(list(lines[at:after])), after
    table = Block(is_table=True)
    for record in kept:
        _take_record(table, record, text)
    return table, n


def _fields(line: Line) -> list[_Field]:
    """Return the labelled values of a line, [] where a cell that should be a label is none."""
    delimiter = delimiter_of(line.text)
    spans = cell_spans(line.text, delimiter) if delimiter else []
    if len(spans) == 3 and role_of(line.text[slice(*spans[0])]) is None:
        spans = spans[1:]
    if not spans or len(spans) % 2:
        return []
    fields = []
    for label, (a, b) in zip(spans[::2], spans[1::2], strict=True):
        role = role_of(line.text[slice(*label)])
        if role is None:
            return []
        fields.append(_Field(role, line.start + a, line.start + b, line.text[a:b]))
    return fields


def _is_record(record: list[_Field]) -> bool:
    roles = {one.role for one in record}
    return len(roles) > 1 and bool(roles & {Role.WORDING, Role.COMMENT})


def _take_record(table: Block, record: list[_Field], text: str) -> None:
    said = [one for one in record if one.role in SAID and not _EMPTY.fullmatch(one.text)]
    silent = [one for one in said if says_nothing(one.text)]
    values = {one.role: one.text for one in record}
    reference = values.get(Role.REFERENCE, "")
    if said and len(silent) == len(said):
        table.silent.append(Point(silent[0].start, silent[0].end, silent[0].text, reference=reference))
    elif said:
        told = [one for one in record if one.role in TOLD and one.text]
        start, end = told[0].start, told[-1].end
        proposal = values.get(Role.WORDING, values.get(Role.COMMENT, ""))
        original = values.get(Role.ORIGINAL, "")
        table.points.append(Point(start, end, text[start:end], original, proposal, reference))
