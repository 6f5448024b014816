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
_OPENING_BEFORE = re.compile(r"(自|从|即日起|(?<!截止)时间(?:为|[:：])?)\s*$")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PERSON = r"[\u4e00-\u9fff](?:[\u4e00-\u9fff·]{1,5}|\s[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
_CONTACT = re.compile(
    rf"联\s?系\s?人(?:及(?:联系)?(?:电话|方式))?\s{{0,4}}[:：]\s{{0,4}}({_PERSON}(?:\s?、\s?{_PERSON})*)"
)
_CONTACT_BY_PHONE = re.compile(rf"联系方式\s{{0,4}}[:：]\s{{0,4}}({_PERSON})(?=[，,:：\s]{{0,3}}[0-9（(])")
_PHONE = re.compile(r"(?:电\s?话|手\s?机)\s{0,4}[:：]\s{0,4}([0-9０-９()（）+—\-\s]{7,24}[0-9０-９])")
_NUMBER = re.compile(r"联\s?系[^\n]{0,40}?(?<!\d)(0\d{2,3}[-－—]?\d{7,8}|1[3-9]\d{9})(?!\d)")
"""A telephone number after 联系 that is not called one."""
_LAST_DAY = re.compile(rf"\s?(?:至|到|-|—{{1,2}}|~|～|－)\s?{_NUM}\s?[日号]")
"""What follows a date in 3月1日-31日."""
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
        contact_name=_contact(text),
        contact_phone=_first(_PHONE, text, 1) or _first(_NUMBER, text, 1),
    )


def _lines(block: Block) -> list[str]:
    """Return a block's lines of text; a row of a table is a line."""
    if block.rows is not None:
        return ["  ".join(" ".join(cell.split()) for cell in row if cell) for row in block.rows if any(row)]
    return [line.strip() for line in block.text.splitlines() if line.strip()]


def _first(pattern: re.Pattern[str], text: str, group: int) -> str | None:
    match = pattern.search(text)
    return match[group].strip().replace("＠", "@") if match else None


def _contact(text: str) -> str | None:
    name = _first(_CONTACT, text, 1) or _first(_CONTACT_BY_PHONE, text, 1)
    return "".join(name.split()) if name else None


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
    """Return the dates in a text with their spans.

    A missing year is that of the date before, or the next where that would go back in time; the first
    takes it from those that follow.
    """
    matches = sorted([*_DATE.finditer(text), *_ISO.finditer(text)], key=lambda m: m.start())
    year = next((parse_number(match[1]) for match in matches if match[1]), None)
    found: list[tuple[int, int, date]] = []
    for match in matches:
        year = parse_number(match[1]) if match[1] else year
        day = _day(year, match[2], match[3])
        if day and year and not match[1] and found and day < found[-1][2]:
            year += 1
            day = _day(year, match[2], match[3])
        if day is None:
            continue
        found.append((match.start(), match.end(), day))
        last = _LAST_DAY.match(text, match.end())
        end = _day(year, match[2], last[1]) if last else None
        if last and end:
            found.append((last.start(1), last.end(), end))
    return found


def _day(year: int | None, month: str, day: str) -> date | None:
    try:
        return date(year or 0, parse_number(month) or 0, parse_number(day) or 0)
    except ValueError:
        return None
