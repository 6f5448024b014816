"""Learn from decisions which words tell measures apart: one weight a word, whatever the measure.

What one decision teaches about a word holds for every measure that uses it; that is why it helps on points
that nobody has made before, where a model of its own for each measure does not (docs/classifier.md).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from commentbox.core.classifier.rows import Array, normalized

SHARPNESS = 25.0
"""What a likeness is multiplied with to be the exponent of a chance."""
DOUBT = 4.0
"""How much a word's weight costs that is not 1; the more, the more decisions it takes to move it."""
ROUNDS = 30
BLOCK = 200


def learn_stress(said: sparse.csr_matrix, owners: Array, rows: sparse.csr_matrix, beside: Array) -> Array:
    """Return the logarithm of each column's weight, from weighted comments and their measures' rows.

    ``beside`` is what else counts for each measure, a row a comment, whatever the weights. The weights are
    those under which the right measures would most likely have been ranked first.
    """
    used = np.flatnonzero((said.getnnz(axis=0) > 0) & (rows.getnnz(axis=0) > 0))
    stress = np.zeros(said.shape[1])
    if len(used) and rows.shape[0] > 1:
        texts, measures = normalized(said[:, used]), rows[:, used].tocsc()

        def loss(x: Array) -> tuple[float, Array]:
            return _loss(x, texts, owners, measures, beside)

        found = minimize(loss, np.zeros(len(used)), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
        stress[used] = found.x
    return stress


def _loss(
    x: Array, texts: sparse.csr_matrix, owners: Array, measures: sparse.csc_matrix, beside: Array
) -> tuple[float, Array]:
    """Return how unlikely the decisions are under these weights, and the slope."""
    total, slope, weights = DOUBT * float(x @ x) / 2, np.zeros(len(x)), np.exp(x)
    for start in range(0, len(owners), BLOCK):
        end = start + BLOCK
        block, right = texts[start:end], owners[start:end]
        alike = (block.multiply(weights).tocsr() @ measures.T).toarray()
        scores = SHARPNESS * (alike + beside[start:end])
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        each = np.arange(len(right))
        total -= float(np.log(chances[each, right] + 1e-12).sum())
        chances[each, right] -= 1
        slope += np.asarray(block.multiply(chances @ measures).sum(axis=0)).ravel()
    return total, SHARPNESS * slope * weights + DOUBT * x
