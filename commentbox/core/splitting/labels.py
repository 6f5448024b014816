"""How a line is marked as an item of a list, or as being about a clause; knows nothing of what it says."""

from __future__ import annotations

import re

from commentbox.core.numerals import NUMBER, Style, parse_label
from commentbox.core.splitting.lines import Line
from commentbox.core.splitting.sentences import enumerated

_CLAUSES = {Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE}
"""Labels that name a place in the draft rather than count the letter's own points."""
_BULLET = re.compile(r"^\s*[-•·●◆■▪◇□○▶►➢✓*–—]+\s*(?=\S)")
CLAUSE_HEAD = re.compile(
    rf"^\s*((?:附件|附表|附录|保障措施)?第\s*[（(]?\s*{NUMBER}\s*[）)]?\s*[条项款]|\d{{1,2}}\s*[.．]?\s*[（(]\d{{1,3}}[）)])\s*[：:，,、\s]?"
)
_LETTERED = re.compile(
    r"^\s*(?:[（(]?[a-hA-H][)）]|[a-hA-H][.、](?=\s)|\d{1,2}[)）](?!\d)|[QqPp]\d{1,2}\s*[：:.、])\s*(?=\S)"
)
_NTH = re.compile(r"^\s*(?:第[一二三四五六七八九][点条个]?\s*[，,、：:]|[一二三四五六七八九]是)\s*")
_SAID = re.compile(r"^\s*意见\s*(?:[1-9]\d?|[一二三四五六七八九十]{1,2})\s*[：:、.．]\s*")


def item_start(line: Line) -> int | None:
    """Return where the text of a list item begins, None for a line that is none.

    A line that counts on by itself, 1、… 2、… 3、…, is a paragraph with an enumeration.
    """
    cuts = enumerated(line.text)
    if cuts and cuts[0][0] <= lead(line.text) < cuts[0][1]:
        return None
    clause = CLAUSE_HEAD.match(line.text)
    if clause:
        colon = re.search(r"[：:]\s*$", clause[0])
        return line.start + (clause.end() if colon or re.match(r"\s*\d", clause[0]) else lead(line.text))
    label = parse_label(line.text)
    if label is not None:
        return line.start + (lead(line.text) if label.style in _CLAUSES else label.length)
    kinds = (_SAID, _NTH, _LETTERED, _BULLET)
    marked = next((match for kind in kinds if (match := kind.match(line.text))), None)
    return line.start + marked.end() if marked else None


def style_of(line: Line) -> str:
    """Return how an item is marked, "" for a line that is none."""
    if _SAID.match(line.text):
        return "said"
    if _NTH.match(line.text):
        return "nth"
    label = parse_label(line.text)
    if label is not None:
        return label.style
    if _LETTERED.match(line.text):
        return "letter"
    return "bullet" if _BULLET.match(line.text) else ""


def lead(text: str) -> int:
    """Return how much space a line begins with."""
    return len(text) - len(text.lstrip())
