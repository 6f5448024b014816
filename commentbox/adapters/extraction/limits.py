"""What an attachment may cost, and the faults that end its reading early."""

from __future__ import annotations

from zipfile import ZipFile, ZipInfo

MAX_BYTES = 50_000_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
SMALL = 5_000_000
"""Below this an unusual ratio is only a file of many blanks."""
MAX_MEMBERS = 2_000
MAX_TEXT = 2_000_000
MAX_PAGES = 1_000


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
