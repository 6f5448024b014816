"""Find the features that have a column in many texts at a time: by keys of characters, not one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from commentbox.core.classifier.features import CHINESE_RANGES, LONGEST, amounts, is_chinese, others

Ints = NDArray[np.int64]

_BITS = 21
"""A character's code takes so many, and three characters fit into one key."""


class Lookup:
    """Hold the columns of features by the keys of those that are Chinese, and by name of all others."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        chinese = [feature for feature in columns if is_chinese(feature)]
        lengths = np.array([len(feature) for feature in chinese], dtype=np.int64)
        codes = _codes("".join(chinese))
        first = np.cumsum(lengths) - lengths
        keys = np.zeros(len(chinese), dtype=np.int64)
        for n in range(LONGEST):
            longer = lengths > n
            keys[longer] = keys[longer] << _BITS | codes[first[longer] + n]
        order = np.argsort(keys)
        self._keys = keys[order]
        self._columns = np.array([columns[feature] for feature in chinese], dtype=np.int64)[order]
        self._others = {feature: n for feature, n in columns.items() if not is_chinese(feature)}

    def find(self, plains: Sequence[str]) -> tuple[Ints, Ints]:
        """Return whose of some texts in their even form each known feature is, and (column, start, end)."""
        joined = "\n".join(plains)
        codes = _codes(joined)
        chinese = np.zeros(len(codes), dtype=bool)
        for least, most in CHINESE_RANGES:
            chinese |= (codes >= least) & (codes <= most)
        named = list(others(joined))
        for _, _, end in named:
            chinese[end - 1] = False  # 万 behind figures is their unit, no word
        column_of = self._others.get
        places = [
            (column, start, end)
            for feature, start, end in (*named, *amounts(joined))
            if (column := column_of(feature)) is not None
        ]
        found = [np.array(places, dtype=np.int64).reshape(-1, 3), *self._runs(codes, chinese)]
        column, start, end = np.concatenate(found).T
        begin = np.cumsum([0, *(len(plain) + 1 for plain in plains)])
        owner = np.searchsorted(begin, start, side="right") - 1
        shift = begin[owner]
        return owner, np.column_stack([column, start - shift, end - shift]).astype(np.int32)

    def _runs(self, codes: Ints, chinese: NDArray[np.bool_]) -> list[Ints]:
        """Return (column, start, end) of the runs of one character, of two, of three."""
        found = []
        starts = np.flatnonzero(chinese)
        keys = codes[starts]
        for size in range(1, LONGEST + 1):
            at, known = self._known(keys)
            found.append(np.column_stack([at, starts[known], starts[known] + size]))
            goes_on = np.flatnonzero(starts + size < len(codes))
            goes_on = goes_on[chinese[starts[goes_on] + size]]
            starts = starts[goes_on]
            keys = keys[goes_on] << _BITS | codes[starts + size]
        return found

    def _known(self, keys: Ints) -> tuple[Ints, Ints]:
        """Return the columns of the keys that are known, and which these are."""
        if not len(self._keys):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = np.flatnonzero(self._keys[at] == keys)
        return self._columns[at[known]], known


def _codes(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
