"""How sure a suggestion is: the share of the likes of it that turn out right.

The first coefficients were fitted on the labelled comments in bench/data; each consultation's own
decisions, predicted before they were learned from, move them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from commentbox.core.classifier.rows import Array

SLACK = (0.7, 4.0, 1.0)
"""How far intercept, score and lead are expected to differ between consultations: standard deviations."""
MOST, LEAST = 0.99, 0.01
REFERENCE_HITS, REFERENCES = 49.0, 50.0
AMBIGUOUS_HITS, AMBIGUOUS = 5.0, 10.0
"""What is expected of a reference before any decision: so many right of so many."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hold what turns scores into shares of right answers."""

    intercept: float = -2.8
    score: float = 14.4
    lead: float = 4.8
    reference: float = REFERENCE_HITS / REFERENCES
    ambiguous: float = AMBIGUOUS_HITS / AMBIGUOUS

    def confidence(self, first: Array, second: Array) -> Array:
        """Return the chance that the first suggestion is right, from the two best scores."""
        sure = expit(measured(first, second) @ self._coefficients())
        return np.asarray(np.where(first > 0, np.clip(sure, LEAST, MOST), 0.0))

    def fitted(self, first: Array, second: Array, right: Array) -> Calibration:
        """Return the coefficients moved by decisions: the likeliest under this one as what was expected."""
        scored = first > 0
        if not scored.any():
            return self
        expected, x, y = self._coefficients(), measured(first, second)[scored], right[scored].astype(float)

        def loss(w: Array) -> tuple[float, Array]:
            z, off = x @ w, (w - expected) / np.square(SLACK)
            return float(np.logaddexp(0, z).sum() - y @ z + (w - expected) @ off / 2), x.T @ (
                expit(z) - y
            ) + off

        found = minimize(loss, expected, jac=True, method="L-BFGS-B").x
        return replace(self, intercept=float(found[0]), score=float(found[1]), lead=float(found[2]))

    def counted(self, right: tuple[int, int], ambiguous: tuple[int, int]) -> Calibration:
        """Return what references deserve after so many right of so many, clear and ambiguous ones."""
        return replace(
            self,
            reference=(REFERENCE_HITS + right[0]) / (REFERENCES + right[1]),
            ambiguous=(AMBIGUOUS_HITS + ambiguous[0]) / (AMBIGUOUS + ambiguous[1]),
        )

    def _coefficients(self) -> Array:
        return np.array([self.intercept, self.score, self.lead])


def measured(first: Array, second: Array) -> Array:
    """Return a row for each pair of scores: 1, the first, and its lead over the second."""
    lead = np.where(first > 0, (first - second) / np.where(first > 0, first, 1.0), 0.0)
    return np.column_stack([np.ones(len(first)), first, lead])
