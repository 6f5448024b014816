"""Which measure an item of the annex carries out: the one that holds most of its words.

Titles are reworded and texts cut, so the pairs of characters decide; a heading that the item and the
measure share goes first, and of measures that are alike the one that comes next in order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from commentbox.core.states import MeasureKind
from commentbox.core.types import Node

_TIE = 0.35
"""Least likeness for the two to be tied."""
_NEXT = 0.03
"""What order adds to the likeness of the measure of the item before, and of the one after it."""
_COMMON = 48
"""Measures that may hold a pair before it tells nothing; keeps the work linear in a long draft."""
_CANDIDATES = 16


class Ties:
    """Find the measure of each item, the items given in order."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._measures = [node for node in nodes if node.kind == MeasureKind.MEASURE]
        self._titles = [_pairs(node.title) for node in self._measures]
        self._held = [
            title | _pairs(node.text) for node, title in zip(self._measures, self._titles, strict=True)
        ]
        self._holders: dict[str, list[int]] = {}
        for place, held in enumerate(self._held):
            for pair in held:
                self._holders.setdefault(pair, []).append(place)
        names = {node.path: _plain(node.title) for node in nodes}
        self._above: dict[str, list[int]] = {}
        for place, node in enumerate(self._measures):
            self._above.setdefault(names.get(node.parent or "", ""), []).append(place)
        self._within: dict[str, list[int]] = {}
        self._last = 0

    def next(self, title: str, text: str, heading: str) -> str | None:
        """Return the path of the measure that the next item carries out, None where none is like it."""
        titled, worded = _pairs(title), _pairs(text)
        for places in (self._under(heading), self._near(titled | worded)):
            scored = [(self._likeness(titled, worded, place), place) for place in places]
            best = max(
                scored, key=lambda s: (s[0] + _NEXT * (0 <= s[1] - self._last <= 1), -s[1]), default=None
            )
            if best is not None and best[0] >= _TIE:
                self._last = best[1]
                return self._measures[best[1]].path
        return None

    def _under(self, heading: str) -> list[int]:
        """Return the measures under the action or task that a heading names, if they are few."""
        if heading not in self._within:
            plain = _plain(heading)
            found = [p for name, places in self._above.items() if name and name in plain for p in places]
            self._within[heading] = found if len(found) <= _COMMON else []
        return self._within[heading]

    def _near(self, pairs: set[str]) -> list[int]:
        """Return the measures that share most pairs."""
        shared: Counter[int] = Counter()
        for pair in pairs:
            holders = self._holders.get(pair, ())
            if len(holders) <= _COMMON:
                shared.update(holders)
        around = [p for p in (self._last, self._last + 1) if p < len(self._measures)]
        return [*around, *(place for place, _ in shared.most_common(_CANDIDATES))]

    def _likeness(self, titled: set[str], worded: set[str], place: int) -> float:
        wanted = self._titles[place]
        in_text = len(worded & self._held[place]) / len(worded) if worded else 0.0
        in_title = len(titled & wanted) / len(titled | wanted) if titled | wanted else 0.0
        return max(0.7 * in_text + 0.3 * in_title, 0.9 * in_title)


def _pairs(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[n : n + 2] for n in range(len(plain) - 1)}


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text)
