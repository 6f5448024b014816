"""Letters of our own making in any number, of which it is known who copied whom and how closely."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from commentbox.core.similarity import shingles

SHORT, LONG = 20, 80
"""Phrases of a letter; each is two to eight characters of the sample, so letters share some by chance."""
WAYS = {"bomb": 0.1, "same": 0.1, "0.9": 0.05, "0.8": 0.05}
ORIGINS = 10_000


@dataclass(frozen=True, slots=True)
class Made:
    """Hold a letter, a number that it shares with those it was copied from, and in what way it was copied."""

    text: str
    origin: int
    way: str


class Writer:
    """Write letters in phrases of a sample."""

    def __init__(self, sample: str, seed: int) -> None:
        self._sample = sample
        self._random = random.Random(seed)

    def letter(self) -> str:
        """Return a letter like no other."""
        dice, end = self._random, len(self._sample)
        starts = dice.choices(range(end), k=dice.randint(SHORT, LONG))
        return "".join(self._sample[n : n + 2 + n % 7] for n in starts)

    def near(self, text: str, wanted: float) -> str:
        """Return a copy with characters changed here and there, of the Jaccard that comes closest."""
        own, copy, best, distance = shingles(text), list(text), text, 1.0
        # Each change takes four shingles away and brings four.
        sure = int(0.6 * len(own) * (1 - wanted) / (4 * (1 + wanted)))
        for number, place in enumerate(self._random.sample(range(len(text)), len(text))):
            copy[place] = self._random.choice(self._sample)
            if number < sure:
                continue
            other = shingles("".join(copy))
            found = len(own & other) / len(own | other)
            if abs(found - wanted) < distance:
                best, distance = "".join(copy), abs(found - wanted)
            if found < wanted:
                break
        return best

    def mixture(self, count: int) -> Iterator[Made]:
        """Yield letters: seven in ten unique, the others copies of one before, in no order."""
        kept: list[tuple[str, int]] = []
        bomb = self.letter()
        for number in range(count):
            way = self._random.choices([*WAYS, ""], [*WAYS.values(), 1 - sum(WAYS.values())])[0]
            if way == "bomb":
                yield Made(bomb, -1, way)
            elif way and kept:
                text, origin = kept.pop(self._random.randrange(len(kept)))
                yield Made(text if way == "same" else self.near(text, float(way)), origin, way)
            else:
                text = self.letter()
                if len(kept) < ORIGINS:
                    kept.append((text, number))
                yield Made(text, number, "unique")
