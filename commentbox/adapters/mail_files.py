"""Mails in files: .eml, mbox, Maildir, and folders of them; knows nothing of what they say."""

from __future__ import annotations

import email.utils
import mimetypes
import mmap
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path

MBOX_START = b"From "
HEADER_BYTES = 100_000
_SEPARATOR = re.compile(
    rb"(?:(?<=\n)(?P<blank>\r?\n)|^)(?P<line>From [^\r\n]{0,500}\r?\n)"
    rb"(?=(?P<field>(?:>?From [^\r\n]{0,500}\r?\n)?[!-9;-~]{1,200}[ \t]*:)?)",
    re.M,
)
_FINAL_BLANK = re.compile(rb"(?<=\n)\r?\n\Z")
_HEADER_START = re.compile(rb"From |[A-Za-z][A-Za-z0-9-]{0,200}[ \t]*:")
_DATED = re.compile(rb"\d{1,2}:\d{2}.*\d{4}")


@dataclass(frozen=True, slots=True)
class FileMail:
    """Hold where a mail lies; its bytes are read when they are asked for."""

    source: str
    load: Callable[[], bytes]

    def read(self) -> bytes:
        """Return the mail's bytes."""
        return self.load()


def find_mails(paths: Sequence[Path]) -> list[FileMail]:
    """Return all mails under the paths, in the order of their names.

    A file that is named itself counts as one, whatever it is; in a folder, pictures and the like do not.
    """
    return [mail for path in paths for mail in _under(path)]


def _may_be_mail(path: Path) -> bool:
    """Tell whether a file in a folder may be a mail: by its name, or for beginning with a header field."""
    media_type, _ = mimetypes.guess_type(path.name)
    if media_type in (None, "text/plain") or str(media_type).startswith("message/"):
        return True
    with path.open("rb") as file:
        return bool(_HEADER_START.match(file.read(200)))


def _under(path: Path) -> Iterator[FileMail]:
    if path.is_dir():
        if (path / "cur").is_dir() and (path / "new").is_dir():
            yield from _maildir(path)
        else:
            for child in sorted(p for p in path.iterdir() if not p.name.startswith(".")):
                if child.is_dir() or _may_be_mail(child):
                    yield from _under(child)
    elif _is_mbox(path):
        yield from _mbox(path)
    else:
        yield FileMail(str(path), path.read_bytes)


def _maildir(path: Path) -> Iterator[FileMail]:
    for folder in ("cur", "new"):
        for file in sorted((path / folder).iterdir()):
            yield FileMail(str(file), file.read_bytes)


def _is_mbox(path: Path) -> bool:
    """Tell whether a file is an mbox: by its first bytes, since an .eml may begin with From_ too."""
    if path.suffix.lower() == ".eml":
        return False
    with path.open("rb") as file:
        return file.read(len(MBOX_START)) == MBOX_START


def _mbox(path: Path) -> Iterator[FileMail]:
    for key, (start, end) in enumerate(_mbox_spans(path)):
        yield FileMail(f"{path}#{key}", partial(_piece, path, start, end))


def _mbox_spans(path: Path) -> Iterator[tuple[int, int]]:
    """Yield where each mail of an mbox begins, after its From_ line, and ends.

    Not every program writes `>From` for a line of a letter that begins so (the standard library's reader
    cuts there): a From_ line has a header field below it, and a date in it or a blank line above it.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        marks = [mark for mark in _SEPARATOR.finditer(content) if not mark.start() or _is_separator(mark)]
        last = _FINAL_BLANK.search(content, max(0, len(content) - 4))
        ends = [mark.start() for mark in marks[1:]] + [last.start() if last else len(content)]
        for mark, end in zip(marks, ends, strict=True):
            yield mark.end("line"), max(end, mark.end("line"))


def _is_separator(found: re.Match[bytes]) -> bool:
    return bool(found["field"]) and (found["blank"] is not None or bool(_DATED.search(found["line"])))


def _piece(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def header_date(raw: bytes) -> datetime | None:
    """Return the instant of a mail's Date header, None where there is none that can be read.

    Only for files, which carry no arrival time of their own.
    """
    value = BytesHeaderParser().parsebytes(raw[:HEADER_BYTES]).get("Date")
    try:
        found = email.utils.parsedate_to_datetime(str(value))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
