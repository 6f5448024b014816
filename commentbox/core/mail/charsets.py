"""Bytes to text where labels lie: what is declared, what the bytes themselves say, and a last judge.

It knows nothing of mail. A Chinese label over other bytes, and Chinese bytes under a foreign label, are
the everyday case; Latin text that is honestly labelled must survive.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from commentbox.core.mail.labels import GB, codec_of

_WEAK = {"", "ascii", "utf-8", "cp1252"}
_SAMPLE = 65_536
MIN_FOREIGN = 4
DISTINCT = 5
SOME, MUCH = 14, 40
"""Bytes over 127 that make a text long enough to be judged against a Chinese and a Western label."""
_KANA, _SMALL_CYRILLIC = re.compile("[\u3041-\u30fc]"), re.compile("[\u0430-\u044f]")
# What a text in each must have much of: the pieces of grammar, the small letters.
_JAPANESE = (("cp932", _KANA, 0.25), ("euc-jp", _KANA, 0.25))
_CYRILLIC = (("cp1251", _SMALL_CYRILLIC, 0.7), ("koi8-r", _SMALL_CYRILLIC, 0.7))
_JAPANESE_CYRILLIC = re.compile(
    "[\u3000-\u30ff\u4e00-\u9fff\uff00-\uff60\u0400-\u045f\u00a0\u00ab\u00bb\u2010-\u2026\u2116]"
)
_LETTER = re.compile(rb"[A-Za-z]")
_IN_USE = re.compile("[\t-\u00ff\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class Decoded(NamedTuple):
    """Hold a text and whether its charset had to be guessed against or without the label."""

    text: str
    guessed: bool


def decode(raw: bytes, label: str = "", hint: str = "") -> Decoded:
    """Return raw as text; ``label`` is what the mail declares, ``hint`` a second, weaker opinion."""
    charset = codec_of(label)
    marked = _by_mark(raw, charset)
    if marked is not None:
        return Decoded(marked, False)
    if charset.startswith(("utf-16", "utf-32")) and b"\0" not in raw and _strict(raw, "utf-8") is not None:
        charset = "utf-8"  # no text of that width is without a null byte and yet UTF-8
    if raw.isascii() and charset not in _STATEFUL:
        return Decoded(_ascii(raw), False)
    if charset == "utf-16":
        charset = _byte_order(raw)
    text = None if _rather_chinese(raw, charset, codec_of(hint)) else _as_utf8(raw, charset)
    if text is not None:
        return Decoded(text, charset not in ("", "utf-8"))
    if charset not in _WEAK:
        other = _other_chinese(raw, charset)
        text = _strict(raw, other or charset)
        if text is not None:
            return Decoded(text, bool(other))
    return _judge(raw, charset, codec_of(hint))


_STATEFUL = {
    "utf-7",
    "hz",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "iso2022_jp",
    "iso2022_jp_ext",
    "iso2022_jp_1",
    "iso2022_jp_2",
    "iso2022_kr",
}


def _ascii(raw: bytes) -> str:
    if b"\x1b$" in raw:
        return _strict(raw, "iso2022_jp_ext") or raw.decode("ascii")
    return raw.decode("ascii")


def _by_mark(raw: bytes, charset: str) -> str | None:
    if raw.startswith(codecs.BOM_UTF8):
        return _strict(raw[3:], "utf-8")
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and charset not in ("cp950", GB):
        return _strict(raw[: len(raw) // 2 * 2], "utf-16")
    return None


def _byte_order(raw: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: the one that gives more characters in use."""
    readings = {charset: raw[:_SAMPLE].decode(charset, "replace") for charset in ("utf-16-be", "utf-16-le")}
    return max(readings, key=lambda charset: len(_IN_USE.findall(readings[charset])))


def _rather_chinese(raw: bytes, charset: str, hint: str) -> bool:
    """Tell whether a raw field of a Chinese mail only looks like UTF-8, as 谢谢 in GBK does."""
    if charset not in ("", "ascii") or hint not in (GB, "cp950") or _LETTER.search(raw):
        return False
    text = _strict(raw, "utf-8")
    return text is not None and max(text) < "\u0800" and _strict(raw, hint) is not None


def _as_utf8(raw: bytes, charset: str) -> str | None:
    """Return raw as UTF-8 where it is that beyond doubt, whatever the label says."""
    if charset in _STATEFUL:
        return None
    text = _strict(raw, "utf-8")
    if text is None or charset in _WEAK:
        return text
    # Two-byte sequences alone also come about by chance in Chinese, Cyrillic and other sets.
    sure = any(char >= "\u0800" for char in text)
    return text if sure and charset not in ("utf-16", "utf-32") else None


def _strict(raw: bytes, charset: str) -> str | None:
    try:
        return raw.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _judge(raw: bytes, charset: str, hint: str) -> Decoded:
    """Return the likeliest reading of bytes that their label does not explain."""
    if charset == "utf-8" and _mostly_utf8(raw):
        return Decoded(raw.decode("utf-8", "replace"), False)
    if charset in _STATEFUL:
        return Decoded(raw.decode(charset, "replace"), False)
    if charset not in _WEAK and _bad_share(raw, charset) < 0.05:
        return Decoded(raw.decode(charset, _errors(charset)), False)
    chinese = _elsewhere(raw, _JAPANESE) or _chinese(raw, charset)
    if chinese:
        return Decoded(_trimmed(raw, chinese), True)
    if charset == "cp1252":
        return Decoded(_western(raw), False)
    if hint and hint not in _WEAK and _strict(raw, hint) is not None:
        return Decoded(raw.decode(hint), True)
    return Decoded(_last(raw, charset), True)


def _mostly_utf8(raw: bytes) -> bool:
    good = raw.decode("utf-8", "ignore")
    return sum(char >= "\x80" for char in good) > raw.decode("utf-8", "replace").count("\ufffd") * 2


def _bad_share(raw: bytes, charset: str) -> float:
    text = raw.decode(charset, _errors(charset))
    return text.count("\ufffd") / max(1, sum(char >= "\x80" for char in text))


def _chinese(raw: bytes, charset: str) -> str:
    """Return the Chinese codec whose common characters these bytes are, "" where neither fits."""
    sample = raw[:_SAMPLE]
    if _sparse(sample):
        return ""
    much = _high_bytes(sample) >= MUCH
    simplified = _common_share(sample, GB)
    # A Western label over a little Big5 is rarer than an umlaut before a letter, which looks like it.
    traditional = _common_share(sample, "cp950") if much or charset != "cp1252" else 0.0
    # Traditional characters are not of GBK's first level: a long text may have fewer of that.
    if max(simplified, traditional) < (0.4 if much else 0.6):
        return ""
    return GB if simplified >= traditional else "cp950"


def _errors(charset: str) -> str:
    return "euro" if charset == GB else "replace"


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Return € for the byte 80 that Windows' 936 says it with and GB18030 does not know."""
    assert isinstance(error, UnicodeDecodeError)
    if error.object[error.start] == 0x80:
        return "€", error.start + 1
    return "\ufffd", error.end


codecs.register_error("euro", _euro)


def _other_chinese(raw: bytes, charset: str) -> str:
    """Return the Chinese codec that these bytes are in under the label of the other, "" for neither."""
    if charset not in (GB, "cp950") or _high_bytes(raw[:_SAMPLE]) < SOME:
        return ""
    other = "cp950" if charset == GB else GB
    doubtful = _common_share(raw[:_SAMPLE], charset) < 0.7
    # Signs and boxes of one set are a few hanzi of the other by chance.
    hanzi = {char for char in _trimmed(raw[:_SAMPLE], other) if "\u4e00" <= char <= "\u9fff"}
    sure = len(hanzi) >= DISTINCT and _common_share(raw[:_SAMPLE], other) > 0.9
    return other if doubtful and sure else ""


def _high_bytes(raw: bytes) -> int:
    return sum(byte >= 0x80 for byte in raw)


def _common_share(raw: bytes, charset: str) -> float:
    """Return the share of the non-ASCII characters that are punctuation or hanzi of the first level."""
    text = _trimmed(raw, charset)
    codes = [char.encode(charset, "replace") for char in text if char >= "\x80"]
    pairs = [code for code in codes if len(code) == 2 and (charset != GB or code[1] >= 0xA1)]
    first, last = (0xB0, 0xD7) if charset == GB else (0xA4, 0xC6)
    hanzi = sum(first <= code[0] <= last for code in pairs)
    marks = sum(0xA1 <= code[0] <= 0xA3 for code in pairs)
    broken = text.count("\ufffd") * 50 > len(codes)
    return 0.0 if broken or not hanzi else (hanzi + marks) / len(codes)


def _trimmed(raw: bytes, charset: str) -> str:
    """Return raw decoded, without a character that was cut off at the very end."""
    decoder = codecs.getincrementaldecoder(charset)(_errors(charset))
    return decoder.decode(raw, False)


def _western(raw: bytes) -> str:
    text = _strict(raw, "cp1252")
    return raw.decode("latin-1") if text is None else text


def _last(raw: bytes, charset: str) -> str:
    """Return the reading of charset-normalizer, or the label's with replacement characters."""
    if charset in ("", "ascii", "utf-8") and _sparse(raw):
        return _western(raw)
    elsewhere = _elsewhere(raw, _CYRILLIC)
    if elsewhere:
        return raw.decode(elsewhere, "replace")
    best = from_bytes(raw[:_SAMPLE], cp_isolation=["utf-8", GB, "big5", "utf-16"]).best()
    if best is not None:
        return raw.decode(best.encoding, "replace")
    return raw.decode(charset if charset not in ("", "ascii") else "utf-8", "replace")


def _elsewhere(raw: bytes, candidates: tuple[tuple[str, re.Pattern[str], float], ...]) -> str:
    """Return the codec of a Japanese or Cyrillic text without a label, "" for any other."""
    for charset, letters, least in candidates:
        text = _trimmed(raw[:_SAMPLE], charset)
        foreign = [char for char in text if char >= "\x80"]
        fits = len(foreign) >= MIN_FOREIGN and all(map(_JAPANESE_CYRILLIC.match, foreign))
        if fits and len(letters.findall(text)) >= least * len(foreign):
            return charset
    return ""


def _sparse(raw: bytes) -> bool:
    """Tell whether the high bytes stand alone among ASCII letters, as accents do."""
    high = _high_bytes(raw[:_SAMPLE])
    alone = len(re.findall(rb"(?<![\x80-\xff])[\xa0-\xff](?![\x80-\xff])", raw[:_SAMPLE]))
    return alone * 2 > high
