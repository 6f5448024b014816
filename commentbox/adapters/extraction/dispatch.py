"""Which reader an attachment gets, by its first bytes and its extension together, and how that went."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from commentbox.adapters.extraction.convert import converted_text
from commentbox.adapters.extraction.docx import docx_text
from commentbox.adapters.extraction.limits import (
    MAX_BYTES,
    MAX_TEXT,
    MAX_UNPACKED,
    EncryptedError,
    TooLargeError,
    check_archive,
    read_member,
)
from commentbox.adapters.extraction.ofd import ofd_text
from commentbox.adapters.extraction.pdf import pdf_text
from commentbox.adapters.extraction.sheet import sheet_text
from commentbox.adapters.extraction.slides import slides_text
from commentbox.core.mail import html_to_text, parse_mail
from commentbox.core.mail.body import tidy
from commentbox.core.mail.charsets import decode
from commentbox.core.remarks import file_line
from commentbox.core.rows import row_line
from commentbox.core.states import TextStatus
from commentbox.core.types import ExtractedText

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = {"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif", "jfif"}
_TEXTS = {"txt", "md", "markdown", "log", "text", "json", "xml", "ics"}
_KINDS = {
    **dict.fromkeys(_IMAGES, "image"),
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(("html", "htm", "xhtml"), "html"),
    **dict.fromkeys(("xlsx", "xlsm", "xls", "et", "ods", "xlsb", "ett", "xlt"), "sheet"),
    **dict.fromkeys(("doc", "wps", "rtf", "odt", "dot", "wpt"), "word"),
    **dict.fromkeys(("docx", "docm", "dotx"), "docx"),
    **dict.fromkeys(("eml", "mht", "mhtml"), "mail"),
    **dict.fromkeys(("csv", "tsv"), "csv"),
    **dict.fromkeys(("pptx", "pptm"), "slides"),
    "ofd": "ofd",
    "pdf": "pdf",
    "zip": "zip",
}
_IMAGE_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"II*\x00", b"MM\x00*")
_WORSE = (
    TextStatus.ENCRYPTED,
    TextStatus.TOO_LARGE,
    TextStatus.FAILED,
    TextStatus.EMPTY,
    TextStatus.UNSUPPORTED,
    TextStatus.OK,
)


class UnsupportedError(Exception):
    """Say that there is no reader for this file."""


def extract(filename: str, media_type: str, content: bytes) -> ExtractedText:
    """Return an attachment's text and how well it was read; never raises but for want of memory."""
    return _extract(filename, media_type, content, depth=0)


def _extract(filename: str, media_type: str, content: bytes, depth: int) -> ExtractedText:
    if len(content) > MAX_BYTES:
        return ExtractedText(TextStatus.TOO_LARGE)
    try:
        kind = kind_of(filename, media_type, content)
        if kind in _CONTAINERS:
            return _CONTAINERS[kind](content) if depth == 0 else ExtractedText(TextStatus.UNSUPPORTED)
        return _judged(*_read(kind, filename, content))
    except TooLargeError:
        return ExtractedText(TextStatus.TOO_LARGE)
    except EncryptedError:
        return ExtractedText(TextStatus.ENCRYPTED)
    except UnsupportedError:
        return ExtractedText(TextStatus.UNSUPPORTED)
    except MemoryError:
        raise
    except Exception:  # the readers are many and hostile files find new ways to fail
        return ExtractedText(TextStatus.FAILED)


def _judged(text: str, complete: bool) -> ExtractedText:
    text = tidy(text).strip()
    if len(text) > MAX_TEXT:
        return ExtractedText(TextStatus.TOO_LARGE, text[:MAX_TEXT])
    return ExtractedText(TextStatus.OK if text and complete else TextStatus.EMPTY, text)


def _read(kind: str, filename: str, content: bytes) -> tuple[str, bool]:
    """Return the text and whether a person need not look."""
    if kind in ("pdf", "ofd"):
        return pdf_text(content) if kind == "pdf" else ofd_text(content)
    if kind == "word":
        return converted_text(_extension(filename) or "doc", content, UnsupportedError), True
    reader = _READERS.get(kind)
    if reader is None:
        raise UnsupportedError
    return reader(content), True


def _plain(content: bytes) -> str:
    return decode(content).text


def _html(content: bytes) -> str:
    meta = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4096], re.I)
    return html_to_text(decode(content, meta.group(1).decode("ascii") if meta else "").text)


def _csv(content: bytes) -> str:
    """Return the rows of a table in text; Excel writes them with commas, semicolons or tabs."""
    text = decode(content).text
    head = text[:4096]
    mark = max(",\t;", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        return text
    return "\n".join(row_line(row) for row in rows if any(cell.strip() for cell in row))


_READERS: dict[str, Callable[[bytes], str]] = {
    "docx": docx_text,
    "sheet": sheet_text,
    "text": _plain,
    "html": _html,
    "slides": slides_text,
    "csv": _csv,
    "image": lambda _: "",
}


def kind_of(filename: str, media_type: str, content: bytes) -> str:
    """Return the reader's name; the first bytes decide where they say anything."""
    by_name = _KINDS.get(_extension(filename), "")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content)
    if content.startswith(_OLE):
        return _kind_of_ole(by_name, content)
    if content.startswith(_IMAGE_MAGIC):
        return "image"
    if content.startswith(b"{\\rtf"):
        return "word"
    if by_name in ("word", "sheet") and content[:512].lstrip().lower().startswith(
        (b"<html", b"<!doctype", b"<?xml")
    ):
        return "html"  # what web sites call a .doc or .xls
    if by_name in ("pdf", "docx", "zip", "word"):
        raise ValueError("not what its extension says")
    return by_name or _kind_by_media_type(media_type, content)


def _kind_by_media_type(media_type: str, content: bytes) -> str:
    if media_type == "text/html":
        return "html"
    if media_type == "message/rfc822":
        return "mail"
    if media_type.startswith("image/"):
        return "image"
    return "text" if media_type.startswith("text/") and b"\0" not in content else "unknown"


def _kind_of_zip(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive)
        names = set(archive.namelist())
        if "word/document.xml" in names:
            return "docx"
        if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
            return "sheet"
        if any(name.lower() == "ofd.xml" for name in names):
            return "ofd"
        if "ppt/presentation.xml" in names:
            return "slides"
        if "mimetype" in names and "content.xml" in names:
            if _is_locked(archive, names):
                raise EncryptedError
            return "sheet" if b"spreadsheet" in read_member(archive, "mimetype") else "word"
        # Other packages of parts, which nobody sent as an archive of files.
        return "unknown" if names & {"[Content_Types].xml", "mimetype"} else "zip"


def _is_locked(archive: ZipFile, names: set[str]) -> bool:
    """Tell whether an OpenDocument has a password."""
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in read_member(archive, manifest)


def _kind_of_ole(by_name: str, content: bytes) -> str:
    """Return the kind of an OLE file: old Word or Excel, or an encrypted newer one."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise EncryptedError
    if by_name == "sheet" or "Workbook".encode("utf-16-le") in content:
        return "sheet"
    if "WordDocument".encode("utf-16-le") in content:
        if _is_locked_word(content):
            raise EncryptedError
        return "word"
    if by_name:
        raise ValueError("not what its extension says")
    return "unknown"


def _is_locked_word(content: bytes) -> bool:
    """Tell whether an old Word file has a password, by the head of its main stream ([MS-DOC] FibBase)."""
    at = content.find(b"\xec\xa5")
    while at != -1 and at % 512:
        at = content.find(b"\xec\xa5", at + 1)
    return at != -1 and bool(content[at + 11 : at + 12] and content[at + 11] & 1)


def _extension(filename: str) -> str:
    return PurePosixPath(filename.strip().lower()).suffix.removeprefix(".")


def _zip(content: bytes) -> ExtractedText:
    """Return the texts of an archive's files, each under its name."""
    files: list[tuple[str, ExtractedText]] = []
    size = 0
    with ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            name = member_name(member)
            if member.is_dir() or name.startswith("__MACOSX/") or name.endswith((".DS_Store", "Thumbs.db")):
                continue
            unpacked = read_member(archive, member)
            size += len(unpacked)
            if size > MAX_UNPACKED:
                raise TooLargeError
            files.append((name, _extract(name, "", unpacked, depth=1)))
    return _together("", files)


def _mail(content: bytes) -> ExtractedText:
    """Return the text of a mail that came as a file, and of its own files under their names."""
    mail = parse_mail(content)
    files = [
        (item.filename, _extract(item.filename, item.media_type, item.content, depth=1))
        for item in mail.attachments
        if item.media_type != "message/rfc822"
    ]
    return _together(mail.text.strip(), files)


def _together(text: str, files: list[tuple[str, ExtractedText]]) -> ExtractedText:
    """Return a text and those of the files within it; the worst of them names the status."""
    statuses = {found.status for _, found in files} | ({TextStatus.OK.value} if text else set())
    texts = [text] if text else []
    texts += [_headed(name, found) for name, found in files if found.text or found.status != TextStatus.OK]
    text = "\n\n".join(texts)
    if len(text) > MAX_TEXT:
        return ExtractedText(TextStatus.TOO_LARGE, text[:MAX_TEXT])
    return ExtractedText(next((status for status in _WORSE if status in statuses), TextStatus.EMPTY), text)


def _headed(name: str, found: ExtractedText) -> str:
    """Return a file's text under its name, which says where a person must read the file itself."""
    return f"{file_line(name, found.status == TextStatus.OK)}\n{found.text}".strip()


_CONTAINERS = {"zip": _zip, "mail": _mail}


def member_name(member: ZipInfo) -> str:
    """Return a member's name; without the UTF-8 flag Chinese programs write GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return decode(member.filename.encode("cp437")).text
    except UnicodeError:
        return member.filename
