"""Header fields as texts, addresses, parameters and message ids, from whatever was sent.

Every function takes any input; what does not parse comes back as plain text or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from commentbox.core.mail.charsets import decode
from commentbox.core.mail.labels import codec_of
from commentbox.core.mail.transfer import base64_chunks, transfer_decode

MAX_IDS = 200
_WORD = re.compile(r"=\?([^?\s]{1,60})[ \t]{0,3}\?([bBqQ])\?(.*?)\?=(?!=?\?=)", re.S)
_CUT_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\??$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\r\n]+")
_ID = re.compile(r"<[^<>\s]{1,998}>")
# An apostrophe is part of o'neil@, but around an address it is a quotation mark.
_ADDRESS = re.compile(
    r"(?:\"(?:[^\"\\]|\\.){1,64}\"|[^\s<>@,;:\"()\[\]\\'][^\s<>@,;:\"()\[\]\\]*)@[^\s<>@,;:\"'()\\]+"
)
_COMMENT = re.compile(r"\(((?:[^()\\]|\\.)*)\)")
_QUOTE = re.compile(r'(?<!\\)"')
_TYPE = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80}")
_PARAMETER = re.compile(
    rb';[\s;]{0,50}([^\s=;"]{1,80})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)(?:"|$)|([^;]*))', re.S
)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_YEARS = range(1970, 2101)
_WIDE_BRACKETS = str.maketrans("＜＞", "<>")


class Address(NamedTuple):
    """Hold the name and the address of one mailbox; either may be ""."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Hold a structured field: its value in lower case and its parameters as sent."""

    value: str
    pairs: tuple[tuple[str, bytes], ...]

    def raw(self, name: str) -> bytes:
        """Return a parameter's bytes, b"" where it is missing."""
        return next((value for key, value in self.pairs if key == name), b"")

    def text(self, name: str, hint: str = "") -> str:
        """Return a parameter as text, its RFC 2231 pieces joined as bytes before they are decoded."""
        label, content = _rfc2231(name, self.pairs)
        if content is not None:
            return clean(decode(content, label, hint).text)
        return decode_words(eight_bit(self.raw(name), hint))


def clean(text: str) -> str:
    """Return text on one line, without what no header and no database column may hold."""
    return _SURROGATE.sub("\ufffd", _SPACES.sub(" ", _CONTROL.sub(" ", text))).strip()


def eight_bit(raw: bytes, hint: str = "") -> str:
    """Return a raw field as text: bytes over 127 by what they are, encoded words left as they stand."""
    plain = raw.isascii() and b"\x1b$" not in raw  # ISO-2022 says everything in ASCII bytes
    return raw.decode("ascii") if plain else decode(raw, "", hint).text


def header_text(raw: bytes, hint: str = "") -> str:
    """Return an unstructured field as readable text."""
    return decode_words(eight_bit(raw, hint))


def decode_words(text: str) -> str:
    """Return text with its RFC 2047 words decoded.

    Neighbours of one charset are joined as bytes first: senders cut words inside a character.
    """
    if "=?" not in text:
        return clean(text)
    runs: list[tuple[str, str, bytes]] = []  # plain text, or charset and bytes
    position = 0
    for found in _words(text):
        between = text[position : found.start()]
        if between.strip() or not runs:
            runs.append((between, "", b""))
        _append_word(runs, found.group(1).partition("*")[0], _word_bytes(found.group(2), found.group(3)))
        position = found.end()
    runs.append((text[position:], "", b""))
    return clean("".join(decode(raw, label).text if label else plain for plain, label, raw in runs))


def _words(text: str) -> list[re.Match[str]]:
    found = list(_WORD.finditer(text))
    last = _CUT_WORD.search(text, found[-1].end() if found else 0)
    return [*found, last] if last else found


def _append_word(runs: list[tuple[str, str, bytes]], label: str, content: bytes) -> None:
    if runs and runs[-1][1] and _same(runs[-1][1], label):
        runs[-1] = ("", runs[-1][1], runs[-1][2] + content)
    else:
        runs.append(("", label, content))


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower() or (codec_of(one) == codec_of(other) != "")


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("latin-1", "replace")
    if encoding in "bB":
        return base64_chunks(raw)[0]
    return transfer_decode(raw.replace(b"_", b" ").replace(b"\n", b""), "q").content


def parameters(raw: bytes, default: str) -> Parameters:
    """Return a field such as Content-Type, read leniently; an empty value becomes default."""
    head = raw.partition(b";")[0].decode("latin-1").strip().strip('"').lower()
    if default and not _TYPE.fullmatch(head):
        found = _TYPE.match(head)
        if found:  # `text/html charset=utf-8`: the semicolon was forgotten
            raw = raw[:1] + re.sub(rb"^([^;=]*/[^;\s]+)\s+", rb"\1; ", raw[1:], count=1)
        head = found.group() if found else {"text": "text/plain", "html": "text/html"}.get(head, default)
    pairs = []
    for name, quoted, bare in _PARAMETER.findall(raw):
        value = re.sub(rb"\\([\\\"])", rb"\1", quoted) if quoted else bare.strip().strip(b'"')
        pairs.append((name.decode("latin-1").lower(), value))
    return Parameters(head, tuple(pairs))


def _rfc2231(name: str, pairs: tuple[tuple[str, bytes], ...]) -> tuple[str, bytes | None]:
    """Return the charset and the joined bytes of name*0*, name*1 ..., or of name*."""
    sections: dict[int, tuple[bool, bytes]] = {}
    for key, value in pairs:
        found = _SECTION.match(key)
        if found and found.group(1) == name and (found.group(2) or found.group(3)):
            sections.setdefault(int(found.group(2) or 0), (bool(found.group(3)), value))
    if not sections:
        return "", None
    label = ""
    joined = b""
    for index, number in enumerate(sorted(sections)):
        encoded, value = sections[number]
        if encoded and index == 0 and value.count(b"'") >= 2:
            charset, _, value = value.split(b"'", 2)
            label = charset.decode("latin-1")
        joined += unquote_to_bytes(value) if encoded else value
    return label, joined if label or b"=?" not in joined else decode_words(eight_bit(joined)).encode()


def addresses(text: str) -> tuple[Address, ...]:
    """Return the mailboxes of an address field (8-bit bytes decoded, encoded words not yet)."""
    if "<" not in text:
        text = text.translate(_WIDE_BRACKETS)
    found = _joined([_address(item) for item in _items(text)])
    if "=?" in text and not any("@" in item.address for item in found):
        # Some encode the whole field, brackets and all.
        found = [_address(item) for item in _items(decode_words(text))]
    cleaned = [Address(clean(item.name), clean(item.address)) for item in found]
    return tuple(item for item in cleaned if item.name or item.address)


def _joined(found: list[Address]) -> list[Address]:
    """Return mailboxes with a name put together that stood unquoted, with a comma in it."""
    joined: list[Address] = []
    for item in found:
        last = joined[-1] if joined else Address("", "")
        if item.name and "@" in item.address and "@" not in last.address and (last.name or last.address):
            joined[-1] = Address(f"{last.name or last.address}, {item.name}", item.address)
        else:
            joined.append(item)
    return joined


def _items(text: str) -> list[str]:
    """Return text cut at the commas and semicolons that stand outside quotes, brackets and comments."""
    items, start, depth, quoted, angle = [], 0, 0, False, False
    for index, char in enumerate(text):
        if char == '"' and text[index - 1 : index] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not depth and not angle:
            items.append(text[start:index])
            start = index + 1
    return [*items, text[start:]]


def _address(item: str) -> Address:
    """Return one mailbox: `name <a@b>`, `a@b (name)`, `a@b`, or only a name."""
    head, bracket, rest = item.rpartition("<")
    if bracket:
        address = rest.partition(">")[0].strip()
        group, colon, name = head.rpartition(":")
        head = name if colon and '"' not in group else head
        return Address(
            _name(head.rstrip("<")) or _name(rest.partition(">")[2].strip("> ")), _plain_address(address)
        )
    start, end = item.find("("), item.rfind(")")
    name = _name(item[start + 1 : end]) if 0 <= start < end else ""
    bare = _uncommented(item).rpartition(":")[2].strip()
    if _ADDRESS.fullmatch(bare) or (bare.isascii() and re.fullmatch(r"[\w.+-]{1,64}", bare)):
        return Address(name, bare)
    bare = re.sub(r"\s+\.\s*|\.\s+", ".", bare) if "@" in bare else bare
    found = _ADDRESS.search(bare)
    if found:
        return Address(name or _name(bare.replace(found.group(), "").strip("<> ")), found.group())
    return Address(_name(bare) or name, "")


def _uncommented(text: str) -> str:
    """Return text without what stands in round brackets, one level within another."""
    for _ in range(3):
        text = _COMMENT.sub(" ", text)
    return text


def _plain_address(text: str) -> str:
    """Return an address without a route, comments, spaces or quotes, decoded where it was wrongly encoded."""
    text = _uncommented(decode_words(text)).strip()
    quoted = _ADDRESS.fullmatch(text)
    if quoted:
        return clean(text)
    text = text.replace(" ", "")
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    found = _ADDRESS.search(text)
    return clean(found.group() if found and not text.startswith('"') else text.strip("<>"))


def _name(text: str) -> str:
    text = re.sub(r"\\(.)", r"\1", _QUOTE.sub("", decode_words(text.strip()))).strip()
    while len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    return text.rstrip("\\")


def message_ids(raw: bytes) -> tuple[str, ...]:
    """Return the message ids in angle brackets, in order; of very many, the last."""
    return tuple(_ID.findall(clean(raw.decode("latin-1")))[-MAX_IDS:])


def mail_date(raw: bytes) -> datetime | None:
    """Return the Date field as an aware time, None where it says nothing sensible."""
    try:
        moment = parsedate_to_datetime(raw[:200].decode("latin-1"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if aware.year in _YEARS else None
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
