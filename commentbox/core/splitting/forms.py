"""What stands around a returned table and is no opinion: its title, who filled it in, how to fill it in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from commentbox.core.rows import cell_spans, delimiter_of
from commentbox.core.splitting.headings import Role, role_of
from commentbox.core.splitting.lines import Line

_TITLE = re.compile(
    r"[^。；;，,]{0,80}(表|汇总|清单|附件\s*[\d一二三四五六七八九十]{0,3})\s*[（(]?[^。，）)]{0,10}[）)]?[：:]?"
)
_LEADS_IN = re.compile(r"(如下|下表|附表|表格|following|below)[^。]{0,24}[。：:.]?\s*$", re.I)
_HOW_TO = re.compile(
    r"[（(*]?\s*(注|填[表写]?说明|填写要求|备注|说明)\s*\d?\s*[：:].*(表|填写|填报|附页|反馈|电子版|盖章|栏)[^\n]*"
    r"|[（(].{0,30}(盖章|签字|可另附页|可加页|可续页).{0,10}[）)]"
    r"|[（(].{0,40}(发送|发|寄|报|交|返回)[至到送].{0,30}[）)]"
)
_LABELLED = re.compile(r"\s*[^：:，。；\s]{1,16}[ \u3000]*[：:]\s*")
_PARTS = re.compile(r"[ \t\u3000]{2,}|[|｜;；\t]|[ \u3000](?=[^：:\s]{1,12}[：:])")
_PAGE = re.compile(r"\s*[-—第]?\s*\d{1,4}\s*[-—页]?\s*([/共]\s*\d{1,4}\s*页?)?\s*")


def around_table(lines: Iterable[Line], leads_to_table: bool) -> list[Line]:
    """Return the lines beside a table that may say something, narrowed to it."""
    kept = [_narrowed(line) for line in lines]
    kept = [line for line in kept if line.said and not _is_form(line.said)]
    while leads_to_table and kept and _LEADS_IN.search(kept[-1].said):
        kept.pop()
    return kept


def _narrowed(line: Line) -> Line:
    """Return a row's only cell that is filled, as a line of its own; any other line as it is."""
    delimiter = delimiter_of(line.text)
    if delimiter not in ("|", "｜"):
        return line
    filled = [span for span in cell_spans(line.text, delimiter) if span[0] < span[1]]
    if not filled:
        return Line(line.start, line.start, "")
    if len(filled) > 1:
        return line
    start, end = filled[0]
    return Line(line.start + start, line.start + end, line.text[start:end])


def _is_form(said: str) -> bool:
    if _TITLE.fullmatch(said) or _HOW_TO.fullmatch(said) or _PAGE.fullmatch(said):
        return True
    return bool(facts([said]))


def facts(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return the labelled values of lines that hold nothing else: 反馈单位：某局  联系人：某某; or [].

    The label and its value may stand in cells side by side.
    """
    found: list[tuple[str, str]] = []
    for line in lines:
        here = _pairs([part.strip() for part in _PARTS.split(line)])
        if not here:
            return []
        found += here
    return found


def _pairs(parts: Sequence[str]) -> list[tuple[str, str]]:
    """Return parts as labels and values; [] where one of them is neither."""
    pairs: list[tuple[str, str]] = []
    label = ""
    for part in parts:
        match = _LABELLED.match(part)
        name = part[: match.end()].strip().rstrip("：:").strip() if match else part
        if role_of(name) is Role.OTHER:
            pairs.append((name, part[match.end() :].strip() if match else ""))
            label = name
        elif part and not label:
            return []
        elif part:
            pairs[-1] = (label, f"{pairs[-1][1]} {part}".strip())
            label = label if len(part) < 30 else ""
    return pairs


_ORGANISATION = re.compile(
    r".*(单位|机构|部门|公司|organi[sz]ation|company)(名称|全称)?([（(].*[）)])?", re.I
)


def organisation(text: str) -> str:
    """Return the organisation that a returned form names at its head or foot, "" where none is named."""
    for line in text.splitlines():
        for name, value in facts([line]):
            if value and len(value) <= 60 and _ORGANISATION.fullmatch(name):
                return re.sub(r"[（(](盖章|公章|签章)[）)]", "", value).strip()
    return ""
