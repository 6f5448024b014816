"""Tests of finding features in many texts at a time: the same as one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.classifier.features import features
from commentbox.core.classifier.lookup import Lookup
from commentbox.core.text import even

TEXTS = st.lists(
    st.text(alphabet="公园照明五十百千万亿成折个元分之 \n,.ab1209％𠮷\ud800꘠한", max_size=40), max_size=6
)


@given(TEXTS, st.integers(1, 3))
def test_many_texts_at_a_time_hold_what_each_of_them_holds(texts: list[str], kept: int) -> None:
    plains = [even(text) for text in texts]
    vocabulary = sorted({found.feature for plain in plains for found in features(plain)})[::kept]
    columns = {feature: n for n, feature in enumerate(vocabulary)}
    owners, places = Lookup(columns).find(plains)
    together = sorted(zip(owners.tolist(), *places.T.tolist(), strict=True))
    one_by_one = sorted(
        (n, columns[found.feature], found.start, found.end)
        for n, plain in enumerate(plains)
        for found in features(plain)
        if found.feature in columns
    )
    assert together == one_by_one


def test_no_text_runs_into_the_next() -> None:
    owners, places = Lookup({"公": 0, "公园": 1, "12": 2}).find(["公", "园", "1", "2", ""])
    assert owners.tolist() == [0]
    assert places.tolist() == [[0, 0, 1]]


def test_figures_keep_their_unit() -> None:
    _, places = Lookup({"万": 0, "万元": 1, "元": 2, "50万": 3}).find(["50万元"])
    assert sorted(places.tolist()) == [[2, 3, 4], [3, 0, 3]]
