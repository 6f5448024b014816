"""The text of a .pptx: its slides in order, their paragraphs as lines."""

from __future__ import annotations

import io
import re
from typing import Any
from zipfile import ZipFile

from lxml import etree

from commentbox.adapters.extraction.limits import check_archive, read_member

_SLIDE = re.compile(r"ppt/slides/slide(\d{1,6})\.xml")
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def slides_text(content: bytes) -> str:
    """Return the text of all slides."""
    with ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive)
        found = (_SLIDE.fullmatch(name) for name in archive.namelist())
        slides = sorted((int(match[1]), match[0]) for match in found if match)
        return "\n".join(line for _, name in slides for line in _lines(read_member(archive, name)))


def _lines(xml: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root: Any = etree.fromstring(xml, parser)
    lines = ("".join(t.text or "" for t in p.iter(f"{_A}t")) for p in root.iter(f"{_A}p"))
    return [line for line in lines if line.strip()]
