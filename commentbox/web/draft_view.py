"""A draft as a page shows it: its nodes with their depth, its contents, its annex, its choices.

Plain values made of stored measures; it knows no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commentbox.core.states import MeasureKind
from commentbox.models import Measure

DEEPEST_CONTENTS = 2
DEEPEST_HEADING = 6
_FIRST_HEADING = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold one node of the draft and how deep it lies, from 1."""

    measure: Measure
    depth: int

    @property
    def heading(self) -> int:
        """Return the level of its heading on the page."""
        return min(DEEPEST_HEADING, _FIRST_HEADING - 1 + self.depth)


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """Hold one item of the annex and the measure that it carries out."""

    measure: Measure
    carries_out: Measure | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """Hold a draft ready to be shown."""

    nodes: list[Shown]
    annex: list[AnnexLine]

    @property
    def contents(self) -> list[Shown]:
        """Return the upper nodes, for the table of contents."""
        return [shown for shown in self.nodes if shown.depth <= DEEPEST_CONTENTS]


def draft_view(measures: Sequence[Measure]) -> DraftView:
    """Return the draft of measures in their order; one that stands for the whole is left out."""
    by_id = {measure.id: measure for measure in measures}
    annex = [m for m in measures if m.kind == MeasureKind.ANNEX_ITEM]
    return DraftView(_body(measures), [AnnexLine(m, by_id.get(m.carries_out_id or 0)) for m in annex])


def choices(measures: Sequence[Measure], annex_name: str) -> list[tuple[str, list[Measure]]]:
    """Return what a list box offers: under each top node itself and all below it, the annex last."""
    groups: list[tuple[str, list[Measure]]] = []
    for shown in _body(measures):
        if shown.depth == 1:
            groups.append((f"{shown.measure.label}{shown.measure.title}", []))
        groups[-1][1].append(shown.measure)
    annex = [m for m in measures if m.kind == MeasureKind.ANNEX_ITEM]
    return [*groups, (annex_name, annex)] if annex else groups


def _body(measures: Sequence[Measure]) -> list[Shown]:
    """Return the nodes of the body with their depth; a node whose parent is left out lies on top."""
    depths: dict[int, int] = {}
    shown: list[Shown] = []
    for measure in measures:
        if measure.kind in {MeasureKind.ANNEX_ITEM, MeasureKind.WHOLE}:
            continue
        depths[measure.id] = depths.get(measure.parent_id or 0, 0) + 1
        shown.append(Shown(measure, depths[measure.id]))
    return shown
