"""Why a measure is suggested: the places in a text that spoke for it."""

from __future__ import annotations

import numpy as np

from commentbox.core.classifier.rows import Array, Row, values_at

SHOWN = 5
LEAST = 2
"""Characters; a single one matches anywhere and explains little: it is shown where there is nothing else."""

Span = tuple[int, int]


def spans_of(places: Array, text: Row, candidate: Row) -> tuple[Span, ...]:
    """Return the spans of a text that speak for a candidate, the weightiest first.

    ``places`` are the text's occurrences: column, start, end. Runs of characters overlap, so that those
    next to each other make up the word that a reader sees.
    """
    products = values_at(text, places[:, 0]) * values_at(candidate, places[:, 0])
    long = places[:, 2] - places[:, 1] >= LEAST
    spoken = products > 0
    if (spoken & long).any():
        spoken &= long
    found, weights = places[spoken, 1:], products[spoken]
    order = np.argsort(found[:, 0], kind="stable")
    merged: dict[Span, float] = {}
    start = end = -1
    total = 0.0
    for (left, right), weight in zip(found[order].tolist(), weights[order].tolist(), strict=True):
        if left >= end:
            merged[start, end] = total
            start, end, total = left, right, 0.0
        end = max(end, right)
        total += weight
    merged[start, end] = total
    merged.pop((-1, -1))
    return tuple(sorted(merged, key=lambda span: -merged[span])[:SHOWN])
