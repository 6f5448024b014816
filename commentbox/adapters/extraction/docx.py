"""The text of a .docx: paragraphs, tables as rows, text boxes, notes and remarks, without what was deleted.

Read from the XML, as python-docx drops tracked insertions.
"""

from __future__ import annotations

import io
from zipfile import ZipFile

from lxml import etree

from commentbox.adapters.extraction.limits import check_archive, read_member

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")
# A text box stands twice, once for old programs; moved text stands where it was and where it is now.
_LEFT_OUT = {_FALLBACK, "del", "moveFrom"}
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def docx_text(content: bytes) -> str:
    """Return the text of a document's body, notes and remarks."""
    with ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive)
        names = set(archive.namelist())
        texts = [_part_text(read_member(archive, name)) for name in _PARTS if name in names]
    return "\n".join(text for text in texts if text.strip())


def _part_text(xml: bytes) -> str:
    reader = _Reader()
    events = etree.iterparse(
        io.BytesIO(xml), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    for event, element in events:
        if event == "start":
            reader.start(_local(element.tag))
        else:
            reader.end(_local(element.tag), element.text or "")
            element.clear()
    return "\n".join(reader.lines)


def _local(tag: object) -> str:
    if not isinstance(tag, str):
        return ""
    for space in (_W, _STRICT):
        if tag.startswith(space):
            return tag[len(space) :]
    return tag if tag == _FALLBACK else ""


class _Reader:
    """Follow the elements of a part; a box is a list of lines: the page's, or that of an open cell."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._boxes = [self.lines]
        self._rows: list[list[str]] = []
        self._paragraphs: list[list[str]] = []
        self._left_out = 0

    def start(self, tag: str) -> None:
        """Take the start of an element."""
        if tag in _LEFT_OUT:
            self._left_out += 1
        if self._left_out:
            return
        if tag == "p":
            self._paragraphs.append([])
        elif tag == "tr":
            self._rows.append([])
        elif tag == "tc":
            self._boxes.append([])

    def end(self, tag: str, text: str) -> None:
        """Take the end of an element and its own text."""
        if tag in _LEFT_OUT:
            self._left_out -= 1
        elif self._left_out:
            return
        elif tag == "t" and self._paragraphs:
            self._paragraphs[-1].append(text)
        elif tag in _BREAKS and self._paragraphs:
            self._paragraphs[-1].append(_BREAKS[tag])
        elif tag == "p" and self._paragraphs:
            self._boxes[-1].append("".join(self._paragraphs.pop()))
        elif tag == "tc" and len(self._boxes) > 1:
            cell = " ".join(" ".join(self._boxes.pop()).split())
            if self._rows:
                self._rows[-1].append(cell)
        elif tag == "tr" and self._rows:
            self._boxes[-1].append(" | ".join(self._rows.pop()))
