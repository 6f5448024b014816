"""A letter into points with exact spans: lists, tables in text, enumerations in a sentence, paragraphs.

Greetings, introductions, closings and signatures belong to no point. What shows no structure stays one
point: a point too many costs a clerk more than two thoughts in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from commentbox.core.numerals import parse_label
from commentbox.core.types import Point

SHORT = 60
"""Characters: a shorter text is one point, whatever joins its sentences."""
LEAST = 6
"""Characters of a point; less is a remnant."""

_CELLS = re.compile(r"\s*[|｜]\s*|\t+|[ \u3000]{2,}")
_HEADINGS: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"^(序号|编号|no\.?)$", re.I),
    "reference": re.compile(
        r"^(涉及)?(条款|条文|条目|章节|条|条款号|条款序号|对应条款|措施|所在条款)(序号|编号)?$"
    ),
    "original": re.compile(r"原文|原条文|原内容|原表述|现表述"),
    "proposal": re.compile(r"修改(为|后|意见|建议)|建议(修改)?(为|内容)?$|拟修改|修订"),
    "comment": re.compile(r"意见|建议|内容"),
    "reason": re.compile(r"理由|依据|说明|原因"),
}
_GREETING = re.compile(
    r"^\s*(尊敬的|敬爱的|致|亲爱的|各位)?(?![^\n]*(建议|应|希望|是|要|将))[^，。；！？：\n]{0,26}"
    r"(领导|同志们?|老师|先生|女士|局|委|办|部门|单位|政府|中心|您好|你好|大家好)[：:！!，,]?\s*(您好|你好)?[！!。，,：:]?\s*$"
    r"|^\s*(dear|hello|hi|to whom)\b[^.\n]{0,50}[,:，]?\s*$",
    re.IGNORECASE,
)
_HELLO = re.compile(
    r"^\s*(尊敬的[^，。：！\n]{1,24}[，：:！]\s*)?([^，。\n]{0,12}(您好|你好)[！!。，,：:]\s*)"
)
_CLOSING = re.compile(
    r"^\s*(此致|敬礼|顺祝|顺颂|祝好|祝您?|谢谢|多谢|感谢(您|贵局|各位|大家|领导|支持|聆听|阅读)?[^，。]{0,14}|"
    r"特此(函复|复函|反馈|报告|致函|说明)?|"
    r"以上(意见|建议|不一定|几点|仅|内容|供)?[^。]{0,24}(参考|考虑|研究|采纳|斧正|指正|酌定)|妥否.{0,12}|"
    r"请(予以)?(考虑|参考|采纳|研究)|仅供参考|"
    r"best regards|kind regards|regards|sincerely|yours|thank you|thanks|"
    r"以上[。.]?$|盼复|附件?[:：])[^\n]{0,24}$",
    re.I,
)
_REMNANT = re.compile(
    r"^\s*(其余|其他|其它|另外)?(均|都|条款)?(无|没有)(其他|其它|不同|修改)?(意见|异议|建议)[。.]?\s*$|^\s*以上.{0,20}(参考|考虑)[。.]?\s*$"
)
_SIGNED = re.compile(r"^\s*[^。；！？]{1,34}\s*$")
_DATE_LINE = re.compile(
    r"^\s*(\d{4}|[二〇零○一二三四五六七八九]{4})\s*[年./-]\s*[\d一二三四五六七八九十]{1,3}\s*[月./-].{0,8}$"
)
_SIGN_WORDS = re.compile(
    r"(联系人|联系电话|电话|手机|地址|填报|反馈|汇总|单位|署名|落款|公司|学院|大学|学校|医院|办公室|人民政府|协会|商会|研究院|处|局|委|"
    r"市民|居民|老师|工作者|总工|先生|女士|某|教授|村民|业主)"
)
_INTRO = re.compile(
    r"(如下|以下|几点|几条|[一二两三四五六七八九十\d]+(点|条|个|方面)(意见|建议|想法|看法|体会|问题|真心话|修改意见)|"
    r"具体(意见|建议)|逐条|按条)"
    r"[^。；]{0,16}[：:—。，,]*\s*$|[：:]\s*$|—{1,2}\s*$|"
    r"i have .{1,30}(suggestions?|comments?|points?)[.:]?\s*$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^\s*(关于|对)[^。]{2,60}(意见|建议|反馈|函|回复|复函)\s*$|^\s*[^。，]{0,20}(意见建议?|修改|反馈|征求)(意见)?(表|函|稿)?\s*$"
)
_BULLET = re.compile(r"^\s*[-•·●◆■▪*–—]\s*(?=\S)")
_CLAUSE_HEAD = re.compile(
    r"^\s*(第\s*[（(]?[\d一二三四五六七八九十百]{1,5}[）)]?\s*[条项款]|\d{1,2}\s*[.．]?\s*[（(]\d{1,3}[）)])\s*[：:，,、\s]?"
)
_ORDER = re.compile(
    r"(?:(?<=[。；;：:，,\n\s、])|^)(?:"
    r"(?P<cn>[一二三四五六七八九])(?:是|来|则)[，,、：:]?"
    r"|(?:第(?P<nth>[一二三四五六七八九])[，,、：:点条]+)"
    r"|(?P<words>首先|其次|再次|再者|最后)[，,、：:]?"
    r"|(?P<num>[1-9])\s*[、.．)）](?!\d)\s*"
    r"|[（(](?P<br>[1-9]|[一二三四五六七八九])[）)]\s*"
    r"|(?P<circ>[①②③④⑤⑥⑦⑧⑨])\s*"
    r"|(?P<en>first(?:ly)?|second(?:ly)?|third(?:ly)?|finally)[,，]\s*)",
    re.I,
)
_ORDINALS = {c: n for row in ("一二三四五六七八九", "123456789", "①②③④⑤⑥⑦⑧⑨") for n, c in enumerate(row, 1)}
_WORD_ORDER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 9}
_ENGLISH = {"first": 1, "firstly": 1, "second": 2, "secondly": 2, "third": 3, "thirdly": 3, "finally": 9}
_TURN = re.compile(
    r"(?<=[。！？；;\n])\s*(?=(?:另外|此外|还有(?:就是|一点|一个)?|至于|再就是|再有|再一个|其次|最后一点|同时|顺便)[，,、：:\u4e00-\u9fff])"
)
_CLAUSE_SENTENCE = re.compile(
    r"(?<=[。；;\n])\s*(?=(?:关于)?(?:附件|附表)?第\s*[（(]?[\d一二三四五六七八九十]{1,5}[）)]?\s*[条项款])"
)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def split(text: str) -> list[Point]:
    """Return the points of a letter in order; only an empty letter has none."""
    lines = [line for line in _lines(text) if line.text.strip()]
    table = _table(lines, text)
    if table:
        return table
    points: list[Point] = []
    for start, end in _pieces(_content(lines), text):
        found = [p for p in _divided(text, start, end) if _says_something(p.excerpt)]
        points += [replace(p, reference=_clause(text, p.start)) for p in found]
    whole = _point(text, 0, len(text))
    return points or ([whole] if whole.excerpt else [])


def _clause(text: str, start: int) -> str:
    """Return the clause that a line names before the point itself begins: 第8条：…"""
    head = text[text.rfind("\n", 0, start) + 1 : start]
    return head.strip(" \t　：:，,、") if head and _CLAUSE_HEAD.match(head) else ""


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for part in text.splitlines(keepends=True):
        yield _Line(start, start + len(part.rstrip("\r\n")), part.rstrip("\r\n"))
        start += len(part)


# --- tables ----------------------------------------------------------------------------------------


def _table(lines: Sequence[_Line], text: str) -> list[Point]:
    """Return one point a row of a returned table, nothing where there is no table."""
    for n, line in enumerate(lines):
        columns = _header(line)
        if columns:
            rows = [_row(other, columns, text) for other in lines[n + 1 :]]
            found = [row for row in rows if row is not None]
            if found:
                return found
    return []


def _cells(line: _Line) -> list[tuple[int, int]]:
    """Return the spans of a line's cells in the text."""
    inner = line.text.strip().strip("|｜").strip()
    offset = line.start + line.text.find(inner) if inner else line.start
    spans, at = [], 0
    for match in _CELLS.finditer(inner):
        spans.append((offset + at, offset + match.start()))
        at = match.end()
    return [*spans, (offset + at, offset + len(inner))]


def _header(line: _Line) -> dict[str, int]:
    """Return which column holds what, nothing for a line that is no header of a table of comments."""
    spans = _cells(line)
    if len(spans) < 2 or len(line.text) > 120:
        return {}
    columns: dict[str, int] = {}
    for place, (start, end) in enumerate(spans):
        word = re.sub(r"\s", "", line.text[start - line.start : end - line.start])
        name = next((n for n, p in _HEADINGS.items() if n not in columns and p.search(word)), None)
        if name is None or len(word) > 14:
            return {}
        columns[name] = place
    return columns if {"proposal", "comment"} & columns.keys() else {}


def _row(line: _Line, columns: dict[str, int], text: str) -> Point | None:
    """Return the point of a row, None for a line that is none; the span begins behind number and clause."""
    spans = _cells(line)
    if len(spans) < 2 or len(spans) < len(columns) - 1:
        return None
    last = len(spans) - 1
    content = [
        columns[n] for n in ("original", "proposal", "comment", "reason") if columns.get(n, last + 1) <= last
    ]
    said = [n for n in ("proposal", "comment", "reason") if _cell(text, spans, columns, n)]
    if not content or not said:
        return None
    start, end = spans[min(content)][0], spans[last][1]
    return Point(
        start,
        end,
        text[start:end],
        original=_cell(text, spans, columns, "original"),
        proposal=_cell(text, spans, columns, "proposal"),
        reference=_cell(text, spans, columns, "reference"),
    )


def _cell(text: str, spans: Sequence[tuple[int, int]], columns: dict[str, int], name: str) -> str:
    place = columns.get(name, len(spans))
    return text[slice(*spans[place])].strip() if place < len(spans) else ""


# --- letters ---------------------------------------------------------------------------------------


def _content(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines without greeting, title, closing and signature."""
    kept = list(lines)
    while len(kept) > 1 and (_GREETING.match(kept[0].text) or _TITLE.match(kept[0].text)):
        kept.pop(0)
    while len(kept) > 1 and _is_farewell(kept[-1].text):
        kept.pop()
    if len(kept) == 1:
        return kept
    return [line for line in kept if not (_CLOSING.match(line.text) or _REMNANT.match(line.text))]


def _is_farewell(line: str) -> bool:
    """Tell whether a last line is a closing, a date or a name rather than a thought."""
    if _CLOSING.match(line) or _DATE_LINE.match(line):
        return True
    if parse_label(line) is not None or _BULLET.match(line) or re.search(r"[|｜]", line):
        return False
    bare = line.strip()
    return (
        bool(_SIGNED.match(line))
        and (
            len(bare) <= 6
            or line.startswith(("    ", "　　　", "\t"))
            or (bool(_SIGN_WORDS.search(bare)) and "建议" not in bare)
        )
        and not re.search(r"[？?]|建议|希望|应当|能不能|请", bare)
    )


def _pieces(lines: Sequence[_Line], text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of items and paragraphs; headings and introductions are left out."""
    listed = [_item_start(line) is not None for line in lines]
    n = 0
    while n < len(lines):
        line = lines[n]
        start = _item_start(line)
        if start is None:
            n += 1
            if not _is_intro(line, any(listed[n:]) or n < len(lines), any(listed)):
                yield line.start + _hello(line.text), line.end
            continue
        end, n = line.end, n + 1
        if _is_heading(text[start:end], n < len(lines) and listed[n]):
            continue
        while n < len(lines) and not listed[n] and not _opens_anew(lines[n]):
            end, n = lines[n].end, n + 1
        yield start, end


def _item_start(line: _Line) -> int | None:
    """Return where the text of a list item begins, None for a line that is none."""
    clause = _CLAUSE_HEAD.match(line.text)
    if clause:
        colon = re.search(r"[：:]\s*$", clause[0])
        return line.start + (clause.end() if colon or re.match(r"\s*\d", clause[0]) else _lead(line.text))
    label = parse_label(line.text)
    if label is not None:
        return line.start + label.length
    bullet = _BULLET.match(line.text)
    return line.start + bullet.end() if bullet else None


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_heading(text: str, followed: bool) -> bool:
    """Tell whether an item is only the heading of those below it."""
    return followed and len(text) <= 24 and not re.search(r"[。；，,？?！]|建议.{4,}|应", text)


def _opens_anew(line: _Line) -> bool:
    """Tell whether an unlabelled line below an item is a paragraph of its own."""
    return bool(re.match(r"\s*(另外|此外|还有|同时|至于|最后)", line.text))


def _is_intro(line: _Line, more: bool, has_list: bool) -> bool:
    """Tell whether a paragraph only leads to what follows it."""
    text = line.text.strip()
    if _GREETING.match(line.text) or _TITLE.match(line.text):
        return True
    return more and len(text) <= 90 and bool(_INTRO.search(text)) and (has_list or len(text) <= 60)


def _hello(text: str) -> int:
    """Return the length of a greeting at the head of a paragraph."""
    match = _HELLO.match(text)
    return match.end() if match and match.end() < len(text) else _lead(text)


# --- inside a paragraph ----------------------------------------------------------------------------


def _divided(text: str, start: int, end: int) -> list[Point]:
    """Return a paragraph's points: cut at an enumeration, at clauses named in turn, at turns of speech."""
    piece = text[start:end]
    cuts = _enumerated(piece)
    if cuts:
        bounds = [*(s for s, _ in cuts), len(piece)]
        return [
            _point(text, start + inner, start + until)
            for (_, inner), until in zip(cuts, bounds[1:], strict=True)
        ]
    if len(piece) < SHORT:
        return [_point(text, start, end)]
    marks = sorted({m.end() for p in (_TURN, _CLAUSE_SENTENCE) for m in p.finditer(piece)})
    bounds = [0, *(m for m in marks if m > 14), len(piece)]
    return [_point(text, start + a, start + b) for a, b in pairwise(bounds)]


def _enumerated(piece: str) -> list[tuple[int, int]]:
    """Return where the members of an enumeration begin, with and without their marks; [] for none.

    The marks are of one kind and count from 1; what stands above the first only introduces.
    """
    kinds: dict[str, list[tuple[int, int, int]]] = {}
    for match in _ORDER.finditer(piece):
        kind = match.lastgroup or ""
        kinds.setdefault(kind, []).append((match.start(), match.end(), _ordinal(kind, match[kind])))
    for marks in kinds.values():
        run: list[tuple[int, int]] = []
        last = 0
        for begin, inner, number in marks:
            if number == last + 1 or (run and number == 9):
                run.append((begin, inner))
                last = number
        if len(run) >= 2 and _introduced(piece[: run[0][0]]):
            return run
        if len(run) >= 2:
            return [(0, 0), *run]
    return []


def _ordinal(kind: str, word: str) -> int:
    if kind == "words":
        return _WORD_ORDER[word]
    return _ENGLISH[word.lower()] if kind == "en" else _ORDINALS[word]


def _introduced(head: str) -> bool:
    """Tell whether what stands above an enumeration only introduces it."""
    return len(head) <= 40 or bool(_INTRO.search(head)) or bool(re.search(r"[：:]\s*$", head))


def _point(text: str, start: int, end: int) -> Point:
    """Return the point of a span, the space around it left out."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Point(start, end, text[start:end])


def _says_something(excerpt: str) -> bool:
    if len(re.sub(r"\W", "", excerpt)) < LEAST:
        return False
    return not (_REMNANT.match(excerpt) or _CLOSING.match(excerpt) or _GREETING.match(excerpt))
