"""What an attachment may cost, and the faults that end its reading early."""

from __future__ import annotations

import io
import zlib
from zipfile import BadZipFile, ZipFile, ZipInfo

MAX_BYTES = 50_000_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
SMALL = 5_000_000
"""Below this an unusual ratio is only a file of many blanks."""
MAX_MEMBERS = 2_000
MAX_TEXT = 2_000_000
MAX_PAGES = 1_000
_STEP = 1 << 20


class TooLargeError(Exception):
    """Say that a file unpacks to more than is read."""


class EncryptedError(Exception):
    """Say that a file needs a password."""


def check_archive(archive: ZipFile) -> None:
    """Raise unless the archive's members are few, small and open."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise EncryptedError
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise TooLargeError
    if unpacked > SMALL and unpacked > packed * MAX_RATIO:
        raise TooLargeError


def read_member(archive: ZipFile, member: ZipInfo | str) -> bytes:
    """Return a member's bytes; the sizes that an archive declares are not believed."""
    with archive.open(member) as stream:
        content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise TooLargeError
    return content


def check_unpacked(content: bytes) -> None:
    """Raise where an archive holds more than it declares: for readers that believe it, or that never look."""
    if not content.startswith(b"PK"):
        return
    total = 0
    with ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            total += _true_size(content, member)
            if total > MAX_UNPACKED:
                raise TooLargeError


def _true_size(content: bytes, member: ZipInfo) -> int:
    """Return a member's size unpacked, as its bytes have it."""
    names = content[member.header_offset + 26 : member.header_offset + 30]
    if len(names) < 4:
        raise BadZipFile
    start = (
        member.header_offset + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
    )
    packed = content[start : start + member.compress_size]
    if member.compress_type != 8:
        return len(packed)
    inflater, size = zlib.decompressobj(-15), 0
    while packed and size <= MAX_UNPACKED:
        size += len(inflater.decompress(packed, _STEP))
        packed = inflater.unconsumed_tail
    return size
