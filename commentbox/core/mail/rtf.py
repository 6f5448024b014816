"""Rich text (RTF) to the text that a reader would see, and Outlook's compressed form of it.

It knows no formatting; HTML that Outlook wrapped into rich text ([MS-OXRTFEX]) comes out as that HTML.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from commentbox.core.mail.charsets import decode

MAX_RTF = 5_000_000
MAX_GROUPS = 5_000
# [MS-OXRTFCP] 2.1.2.1: what both sides know before the first byte.
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|(?P<plain>[^\\{}\r\n]+)|[\r\n]+|\\"
)
_SKIPPED = {
    *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer"),
    *(b"headerl", b"headerr", b"headerf", b"footerl", b"footerr", b"footerf", b"themedata", b"listtable"),
}
_WRITTEN = {
    **dict.fromkeys((b"par", b"line", b"row", b"sect", b"page"), "\n"),
    b"tab": "\t",
    b"cell": " | ",
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
_SIGNS = {b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}
_FONT = re.compile(rb"\\f(\d{1,5})\b[^;{}]{0,200}?\\fcharset(\d{1,3})")
_FONT_CHARSETS = {
    b"128": "cp932",
    b"129": "cp949",
    b"134": "gb18030",
    b"136": "cp950",
    b"161": "cp1253",
    b"162": "cp1254",
    b"204": "cp1251",
    b"238": "cp1250",
}


def decompress(content: bytes) -> bytes:
    """Return compressed rich text as it was; what is cut off is missing, other bytes give b""."""
    if len(content) < 16:
        return b""
    _, size, magic, _ = struct.unpack("<4I", content[:16])
    if magic == 0x414C454D:  # "MELA": not compressed
        return content[16 : 16 + size]
    return _inflated(content, min(size, MAX_RTF)) if magic == 0x75465A4C else b""


def _inflated(content: bytes, size: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    at, position, out = len(_DICTIONARY), 16, bytearray()
    while position < len(content) and len(out) < size:
        flags = content[position]
        position += 1
        for bit in range(8):
            taken = content[position : position + 1 + (flags >> bit & 1)]
            position += len(taken)
            if len(taken) == 2:
                offset, length = taken[0] << 4 | taken[1] >> 4, (taken[1] & 15) + 2
                if offset == at:
                    return bytes(out)
            elif flags >> bit & 1 or not taken:
                return bytes(out)
            else:
                offset, length = -1, 1
            for step in range(length):
                byte = taken[0] if offset < 0 else window[(offset + step) % _WINDOW]
                out.append(byte)
                window[at] = byte
                at = (at + 1) % _WINDOW
    return bytes(out)


@dataclass(slots=True)
class _Group:
    skipped: bool = False
    font: bytes = b""
    replaced: int = 1
    """How many bytes after a character by its number stand for the same one."""
    hidden: bool = False
    """In text that only shows in rich text, not in the HTML wrapped into it."""


@dataclass(slots=True)
class _Reader:
    charset: str
    fonts: dict[bytes, str]
    wraps_html: bool
    group: _Group = field(default_factory=_Group)
    stack: list[_Group] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    held: bytearray = field(default_factory=bytearray)
    """Bytes not yet decoded: a character may be spread over two tokens."""
    star: bool = False
    ignored: int = 0

    def token(self, found: re.Match[bytes]) -> None:
        """Take the next token."""
        if found["hex"] or found["plain"]:
            self.bytes(bytes.fromhex(found["hex"].decode()) if found["hex"] else found["plain"])
        elif found["brace"] == b"{":
            self.flush()
            self.stack.append(self.group)
            self.group = replace(self.group)
            del self.stack[:-MAX_GROUPS]
        elif found["brace"]:
            self.flush()
            self.group = self.stack.pop() if self.stack else _Group()
        elif found["sign"] == b"*":
            self.star = True
            return
        elif found["sign"]:
            self.write(_SIGNS.get(found["sign"], ""))
        elif found["word"]:
            self.word(found["word"], int(found["number"]) if found["number"] else None)
        self.star = False

    def word(self, word: bytes, number: int | None) -> None:
        """Take a control word."""
        if word == b"htmltag":
            self.flush()
            self.group.skipped, self.group.hidden = not self.wraps_html, False
        elif word in _SKIPPED or self.star:
            self.flush()
            self.group.skipped = True
        elif word == b"htmlrtf":
            self.flush()
            self.group.hidden = number != 0
        elif word == b"f" and number is not None:
            self.flush()
            self.group.font = b"%d" % number
        elif word == b"uc":
            self.group.replaced = min(max(number or 0, 0), 10)
        elif word == b"u" and number is not None:
            self.write(chr(number % 65536))
            self.ignored = self.group.replaced
        else:
            self.write(_WRITTEN.get(word, ""))

    def bytes(self, content: bytes) -> None:
        """Take bytes of text."""
        content, self.ignored = content[self.ignored :], max(0, self.ignored - len(content))
        if not self.group.skipped and not self.group.hidden:
            self.held += content

    def write(self, text: str) -> None:
        """Write text behind the bytes that are held."""
        self.ignored = 0
        self.flush()
        if text and not self.group.skipped and not self.group.hidden:
            self.out.append(text)

    def flush(self) -> None:
        """Write the bytes that are held."""
        if self.held:
            charset = self.fonts.get(self.group.font, self.charset)
            self.out.append(decode(bytes(self.held), charset).text)
            self.held.clear()


def rtf_to_text(content: bytes) -> tuple[str, str]:
    """Return rich text as text and "", or "" and the HTML that it wraps."""
    content = content[:MAX_RTF]
    page = re.search(rb"\\ansicpg(\d{1,5})", content)
    fonts = {number: _FONT_CHARSETS.get(code, "") for number, code in _FONT.findall(content)}
    wraps_html = b"\\fromhtml1" in content[:1000]
    reader = _Reader(
        f"cp{page.group(1).decode()}" if page else "cp1252", {n: c for n, c in fonts.items() if c}, wraps_html
    )
    for found in _TOKEN.finditer(content):
        reader.token(found)
    reader.flush()
    text = "".join(reader.out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ("", text) if wraps_html else (text.strip("\n"), "")
