"""Copies of each other: MinHash bands to find candidates, exact comparison to prove them.

Two letters are alike when one holds most of the other's character shingles: a copy, or a campaign's letter
with a paragraph of the sender's own. A Jaccard of .8 and more always comes with .89 and more held.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rensa import RMinHash

from commentbox.core.text import normalise

SHINGLE = 4
PERMUTATIONS = 128
BANDS = 42
"""Of three rows each: letters share one with a probability of 1.0 at a Jaccard of .8, .996 at .5, .79 at .33
(as much again of the sender's own on both sides), .04 at .1, where chance phrases lie."""
SEED = 20230428
LEAST_CONTAINED = 0.7
"""In the sample, copies reworded by hand hold .71 of each other and more; letters written apart less than
.31, one that borrows half of its words .67."""
LEAST_SHINGLES = 20
"""Below some 23 characters two people may well say the same in the same words."""
_ROWS = PERMUTATIONS // BANDS


def shingles(text: str) -> set[str]:
    """Return the runs of four characters of a text, whatever its spaces and punctuation."""
    plain = re.sub(r"[\W_]+", "", normalise(text))
    return {plain[n : n + SHINGLE] for n in range(len(plain) - SHINGLE + 1)}


def signature(text: str) -> tuple[int, ...]:
    """Return the MinHash of a text, () for one that is too short to tell."""
    parts = shingles(text)
    if len(parts) < LEAST_SHINGLES:
        return ()
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(sorted(parts))
    return tuple(minhash.digest())


def bands(values: Sequence[int]) -> list[str]:
    """Return a signature's bands as keys; letters that share one are candidates."""
    return [
        f"{band:02d}:" + "-".join(f"{value:x}" for value in values[band * _ROWS : (band + 1) * _ROWS])
        for band in range(len(values) // _ROWS)
    ]


def jaccard(one: str, other: str) -> float:
    """Return the share of common shingles among all shingles of two texts."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def contained(one: str, other: str) -> float:
    """Return the share of the shorter text's shingles that the longer one holds."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def alike(one: str, other: str) -> bool:
    """Tell whether two letters belong to one campaign."""
    return contained(one, other) >= LEAST_CONTAINED
