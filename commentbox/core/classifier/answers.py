"""From scores to suggestions: the order of candidates, references before guesses, spans of the excerpt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from commentbox.core.classifier.rows import Array
from commentbox.core.types import Reference, Suggested, Suggestions

REFERENCE, MODEL, RULE = "reference", "model", "rule"
AMBIGUOUS_SCORE = 0.6
BESIDE_LEAD = 1.6
"""A general remark or a safeguard is proposed first only where it is clearly more alike than any measure."""


FIRST_COMES = 1e-12
"""Of equals the one that stands first in the draft is first."""


def ranked(scores: Array, beside: Array, most: int) -> Array:
    """Return the best ``most`` candidates of each row of scores, best first.

    What stands beside the measures comes after them; the best of it first where it has a clear lead.
    """
    ordered = scores - FIRST_COMES * np.arange(scores.shape[1])
    if beside.any() and not beside.all():
        ordered[:, beside] -= 2.0
        best = np.argmax(ordered + np.where(beside, 4.0, 0.0), axis=1)
        rows = np.arange(len(scores))
        leads = scores[rows, best] > BESIDE_LEAD * scores[:, ~beside].max(axis=1)
        ordered[rows[leads], best[leads]] = 3.0
    most = min(most, ordered.shape[1])
    if most < ordered.shape[1]:
        chosen = np.sort(np.argpartition(-ordered, most - 1, axis=1)[:, :most], axis=1)
    else:
        chosen = np.broadcast_to(np.arange(most), ordered.shape)
    order = np.argsort(-np.take_along_axis(ordered, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1)


def named(found: Sequence[Reference]) -> list[Suggested]:
    """Return the measures that references name, each once."""
    measures: dict[str, Suggested] = {}
    for reference in found:
        score = AMBIGUOUS_SCORE if reference.ambiguous else 1.0
        for path in reference.paths:
            span = (reference.start, reference.end)
            measures.setdefault(path, Suggested(path, score, REFERENCE, reference.text, (span,)))
    return list(measures.values())


def guessed(text: str, path: str, score: float, spans: tuple[tuple[int, int], ...]) -> Suggested:
    """Return a measure that words speak for."""
    words = dict.fromkeys(text[start:end] for start, end in spans)
    return Suggested(path, score, MODEL, "、".join(words), spans)


def query_text(excerpt: str, *more: str) -> str:
    """Return what is known of a comment as one text: what its excerpt does not hold, then the excerpt."""
    return " ".join([*(part for part in more if part and part not in excerpt), excerpt])


def in_excerpt(answer: Suggestions, text: str, excerpt: str) -> Suggestions:
    """Return the answer to a `query_text` with spans of its excerpt; those before it are left out."""
    offset = len(text) - len(excerpt)
    if not offset:
        return answer
    measures = (
        replace(s, spans=tuple((start - offset, end - offset) for start, end in s.spans if start >= offset))
        for s in answer.measures
    )
    return replace(answer, measures=tuple(measures))
