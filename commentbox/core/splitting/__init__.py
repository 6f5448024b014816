"""A letter into points with exact spans: lists, tables in text, enumerations in a sentence, paragraphs.

Greetings, introductions, closings and signatures belong to no point. What shows no structure stays one
point: a point too many costs a clerk more than two thoughts in one.
"""

from __future__ import annotations

from dataclasses import replace

from commentbox.core.remarks import is_mark
from commentbox.core.splitting.asides import opening
from commentbox.core.splitting.covering import covers
from commentbox.core.splitting.forms import around_table, organisation
from commentbox.core.splitting.items import pieces
from commentbox.core.splitting.labels import CLAUSE_HEAD, item_start
from commentbox.core.splitting.letters import content, hello, says_something
from commentbox.core.splitting.lines import Line, lines_of, point
from commentbox.core.splitting.marks import usual
from commentbox.core.splitting.sentences import divided
from commentbox.core.splitting.tables import Block, blocks, says_nothing
from commentbox.core.splitting.wrapped import unwrapped
from commentbox.core.types import Point

__all__ = ["covers", "organisation", "says_nothing", "split"]


MOST_POINTS = 1_000
"""Of one text. The largest tables that offices return have a few hundred rows."""


def split(text: str) -> list[Point]:
    """Return the points of a letter in order; only an empty letter has none."""
    flat = unwrapped(usual(text))
    return [replace(one, excerpt=text[one.start : one.end]) for one in _points(flat)]


def _points(text: str) -> list[Point]:
    lines = [line for line in lines_of(text) if line.text.strip() and not is_mark(line.text)]
    found = blocks(lines, text)
    has_table = any(block.is_table for block in found)
    points: list[Point] = []
    for place, block in enumerate(found):
        below = found[place + 1 : place + 2]
        points += block.points or _running(text, block, has_table, leads=bool(below and below[0].is_table))
    if len(points) == 1 and not has_table:
        points = [_with_its_opening(text, points[0])]
    silent = [point for block in found for point in block.silent]
    kept = content(lines)
    whole = point(text, kept[0].start, kept[-1].end) if kept else point(text, 0, len(text))
    return _bounded(text, points) or silent[:1] or ([whole] if whole.excerpt else [])


def _with_its_opening(text: str, only: Point) -> Point:
    """Return the only point of a text with what introduces it in its paragraph.

    Who somebody is tells what he speaks of; beside other points it would tell that of one only.
    """
    begin = text.rfind("\n", 0, only.start) + 1
    line = Line(begin, only.end, text[begin : only.end])
    if not opening(line.text) or item_start(line) is not None:
        return only
    wide = point(text, begin + hello(line.text), only.end)
    return replace(only, start=wide.start, end=wide.end, excerpt=wide.excerpt)


def _bounded(text: str, points: list[Point]) -> list[Point]:
    """Return the points, of very many the last as one: a list of thousands is data, not comments."""
    if len(points) <= MOST_POINTS:
        return points
    kept = points[: MOST_POINTS - 1]
    return [*kept, point(text, points[MOST_POINTS - 1].start, points[-1].end)]


def _running(text: str, block: Block, has_table: bool, leads: bool) -> list[Point]:
    """Return the points of running lines; beside a table, what belongs to its form is left out."""
    lines = around_table(block.lines, leads) if has_table else block.lines
    points: list[Point] = []
    for piece in pieces(content(lines, whole=not has_table)):
        found = [p for p in divided(text, piece) if says_something(p.excerpt)]
        points += [
            replace(
                p, reference=_clause(text, p.start) or p.reference or piece.topic, original=piece.original
            )
            for p in found
        ]
    return points


def _clause(text: str, start: int) -> str:
    """Return the clause that a line names before the point itself begins: 第8条：…"""
    head = CLAUSE_HEAD.match(text[text.rfind("\n", 0, start) + 1 : start])
    return head[0].strip(" \t　：:，,、") if head else ""
