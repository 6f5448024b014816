"""Copies of each other: MinHash bands to find candidates, exact comparison to prove them.

Two letters are alike when they share most of their character shingles, or when one holds nearly all of
the other: a campaign's letter with a paragraph of the sender's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rensa import RMinHash

from commentbox.core.text import normalise

SHINGLE = 4
PERMUTATIONS = 128
BANDS = 32
"""Of four rows each: letters with a Jaccard of .5 share one with a probability of .87."""
SEED = 20230428
LEAST_JACCARD = 0.5
LEAST_CONTAINED = 0.7
LEAST_SHINGLES = 20
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
    return jaccard(one, other) >= LEAST_JACCARD or contained(one, other) >= LEAST_CONTAINED
