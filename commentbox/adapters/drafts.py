"""A draft's file as blocks: .txt in the charsets of Chinese offices, .docx with its numbering and tables.

A .docx is read as it looks when all tracked changes are accepted.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

from commentbox.adapters.docx_numbering import Numbering, based_on, style_elements, whole
from commentbox.core.types import Block

_TEXT_CHARSETS = ("utf-8-sig", "gb18030")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HEADING = "heading "
_NO_HEADING = 9
"""The outline level, counted from 0, that Word calls body text."""
_COLUMNS = 63
"""Columns that Word allows in a table; a cell that claims to span more is damaged."""
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# A text box stands twice, once for old programs; moved text stands where it was and where it is now.
_LEFT_OUT = {_FALLBACK, qn("w:del"), qn("w:moveFrom")}
_WRAPPERS = {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:smartTag")}
# RuntimeError: a member is encrypted, or packed in a way that is not known here.
_DAMAGED = (
    OpcError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    KeyError,
    ValueError,
    etree.XMLSyntaxError,
)
_SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


class DraftUnreadable(Exception):
    """Say why a file cannot be read as a draft, and what to do."""


def read_blocks(path: Path) -> list[Block]:
    """Return the paragraphs and tables of a draft's file; raise DraftUnreadable."""
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return _text_blocks(path.read_bytes())
    if suffix == ".docx":
        return _docx_blocks(path)
    raise DraftUnreadable(f"{path.name}: drafts are read from .txt and .docx; save it as one of them")


def _text_blocks(content: bytes) -> list[Block]:
    lines = _decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [Block(line, number) for number, line in enumerate(lines, 1)]


def _decode(content: bytes) -> str:
    if content[:2] in _BOMS:
        return content.decode(_BOMS[content[:2]], "replace")
    if b"\0" in content:
        # Only UTF-16 has zeros; read the wrong way round it has no stops and breaks.
        both = [content.decode(charset, "replace") for charset in ("utf-16-le", "utf-16-be")]
        return max(both, key=lambda text: sum(map(text.count, "\n。、")))
    for charset in _TEXT_CHARSETS:
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise DraftUnreadable("the text is neither UTF-8, UTF-16 nor GB18030; save it as UTF-8")


def _docx_blocks(path: Path) -> list[Block]:
    try:
        document = docx.Document(str(path))
    except _DAMAGED as error:
        raise DraftUnreadable(f"{path.name} is not a Word document ({type(error).__name__})") from None
    return list(_Reader(document).blocks())


def _numbering_root(document: Document) -> Any:
    try:
        return document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return None


class _Reader:
    """Read a document's body from its XML, as python-docx leaves out tracked insertions."""

    def __init__(self, document: Document) -> None:
        self._body = document.element.body
        styles = style_elements(document.styles.element)
        self._numbering = Numbering(styles, _numbering_root(document))
        self._levels = {name: _style_level(styles, name) for name in styles}

    def blocks(self) -> Iterator[Block]:
        """Yield the body's paragraphs and tables in order."""
        before = ""
        for number, element in enumerate(_inside(self._body, qn("w:p"), qn("w:tbl")), 1):
            if element.tag == qn("w:tbl"):
                yield Block("", number, rows=tuple(self._rows(element)))
                continue
            text = before + paragraph_text(element)
            before = ""
            if _mark_deleted(element):
                before = text
            else:
                yield Block(self._labelled(element, text), number, level=self._level(element))
        if before:
            yield Block(before, number)

    def _labelled(self, element: Any, text: str) -> str:
        """Return a paragraph's text with the label that Word counts; a label alone says nothing."""
        label = self._numbering.label(element)
        return f"{label}{text}" if text.strip() else text

    def _level(self, element: Any) -> int | None:
        """Return the heading level of a paragraph, its own or its style's."""
        outline = element.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None:
            return _outline(outline)
        style = element.find(f"./{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._levels.get(style.get(qn("w:val"))) if style is not None else None

    def _rows(self, table: Any) -> Iterator[tuple[str, ...]]:
        for row in _inside(table, qn("w:tr")):
            if row.find(f"./{qn('w:trPr')}/{qn('w:del')}") is None:
                yield self._row(row)

    def _row(self, row: Any) -> tuple[str, ...]:
        """Return a row's cells; a merged cell's text stands in its first place, "" in the rest."""
        cells = [""] * min(whole(row.find(f"./{qn('w:trPr')}/{qn('w:gridBefore')}"), 0), _COLUMNS)
        for cell in _inside(row, qn("w:tc")):
            merged = cell.find(f"./{qn('w:tcPr')}/{qn('w:vMerge')}")
            continued = merged is not None and merged.get(qn("w:val")) != "restart"
            lines = (self._numbering.label(p) + paragraph_text(p) for p in cell.iter(qn("w:p")))
            text = "" if continued else "\n".join(lines).strip()
            span = whole(cell.find(f"./{qn('w:tcPr')}/{qn('w:gridSpan')}"), 1)
            cells += [text, *[""] * (min(span, _COLUMNS) - 1)]
        return tuple(cells)


def _inside(parent: Any, *tags: str) -> Iterator[Any]:
    """Yield the children with one of the tags in order, those in content controls included."""
    for child in parent.iterchildren():
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, *tags)


def paragraph_text(element: Any) -> str:
    """Return a paragraph's text with tracked insertions and without what was deleted or moved away."""
    parts: list[str] = []
    for node in element.iter(qn("w:t"), *_SIGNS):
        if any(parent.tag in _LEFT_OUT for parent in node.iterancestors()):
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.getparent().tag == qn("w:r"):
            parts.append(_SIGNS[node.tag])
    return "".join(parts)


def _mark_deleted(paragraph: Any) -> bool:
    """Tell whether the end of a paragraph was deleted, so that it goes on in the next."""
    return paragraph.find(f"./{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}") is not None


def _style_level(styles: dict[str, Any], name: str) -> int | None:
    """Return the heading level of a style, its own or that of a style it is based on."""
    for style in based_on(styles, name):
        outline = style.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None:
            return _outline(outline)
        called = style.find(qn("w:name"))
        title = (called.get(qn("w:val")) or "").lower() if called is not None else ""
        rest = title.removeprefix(_HEADING)
        if title.startswith(_HEADING) and rest.isdecimal():
            return int(rest)
    return None


def _outline(element: Any) -> int | None:
    level = whole(element, _NO_HEADING)
    return level + 1 if 0 <= level < _NO_HEADING else None
