"""A letter into points with exact spans: lists, tables in text, enumerations in a sentence, paragraphs.

Greetings, introductions, closings and signatures belong to no point. What shows no structure stays one
point: a point too many costs a clerk more than two thoughts in one.
"""

from __future__ import annotations

from dataclasses import replace

from commentbox.core.splitting.letters import CLAUSE_HEAD, content, pieces, says_something
from commentbox.core.splitting.lines import lines_of, point
from commentbox.core.splitting.sentences import divided
from commentbox.core.splitting.tables import table
from commentbox.core.types import Point

__all__ = ["split"]


def split(text: str) -> list[Point]:
    """Return the points of a letter in order; only an empty letter has none."""
    lines = [line for line in lines_of(text) if line.text.strip()]
    rows, below = table(lines, text)
    points: list[Point] = []
    for piece in pieces(content(lines[below:], whole=not rows)):
        found = [p for p in divided(text, piece) if says_something(p.excerpt)]
        points += [replace(p, reference=_clause(text, p.start)) for p in found]
    whole = point(text, 0, len(text))
    return rows + points or ([whole] if whole.excerpt else [])


def _clause(text: str, start: int) -> str:
    """Return the clause that a line names before the point itself begins: 第8条：…"""
    head = text[text.rfind("\n", 0, start) + 1 : start]
    return head.strip(" \t　：:，,、") if head and CLAUSE_HEAD.match(head) else ""
