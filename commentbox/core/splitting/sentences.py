"""Sentences of one paragraph into points: enumerations, clauses named in turn, turns of speech."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from commentbox.core.numerals import NUMBER, parse_number
from commentbox.core.splitting.asides import asks
from commentbox.core.splitting.lines import Piece, point
from commentbox.core.splitting.themes import theme_cuts
from commentbox.core.types import Point

SHORT = 60
"""Characters: a shorter paragraph without an enumeration is one point, whatever joins its sentences."""
SHORT_ITEM = 150
"""Characters: a shorter item of a list is one point, whatever it enumerates."""
LONGEST_SENTENCE = 1000
MOST_ANNOUNCED = 20
"""Places in a paragraph that say how many things follow, of which each is tried."""
LEAST_BEFORE = 14
"""Characters before a turn of speech, so that no remnant is left there."""
LEAST_OF_CLAUSE = 8
"""Characters that say something of a clause before another is named."""

LEADS_IN = re.compile(
    r"(如下|以下|几点|几条|[一二两三四五六七八九十\d]+(点|条|个|方面)(意见|建议|想法|看法|体会|问题|真心话|修改意见)|"
    r"具体(意见|建议)|逐条|按条)"
    r"[^。；]{0,16}[：:—。，,]*\s*$|[：:]\s*$|—{1,2}\s*$|"
    r"i have .{1,30}(suggestions?|comments?|points?)[.:]?\s*$",
    re.IGNORECASE,
)
_REASONS = re.compile(
    r"(?:理由|原因|依据|好处)(?:如下|有[几两二三四五]|是|主要)*[^，。；：:]{0,6}[：:]\s*$|because\s*[:：]\s*$",
    re.I,
)
_ANNOUNCED = re.compile(r"([两二三四五六])(?:点|条|个|件|方面)[^。：:；;\n]{0,12}[：:]\s*")
_ORDER = re.compile(
    r"(?:(?<=[。；;：:，,？！?!\n\s、])|^)(?:"
    r"(?P<cn>[一二三四五六七八九])(?:是|则)[，,、：:]?"
    r"|(?P<why>[一二三四五六])来[，,、：:]?"
    r"|(?:意见|建议)(?P<said>[一二三四五六七八九1-9])[：:、]"
    r"|其(?P<its>[一二三四五六七八九])(?:是|[，,、：:])"
    r"|(?:第(?P<nth>[一二三四五六七八九])[，,、：:点]+)"
    r"|第(?P<item>[一二三四五六])[个件点](?:问题|建议|意见|想法|事)?(?:就?是|[，,：:])"
    r"|(?P<words>首先|其次|再次|再者|最后)[，,、：:]?"
    r"|(?P<num>[1-9])\s*[、.．](?!\d)\s*"
    r"|(?P<half>[1-9])\s*[)）]\s*"
    r"|[（(](?P<br>[1-9]|[一二三四五六七八九])[）)]\s*"
    r"|(?P<circ>[①②③④⑤⑥⑦⑧⑨])\s*"
    r"|(?P<en>first(?:ly)?|second(?:ly)?|third(?:ly)?|finally)[,，]\s*)",
    re.I,
)
_COUNTED = re.compile(r"[两二三四五六几]\s*[点条个件方](?!月|小时|人)")
_HEAD = 40
"""Characters of what may introduce an enumeration."""
_CITED = re.compile(rf"(?<!》)(?:附[件表录])?第\s*[（(]?\s*{NUMBER}\s*[）)]?\s*[条项款章]")
_ORDINALS = {c: n for row in ("一二三四五六七八九", "123456789", "①②③④⑤⑥⑦⑧⑨") for n, c in enumerate(row, 1)}
_WORD_ORDER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 9}
_ENGLISH = {"first": 1, "firstly": 1, "second": 2, "secondly": 2, "third": 3, "thirdly": 3, "finally": 9}
_TURN = re.compile(
    r"(?<=[。！？；;\n.!?])\s*(?=(?:另外|此外|还有|还想[说提问]|还要[说提]|至于|再就是|再有|再一个|再一点|再者|再[说提]一|其次|最后"
    r"|同时|顺便|顺带|除此之外|除了(?:以上|上述|这)|与此同时|另一(?:点|个|件)(?:事|问题|意见|建议|是)"
    r"|[下第][一二三四五]个问题|对了)[，,、：:\u4e00-\u9fff]"
    r"|另[，,、：:]|(?:关于|针对|说到)[^，。；]{2,20}[，,]|[^，。；、]{2,8}(?:方面|这块|那块|问题上)[，,]"
    r"|(?!实际|事实|基本|总体|原则|晚上|早上|马上|网上|路上|街上|表面|历史|理论|大体|整体)[^，。；、的]{2,3}上[，,]"
    r"|(?:also|in addition|besides|moreover|furthermore|additionally|finally|lastly|secondly|thirdly"
    r"|another (?:thing|point|issue|question)|one more)\b)",
    re.I,
)
_CLAUSE_SENTENCE = re.compile(
    r"(?<=[。；;\n])\s*(?=(?:关于)?(?:附件|附表)?第\s*[（(]?[\d一二三四五六七八九十]{1,5}[）)]?\s*[条项款])"
)


def divided(text: str, piece: Piece) -> list[Point]:
    """Return a paragraph's points: cut at an enumeration, at clauses named in turn, at turns of speech."""
    said = text[piece.start : piece.end]
    if piece.listed and len(said) < SHORT_ITEM and not _by_clauses(text, piece):
        return [point(text, piece.start, piece.end)]
    cuts = enumerated(said)
    starts, inner = [s for s, _ in cuts] or [0], [s for _, s in cuts] or [0]
    turns = _turns(said, inner[-1], long=bool(cuts) or len(said) >= SHORT)
    if not cuts and not piece.listed:
        turns = sorted({*turns, *theme_cuts(said)})
    ends = [*starts[1:], *turns, len(said)]
    spans = zip([*inner, *turns], ends, strict=True)
    clause = cited(said[: starts[0]])
    return [replace(point(text, piece.start + a, piece.start + b), reference=clause) for a, b in spans]


def cited(text: str) -> str:
    """Return the only clause of the draft that a text names, "" where it names none or several."""
    clauses = {match[0] for match in _CITED.finditer(text)}
    return clauses.pop() if len(clauses) == 1 else ""


def _turns(said: str, start: int, long: bool) -> list[int]:
    """Return where a paragraph turns to something else, from a place in it onward.

    In one that is not ``long`` only a sentence that begins with a clause does.
    """
    patterns = (_TURN, _CLAUSE_SENTENCE) if long else (_CLAUSE_SENTENCE,)
    marks = {m.end() for p in patterns for m in p.finditer(said)}
    least = LEAST_BEFORE if long else LEAST_OF_CLAUSE
    return sorted(m for m in marks if m > start + least)


def _by_clauses(text: str, piece: Piece) -> bool:
    """Tell whether a paragraph begins with a clause and with no other mark."""
    above = text[text.rfind("\n", 0, piece.start) + 1 : piece.start]
    return not above.strip() and _CITED.match(text, piece.start, piece.end) is not None


def enumerated(piece: str) -> list[tuple[int, int]]:
    """Return where the members of an enumeration begin, with and without their marks; [] for none.

    The marks are of one kind and count from 1; what stands above the first only introduces. Without
    marks, 两点：…；…。 is one where as many parts follow as it says.
    """
    kinds: dict[str, list[tuple[int, int, int]]] = {}
    for match in _ORDER.finditer(piece):
        kind = match.lastgroup or ""
        kinds.setdefault(kind, []).append((match.start(), match.end(), _ordinal(kind, match[kind])))
    for kind, marks in kinds.items():
        run: list[tuple[int, int]] = []
        last = 0
        for begin, inner, number in marks:
            if number == last + 1 or (run and number == 9):
                run.append((begin, inner))
                last = number
        if len(run) >= 2 and leads_to_reasons(piece[: run[0][0]][-LONGEST_SENTENCE:]):
            return []
        if len(run) >= 2 and kind == "why" and not _counts(piece[: run[0][0]]):
            continue
        if len(run) >= 2 and _introduced(piece[: run[0][0]]):
            return run
        if len(run) >= 2:
            return [(0, 0), *run]
    return _announced(piece)


def _announced(piece: str) -> list[tuple[int, int]]:
    """Return where the parts begin of which a sentence says how many there are."""
    for match in islice(_ANNOUNCED.finditer(piece), MOST_ANNOUNCED):
        sentence = piece[match.end() : match.end() + LONGEST_SENTENCE].split("。", 1)[0]
        cuts = [match.end(), *(match.end() + cut.end() for cut in re.finditer(r"[；;]\s*(?=\S)", sentence))]
        if len(cuts) == parse_number(match[1]):
            return [(cut, cut) for cut in cuts]
    return []


def _ordinal(kind: str, word: str) -> int:
    if kind == "words":
        return _WORD_ORDER[word]
    return _ENGLISH[word.lower()] if kind == "en" else _ORDINALS[word]


def leads_to_reasons(head: str) -> bool:
    """Tell whether what follows are the reasons of what has been said."""
    return _REASONS.search(head[-_HEAD:]) is not None


def _counts(head: str) -> bool:
    """Tell whether 一来…二来… count points, not the reasons of what stands above them."""
    return bool(_COUNTED.search(head[-_HEAD:])) or not asks(head[-_HEAD:])


def _introduced(head: str) -> bool:
    """Tell whether what stands above an enumeration only introduces it."""
    return len(head) <= _HEAD or bool(LEADS_IN.search(head.rstrip()[-100:]))
