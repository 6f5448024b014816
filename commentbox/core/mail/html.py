"""HTML of a mail to the text that a reader would see; pure, loads nothing.

The tree of lexbor is walked here because its own text() breaks inline tags onto lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from commentbox.core.mail.cells import merged_before
from commentbox.core.mail.marked import Mark, announces, mark_of
from commentbox.core.mail.programs import LONGEST
from commentbox.core.types import Kind, Span

MAX_HTML = 5_000_000
MAX_DEPTH = 2_000
"""Building the tree of deeper HTML takes time by the square of its depth."""
_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "select"}
_BLOCKS = {
    *("address", "article", "aside", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"),
    *("form", "header", "hr", "main", "nav", "section", "table", "tbody", "thead", "tfoot", "tr", "td", "th"),
    *("caption", "blockquote", "body", "html", "li", "ol", "ul", "pre"),
}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)
_QUOTE_CLASS = re.compile(r"quote", re.I)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_ANY_TAG = re.compile(r"<[^<>]*>")
_NEVER_CLOSED = {
    *("br", "img", "hr", "meta", "link", "input", "col", "area", "base", "embed", "wbr"),
    *("p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "html", "body", "head"),
}


@dataclass(slots=True)
class _Table:
    data: bool
    merged: dict[int, list[str]]
    cells: int = 0


@dataclass(slots=True)
class _Level:
    """Hold what the text is within a marked element, ``depth`` elements deep."""

    depth: int
    kind: Kind
    until_quote: bool = False


@dataclass(slots=True)
class _Writer:
    """Gather lines, each of one kind; line breaks are asked for, and written when more text comes."""

    lines: list[tuple[str, Kind]] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    kind: Kind = Kind.OWN
    breaks: int = 0
    space: bool = False
    quotes: int = 0
    tables: list[_Table] = field(default_factory=list)
    cell: int = 0
    """How many cells of data tables we are in: in one, a line break is a space."""
    levels: list[_Level] = field(default_factory=lambda: [_Level(-1, Kind.OWN)])

    def text(self, text: str, kept: bool = False) -> None:
        """Write running text with its white space collapsed, or kept as in <pre>."""
        if kept and not self.cell:
            for index, line in enumerate(text.split("\n")):
                self.broke(1 if index else 0)
                if line:
                    self._write(line)
            return
        words = _SPACE.sub(" ", _INVISIBLE.sub("", text))
        if self.cell:
            words = words.replace("|", "｜")
        if words.startswith(" "):
            self.space = True
        if words.strip(" "):
            self._write(words.strip(" "))
            self.space = words.endswith(" ")

    def broke(self, lines: int) -> None:
        """Ask for at least this many line breaks before the next text."""
        if self.cell:
            self.space = self.space or lines > 0
        else:
            self.breaks = max(self.breaks, lines)

    def line_break(self) -> None:
        """Write what <br> means."""
        if self.cell:
            self.space = True
        else:
            self.breaks += 1

    def enter(self, mark: Mark, depth: int) -> None:
        """Begin a marked element."""
        self.broke(1)
        if mark is Mark.ONWARD:
            self.levels[-1].kind = Kind.QUOTE
            return
        kind = Kind.SIGNATURE if mark is Mark.SIGNATURE else Kind.QUOTE
        outer = self.levels[-1]
        if outer.kind is Kind.QUOTE and not outer.until_quote:
            self.levels.append(_Level(depth, Kind.QUOTE))
        else:
            self.levels.append(_Level(depth, kind, mark is Mark.UNTIL_QUOTE))

    def leave(self, depth: int, tag: str) -> None:
        """End what began at this depth, if anything did."""
        if self.levels[-1].depth != depth:
            return
        self.levels.pop()
        self.broke(1)
        if tag == "blockquote" and self.levels[-1].until_quote:
            self.levels[-1].kind = Kind.OWN

    def last_line(self) -> str:
        """Return the last line with words, as written so far; "" where it is too long for an announcement."""
        if sum(len(piece) for piece in self.line[-LONGEST:]) > LONGEST:
            return ""
        return "".join(self.line) or next((line for line, _ in reversed(self.lines[-3:]) if line), "")

    def finished(self) -> list[tuple[str, Kind]]:
        """Return all lines without spaces at their ends, and no two blank ones together."""
        self._end_line()
        lines: list[tuple[str, Kind]] = []
        for line, kind in self.lines:
            words = line.replace("\xa0", " ").rstrip()
            if words or (lines and lines[-1][0]):
                lines.append((words, kind))
        return lines if not lines or lines[-1][0] else lines[:-1]

    def _write(self, text: str) -> None:
        fresh = not self.line and not self.lines
        if self.breaks and not fresh:
            self._end_line()
            self.lines += [("", self.kind)] * min(self.breaks - 1, 1)
        elif self.space and not fresh:
            self.line.append(" ")
        if not self.line:
            self.kind = self.levels[-1].kind
        if self.quotes and (self.breaks or fresh):
            self.line.append("> " * min(self.quotes, 9))
        self.line.append(text)
        self.breaks, self.space = 0, False

    def _end_line(self) -> None:
        if self.line:
            self.lines.append(("".join(self.line), self.kind))
            self.line = []


@dataclass(frozen=True, slots=True)
class Page:
    """Hold the text of a page and the stretches of it that are marked as quotation or signature."""

    text: str
    marked: tuple[Span, ...] = ()


def html_to_text(html: str) -> str:
    """Return what a reader of this HTML sees, as lines; a data table becomes rows of "a | b"."""
    return read_html(html).text


def read_html(html: str) -> Page:
    """Return the text of this HTML as `html_to_text` does, and which of it is marked."""
    html = html[:MAX_HTML]
    if _depth(html) > MAX_DEPTH:
        return Page(_SPACE.sub(" ", _ANY_TAG.sub(" ", html)).strip())
    body = LexborHTMLParser(html).root
    if body is None:
        return Page("")
    # A mail that hides everything is shown rather than lost.
    page = _rendered(body, hiding=True)
    return page if page.text else _rendered(body, hiding=False)


def _depth(html: str) -> int:
    """Return about how deep the tags are nested at most."""
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _NEVER_CLOSED:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _rendered(root: LexborNode, hiding: bool) -> Page:
    writer = _Writer()
    _walk(root, writer, hiding)
    lines = writer.finished()
    spans: list[Span] = []
    position = 0
    for line, kind in lines:
        end = position + len(line) + 1
        if spans and spans[-1].kind is kind:
            spans[-1] = Span(spans[-1].start, end, kind)
        else:
            spans.append(Span(position, end, kind))
        position = end
    text = "\n".join(line for line, _ in lines)
    marked = (Span(span.start, min(span.end, len(text)), span.kind) for span in spans)
    return Page(text, tuple(span for span in marked if span.kind is not Kind.OWN))


def _walk(root: LexborNode, writer: _Writer, hiding: bool) -> None:
    """Visit every node in order, without recursion: mails nest thousands deep."""
    path: list[LexborNode] = []
    node: LexborNode | None = root
    pre = 0
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag == "-text":
            writer.text(node.text_content or "", kept=pre > 0)
        elif not _skipped(node, tag, hiding):
            mark = mark_of(node, tag) or _announced(tag, writer)
            if mark:
                writer.enter(mark, len(path))
            _open(node, tag, writer)
            pre += tag == "pre"
            child = node.child
            if child is None:
                _close(node, tag, writer)
                writer.leave(len(path), tag)
                pre -= tag == "pre"
        if child is not None:
            path.append(node)
            node = child
            continue
        while node.next is None and path:
            node = path.pop()
            _close(node, node.tag or "", writer)
            writer.leave(len(path), node.tag or "")
            pre -= node.tag == "pre"
        node = node.next if path or node is not root else None


def _announced(tag: str, writer: _Writer) -> Mark | None:
    return Mark.QUOTE if tag == "blockquote" and announces(writer.last_line()) else None


def _skipped(node: LexborNode, tag: str | None, hiding: bool) -> bool:
    if not tag or tag in _SKIPPED or tag.startswith(("-", "!")):
        return True
    if not hiding:
        return False
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _open(node: LexborNode, tag: str, writer: _Writer) -> None:
    if tag == "br":
        writer.line_break()
    elif tag in ("td", "th") and writer.tables and writer.tables[-1].data:
        _open_cell(node, writer)
    elif tag in _PARAGRAPHS:
        writer.broke(2)
    elif tag in _BLOCKS:
        writer.broke(1)
    if tag == "table":
        data = _is_data(node)
        writer.tables.append(_Table(data, merged_before(_rows(node)) if data else {}))
    elif tag == "tr" and writer.tables:
        writer.tables[-1].cells = 0
    elif tag == "li" and not writer.cell:
        writer.text("- ")
    elif tag == "blockquote" and _is_quote(node):
        writer.quotes += 1


def _open_cell(node: LexborNode, writer: _Writer) -> None:
    table = writer.tables[-1]
    for words in table.merged.get(node.mem_id, ()):
        _next_cell(table, writer)
        writer.text(words)
    _next_cell(table, writer)
    writer.cell += 1


def _next_cell(table: _Table, writer: _Writer) -> None:
    if table.cells:
        writer.text(" | ")
    table.cells += 1


def _close(node: LexborNode, tag: str, writer: _Writer) -> None:
    if tag in ("td", "th") and writer.tables and writer.tables[-1].data:
        writer.cell = max(0, writer.cell - 1)
    elif tag in _PARAGRAPHS:
        writer.broke(2)
    elif tag in _BLOCKS:
        writer.broke(1)
    if tag == "table" and writer.tables:
        writer.tables.pop()
    elif tag == "blockquote" and _is_quote(node):
        writer.breaks = max(1, writer.breaks)
        writer.quotes -= 1


def _is_quote(node: LexborNode) -> bool:
    attributes = node.attributes
    return attributes.get("type") == "cite" or bool(_QUOTE_CLASS.search(attributes.get("class") or ""))


def _is_data(table: LexborNode) -> bool:
    """Tell a table of data from one that only lays out a page: rows of two or more cells, none nested."""
    rows = 0
    for row in _rows(table):
        cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
        if any(cell.css_first("table") for cell in cells):
            return False
        rows += len(cells) > 1
    return rows > 1


def _rows(table: LexborNode) -> list[LexborNode]:
    groups = [table, *(group for group in table.iter() if group.tag in ("tbody", "thead", "tfoot"))]
    return [row for group in groups for row in group.iter() if row.tag == "tr"]
