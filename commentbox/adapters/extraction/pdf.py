"""The text of a PDF, and whether every page had any: a scanned, stamped page counts as unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from commentbox.adapters.extraction.limits import MAX_PAGES, MAX_TEXT, EncryptedError, TooLargeError
from commentbox.core.remarks import page_line

_DEPTH = 3
_FEW = 10
"""Characters on a page with any picture that are a stamp or a page number, not its text."""
_STRAY = 60
"""Characters on a page that a picture covers: a stamp, a signature, a line that the scanner put there."""
_COVERED = 0.5
"""The part of a page from which a picture on it is the page."""
_OUTLINES = 100
"""Drawn paths on a page without text: letters turned into outlines."""
_ODD = 0.3
"""The part of a page's characters that no font explains, from which its text is no text."""
_UNEXPLAINED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\U000f0000-\U0010fffd]")


def pdf_text(content: bytes) -> tuple[str, bool]:
    """Return the text of all pages and whether none of them is a picture of text.

    Where some are, the text says which: a person reads those.
    """
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError from error
        raise
    try:
        return joined_pages(list(_pages(document)))
    finally:
        document.close()


def joined_pages(pages: list[tuple[str, bool]]) -> tuple[str, bool]:
    """Return the text of pages, each unread one marked in its place, and whether all were read."""
    complete = all(read for _, read in pages)
    if not any(text for text, _ in pages):
        return "", complete
    total = len(pages)
    marked = [
        "\n".join(part for part in (text, "" if read else page_line(n, total)) if part)
        for n, (text, read) in enumerate(pages, 1)
    ]
    return "\n".join(text for text in marked if text), complete


def _pages(document: pdfium.PdfDocument) -> Iterator[tuple[str, bool]]:
    """Yield the text of each page and whether it was read."""
    if len(document) > MAX_PAGES:
        raise TooLargeError
    size = 0
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "").strip()
        yield text, _is_read(page, "".join(text.split()))
        page.close()
        size += len(text)
        if size > MAX_TEXT:
            return


def _is_read(page: pdfium.PdfPage, text: str) -> bool:
    if len(_UNEXPLAINED.findall(text)) > _ODD * len(text):
        return False
    if len(text) >= _STRAY:
        return True
    pictures = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH))
    if len(text) < _FEW and pictures:
        return False
    if not text:
        paths = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=_DEPTH)
        return sum(1 for _ in islice(paths, _OUTLINES)) < _OUTLINES
    width, height = page.get_size()
    covered = sum(_area(picture.get_bounds(), width, height) for picture in pictures)
    return covered < _COVERED * width * height


def _area(bounds: tuple[float, float, float, float], width: float, height: float) -> float:
    """Return how much of a page lies within bounds."""
    left, bottom, right, top = bounds
    return max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
