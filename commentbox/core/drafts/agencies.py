"""Names of agencies: out of a table's cell, out of a 〔…〕 line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENDING = re.compile(
    r"(局|委|办|办公室|政府|管委会|委员会|部|厅|院|协|会|联|中心|公司|银行|处|集团|大学|学院|部门|单位|企业|街道|"
    r"乡镇|社|署|所|队|[）)〕\]】、，,；;])$"
)
_DUTY = re.compile(
    r"(?:等(?:单位|部门)?)?[，,]?"
    r"(?:按照?(?:各自)?职责(?:分工)?|共同|分别|具体|组织|抓好|做好|负责|牵头|落实|配合|参与|实施|推进)+$"
)
_TAIL = 40
"""Characters of a name in which such words are looked for."""
_AFTER = "。. 　"
"""What may follow the last word or bracket."""
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_NAMED = re.compile(r"(?:牵头|主办|责任|配合|参与|参加|协办)(?:单位|部门)?[:：]")
_RESPONSIBLE = re.compile(rf"负责|牵头|{_NAMED.pattern}")
_PLACE = re.compile(r"[^（(]{1,8}[市县区旗]")
_PLACE_GOVERNMENT = re.compile(r"[^（(]{1,8}[市县区旗]政府")
_LEAD = re.compile(r"(?:牵头|主办)(?:单位|部门)?[:：]")
_OTHERS = re.compile(r"(?:责任|配合|参与|参加|协办)(?:单位|部门)[:：]")
_LONGEST = 600
"""Characters of a line of responsibility; what is longer is a paragraph."""
_NAMED_AT_END = re.compile(rf"(?:^|[。；;])\s{{0,4}}({_NAMED.pattern}[^。]*)。?$")
_DUTY_END = re.compile(r"(?:负责|落实|牵头|配合)[〕\]】）)]$")


@dataclass(frozen=True, slots=True)
class ClosingDuty:
    """Hold the responsibility that ends a paragraph and where it starts."""

    start: int
    leads: tuple[str, ...]
    agencies: tuple[str, ...]


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a text split at 、，；, commas inside brackets left alone."""
    names, current, depth = [], "", 0
    for char in text:
        depth += (char in _OPEN) - (char in _CLOSE and depth > 0)
        if char in "、，,；;\n" and depth == 0:
            names.append(current)
            current = ""
        else:
            current += char
    names.append(current)
    cleaned = (_without_duty(name.strip(_AFTER)) for name in names)
    return tuple(dict.fromkeys(_governments([name for name in cleaned if name])))


def _without_duty(name: str) -> str:
    """Return 市林业局 of 由市林业局负责落实."""
    return (name[:-_TAIL] + _DUTY.sub("", name[-_TAIL:])).removeprefix("由").strip()


def _governments(names: list[str]) -> list[str]:
    """Give 三河市、大厂县、香河县政府 the 政府 that the last of them carries for all."""
    result = list(names)
    for n in range(len(names) - 2, -1, -1):
        if _PLACE.fullmatch(names[n]) and _PLACE_GOVERNMENT.fullmatch(result[n + 1]):
            result[n] = names[n] + "政府"
    return result


def cell_names(cell: str) -> tuple[str, ...]:
    """Return the names in a table's cell, where narrow columns break names across lines."""
    lines: list[str] = []
    for line in (part.strip() for part in cell.splitlines()):
        if not line:
            continue
        if lines and not _complete(lines[-1]):
            lines[-1] += line
        else:
            lines.append(line)
    return tuple(dict.fromkeys(name for line in lines for name in split_names(line)))


def _complete(text: str) -> bool:
    """Tell whether a line can end with the name that it ends with."""
    if len(text) > _LONGEST:
        return True
    if sum(text.count(c) for c in _OPEN) > sum(text.count(c) for c in _CLOSE):
        return False
    return _ENDING.search(text) is not None


def responsibility(line: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the lead and all agencies of a line like 〔市科技局…负责〕, None for any other line."""
    line = line.strip()
    if len(line) > _LONGEST:
        return None
    inner = line if _NAMED.match(line) else ""
    if _last_bracket(line) == 0:
        inner = line.rstrip(_AFTER)[1:-1]
    if not _RESPONSIBLE.search(inner):
        return None
    lead_at, others_at = _LEAD.search(inner), _OTHERS.search(inner)
    if lead_at is None:
        return (), split_names(_OTHERS.sub("", inner))
    end = others_at.start() if others_at and others_at.start() > lead_at.end() else len(inner)
    leads = split_names(inner[lead_at.end() : end])
    others = split_names(inner[others_at.end() :]) if others_at else ()
    return leads, tuple(dict.fromkeys([*leads, *others]))


def closing_duty(text: str) -> ClosingDuty | None:
    """Return the responsibility that ends a paragraph, in brackets or as 责任单位：…, if any."""
    tail = text[-_LONGEST:]
    start = _last_bracket(tail)
    if start is None or not _says_who(tail[start:].rstrip(_AFTER)):
        named = _NAMED_AT_END.search(tail)
        start = named.start(1) if named else None
    found = responsibility(tail[start:]) if start is not None else None
    return ClosingDuty(len(text) - len(tail) + start, *found) if found and start is not None else None


def _last_bracket(text: str) -> int | None:
    """Return where the bracket that ends a text opens."""
    text = text.rstrip(_AFTER)
    if not text.endswith(tuple(_CLOSE)):
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in _CLOSE) - (text[place] in _OPEN)
        if depth == 0:
            return place
    return None


def _says_who(bracket: str) -> bool:
    """Tell whether what stands in brackets names who is responsible, not only mentions it."""
    return _NAMED.match(bracket[1:]) is not None or _DUTY_END.search(bracket) is not None
