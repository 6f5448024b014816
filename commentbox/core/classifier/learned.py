"""What decisions taught: which words tell measures apart, how people speak of each, what they said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from commentbox.core.classifier.calibration import Calibration
from commentbox.core.classifier.rows import Array, moved, weighted
from commentbox.core.classifier.voices import Voices, voices

MOST = 1000
"""Decisions, the latest, that speak for measures and say what a word should weigh; more would cost time."""
PULL = 7.0
"""What decisions on a measure count beside its own row of length 1, times the share that they proved."""
FEW = 2
"""So many decisions on a measure speak half as loud as very many."""
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

    ``stress`` is the logarithm of what each counts more or less. ``said`` has a counted row a remembered
    decision, in the order in which they were taken, on the path at ``owners``, and ``share`` is how much
    they speak for it. ``decisions`` counts all, also those that said the same as another.
    """

    features: tuple[str, ...] = ()
    stress: Array = field(default_factory=_none)
    paths: tuple[str, ...] = ()
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

    ``known`` is 0..1, how much is known of how people speak of a candidate.
    """

    stress: Array
    said: sparse.csr_matrix
    owners: Array
    known: Array


def place(learned: Learned, columns: Mapping[str, int], paths: Sequence[str]) -> Placed:
    """Return what was learned in the columns, which hold all its features, and of the paths that are left."""
    places = np.array([columns[feature] for feature in learned.features], dtype=np.int32)
    candidates = {path: n for n, path in enumerate(paths)}
    owners = np.array([candidates.get(path, -1) for path in learned.paths], dtype=np.int64)[learned.owners]
    left = owners >= 0
    each = np.bincount(owners[left][-MOST:], minlength=len(paths))
    return Placed(
        stress=_spread(learned.stress, places, len(columns)),
        said=moved(learned.said, places, len(columns))[left],
        owners=owners[left],
        known=each / (each + FEW),
    )


def told(placed: Placed, weights: Array) -> Voices:
    """Return what the latest decisions say for each candidate."""
    said, owners = weighted(placed.said[-MOST:], weights), placed.owners[-MOST:]
    each = (np.ones(len(owners)), (np.arange(len(owners)), owners))
    return voices(said, sparse.csr_matrix(each, (len(owners), len(placed.known))), PULL * placed.known)


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
