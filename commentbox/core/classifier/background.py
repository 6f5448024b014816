"""How often people use a word when they comment on drafts at all: what everybody says tells little.

The table that comes with the program was counted in comments on drafts of many kinds. The comments of the
consultation itself are not counted: what they often speak of is what tells their measures apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from commentbox.core.classifier.features import features
from commentbox.core.classifier.rows import Array
from commentbox.core.text import even

FEWEST = 2
"""Texts; what only one person said is no habit."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Hold in how many of ``texts`` comments each feature stands."""

    texts: int = 0
    frequency: Mapping[str, int] = field(default_factory=dict)

    def often(self, vocabulary: Sequence[str]) -> Array:
        """Return in how many texts each feature of a vocabulary stands."""
        return np.array([self.frequency.get(feature, 0) for feature in vocabulary], dtype=np.int64)


def count_background(texts: Iterable[str]) -> Background:
    """Return what is counted in texts, without what hardly anybody says."""
    frequency: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        frequency.update({found.feature for found in features(even(text))})
    return Background(number, {f: n for f, n in sorted(frequency.items()) if n >= FEWEST})
