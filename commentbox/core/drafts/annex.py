"""The annex: tables of aims and of items with agencies, each item tied to the measure it carries out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.drafts.agencies import cell_names
from commentbox.core.numerals import parse_label, parse_number
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Block, Node, UnplacedLine

AIM_PATH = "annex.aim.{}"
_TIE = 0.35
"""Least share of an item's character pairs that the measure must hold for the two to be tied."""

_COLUMNS: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"^(序号|编号)$"),
    "lead": re.compile(r"牵头"),
    "responsible": re.compile(r"责任|配合|参与|协办"),
    "term": re.compile(r"时限|时间|期限|进度"),
    "title": re.compile(r"^(主要|重点|工作)?(任务|目标|事项|项目)(名称)?$"),
    "text": re.compile(r"举措|措施|内容|要求|任务"),
}
_NUMBER = re.compile(r"^[（(]?\s*([0-9０-９]{1,4}|[一二三四五六七八九十百]{1,5})\s*[）)]?[.、]?$")


@dataclass(frozen=True, slots=True)
class Annex:
    """Hold what the annex brought; ``unplaced`` are lines that found no place."""

    items: tuple[AnnexItem, ...] = ()
    aims: tuple[Node, ...] = ()
    unplaced: tuple[UnplacedLine, ...] = ()


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
class _Reader:
    """Hold the state of reading the annex's tables."""

    columns: dict[str, int] = field(default_factory=dict)
    aims_table: bool = False
    heading: str = ""
    rows: list[_Row] = field(default_factory=list)
    aims: list[tuple[str, str, list[str], list[str]]] = field(default_factory=list)
    unplaced: list[UnplacedLine] = field(default_factory=list)

    def row(self, cells: Sequence[str], line: int) -> None:
        """Take in one row of a table."""
        filled = [cell for cell in cells if cell]
        if not filled:
            return
        if _is_header(filled):
            self._header(cells)
        elif len(filled) == 1:
            self._lone(filled[0], line)
        elif self.aims_table:
            self._aim(cells)
        else:
            self._item(cells, line)

    def _header(self, cells: Sequence[str]) -> None:
        """Take over the columns of a header; what a page break left of one changes nothing."""
        columns = _columns(cells)
        if "number" in columns and len(columns) >= 3 and not columns.items() <= self.columns.items():
            self.columns = columns
            self.aims_table = "term" in columns and any("目标" in cell for cell in cells)

    def _lone(self, cell: str, line: int) -> None:
        if parse_label(cell) is not None or "《" in cell or _NUMBER.match(cell) is None:
            self.heading = cell
        else:
            self.unplaced.append(UnplacedLine(line, cell))

    def _item(self, cells: Sequence[str], line: int) -> None:
        match = _NUMBER.match(self._cell(cells, "number"))
        number = parse_number(match[1]) if match else None
        title, text = self._cell(cells, "title"), self._cell(cells, "text")
        if number is None and self.rows and (text or title):
            self._merged(cells)
            return
        if number is None:
            self.unplaced.append(UnplacedLine(line, " | ".join(filter(None, cells))))
            return
        before = self.rows[-1] if self.rows and self.rows[-1].heading == self.heading else None
        lead, responsible = self._cell(cells, "lead"), self._cell(cells, "responsible")
        self.rows.append(
            _Row(
                number,
                title or (before.title if before else ""),
                text,
                lead or (before.lead if before else ""),
                responsible or (before.responsible if before else ""),
                self.heading,
            )
        )

    def _merged(self, cells: Sequence[str]) -> None:
        """Add a row without a number to the item above it, of which it is a part."""
        row = self.rows[-1]
        row.text = "\n".join(filter(None, (row.text, self._cell(cells, "text"))))
        row.lead = "\n".join(filter(None, (row.lead, self._cell(cells, "lead"))))

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.columns.get(name, {"number": 0}.get(name, -1))
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def _aim(self, cells: Sequence[str]) -> None:
        """Take in a row of the aims' table; rows without a number belong to the aim above."""
        match = _NUMBER.match(cells[0].strip())
        if match:
            self.aims.append((match[1], cells[1].strip() if len(cells) > 1 else "", [], []))
        if not self.aims:
            return
        _, _, texts, leads = self.aims[-1]
        term, lead = cells[-1].strip(), cells[-2].strip() if len(cells) > 2 else ""
        content = [cell.strip() for cell in cells[2:-2] if cell.strip()]
        if content:
            texts.append(f"{term}：{''.join(content)}" if term else "".join(content))
        leads.extend(cell_names(lead))


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Return which column holds what, by the words of the header."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        words = re.sub(r"\s", "", cell)
        name = next((n for n, p in _COLUMNS.items() if n not in columns and p.search(words)), None)
        if name:
            columns[name] = place
    return columns


def _is_header(filled: Sequence[str]) -> bool:
    """Tell whether a row is a header, or what a page break left of one."""
    words = [re.sub(r"\s", "", cell) for cell in filled]
    return all(len(word) <= 8 and any(p.search(word) for p in _COLUMNS.values()) for word in words)


def read_annex(blocks: Sequence[Block], nodes: Sequence[Node]) -> Annex:
    """Return the annex's items, tied to the measures among nodes, and its aims."""
    reader = _Reader()
    for block in blocks:
        if block.rows is not None:
            for row in block.rows:
                reader.row(row, block.line)
        elif block.text.strip():
            reader.heading = block.text.strip()
    aims = tuple(
        Node(
            AIM_PATH.format(number),
            number,
            parse_number(number),
            MeasureKind.AIM,
            title,
            "\n".join(texts),
            None,
            tuple(dict.fromkeys(leads)),
        )
        for number, title, texts, leads in _numbered(reader.aims)
    )
    return Annex(_items(reader.rows, nodes), aims, tuple(reader.unplaced))


def _numbered(
    aims: Sequence[tuple[str, str, list[str], list[str]]],
) -> list[tuple[str, str, list[str], list[str]]]:
    """Return the aims with numbers that are unique."""
    return [(str(n), title, texts, leads) for n, (_, title, texts, leads) in enumerate(aims, 1)]


def _items(rows: Sequence[_Row], nodes: Sequence[Node]) -> tuple[AnnexItem, ...]:
    measures = [node for node in nodes if node.kind == MeasureKind.MEASURE]
    pairs = {node.path: _pairs(node.title + node.text) for node in measures}
    parents = {node.path: node for node in nodes}
    unique = {row.number: row for row in reversed(rows)}
    return tuple(
        AnnexItem(
            number=row.number,
            title=" ".join(row.title.split()),
            text=row.text,
            measure=_carried_out(row, measures, pairs, parents),
            lead_agencies=cell_names(row.lead),
            responsible_agencies=cell_names(row.responsible),
        )
        for row in rows
        if unique[row.number] is row
    )


def _carried_out(
    row: _Row, measures: Sequence[Node], pairs: dict[str, set[str]], parents: dict[str, Node]
) -> str | None:
    """Return the path of the measure that an item carries out: the one that holds most of its words."""
    heading = _plain(row.heading)
    within = [
        m
        for m in measures
        if m.parent and heading and _plain(parents[m.parent].title) in heading and parents[m.parent].title
    ]
    best = max(within or measures, key=lambda m: _likeness(row, m, pairs[m.path]), default=None)
    if best is None or _likeness(row, best, pairs[best.path]) < _TIE:
        return None
    return best.path


def _likeness(row: _Row, measure: Node, held: set[str]) -> float:
    text, title = _pairs(row.text), _pairs(row.title)
    in_text = len(text & held) / len(text) if text else 0.0
    wanted = _pairs(measure.title)
    in_title = len(title & wanted) / len(title | wanted) if title | wanted else 0.0
    return max(0.7 * in_text + 0.3 * in_title, 0.9 * in_title)


def _pairs(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[n : n + 2] for n in range(len(plain) - 1)}


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", text)
