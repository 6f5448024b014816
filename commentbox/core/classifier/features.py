"""The features of a text: runs of one to three Chinese characters, whole words and figures of the rest."""

from __future__ import annotations

import re

from commentbox.core.numerals import CHINESE, parse_number
from commentbox.core.text import normalise

LONGEST = 3
TRIGRAM_WEIGHT = 0.7
"""Three characters repeat what two said; less than full weight is better on drafts and on statutes alike."""

_FIGURE = re.compile(rf"百分之([{CHINESE}]{{1,5}})|[{CHINESE}]{{1,7}}(?=[万亿元%名个家次条项年月人])")
_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z]+|\d+(?:\.\d+)?[万亿%]?元?")
_LEAST_FIGURE = 10
WORDS_SHOWN = 5


def features(text: str) -> list[str]:
    """Return the features of a text, with repetitions."""
    found: list[str] = []
    for run in _RUN.findall(_FIGURE.sub(_digits, normalise(text))):
        if is_chinese(run):
            found += [run[n : n + k] for k in range(1, LONGEST + 1) for n in range(len(run) - k + 1)]
        else:
            found.append(run)
    return found


def is_chinese(feature: str) -> bool:
    """Tell whether a feature consists of Chinese characters."""
    return ord(feature[0]) >= 0x3400


def weight(feature: str) -> float:
    """Return how much a feature counts besides its idf."""
    return TRIGRAM_WEIGHT if len(feature) == LONGEST and is_chinese(feature) else 1.0


def spoken(text: str, shared: dict[str, float]) -> tuple[str, ...]:
    """Return the longest runs of a text that are made of shared features, heaviest first.

    Pairs of characters overlap, so that neighbours in the text make up the word that a reader sees.
    """
    runs: dict[str, float] = {}
    for run in _RUN.findall(_FIGURE.sub(_digits, normalise(text))):
        for word in _covered(run, shared) if is_chinese(run) else [run] * (run in shared):
            pairs = [word[n : n + 2] for n in range(len(word) - 1)] if is_chinese(word) else [word]
            runs[word] = sum(shared.get(pair, 0.0) for pair in pairs)
    return tuple(sorted(runs, key=lambda word: -runs[word])[:WORDS_SHOWN])


def _covered(run: str, shared: dict[str, float]) -> list[str]:
    """Return the stretches of a run in which each pair of neighbours is shared."""
    words, start = [], 0
    for n in range(1, len(run) + 1):
        if n == len(run) or run[n - 1 : n + 1] not in shared:
            if n - start > 1:
                words.append(run[start:n])
            start = n
    return words


def _digits(match: re.Match[str]) -> str:
    """Return 一千万 as 1000万 and 百分之三十 as 30%, the way drafts write amounts."""
    if match[1]:
        value = parse_number(match[1])
        return f"{value}%" if value else match[0]
    value = parse_number(match[0])
    return str(value) if value and value >= _LEAST_FIGURE else match[0]
