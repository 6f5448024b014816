"""Shingles of a letter's own words, and whether two letters are copies by them.

Two letters are alike when one holds most of the other's character shingles: a copy, or a campaign's letter
with a paragraph of the sender's own. A Jaccard of .8 and more always comes with .89 and more held.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from commentbox.core.text import bare

SHINGLE, LATIN_SHINGLE = 4, 9
"""Characters; four letters of an alphabet are half a word, which everybody shares."""
_LAST_LATIN = "\u2e7f"
QUOTED = 12
"""So many characters in a row as in the draft are a quotation; most names of offices are shorter."""
LEAST_CONTAINED = 0.7
"""In the sample, copies reworded by hand hold .71 of each other and more; letters written apart less than
.31, one that borrows half of its words .67."""
LEAST_SHINGLES = 20
"""Below some 23 characters two people may well say the same in the same words."""
LONGEST = 20_000
"""Characters of a letter that are compared; what stands beyond is a book."""


def quotable(texts: Iterable[str]) -> frozenset[str]:
    """Return what letters may quote from texts: every run of twelve characters."""
    return frozenset(run for text in texts for run in _runs(bare(text), QUOTED))


def shingles(text: str, quoted: Set[str] = frozenset()) -> set[str]:
    """Return the short runs of characters of a text, whatever its spaces and punctuation.

    What lies in a run of ``quoted`` is left out: letters that quote the same are not alike for it.
    """
    plain = bare(text[:LONGEST])
    return {
        piece[n : n + (SHINGLE if piece[n] > _LAST_LATIN else LATIN_SHINGLE)]
        for piece in _own(plain, quoted)
        for n in range(len(piece) - SHINGLE + 1)
    }


def _own(plain: str, quoted: Set[str]) -> list[str]:
    """Return the pieces between quotations."""
    runs = _runs(plain, QUOTED)
    pieces, end = [], 0
    if not quoted.isdisjoint(runs):
        for place, run in enumerate(runs):
            if run in quoted:
                if place > end:
                    pieces.append(plain[end:place])
                end = place + QUOTED
    return [*pieces, plain[end:]]


def _runs(plain: str, length: int) -> list[str]:
    return [plain[n : n + length] for n in range(len(plain) - length + 1)]


def contained(one: Set[str], other: Set[str]) -> float:
    """Return the share of the shorter text's shingles that the longer one holds."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def alike(one: Set[str], other: Set[str]) -> bool:
    """Tell whether the letters of these shingles belong to one campaign."""
    return contained(one, other) >= LEAST_CONTAINED
