"""Copies of each other: keys to find candidates, exact comparison to prove them, the difference to show.

Knows texts and numbers only: no letter, no table. The keys need numpy, which the pages do without: who looks
for candidates imports commentbox.core.similarity.keys itself.
"""

from __future__ import annotations

from commentbox.core.similarity.difference import Difference, Sentence, difference
from commentbox.core.similarity.shingles import LEAST_SHINGLES, LONGEST, alike, contained, quotable, shingles

__all__ = [
    "LEAST_SHINGLES",
    "LONGEST",
    "Difference",
    "Sentence",
    "alike",
    "contained",
    "difference",
    "quotable",
    "shingles",
]
