"""Names of agencies: out of a table's cell, out of a 〔…〕 line."""

from __future__ import annotations

import re

_ENDING = re.compile(
    r"(局|委|办|办公室|政府|管委会|委员会|部|厅|院|协|会|联|中心|公司|银行|处|集团|大学|学院|部门|单位|企业|街道|"
    r"乡镇|社|署|所|队|[）)〕\]】、，,；;])$"
)
_DUTY = re.compile(
    r"(等)?(单位|部门)?(，|,)?(按照?(各自)?职责(分工)?(抓好|做好|具体)?(负责|落实)|(共同|分别|具体|组织)?(负责|牵头|落实|配合|参与)(落实|实施|推进)?)+$"
)
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_BRACKETS = re.compile(r"^\s*[〔\[【（(](.*)[〕\]】）)]\s*[。.]?\s*$", re.S)
_RESPONSIBLE = re.compile(r"负责|牵头|责任单位|配合单位")
_PLACE = re.compile(r"[^（(]{1,8}[市县区旗]")
_PLACE_GOVERNMENT = re.compile(r"[^（(]{1,8}[市县区旗]政府")
_LEAD = re.compile(r"牵头(?:单位|部门)?\s*[:：]")
_OTHERS = re.compile(r"(?:责任|配合|参与|参加)(?:单位|部门)\s*[:：]")


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
    cleaned = (_DUTY.sub("", name.strip(" 　。.")).strip() for name in names)
    return tuple(dict.fromkeys(_governments([name for name in cleaned if name])))


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
    if sum(text.count(c) for c in _OPEN) > sum(text.count(c) for c in _CLOSE):
        return False
    return _ENDING.search(text) is not None


def responsibility(line: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the lead and all agencies of a line like 〔市科技局…负责〕, None for any other line."""
    match = _BRACKETS.match(line)
    inner = match[1] if match else ""
    if not inner and re.match(r"^\s*(责任|牵头)单位\s*[:：]", line):
        inner = line.strip()
    if not inner or not _RESPONSIBLE.search(inner):
        return None
    lead_at, others_at = _LEAD.search(inner), _OTHERS.search(inner)
    if lead_at is None:
        return (), split_names(_OTHERS.sub("", inner))
    end = others_at.start() if others_at and others_at.start() > lead_at.end() else len(inner)
    leads = split_names(inner[lead_at.end() : end])
    others = split_names(inner[others_at.end() :]) if others_at else ()
    return leads, tuple(dict.fromkeys([*leads, *others]))
