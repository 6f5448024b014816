"""The content transfer encodings, read leniently: what can be saved is saved, damage is told."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_TOKEN = re.compile(r"[a-z0-9-]+")
_COMMENT = re.compile(r"\([^()]*\)")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,3}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_WORDS = re.compile(rb"\S[ \t]{1,20}\S")
_CHUNK = re.compile(rb"[A-Za-z0-9+/]+")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? ([0-7]{3,4}) ([^\r\n]{1,255}?)[ \t]*\r?\n", re.M)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.M)
_SOFT_BREAK = re.compile(rb"=[ \t]{1,20}\r?\n")
_MAX_UU = 100


class Transferred(NamedTuple):
    """Hold decoded bytes and whether some of them were lost."""

    content: bytes
    damaged: bool = False


class UuFile(NamedTuple):
    """Hold a file that stood uuencoded in a text, and where."""

    start: int
    end: int
    filename: bytes
    content: bytes


def transfer_decode(body: bytes, encoding: str) -> Transferred:
    """Return body with its content transfer encoding undone; an unknown encoding changes nothing."""
    found = _TOKEN.search(_COMMENT.sub(" ", encoding.lower()))
    name = found.group() if found else ""
    if name in ("base64", "x-base64", "b"):
        return decode_base64(body)
    if name in ("quoted-printable", "quotedprintable", "q"):
        return Transferred(_quoted_printable(body))
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        files = uu_files(body)
        return Transferred(files[0].content) if files else Transferred(body, True)
    return Transferred(body)


def _quoted_printable(body: bytes) -> bytes:
    """Return the bytes of quoted-printable text; raw UTF-8 that only calls itself that stays as it is."""
    decoded = binascii.a2b_qp(_SOFT_BREAK.sub(b"=\n", body))
    return body if not body.isascii() and is_utf8(body) and not is_utf8(decoded) else decoded


def is_utf8(content: bytes) -> bool:
    """Tell whether bytes are UTF-8 throughout."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode_base64(body: bytes) -> Transferred:
    """Return the bytes of base64 text up to where it stops being that; text that never was it stays."""
    joined = b"".join(body.split())
    if not _WORDS.search(body) and _BASE64_LINE.fullmatch(joined) and len(joined) % 4 == 0:
        return Transferred(binascii.a2b_base64(joined))
    kept, damaged = _base64_lines(body)
    if not kept and joined:
        return Transferred(body, True)
    text = b"".join(kept)
    content, short = base64_chunks(text)
    # Only what was cut off leaves its last group of four open; header words are another matter.
    return Transferred(content, damaged or short or len(text) % 4 > 0)


def _base64_lines(body: bytes) -> tuple[list[bytes], bool]:
    """Return the lines that are base64 but for a stray byte, and whether anything else was met."""
    kept: list[bytes] = []
    damaged = False
    for line in body.splitlines():
        words = line.split()
        bare = b"".join(words)
        if _BASE64_LINE.fullmatch(bare) and not any(len(word) % 4 for word in words[:-1]):
            kept.append(bare)
            continue
        damaged = True
        clean = _NOT_BASE64.sub(b"", bare)
        if len(clean) * 10 < len(bare) * 8 or len(words) > 1:
            break
        kept.append(clean)
    return [line for line in kept if line], damaged


def base64_chunks(text: bytes) -> tuple[bytes, bool]:
    """Return the bytes of base64 that may be padded in the middle, short, or not padded at all."""
    parts: list[bytes] = []
    short = False
    for chunk in _CHUNK.findall(text):
        if len(chunk) % 4 == 1:
            chunk, short = chunk[:-1], True
        parts.append(binascii.a2b_base64(chunk + b"=" * (-len(chunk) % 4)))
    return b"".join(parts), short


def uu_files(body: bytes) -> list[UuFile]:
    """Return the files that stand uuencoded in body, in order; the last may lack its end."""
    files: list[UuFile] = []
    position = 0
    for _ in range(_MAX_UU):
        begin = _UU_BEGIN.search(body, position)
        if begin is None:
            break
        end = _UU_END.search(body, begin.end())
        content = _uu_lines(body[begin.end() : end.start() if end else len(body)])
        position = end.end() if end else len(body)
        if content:
            files.append(UuFile(begin.start(), position, begin.group(2), content))
    return files


def _uu_lines(block: bytes) -> bytes:
    decoded: list[bytes] = []
    for line in block.splitlines():
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some senders count the padding wrongly: the length byte says how much is meant.
            count = ((line[0] - 32) & 63) * 4 // 3 + 5 if line else 0
            try:
                decoded.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                break
    return b"".join(decoded)
