"""Mails in files: .eml, mbox, Maildir, and folders of them; knows nothing of what they say."""

from __future__ import annotations

import email.utils
import mailbox
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

MBOX_START = b"From "
HEADER_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class FileMail:
    """Hold where a mail lies; its bytes are read when they are asked for."""

    source: str
    load: Callable[[], bytes]

    def read(self) -> bytes:
        """Return the mail's bytes."""
        return self.load()


def find_mails(paths: Sequence[Path]) -> list[FileMail]:
    """Return all mails under the paths, in the order of their names; every file counts as one."""
    return [mail for path in paths for mail in _under(path)]


def _under(path: Path) -> Iterator[FileMail]:
    if path.is_dir():
        if (path / "cur").is_dir() and (path / "new").is_dir():
            yield from _maildir(path)
        else:
            for child in sorted(p for p in path.iterdir() if not p.name.startswith(".")):
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
    box = mailbox.mbox(path, create=False)
    for key in box.keys():  # noqa: SIM118 - iterating a mailbox gives messages, not keys
        yield FileMail(f"{path}#{key}", lambda key=key: box.get_bytes(key))


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
