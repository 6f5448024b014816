"""What Outlook packs into winmail.dat (TNEF, [MS-OXTNEF]): a letter's text and its files.

Any bytes in, never an exception out; what is cut off or makes no sense ends the reading and is told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from commentbox.core.mail.charsets import decode
from commentbox.core.mail.rtf import decompress, rtf_to_text

SIGNATURE = struct.pack("<I", 0x223E9F78)
MAX_DEPTH = 3
MAX_ATTRIBUTES = 20_000

_BODY, _ATTACH_DATA, _ATTACH_TITLE = 0x800C, 0x800F, 0x8010
_ATTACH_START, _PROPERTIES, _ATTACH_PROPERTIES, _CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
_P_BODY, _P_RTF, _P_HTML = 0x1000, 0x1009, 0x1013
_P_DATA, _P_FILENAME, _P_LONG_FILENAME, _P_MEDIA_TYPE, _P_DISPLAY = 0x3701, 0x3704, 0x3707, 0x370E, 0x3001
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_NAMED = 0x8000
_MULTIPLE = 0x1000
_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


@dataclass(slots=True)
class TnefFile:
    """Hold a file within; ``media_type`` is "" where it is not told."""

    filename: str = ""
    media_type: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Tnef:
    """Hold what was within; ``html`` is "" where there is none, ``damaged`` tells that some is lost."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)
    damaged: bool = False


@dataclass(slots=True)
class _Cursor:
    content: bytes
    position: int = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes; raise EOFError where there are not so many."""
        piece = self.content[self.position : self.position + size]
        if len(piece) < size:
            raise EOFError
        self.position += size
        return piece

    def number(self, size: int = 4) -> int:
        """Return the next number, least byte first."""
        return int.from_bytes(self.take(size), "little")


def read_tnef(content: bytes, depth: int = 0) -> Tnef | None:
    """Return what a TNEF file holds, None where the bytes are no TNEF."""
    if not content.startswith(SIGNATURE):
        return None
    found, cursor, charset = Tnef(), _Cursor(content, 6), ""
    try:
        for _ in range(MAX_ATTRIBUTES):
            if cursor.position >= len(content):
                return found
            cursor.take(1)  # level: message or attachment; the kind of attribute says it too
            kind = cursor.number() & 0xFFFF
            value = cursor.take(cursor.number())
            cursor.take(2)
            charset = f"cp{int.from_bytes(value[:4], 'little')}" if kind == _CODEPAGE else charset
            _attribute(found, kind, value, charset, depth)
    except EOFError:
        pass
    found.damaged = True
    return found


def _attribute(found: Tnef, kind: int, value: bytes, charset: str, depth: int) -> None:
    if kind == _BODY:
        found.text = found.text or _text(value, charset)
    elif kind == _PROPERTIES:
        _message(found, _properties(found, value), charset)
    elif kind == _ATTACH_START:
        found.files.append(TnefFile())
    elif kind in (_ATTACH_TITLE, _ATTACH_DATA, _ATTACH_PROPERTIES):
        if not found.files:
            found.files.append(TnefFile())
        _of_file(found, kind, value, charset, depth)


def _message(found: Tnef, properties: dict[int, tuple[int, bytes]], charset: str) -> None:
    """Take the message's text: as text, else as HTML, else as rich text."""
    text = _string(properties, _P_BODY, charset)
    html = _string(properties, _P_HTML, charset)
    rich = decompress(properties[_P_RTF][1]) if _P_RTF in properties else b""
    if rich and not html and not text.strip():
        text, html = rtf_to_text(rich)
    found.text = text or found.text
    found.html = html or found.html


def _of_file(found: Tnef, kind: int, value: bytes, charset: str, depth: int) -> None:
    file = found.files[-1]
    if kind == _ATTACH_TITLE:
        file.filename = file.filename or _text(value, charset)
    elif kind == _ATTACH_DATA:
        file.content = value
    else:
        _file_properties(found, file, _properties(found, value), charset, depth)


def _file_properties(
    found: Tnef, file: TnefFile, properties: dict[int, tuple[int, bytes]], charset: str, depth: int
) -> None:
    names = (_P_LONG_FILENAME, _P_FILENAME, _P_DISPLAY)
    file.filename = next((n for p in names if (n := _string(properties, p, charset))), file.filename)
    file.media_type = _string(properties, _P_MEDIA_TYPE, charset)
    kind, data = properties.get(_P_DATA, (0, b""))
    if kind == _OBJECT:
        inner = None
        if data.startswith(_MESSAGE_OBJECT) and depth < MAX_DEPTH:
            inner = read_tnef(data[len(_MESSAGE_OBJECT) :], depth + 1)
        if inner is not None:
            _take_in(found, inner)
            return
        data = data[len(_MESSAGE_OBJECT) :]
    file.content = file.content or data


def _take_in(found: Tnef, inner: Tnef) -> None:
    """Put what a message within the message holds into the one around it."""
    found.files.pop()
    found.files += inner.files
    found.damaged = found.damaged or inner.damaged
    found.text = "\n\n".join(text for text in (found.text, inner.text) if text.strip())
    found.html = found.html or inner.html


def _properties(found: Tnef, content: bytes) -> dict[int, tuple[int, bytes]]:
    """Return the MAPI properties without a name by their id: kind and first value."""
    cursor = _Cursor(content)
    properties: dict[int, tuple[int, bytes]] = {}
    try:
        for _ in range(min(cursor.number(), MAX_ATTRIBUTES)):
            kind, number = cursor.number(2), cursor.number(2)
            if number >= _NAMED:
                _skip_name(cursor)
            values = _values(cursor, kind)
            properties.setdefault(number, (kind & 0xFFF, values[0] if values else b""))
    except EOFError:
        found.damaged = True
    return properties


def _skip_name(cursor: _Cursor) -> None:
    cursor.take(16)
    if cursor.number() == 0:
        cursor.take(4)
    else:
        size = cursor.number()
        cursor.take(size + -size % 4)


def _values(cursor: _Cursor, kind: int) -> list[bytes]:
    base = kind & 0xFFF
    size = _SIZES.get(base)
    if size is not None:
        count = cursor.number() if kind & _MULTIPLE else 1
        return [cursor.take(size) for _ in range(min(count, MAX_ATTRIBUTES))]
    if base not in (_STRING, _UNICODE, _OBJECT, _BINARY):
        raise EOFError  # of unknown size: what follows cannot be found
    values = []
    for _ in range(min(cursor.number(), MAX_ATTRIBUTES)):
        length = cursor.number()
        values.append(cursor.take(length))
        cursor.take(min(-length % 4, len(cursor.content) - cursor.position))
    return values


def _string(properties: dict[int, tuple[int, bytes]], number: int, charset: str) -> str:
    kind, value = properties.get(number, (0, b""))
    return _text(value, "utf-16-le" if kind == _UNICODE else charset)


def _text(value: bytes, charset: str) -> str:
    return decode(value, charset).text.split("\0")[0]
