"""The annex: tables of aims and of items with agencies, each item tied to the measure it carries out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.drafts import columns
from commentbox.core.drafts.agencies import cell_names
from commentbox.core.drafts.ties import Ties
from commentbox.core.numerals import parse_label, parse_number
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Block, Node, UnplacedLine

AIM_PATH = "annex.aim.{}"
HEADING_LENGTH = 60
HEADINGS = 3
"""Lines at most that head a table."""
_NUMBER = re.compile(r"^[（(]?\s?([0-9０-９]{1,4}|[一二三四五六七八九十百]{1,5})\s?[）)]?[.、．]?$")
_ANNEX_LINE = re.compile(r"^(附件|附表|附录)\s?[0-9０-９一二三四五六七八九十]{0,3}\s?[:：]?$")


@dataclass(frozen=True, slots=True)
class Annex:
    """Hold what the annex brought; ``unplaced`` are lines that found no place.

    ``renumbered`` tells that a number came twice, so that later items count on from the highest.
    """

    items: tuple[AnnexItem, ...] = ()
    aims: tuple[Node, ...] = ()
    unplaced: tuple[UnplacedLine, ...] = ()
    renumbered: bool = False


@dataclass(slots=True)
class _Row:
    """Hold one item while it is read; ``heading`` is the last heading row above it."""

    number: int
    title: str
    text: str
    lead: str
    responsible: str
    heading: str


@dataclass(slots=True)
class _Aim:
    """Hold one aim while it is read: its texts, each with the terms for which it holds."""

    title: str
    texts: list[tuple[list[str], str]] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    """Hold the state of reading the annex's tables."""

    columns: dict[str, int] = field(default_factory=dict)
    header: Sequence[str] = ()
    header_words: set[str] = field(default_factory=set)
    width: int = 0
    aims_table: bool = False
    heading: str = ""
    rows: list[_Row] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    highest: int = 0
    aims: list[_Aim] = field(default_factory=list)
    unplaced: list[UnplacedLine] = field(default_factory=list)
    renumbered: bool = False

    def table(self, rows: Sequence[Sequence[str]], line: int) -> None:
        """Take in a table; one of another width than the last needs a header of its own."""
        width = max((len(row) for row in rows), default=0)
        if width != self.width:
            self.columns, self.header, self.width = {}, (), width
        for row in rows:
            self.row(row, line)

    def row(self, cells: Sequence[str], line: int) -> None:
        """Take in one row of a table."""
        filled = [cell for cell in cells if cell]
        if not filled or self._header(cells, filled, line):
            return
        if len(filled) == 1 and not (self.aims_table and len(cells) > 2 and cells[-1]):
            self._lone(filled[0], line)
        elif not self.columns:
            self._unplaced(cells, line)
        elif self.aims_table:
            self._aim(cells, line)
        else:
            self._item(cells, line)

    def _header(self, cells: Sequence[str], filled: Sequence[str], line: int) -> bool:
        """Take over the columns of a header; what a page break left of one changes nothing."""
        found = columns.columns(cells)
        remnant = all(columns.words(cell) in self.header_words for cell in filled)
        if found and not remnant:
            self.columns, self.header = found, cells
            self.header_words |= {columns.words(cell) for cell in filled}
            self.aims_table = "term" in found and any("目标" in cell for cell in cells)
        elif found and not self.columns:
            self.columns, self.header = found, cells
        if found or remnant:
            self.unplaced += [UnplacedLine(line, columns.run_in(c)) for c in filled if columns.run_in(c)]
        return bool(found) or remnant

    def _lone(self, cell: str, line: int) -> None:
        """Take a row of one cell for a heading where it can be one."""
        if parse_label(cell) is not None or "《" in cell or (is_heading(cell) and not _NUMBER.match(cell)):
            self.heading = cell
        elif self.columns.keys() >= {"text"} and self.rows and not self.aims_table:
            self.rows[-1].text += f"\n{cell}"
        else:
            self._unplaced([cell], line)

    def _unplaced(self, cells: Sequence[str], line: int) -> None:
        self.unplaced.append(UnplacedLine(line, " | ".join(filter(None, cells))))

    def _item(self, cells: Sequence[str], line: int) -> None:
        match = _NUMBER.match(self._cell(cells, "number"))
        number = parse_number(match[1]) if match else None
        title, text = self._cell(cells, "title"), self._cell(cells, "text")
        if "number" not in self.columns:
            number = self.highest + 1
        elif number is None and self.rows and (text or title):
            self._merged(cells)
            return
        if number is None or not (title or text):
            self._unplaced(cells, line)
            return
        before = self.rows[-1] if self.rows and self.rows[-1].heading == self.heading else None
        lead, responsible = self._cell(cells, "lead"), self._cell(cells, "responsible")
        self.rows.append(
            _Row(
                self._free(number),
                title or (before.title if before else ""),
                _lines(text, *self._rest(cells)),
                lead or (before.lead if before else ""),
                responsible or (before.responsible if before else ""),
                self.heading,
            )
        )

    def _free(self, number: int) -> int:
        """Return a number, or the next free one where an earlier table has used it."""
        if number in self.taken:
            number, self.renumbered = self.highest + 1, True
        self.taken.add(number)
        self.highest = max(self.highest, number)
        return number

    def _merged(self, cells: Sequence[str]) -> None:
        """Add a row without a number to the item above it, of which it is a part."""
        row = self.rows[-1]
        title = self._cell(cells, "title")
        text = self._cell(cells, "text")
        row.text = _lines(row.text, title if title != row.title else "", text, *self._rest(cells))
        row.lead = _lines(row.lead, self._cell(cells, "lead"))
        row.responsible = _lines(row.responsible, self._cell(cells, "responsible"))

    def _rest(self, cells: Sequence[str]) -> list[str]:
        """Return what a row says in columns of no known kind: a term, a remark."""
        used = {place for name, place in self.columns.items() if name not in ("term", "number")}
        rest: list[str] = []
        for place, cell in enumerate(cells):
            name = columns.words(self.header[place]) if place < len(self.header) else ""
            counted = place == self.columns.get("number") and _NUMBER.match(cell)
            if cell and place not in used and not counted:
                numbering = not name or place == self.columns.get("number")
                rest.append(cell if numbering else f"{name}：{cell}")
        return rest

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.columns.get(name, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def _aim(self, cells: Sequence[str], line: int) -> None:
        """Take in a row of the aims' table; rows without a number belong to the aim above."""
        if _NUMBER.match(cells[0]):
            self.aims.append(_Aim(cells[1] if len(cells) > 1 else ""))
        if not self.aims:
            self._unplaced(cells, line)
            return
        aim, term = self.aims[-1], cells[-1] if len(cells) > 2 else ""
        end = -2 if "lead" in self.columns else -1
        content = "".join(cell for cell in cells[2:end] if cell)
        if content:
            aim.texts.append(([term] if term else [], content))
        elif term and aim.texts:
            aim.texts[-1][0].append(term)
        aim.leads += cell_names(cells[-2]) if end == -2 and len(cells) > 2 else ()


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def is_heading(text: str) -> bool:
    """Tell whether a line can stand above a table as its heading."""
    return len(text) <= HEADING_LENGTH and not re.search(r"[。；！？]", text.rstrip("。"))


def read_annex(blocks: Sequence[Block], nodes: Sequence[Node]) -> Annex:
    """Return the annex's items, tied to the measures among nodes, and its aims."""
    reader = _Reader()
    waiting: list[UnplacedLine] = []
    for block in blocks:
        if block.rows is None:
            waiting += [UnplacedLine(block.line, t.strip()) for t in block.text.splitlines() if t.strip()]
            continue
        for back, line in enumerate(waiting, -len(waiting)):
            if back >= -HEADINGS and is_heading(line.text) and not line.text.rstrip().endswith("。"):
                reader.heading = line.text
            else:
                reader.unplaced.append(line)
        waiting = []
        reader.table(block.rows, block.line)
    reader.unplaced += [line for line in waiting if not _ANNEX_LINE.match(line.text)]
    aims = tuple(_aim_node(number, aim) for number, aim in enumerate(reader.aims, 1))
    return Annex(_items(reader.rows, nodes), aims, tuple(reader.unplaced), reader.renumbered)


def _aim_node(number: int, aim: _Aim) -> Node:
    text = "\n".join(f"{'、'.join(terms)}：{text}" if terms else text for terms, text in aim.texts)
    leads = tuple(dict.fromkeys(aim.leads))
    return Node(
        AIM_PATH.format(number),
        str(number),
        None,
        MeasureKind.AIM,
        " ".join(aim.title.split()),
        text,
        None,
        leads,
    )


def _items(rows: Sequence[_Row], nodes: Sequence[Node]) -> tuple[AnnexItem, ...]:
    ties = Ties(nodes)
    return tuple(
        AnnexItem(
            number=row.number,
            title=" ".join(row.title.split()),
            text=row.text,
            measure=ties.next(row.title, row.text, row.heading),
            lead_agencies=cell_names(row.lead),
            responsible_agencies=cell_names(row.responsible),
        )
        for row in rows
    )
