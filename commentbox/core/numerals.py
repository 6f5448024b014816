"""Numbers as drafts and letters write them: 十二, 拾贰, １２, ⑫, and the labels at a line's head.

The one place that reads them; knows nothing of measures.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = {
    c: n
    for n, row in enumerate(
        ("零〇○", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SHORT = {"廿": "二十", "卅": "三十"}
CHINESE = "零〇○一二三四五六七八九十百千两廿卅壹贰叁肆伍陆柒捌玖拾佰仟"
NUMBER = rf"(?:[0-9０-９]{{1,5}}|[{CHINESE}]{{1,9}})"
"""A pattern for a number in any of the ways that `parse_number` reads."""
_LONGEST = 12
"""Characters of the longest number that is read."""
_HEAD = 60
"""Characters of a line in which its label is looked for."""


class Style(StrEnum):
    """Name the form of a label, from the widest to the narrowest as drafts use them."""

    PART = "编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    CHINESE_COMMA = "一、"
    CHINESE_BRACKETS = "（一）"
    DIGIT_DOT = "1."
    DIGIT_BRACKETS = "（1）"
    CIRCLED = "①"


@dataclass(frozen=True, slots=True)
class Label:
    """Hold a label as printed, its number, and how many characters of the line it takes."""

    style: Style
    number: int
    text: str
    length: int


def parse_number(text: str) -> int | None:
    """Return the number that a text writes, None where it writes none."""
    text = text.strip()
    if (
        len(text) == 1
        and (circled := unicodedata.numeric(text, -1.0)) > 0
        and unicodedata.category(text) == "No"
    ):
        return int(circled) if circled.is_integer() else None
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii() and plain.isdecimal():
        return int(plain)
    for short, long in _SHORT.items():
        plain = plain.replace(short, long)
    if not plain or not all(c in _DIGITS or c in _UNITS for c in plain):
        return None
    return _units(plain) if any(c in _UNITS for c in plain) else int("".join(str(_DIGITS[c]) for c in plain))


def _units(text: str) -> int | None:
    """Return 一百零三 as 103; a unit without a digit counts once, a larger one after a smaller is none."""
    total, digit, last = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        else:
            unit = _UNITS[char]
            if unit >= last or (digit == 0 and total == 0):
                return None
            total, digit, last = total + (digit or 1) * unit, None, unit
    return total + (digit or 0)


def chinese(number: int) -> str:
    """Return a number from 1 to 9999 in Chinese numerals, 十二 for 12."""
    if not 0 < number < 10_000:
        raise ValueError(f"{number} is out of range")
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if zero and words else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        else:
            zero = True
    return words.removeprefix("一") if words.startswith("一十") else words


_LABELS = (
    (Style.PART, re.compile(rf"第\s*({NUMBER})\s*(?:编|篇|部分)[\s、:：]*")),
    (Style.CHAPTER, re.compile(rf"第\s*({NUMBER})\s*章[\s、:：]*")),
    (Style.SECTION, re.compile(rf"第\s*({NUMBER})\s*节[\s、:：]*")),
    (Style.ARTICLE, re.compile(rf"第\s*[（(]?\s*({NUMBER})\s*[）)]?\s*条[\s、:：]*")),
    (Style.CHINESE_BRACKETS, re.compile(rf"[（(]\s*([{CHINESE}]{{1,9}})\s*[）)][\s、.．]*")),
    (
        Style.CHINESE_COMMA,
        # 一、二、三等奖 and 一、二级医院 count things, not paragraphs.
        re.compile(rf"([{CHINESE}]{{1,9}})\s*[、.．](?!\d|[{CHINESE}][、级等线类季月层])\s*"),
    ),
    (Style.DIGIT_BRACKETS, re.compile(r"[（(]\s*([0-9０-９]{1,4})\s*[）)][\s、.．]*")),
    (Style.DIGIT_DOT, re.compile(r"([0-9０-９]{1,4})\s*(?:、|[.．](?![0-9０-９]))\s*")),
    (Style.CIRCLED, re.compile(r"([①-⑳㉑-㉟㊱-㊿])[\s、.．]*")),
)


def parse_label(line: str) -> Label | None:
    """Return the label at the head of a line, None where there is none; leading space counts in length."""
    lead = len(line) - len(line.lstrip())
    rest = line[lead : lead + _HEAD]
    for style, pattern in _LABELS:
        match = pattern.match(rest)
        number = parse_number(match[1]) if match else None
        if match and number is not None:
            return Label(style, number, match[0].strip(), lead + match.end())
    return None
