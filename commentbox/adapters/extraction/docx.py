"""The text of a .docx as with all changes accepted: labels that Word counts, tables as rows, text boxes once,
reviewers' remarks where they were made, notes at the end; headers and footers not.

Read from the XML, block by block, as python-docx drops tracked insertions and holds all at once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from docx.oxml.ns import qn
from lxml import etree

from commentbox.adapters.docx_numbering import Numbering, style_elements, whole
from commentbox.adapters.extraction.limits import MAX_TEXT, check_archive, read_member
from commentbox.core.remarks import remark_line
from commentbox.core.rows import cell_text, row_line

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
# A text box stands twice, once for old programs; moved text stands where it was and where it is now.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {_FALLBACK, qn("w:del"), qn("w:moveFrom"), qn("w:rt"), qn("w:pPr"), qn("w:rPr")}
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_P, _TBL, _T = qn("w:p"), qn("w:tbl"), qn("w:t")
_WRAPPERS = {
    qn("w:sdt"),
    qn("w:sdtContent"),
    qn("w:customXml"),
    qn("w:smartTag"),
    qn("w:ins"),
    qn("w:moveTo"),
}
_COLUMNS = 63
"""Columns that Word allows in a table; a cell that claims to span more is damaged."""
_REPEATED = 2_000
"""Characters of a merged cell that are said again in each row that it spans."""
_ANCHOR = 200
"""Characters of the words that a remark is about."""


def docx_text(content: bytes) -> str:
    """Return the text of a document's body, its remarks and notes."""
    with ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive)
        reader = _Reader(archive)
        lines = [*reader.lines("word/document.xml"), *reader.unplaced()]
        for name in _NOTES:
            lines += [line for line in reader.lines(name) if line.strip()]
    return "\n".join(lines)


def _xml(archive: ZipFile, name: str) -> bytes:
    """Return a part's XML in the usual namespace, b"" where the document has none."""
    if name not in archive.namelist():
        return b""
    return read_member(archive, name).replace(_STRICT, _TRANSITIONAL)


def _root(archive: ZipFile, name: str) -> Any:
    xml = _xml(archive, name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(xml, parser) if xml else None


class _Reader:
    """Read the parts of one document; paragraphs must come in order, as Word counts them."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        styles = style_elements(_root(archive, "word/styles.xml"))
        self._numbering = Numbering(styles, _root(archive, "word/numbering.xml"))
        self._remarks = dict(_remarks(_xml(archive, "word/comments.xml")))
        self._anchors: dict[str, str] = {}
        """Remarks whose words are being read, and these so far."""
        self._said: set[str] = set()

    def lines(self, name: str) -> list[str]:
        """Return the lines of a part."""
        found: list[str] = []
        size = 0
        for block in _blocks(_xml(self._archive, name)):
            lines = self._table(block) if block.tag == _TBL else self._paragraph(block)
            if found and _mark_deleted(block.getprevious()) and lines:
                found[-1] += lines.pop(0)
            found += lines
            size += sum(map(len, lines))
            if size > MAX_TEXT:
                break
        return found

    def unplaced(self) -> list[str]:
        """Return the remarks to which no place in the text refers."""
        return [remark_line(*self._remarks[key], "") for key in self._remarks if key not in self._said]

    def _paragraph(self, paragraph: Any) -> list[str]:
        """Return a paragraph's line, then those of its text boxes and the remarks on it."""
        parts: list[str] = []
        below: list[str] = []
        label = self._numbering.label(paragraph)
        self._walk(paragraph, parts, below)
        text = "".join(parts)
        # A label alone says nothing.
        return [f"{label}{text}", *below] if text.strip() else [*below, text]

    def _walk(self, element: Any, parts: list[str], below: list[str]) -> None:
        for child in element.iterchildren(tag=etree.Element):
            if child.tag in _LEFT_OUT:
                continue
            if child.tag in (_T, _FORMULA):
                self._say(child.text or "", parts)
            elif child.tag in _SIGNS:
                self._say(_SIGNS[child.tag], parts)
            elif child.tag == qn("w:commentRangeStart"):
                self._anchors[child.get(qn("w:id")) or ""] = ""
            elif child.tag == qn("w:commentReference"):
                below += self._remark(child.get(qn("w:id")) or "")
            elif child.tag in (_P, _TBL):  # in a text box
                below += self._table(child) if child.tag == _TBL else self._paragraph(child)
            else:
                self._walk(child, parts, below)

    def _say(self, text: str, parts: list[str]) -> None:
        parts.append(text)
        for key, words in self._anchors.items():
            if len(words) < _ANCHOR:
                self._anchors[key] = words + text

    def _remark(self, key: str) -> list[str]:
        """Return a reviewer's remark as a line; Word refers to it once its words have been said."""
        anchor = self._anchors.pop(key, "")
        if key not in self._remarks or key in self._said:
            return []
        self._said.add(key)
        return [remark_line(*self._remarks[key], anchor[:_ANCHOR])]

    def _inside(self, box: Any) -> list[str]:
        """Return the lines of a cell."""
        lines: list[str] = []
        for child in _children(box, _P, _TBL):
            lines += self._table(child) if child.tag == _TBL else self._paragraph(child)
        return lines

    def _table(self, table: Any) -> list[str]:
        lines: list[str] = []
        above: list[str] = []
        for row in _children(table, qn("w:tr")):
            if row.find(f"./{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            cells, alone = self._row(row, above)
            # A cell as wide as the table is a heading, or a line of the form.
            lines += [cell_text(cells[0])] if alone else [row_line(cells)]
            above = cells
        return lines

    def _row(self, row: Any, above: list[str]) -> tuple[list[str], bool]:
        """Return a row's cells and whether there is but one.

        A cell merged over columns stands in its first place; one merged over rows is said in each of them.
        """
        cells = [""] * min(whole(row.find(f"./{qn('w:trPr')}/{qn('w:gridBefore')}"), 0), _COLUMNS)
        found = list(_children(row, qn("w:tc")))
        for cell in found:
            merged = cell.find(f"./{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merged is not None and merged.get(qn("w:val")) != "restart":
                text = above[len(cells)] if len(cells) < len(above) else ""
                text = text if len(text) <= _REPEATED else ""
            else:
                text = "\n".join(self._inside(cell))
            span = whole(cell.find(f"./{qn('w:tcPr')}/{qn('w:gridSpan')}"), 1)
            cells += [text, *[""] * (min(span, _COLUMNS) - 1)]
        return cells, len(found) == 1 and bool(cells)


def _blocks(xml: bytes) -> Iterator[Any]:
    """Yield the outermost paragraphs and tables of a part, each let go when the next is read."""
    if not xml:
        return
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    depth = 0
    for event, element in etree.iterparse(
        io.BytesIO(xml), events=("start", "end"), tag=(_P, _TBL), **options
    ):
        depth += 1 if event == "start" else -1
        if depth == 0 and not any(parent.tag in _LEFT_OUT for parent in element.iterancestors()):
            yield element
            _forget(element)


def _forget(element: Any) -> None:
    """Free what was read; the last block stays, as the next may go on with its paragraph."""
    parent = element.getparent()
    while (before := element.getprevious()) is not None:
        parent.remove(before)


def _children(parent: Any, *tags: str) -> Iterator[Any]:
    """Yield the children with one of the tags in order, those in content controls included."""
    for child in parent.iterchildren(tag=etree.Element):
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, *tags)


def _mark_deleted(paragraph: Any) -> bool:
    """Tell whether the end of the paragraph before was deleted, so that it goes on in this one."""
    if paragraph is None or paragraph.tag != _P:
        return False
    return paragraph.find(f"./{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}") is not None


def _remarks(xml: bytes) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the id of each reviewer's remark, and who said what."""
    if not xml:
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for comment in etree.fromstring(xml, parser).iter(qn("w:comment")):
        lines = ["".join(t.text or "" for t in p.iter(_T)) for p in comment.iter(_P)]
        yield comment.get(qn("w:id")) or "", (comment.get(qn("w:author")) or "", " ".join(lines).strip())
