"""How sure a suggestion is: the share of the likes of it that turn out right.

The first coefficients were fitted on the labelled comments in bench/data and, counting as much, the
questions to statutes, among forty times as many candidates; each consultation's own decisions, predicted
before they were learned from, move them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from commentbox.core.classifier.rows import Array

SLACK = (0.7, 4.0, 1.0, 0.1)
"""How far the coefficients are expected to differ between consultations: standard deviations."""
COEFFICIENTS = ("intercept", "score", "lead", "crowd")
MOST, LEAST = 0.99, 0.01
REFERENCE_HITS, REFERENCES = 49.0, 50.0
AMBIGUOUS_HITS, AMBIGUOUS = 5.0, 10.0
"""What is expected of a reference before any decision: so many right of so many."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hold what turns scores into shares of right answers."""

    intercept: float = 0.5
    score: float = 6.6
    lead: float = 6.0
    crowd: float = -0.57
    reference: float = REFERENCE_HITS / REFERENCES
    ambiguous: float = AMBIGUOUS_HITS / AMBIGUOUS

    def confidence(self, first: Array, second: Array, candidates: int) -> Array:
        """Return the chance that the first suggestion is right, from the two best scores of so many."""
        sure = expit(measured(first, second, candidates) @ self._coefficients())
        return np.asarray(np.where(first > 0, np.clip(sure, LEAST, MOST), 0.0))

    def fitted(self, first: Array, second: Array, right: Array, candidates: int) -> Calibration:
        """Return the coefficients moved by decisions: the likeliest under this one as what was expected."""
        scored = first > 0
        if not scored.any():
            return self
        expected, y = self._coefficients(), right[scored].astype(float)
        x = measured(first, second, candidates)[scored]

        def loss(w: Array) -> tuple[float, Array]:
            z, off = x @ w, (w - expected) / np.square(SLACK)
            return float(np.logaddexp(0, z).sum() - y @ z + (w - expected) @ off / 2), x.T @ (
                expit(z) - y
            ) + off

        found = map(float, minimize(loss, expected, jac=True, method="L-BFGS-B").x)
        return replace(self, **dict(zip(COEFFICIENTS, found, strict=True)))

    def counted(self, right: tuple[int, int], ambiguous: tuple[int, int]) -> Calibration:
        """Return what references deserve after so many right of so many, clear and ambiguous ones."""
        return replace(
            self,
            reference=(REFERENCE_HITS + right[0]) / (REFERENCES + right[1]),
            ambiguous=(AMBIGUOUS_HITS + ambiguous[0]) / (AMBIGUOUS + ambiguous[1]),
        )

    def _coefficients(self) -> Array:
        return np.array([getattr(self, name) for name in COEFFICIENTS])


def measured(first: Array, second: Array, candidates: int) -> Array:
    """Return a row for each pair of scores: 1, the first, its lead over the second, and how many there are.

    The more candidates, the less it says to be the best of them.
    """
    lead = np.where(first > 0, (first - second) / np.where(first > 0, first, 1.0), 0.0)
    return np.column_stack([np.ones(len(first)), first, lead, np.full(len(first), np.log(candidates))])
