"""How good the suggestions are on labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commentbox.core.classifier.model import MeasureModel
from commentbox.core.references import ReferenceFinder
from commentbox.core.types import Suggested, Suggestions

BINS = 10
PRECISION = 0.95
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Hold the figures of one labelled file; shares lie in 0..1.

    ``coverage`` is the share of texts that can be taken without looking while 95 % of them are right. The
    intervals hold 95 of 100 figures that other texts of the kind would give.
    """

    texts: int
    top1: float
    top1_interval: tuple[float, float]
    top3: float
    top3_interval: tuple[float, float]
    calibration_error: float
    coverage: float


def evaluate(
    model: MeasureModel,
    references: ReferenceFinder,
    numbers: dict[str, int | None],
    items: Sequence[tuple[str, Sequence[int | str]]],
) -> Evaluation:
    """Score the model on texts labelled with measure numbers; labels that are words are left out.

    ``numbers`` are the measures' numbers by path. A text counts as right when its first suggestion, of
    all its points, is one of its labels.
    """
    labelled = [(text, labels) for text, labels in items if any(isinstance(x, int) for x in labels)]
    answers = model.suggest_letters([text for text, _ in labelled], references)
    rated = [
        (_right(numbers, ranked, labels, 1), _right(numbers, ranked, labels, 3), sure)
        for (_, labels), points in zip(labelled, answers, strict=True)
        for ranked, sure in [_merged([answer for _, answer in points])]
    ]
    count = len(rated) or 1
    sure_ones = [(sure, right) for right, _, sure in rated]
    return Evaluation(
        texts=len(rated),
        top1=sum(first for first, _, _ in rated) / count,
        top1_interval=interval([first for first, _, _ in rated]),
        top3=sum(third for _, third, _ in rated) / count,
        top3_interval=interval([third for _, third, _ in rated]),
        calibration_error=calibration_error(sure_ones),
        coverage=_coverage(sure_ones),
    )


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean, the same each time."""
    if not values:
        return (0.0, 1.0)
    drawn = np.random.default_rng(0).choice(np.asarray(values, dtype=float), (DRAWS, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), (0.025, 0.975))
    return (float(low), float(high))


def _merged(answers: Sequence[Suggestions]) -> tuple[list[Suggested], float]:
    """Return the suggestions of all points of a text, best first, and how sure the surest point is."""
    best: dict[str, Suggested] = {}
    for one in (s for answer in answers for s in answer.measures):
        if one.path not in best or one.score > best[one.path].score:
            best[one.path] = one
    ranked = sorted(best.values(), key=lambda s: -s.score)
    return ranked, max((answer.confidence for answer in answers), default=0.0)


def _right(
    numbers: dict[str, int | None], ranked: Sequence[Suggested], labels: Sequence[int | str], depth: int
) -> bool:
    return any(numbers.get(one.path) in labels for one in ranked[:depth])


def calibration_error(rated: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error over ten bins of confidence."""
    error = 0.0
    for n in range(BINS):
        inside = [(c, r) for c, r in rated if n / BINS <= c < (n + 1) / BINS or (n == BINS - 1 and c == 1)]
        if inside:
            gap = abs(sum(c for c, _ in inside) - sum(r for _, r in inside))
            error += gap / len(rated)
    return error


def _coverage(rated: Sequence[tuple[float, bool]]) -> float:
    """Return the largest share of the surest texts of which 95 % are right."""
    right = best = 0
    for count, (_, good) in enumerate(sorted(rated, key=lambda pair: -pair[0]), 1):
        right += good
        if right >= PRECISION * count:
            best = count
    return best / len(rated) if rated else 0.0
