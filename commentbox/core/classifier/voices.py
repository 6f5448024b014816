"""What people say, and which measures it speaks for: in the phrasebook, and in what staff decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import norm as norm_of

from commentbox.core.classifier.rows import Array, heaviest

SHOWN = 1000
"""Words that people say for a measure, the heaviest: the reason that is shown where a comment holds them."""


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Hold what people say for the measures of one draft.

    ``spoken`` has a column a saying, its weighted row; ``measures`` says how much each speaks for each
    measure. ``shown`` has a row a measure: what people say more for it than for others.
    """

    spoken: sparse.csr_matrix
    measures: sparse.csr_matrix
    shown: sparse.csr_matrix

    def scores(self, rows: sparse.csr_matrix) -> Array:
        """Return what is added to each measure's score for each weighted row of a text.

        A row may have columns to the right of these, of words that were learned since; they add nothing.
        """
        alike = (rows[:, : self.spoken.shape[0]] @ self.spoken).toarray()
        return np.asarray(sharpened(alike) @ self.measures)


def voices(said: sparse.csr_matrix, speak_for: sparse.csr_matrix, strength: Array | float) -> Voices:
    """Return the voices of weighted rows of what is said; ``speak_for`` has a column a measure.

    ``strength`` is what all that speaks for a measure counts beside the measure's own row of length 1,
    however much it is.
    """
    sums = (speak_for.T @ said).tocsr()
    lengths = norm_of(sums, axis=1)
    scale = sparse.diags(strength / np.where(lengths > 0, lengths, 1.0))
    return Voices(
        said.T.tocsr(), (speak_for @ scale).tocsr(), heaviest(_above_average((scale @ sums).tocsr()), SHOWN)
    )


def sharpened(likeness: Array) -> Array:
    """Return likenesses to the power of 1.5: much of a little is less than a little of much."""
    return np.asarray(likeness * np.sqrt(likeness))


def _above_average(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return what each row holds more than the rows do on average."""
    more, mean = rows.copy(), np.asarray(rows.sum(axis=0)).ravel() / max(1, rows.shape[0])
    more.data = np.maximum(more.data - mean[more.indices], 0.0)
    return more
