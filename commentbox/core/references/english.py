"""Clauses as English letters name them: Article 12, measures 8-10, item 20 of the annex.

"No. 12" alone is an address as often as a clause, "point 2" the sender's own: neither is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commentbox.core.references.patterns import MOST_IN_LIST, MOST_IN_RANGE

_WORD = r"(?:articles?|art\.|measures?|clauses?|provisions?|items?)"
_NUMBER = r"\(?(\d{1,3})\)?"
_CLAUSE = re.compile(
    rf"(?i)(?<![a-z])(annex\s+|appendix\s+)?{_WORD}\s*(?:nos?\.?\s*|numbers?\s*)?{_NUMBER}"
    rf"(?:\s*(?:-|–|—|to|through)\s*{_NUMBER})?((?:\s*(?:,|and|&|or)\s*(?:and\s+)?\(?\d{{1,3}}\)?(?![\d%])){{0,{MOST_IN_LIST}}})"
    r"(?![\d%]|\.\d|\s*(?:k|c|m)?m\b|\s*(?:metres?|meters?|percent|years?|days?|yuan)\b)"
    r"(\s+(?:of|in|on)\s+the\s+(?:annex|appendix))?"
)
_NTH = re.compile(r"(?i)\bthe\s+(\d{1,3})(?:st|nd|rd|th)\s+(?:article|measure|clause|provision)\b")
_LAW = r"(?:law|act|code|regulations?|constitution|convention|treaty|directive|agreement|contract|gdpr)"
_OF_A_LAW = re.compile(rf"(?i)\s+(?:of|in|under)\s+(?:the\s+)?(?:[\w'’-]+\s+){{0,6}}?{_LAW}\b")
_LAW_BEFORE = re.compile(rf"(?i)\b{_LAW}(?:['’]s)?[\s,(]*$")
_ANY = re.compile(r"[A-Za-z]{3}")
NEAR = 40


def clauses(text: str) -> Iterator[tuple[int, int, list[int], bool]]:
    """Yield start, end, numbers, and whether they are the annex's, of clauses named in English."""
    if not _ANY.search(text):
        return
    for match in _NTH.finditer(text):
        yield match.start(), match.end(), [int(match[1])], False
    for match in _CLAUSE.finditer(text):
        if _OF_A_LAW.match(text[match.end() : match.end() + 2 * NEAR]):
            continue
        if not _LAW_BEFORE.search(text[max(0, match.start() - NEAR) : match.start()]):
            yield match.start(), match.end(), _numbers(match), bool(match[1] or match[5])


def _numbers(match: re.Match[str]) -> list[int]:
    first, last = int(match[2]), int(match[3] or 0)
    some = range(first, last + 1) if first < last <= first + MOST_IN_RANGE else [first]
    return [*some, *map(int, re.findall(r"\d+", match[4]))]
