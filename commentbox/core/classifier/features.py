"""What of a text is counted: runs of one to three Chinese characters, whole words and figures of the rest.

Each feature keeps its place in the text, so that a suggestion can show what spoke for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from commentbox.core.numerals import CHINESE, parse_number

LONGEST = 3
TRIGRAM_WEIGHT = 0.7
"""Three characters repeat what two said; less than full weight is better on drafts and on statutes alike."""

AMOUNT_WEIGHT = 1.5
"""Who names an amount of money or a share means the clause that grants it."""

CHINESE_RANGES = ((0x3400, 0x9FFF), (0x20000, 0x3FFFF))
"""Codes of the characters that features of one to three characters consist of, first and last."""
_CHINESE = "".join(f"{chr(first)}-{chr(last)}" for first, last in CHINESE_RANGES)
_OTHER = re.compile(r"[a-z]+|\d+(?:\.\d+)?[万亿%]?")
_RUN = re.compile(rf"(?P<chinese>[{_CHINESE}]+)|{_OTHER.pattern}")
_WRITTEN = re.compile(
    rf"百分之(?P<percent>[{CHINESE}]{{1,5}})"
    r"|(?<![\d.])(?P<tenths>[一二三四五六七八九1-9])(?:成(?![立功为果本员长年品交就熟绩不])|折(?![页叠扇线腾断]))"
    rf"|(?!千万(?!元))(?:(?P<amount>[{CHINESE}]{{1,7}})个?|(?P<digits>\d{{1,4}})(?:(?P<times>[百千])个?|个))"
    rf"(?P<unit>[万亿])|(?P<count>[{CHINESE}]{{1,7}})(?=[元名个家次条项年月人])"
)
_TIMES = {"百": 100, "千": 1000}
_LEAST_FIGURE = 10


class Found(NamedTuple):
    """Hold a feature and where it stands."""

    feature: str
    start: int
    end: int


def features(plain: str) -> Iterator[Found]:
    """Yield the features of a text in its even form, with repetitions."""
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if run["chinese"] is None:
            yield Found(run[0], start, end)
            continue
        for size in range(1, LONGEST + 1):
            for n in range(start, end - size + 1):
                yield Found(plain[n : n + size], n, n + size)
    yield from amounts(plain)


def others(plain: str) -> Iterator[Found]:
    """Yield the runs of a text that are not Chinese: words of letters, figures with their unit."""
    for run in _OTHER.finditer(plain):
        yield Found(run[0], *run.span())


def is_chinese(feature: str) -> bool:
    """Tell whether a feature consists of Chinese characters."""
    return any(first <= ord(feature[0]) <= last for first, last in CHINESE_RANGES)


def is_single(feature: str) -> bool:
    """Tell whether a feature is one Chinese character."""
    return len(feature) == 1 and is_chinese(feature)


def weight(feature: str) -> float:
    """Return how much a feature counts besides its idf."""
    if is_chinese(feature):
        return TRIGRAM_WEIGHT if len(feature) == LONGEST else 1.0
    return AMOUNT_WEIGHT if feature[-1] in "万亿%" else 1.0


def amounts(plain: str) -> Iterator[Found]:
    """Yield 一千万 and 1千万 as 1000万, 五个亿 as 5亿, 百分之三十, 三成 and 三折 as 30%, as drafts do."""
    for match in _WRITTEN.finditer(plain):
        feature = _figure(match)
        if feature:
            yield Found(feature, *match.span())


def _figure(match: re.Match[str]) -> str:
    """Return a written number in figures with its unit; nothing for a small count, which says little."""
    if match["tenths"]:
        return f"{parse_number(match['tenths'])}0%"
    if match["unit"]:
        value = parse_number(match["amount"] or match["digits"]) or 0
        value *= _TIMES.get(match["times"], 1)
        return f"{value}{match['unit']}" if value else ""
    value = parse_number(match["percent"] or match["count"]) or 0
    if match["percent"]:
        return f"{value}%" if value else ""
    return str(value) if value >= _LEAST_FIGURE else ""
