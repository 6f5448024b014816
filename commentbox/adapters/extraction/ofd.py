"""The text of an OFD, China's format for official documents (GB/T 33190): a zip of XML, page by page."""

from __future__ import annotations

import io
import posixpath
from typing import Any
from zipfile import ZipFile

from lxml import etree

from commentbox.adapters.extraction.limits import MAX_PAGES, TooLargeError, check_archive, read_member
from commentbox.adapters.extraction.pdf import joined_pages

_FEW = 10
"""Characters on a page with a picture that are a stamp or a page number, not its text."""


def ofd_text(content: bytes) -> tuple[str, bool]:
    """Return the text of all pages and whether none of them is a picture of text."""
    with ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive)
        names = _names(archive)
        pages: list[tuple[str, bool]] = []
        for place in _texts(_root(archive, names, "OFD.xml"), "DocRoot"):
            document = _root(archive, names, place)
            found = [page.get("BaseLoc") or "" for page in document.iter("{*}Page")]
            if len(pages) + len(found) > MAX_PAGES:
                raise TooLargeError
            folder = posixpath.dirname(place)
            pages += [_page(_root(archive, names, posixpath.join(folder, base))) for base in found]
        return joined_pages(pages)


def _names(archive: ZipFile) -> dict[str, str]:
    """Return the members by the paths that the XML calls them: absolute, in any case."""
    return {_path(name): name for name in archive.namelist()}


def _path(name: str) -> str:
    return posixpath.normpath("/" + name.strip().replace("\\", "/")).lower().lstrip("/")


def _root(archive: ZipFile, names: dict[str, str], place: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(read_member(archive, names[_path(place)]), parser)


def _texts(root: Any, tag: str) -> list[str]:
    return [(element.text or "").strip() for element in root.iter(f"{{*}}{tag}")]


def _page(root: Any) -> tuple[str, bool]:
    """Return a page's text in lines, and whether it is no picture."""
    text = "\n".join(_lines(root))
    picture = next(root.iter("{*}ImageObject"), None) is not None
    return text, not (picture and len("".join(text.split())) < _FEW)


def _lines(root: Any) -> list[str]:
    """Return the lines of a page; runs that stand at one height are one line, in the order written."""
    lines: list[str] = []
    height = None
    for run in root.iter("{*}TextObject"):
        text = "".join(code.text or "" for code in run.iter("{*}TextCode"))
        here = _numbers(run.get("Boundary"))
        same = height is not None and len(here) == 4 and abs(here[1] + here[3] - height) < here[3] / 2
        height = here[1] + here[3] if len(here) == 4 else None
        if same and lines:
            lines[-1] += text
        elif text.strip():
            lines.append(text)
    return lines


def _numbers(box: str | None) -> list[float]:
    try:
        return [float(number) for number in (box or "").split()]
    except ValueError:
        return []
