"""What decisions taught: which words tell measures apart, how people speak of each, what they said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from commentbox.core.classifier.calibration import Calibration
from commentbox.core.classifier.rows import Array, moved

FEW = 2
"""A measure with so many decisions is moved half as far as one with very many."""
RECURS_WEIGHT = 0.8
RECURS_FROM = 0.3
"""Likeness to a decision from which a comment says the same again; a new point lies well below."""


def _none() -> Array:
    return np.zeros(0, dtype=np.int64)


def _no_rows() -> sparse.csr_matrix:
    return sparse.csr_matrix((0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Hold what was learned, in columns of its own: ``features``.

    ``stress`` is the logarithm of what each counts more or less. ``sums`` has a row a path, the sum of the
    weighted rows of its ``each`` decisions, and ``share`` is how far they move the measure; ``said`` has a
    counted row a remembered decision, on the path at ``owners``. ``decisions`` counts all, also those that
    said the same as another.
    """

    features: tuple[str, ...] = ()
    stress: Array = field(default_factory=_none)
    paths: tuple[str, ...] = ()
    each: Array = field(default_factory=_none)
    sums: sparse.csr_matrix = field(default_factory=_no_rows)
    share: float = 0.0
    said: sparse.csr_matrix = field(default_factory=_no_rows)
    owners: Array = field(default_factory=_none)
    calibration: Calibration = field(default_factory=Calibration)
    decisions: int = 0
    version: str = ""


NOTHING = Learned()


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Hold what was learned in a draft's columns and candidates.

    ``means`` is how people speak of each candidate, shorter where few did, and ``mean`` how they speak of
    all; ``known`` is 0..1, how much of a candidate's mean is there.
    """

    stress: Array
    means: sparse.csr_matrix
    mean: Array
    known: Array
    said: sparse.csr_matrix
    owners: Array


def place(learned: Learned, columns: Mapping[str, int], paths: Sequence[str]) -> Placed:
    """Return what was learned in the columns, which hold all its features, and of the paths that are left."""
    places = np.array([columns[feature] for feature in learned.features], dtype=np.int32)
    candidates = {path: n for n, path in enumerate(paths)}
    owners = np.array([candidates.get(path, -1) for path in learned.paths], dtype=np.int64)
    kept = np.flatnonzero(owners >= 0)
    chosen = sparse.csr_matrix((np.ones(len(kept)), (owners[kept], kept)), (len(paths), len(owners)))
    sums, each = chosen @ moved(learned.sums, places, len(columns)), chosen @ learned.each
    said, remembered = moved(learned.said, places, len(columns)), owners[learned.owners]
    return Placed(
        stress=_spread(learned.stress, places, len(columns)),
        means=(sparse.diags(1 / (each + FEW)) @ sums).tocsr().sorted_indices(),
        mean=np.asarray(sums.sum(axis=0)).ravel() / max(1, each.sum()),
        known=each / (each + FEW),
        said=said[remembered >= 0],
        owners=remembered[remembered >= 0],
    )


def _spread(values: Array, places: Array, width: int) -> Array:
    wide = np.zeros(width)
    wide[places[: len(values)]] = values
    return wide


def nearest(likeness: sparse.csr_matrix, owners: Array, candidates: int) -> Array:
    """Return what being said before adds to each candidate's score; 0 where nothing alike was."""
    found = likeness.tocoo()
    near = found.data > RECURS_FROM
    added = np.zeros((likeness.shape[0], candidates))
    above = RECURS_WEIGHT * (found.data[near] - RECURS_FROM) / (1 - RECURS_FROM)
    np.maximum.at(added, (found.row[near], owners[found.col[near]]), above)
    return added
