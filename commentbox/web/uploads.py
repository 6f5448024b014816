"""Files that strangers send with a form: what is taken, under which name, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from werkzeug.datastructures import FileStorage

from commentbox.core.mail.names import safe_name
from commentbox.core.types import ExtractedText
from commentbox.services.errors import Invalid
from commentbox.services.ingest import Upload

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class FileType:
    """Hold what a file with an extension is, and the bytes that one begins with (none: plain text)."""

    media_type: str
    magic: tuple[bytes, ...] = ()


TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", (b"%PDF-",)),
    "doc": FileType("application/msword", (_OLE,)),
    "docx": FileType(_OFFICE + "wordprocessingml.document", (_ZIP,)),
    "wps": FileType("application/vnd.ms-works", (_OLE, _ZIP)),
    "xls": FileType("application/vnd.ms-excel", (_OLE,)),
    "xlsx": FileType(_OFFICE + "spreadsheetml.sheet", (_ZIP,)),
    "et": FileType("application/vnd.ms-excel", (_OLE, _ZIP)),
    "ofd": FileType("application/ofd", (_ZIP,)),
    "txt": FileType("text/plain"),
    "jpg": FileType("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileType("image/jpeg", (b"\xff\xd8\xff",)),
    "png": FileType("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "zip": FileType("application/zip", (_ZIP,)),
}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Reader(Protocol):
    """Name what is asked of whoever reads the text out of a file."""

    def extract(self, filename: str, media_type: str, content: bytes) -> ExtractedText:
        """Return the text of a file."""


@dataclass(frozen=True, slots=True)
class Received:
    """Hold a file that passed; ``media_type`` is ours, not what the browser claimed."""

    filename: str
    media_type: str
    content: bytes


def receive(
    files: Iterable[FileStorage], *, most: int, most_bytes: int
) -> tuple[list[Received], list[Invalid]]:
    """Return the files that can be taken, and a refusal for each of the rest."""
    given = [file for file in files if file.filename]
    if len(given) > most:
        return [], [Invalid("too_many_files", count=str(most))]
    taken: list[Received] = []
    refused: list[Invalid] = []
    for file in given:
        try:
            taken.append(_received(file, most_bytes))
        except Invalid as error:
            refused.append(error)
    return taken, refused


def read(files: Sequence[Received], reader: Reader) -> tuple[Upload, ...]:
    """Return the files with the text that could be read out of them."""
    return tuple(
        Upload(f.filename, f.media_type, f.content, reader.extract(f.filename, f.media_type, f.content))
        for f in files
    )


def _received(file: FileStorage, most_bytes: int) -> Received:
    name = safe_name(file.filename or "")
    extension = name.rpartition(".")[2].lower()
    if "." not in name or extension not in TYPES:
        raise Invalid("file_type", name=name, types="、".join(TYPES))
    content = file.stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Invalid("file_too_large", name=name)
    if not content:
        raise Invalid("file_empty", name=name)
    if not agrees(TYPES[extension], content):
        raise Invalid("file_mismatch", name=name)
    return Received(name, TYPES[extension].media_type, content)


def agrees(kind: FileType, content: bytes) -> bool:
    """Tell whether bytes begin as a file of this kind does."""
    if kind.magic:
        return content.startswith(kind.magic)
    return content.startswith(_UTF16) or b"\0" not in content
