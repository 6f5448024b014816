"""A draft's file as blocks: .txt in the charsets of Chinese offices, .docx with its numbering and tables."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from commentbox.adapters.docx_numbering import Numbering
from commentbox.core.types import Block

_TEXT_CHARSETS = ("utf-8-sig", "gb18030")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HEADING = "heading "


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
    for charset in _TEXT_CHARSETS:
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise DraftUnreadable("the text is neither UTF-8, UTF-16 nor GB18030; save it as UTF-8")


def _docx_blocks(path: Path) -> list[Block]:
    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise DraftUnreadable(f"{path.name} is not a Word document ({type(error).__name__})") from None
    numbering = Numbering(document)
    return [
        _table(element, number)
        if element.tag == qn("w:tbl")
        else _paragraph(document, element, number, numbering)
        for number, element in enumerate(_elements(document.element.body), 1)
    ]


def _elements(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, those inside content controls included."""
    for child in parent.iterchildren():
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag == qn("w:sdt"):
            yield from (inner for content in child.iter(qn("w:sdtContent")) for inner in _elements(content))


def _paragraph(document: Document, element: Any, number: int, numbering: Numbering) -> Block:
    text = paragraph_text(element)
    label = numbering.label(element) if text.strip() else ""
    return Block(f"{label}{text}", number, level=_level(document, element))


def paragraph_text(element: Any) -> str:
    """Return a paragraph's text with tracked insertions and without deletions."""
    parts: list[str] = []
    for node in element.iter(qn("w:t"), qn("w:tab"), qn("w:br")):
        if any(parent.tag == qn("w:del") for parent in node.iterancestors()):
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.getparent().tag == qn("w:r"):
            parts.append("\n" if node.tag == qn("w:br") else " ")
    return "".join(parts)


def _level(document: Document, element: Any) -> int | None:
    """Return the heading level of a paragraph, from its outline level or its style's name."""
    outline = element.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
    if outline is not None:
        return int(outline.get(qn("w:val"))) + 1
    style = element.find(f"./{qn('w:pPr')}/{qn('w:pStyle')}")
    if style is None:
        return None
    found = next((s for s in document.styles if s.style_id == style.get(qn("w:val"))), None)
    name = (found.name or "").lower() if found is not None else ""
    rest = name.removeprefix(_HEADING)
    return int(rest) if name.startswith(_HEADING) and rest.isdecimal() else None


def _table(element: Any, number: int) -> Block:
    return Block("", number, rows=tuple(_row(row) for row in element.findall(qn("w:tr"))))


def _row(row: Any) -> tuple[str, ...]:
    """Return a row's cells; a merged cell's text stands in its first place, "" in the rest."""
    cells: list[str] = []
    for cell in row.iterchildren(qn("w:tc")):
        merged = cell.find(f"./{qn('w:tcPr')}/{qn('w:vMerge')}")
        continued = merged is not None and merged.get(qn("w:val")) != "restart"
        text = "" if continued else "\n".join(paragraph_text(p) for p in cell.findall(qn("w:p"))).strip()
        span = cell.find(f"./{qn('w:tcPr')}/{qn('w:gridSpan')}")
        width = int(span.get(qn("w:val"))) if span is not None else 1
        cells += [text, *[""] * (width - 1)]
    return tuple(cells)
