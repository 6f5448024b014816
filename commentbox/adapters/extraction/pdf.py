"""The text of a PDF, and whether every page had any: a scanned, stamped page counts as unread."""

from __future__ import annotations

import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from commentbox.adapters.extraction.limits import MAX_PAGES, MAX_TEXT, EncryptedError, TooLargeError

_FEW = 10
"""Characters on a page of pictures that are a stamp or a page number, not its text."""


def pdf_text(content: bytes) -> tuple[str, bool]:
    """Return the text of all pages and whether none of them is a picture of text."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError from error
        raise
    try:
        return _pages(document)
    finally:
        document.close()


def _pages(document: pdfium.PdfDocument) -> tuple[str, bool]:
    if len(document) > MAX_PAGES:
        raise TooLargeError
    texts: list[str] = []
    complete, size = True, 0
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "")
        complete = complete and not (len("".join(text.split())) < _FEW and _has_picture(page))
        texts.append(text.strip())
        size += len(text)
        page.close()
        if size > MAX_TEXT:
            break
    return "\n".join(text for text in texts if text), complete


def _has_picture(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3))
