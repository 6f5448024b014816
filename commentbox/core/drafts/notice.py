"""What the notice above a draft says: who asks, until when, where to write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from commentbox.core.numerals import parse_number
from commentbox.core.types import Block, Notice

_YEAR = r"(?:(\d{4}|[〇零○一二三四五六七八九]{4})\s*年\s*)?"
_NUM = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(rf"{_YEAR}{_NUM}\s*月\s*{_NUM}\s*[日号]")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_CLOSING = re.compile(
    r"^\s*(?:[（(][^）)]{0,12}[）)])?\s*(?:\d{1,2}[:：]\d{2}|24时|24:00)?\s*(前|之前|以前|止|截止|为止|结束|内)"
)
_CLOSING_BEFORE = re.compile(r"(至|到|截至|截止(?:日期|时间)?(?:为|是|[:：])?|—|-|~|～|－)\s*$")
_OPENING_BEFORE = re.compile(r"(自|从|即日起|时间(?:为|[:：])?)\s*$")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CONTACT = re.compile(
    r"联\s*系\s*人(?:及电话)?\s*[:：]\s*([\u4e00-\u9fff·]{2,6}(?:\s*、\s*[\u4e00-\u9fff·]{2,6})*)"
)
_PHONE = re.compile(r"(?:电\s*话|手\s*机)\s*[:：]\s*([0-9０-９()（）+—\-\s]{7,24}[0-9０-９])")
_NEAR = 12
"""Characters beside a date that say what it is."""
_UNIT_END = re.compile(r"(局|委|委员会|厅|部|政府|办公室|管委会|中心|院|会|司|署)$")
_TITLE = re.compile(r"征求|征集|公开.*意见")


def read_notice(blocks: Sequence[Block]) -> Notice:
    """Return what a notice says; what it does not say is None."""
    lines = [line for block in blocks for line in _lines(block)]
    text = "\n".join(lines)
    opens, closes = _period(text)
    return Notice(
        title=_title(lines),
        unit=_unit(lines),
        text=text,
        opens=opens,
        closes=closes,
        mailbox=_first(_MAIL, text, 0),
        contact_name=_first(_CONTACT, text, 1),
        contact_phone=_first(_PHONE, text, 1),
    )


def _lines(block: Block) -> list[str]:
    """Return a block's lines of text; a row of a table is a line."""
    if block.rows is not None:
        return ["  ".join(" ".join(cell.split()) for cell in row if cell) for row in block.rows if any(row)]
    return [line.strip() for line in block.text.splitlines() if line.strip()]


def _first(pattern: re.Pattern[str], text: str, group: int) -> str | None:
    match = pattern.search(text)
    return match[group].strip().replace("＠", "@") if match else None


def _title(lines: Sequence[str]) -> str | None:
    for line in lines[:8]:
        if _TITLE.search(line) and not line.endswith("。") and len(line) <= 120:
            return line
    return None


def _unit(lines: Sequence[str]) -> str | None:
    """Return who publishes: a line that is nothing but a name, at the top or above the last date."""
    names = [
        line for line in [*lines[:3], *reversed(lines[-4:])] if _UNIT_END.search(line) and len(line) <= 40
    ]
    return names[0] if names else None


def _period(text: str) -> tuple[date | None, date | None]:
    """Return the first and the last day; a day 前 which to answer belongs to the period."""
    found = list(_dates(text))
    opens = next(
        (day for start, _, day in found if _OPENING_BEFORE.search(text[max(start - _NEAR, 0) : start])), None
    )
    closes = next(
        (
            day
            for start, end, day in found
            if _CLOSING.match(text[end : end + 4 * _NEAR])
            or _CLOSING_BEFORE.search(text[max(start - _NEAR, 0) : start])
        ),
        None,
    )
    if opens is None and found:
        earlier = [day for _, _, day in found if closes is None or day < closes]
        opens = earlier[-1] if earlier else None
    return opens, closes


def _dates(text: str) -> list[tuple[int, int, date]]:
    """Return the dates in a text with their spans; a missing year is that of the date before."""
    found: list[tuple[int, int, date]] = []
    year: int | None = None
    for match in sorted([*_DATE.finditer(text), *_ISO.finditer(text)], key=lambda m: m.start()):
        year = parse_number(match[1]) if match[1] else year
        month, day = parse_number(match[2]), parse_number(match[3])
        if year and month and day:
            try:
                found.append((match.start(), match.end(), date(year, month, day)))
            except ValueError:
                continue
    return found
