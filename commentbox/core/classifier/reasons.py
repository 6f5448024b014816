"""Why measures are suggested: the places in texts that spoke for them, many texts at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commentbox.core.classifier.rows import Array, Counted, values_at

SHOWN = 5
WEAK = 0.2
"""A word that speaks for a measure less than this share of what the weightiest does is chatter."""
LEAST = 2
"""Characters; a single one matches anywhere and explains little: it is shown where there is nothing else."""

Span = tuple[int, int]


def spans_of(
    counted: Counted, texts: sparse.csr_matrix, candidates: sparse.csr_matrix, pairs: Array
) -> list[tuple[Span, ...]]:
    """Return for each pair of text and candidate the spans of the text that speak for it, weightiest first.

    Runs of characters overlap, so that those next to each other make up the word that a reader sees.
    """
    owner, at = counted.occurrences(pairs[:, 0])
    column, start, end = counted.places[at].T
    products = values_at(texts, pairs[owner, 0], column) * values_at(candidates, pairs[owner, 1], column)
    long, spoken = end - start >= LEAST, products > 0
    has_long = np.bincount(owner[spoken & long], minlength=len(pairs)) > 0
    kept = np.flatnonzero(spoken & (long | ~has_long[owner]))
    kept = kept[np.lexsort((start[kept], owner[kept]))]
    words = _merged(owner[kept], start[kept], end[kept], products[kept])
    found: list[list[Span]] = [[] for _ in range(len(pairs))]
    for pair, left, right in words:
        if len(found[pair]) < SHOWN:
            found[pair].append((left, right))
    return [tuple(spans) for spans in found]


def _merged(owner: Array, start: Array, end: Array, weight: Array) -> Iterator[tuple[int, int, int]]:
    """Yield owner, start and end of what overlaps taken together, of each owner the weightiest first."""
    if not len(owner):
        return
    apart = (int(end.max()) + 1) * owner.astype(np.int64)
    reached = np.maximum.accumulate(end + apart)
    new = np.ones(len(owner), dtype=bool)
    new[1:] = start[1:] + apart[1:] >= reached[:-1]
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(owner)) - 1
    total = np.add.reduceat(weight, first)
    strongest = np.zeros(int(owner.max()) + 1)
    np.maximum.at(strongest, owner[first], total)
    strong = np.flatnonzero(total > WEAK * strongest[owner[first]])
    first, last, total = first[strong], last[strong], total[strong]
    order = np.lexsort((-total, owner[first]))
    lefts, rights = start[first], reached[last] - apart[last]
    yield from zip(owner[first][order].tolist(), lefts[order].tolist(), rights[order].tolist(), strict=True)
