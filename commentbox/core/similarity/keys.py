"""Keys of 64 bits by which copies are found: one for the whole text, some for its MinHash signature."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set

import numpy as np
from rensa import RMinHash

BANDS = 24
ROWS = 3
"""Letters share a key with a probability of 1.0 at a Jaccard of .8, .96 at .5 (as much again of the sender's
own), .58 at .33, .02 at .1, where chance phrases lie."""
SEED = 20230428
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


def text_key(consultation_id: int, fingerprint: str) -> int:
    """Return the key of a text, from the fingerprint of its normal form."""
    digest = hashlib.blake2b(f"{consultation_id}:{fingerprint}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def band_keys(texts: Sequence[tuple[int, Set[str]]]) -> list[tuple[int, ...]]:
    """Return the keys of each text's bands, from its consultation and its shingles.

    Texts that share one are candidates. Another consultation's keys are others, and so are another band's.
    """
    if not texts:
        return []
    tokens = [list(shingles) for _, shingles in texts]
    matrix = RMinHash.digest_matrix_from_token_sets(tokens, BANDS * ROWS, SEED)
    rows = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(texts), BANDS, ROWS)
    places = np.arange(BANDS, dtype=np.uint64) * _PRIME
    mixed = np.array([consultation_id for consultation_id, _ in texts], dtype=np.uint64)[:, None] + places
    for place in range(ROWS):
        mixed = (mixed ^ rows[:, :, place]) * _PRIME
        mixed ^= mixed >> _HALF
    return [tuple(keys) for keys in mixed.view(np.int64).tolist()]
