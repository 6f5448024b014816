"""Tests of the thesaurus, and of the bridge that it makes to a draft."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.classifier import Language, MeasureModel, Thesaurus
from commentbox.core.classifier.bridge import STRENGTH, Bridge, build
from commentbox.core.classifier.rows import vocabulary_of
from commentbox.core.classifier.thesaurus import HINT, BadWords
from commentbox.core.references import ReferenceFinder
from commentbox.core.text import even
from tests.fixtures.app import small_draft

LINES = ["照明 = 路灯 黑灯瞎火 ~ 晚上怕 | street_lamp lighting", "# by theme", "", "行道树 = 路边的树 | tree"]


def bridge(*texts: str, lines: list[str] = LINES) -> tuple[Bridge, list[str]]:
    """Return the bridge to a draft of these texts, and their features."""
    features = vocabulary_of(texts)
    columns = {feature: n for n, feature in enumerate(features)}
    return build(Thesaurus(lines), texts, columns.get), list(features)


def meant(found: Bridge, features: list[str], text: str) -> dict[str, float]:
    """Return what a text means besides what it says."""
    values: dict[str, float] = {}
    for mention in found.mentions(text):
        row = found.meanings[mention.word]
        values |= {features[n]: float(v) for n, v in zip(row.indices, row.data, strict=True)}
    return values


def test_what_people_say_leads_to_what_the_draft_says() -> None:
    found, features = bridge("公园照明", "其他")
    assert meant(found, features, "黑灯瞎火的") == dict.fromkeys(("照", "照明", "明"), STRENGTH)
    assert meant(found, features, "晚上怕")["照明"] == STRENGTH * HINT
    assert meant(found, features, "公园照明") == {}


def test_words_of_things_that_the_draft_does_not_mention_lead_nowhere() -> None:
    found, features = bridge("公园绿地")
    assert found.words == ()
    assert meant(found, features, "黑灯瞎火的") == {}


def test_words_that_stand_everywhere_lead_nowhere() -> None:
    assert bridge(*["公园照明"] * 3)[0].words == ()


@pytest.mark.parametrize(
    ("often", "texts", "leads"), [(8, 49, True), (9, 49, False), (42, 1225, True), (43, 1225, False)]
)
def test_how_many_clauses_may_share_a_word_grows_slower_than_their_number(
    often: int, texts: int, leads: bool
) -> None:
    found, _ = bridge(*["公园照明"] * often, *["其他"] * (texts - often))
    assert bool(found.words) is leads


def test_english_words_stand_alone() -> None:
    found, features = bridge("行道树")
    assert [
        meant(found, features, text) != {} for text in ("tree", "a tree, trees", "street", "treetop")
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_the_longest_word_counts() -> None:
    found, _ = bridge("照明", "行道树", lines=["照明 = 路灯", "行道树 = 路灯下的树"])
    assert [found.words[m.word] for m in found.mentions("路灯下的树和路灯")] == ["路灯下的树", "路灯"]


@pytest.mark.parametrize("line", ["a ~ b = c", "照明 | light = 灯", "照明 = 灯泡 = 路灯"])
def test_a_line_out_of_order_is_named(line: str) -> None:
    with pytest.raises(BadWords, match="line 2"):
        Thesaurus(["照明 = 路灯", line])


def test_lay_words_traditional_characters_and_english_find_the_measure() -> None:
    draft = small_draft()
    model = MeasureModel.from_draft(draft.nodes, Language(Thesaurus(LINES)))
    said = ["黑灯瞎火", "黑燈瞎火", "no street lamps"]
    answers = model.suggest(said, ReferenceFinder((), ()))
    assert [answer.measures[0].path for answer in answers] == ["2.1.1.4"] * 3
    assert [said[n][slice(*answer.measures[0].spans[0])] for n, answer in enumerate(answers)] == [
        "黑灯瞎火",
        "黑燈瞎火",
        "street lamp",
    ]


def test_what_staff_call_a_measure_finds_it() -> None:
    draft = small_draft()
    nodes = [replace(node, keywords=("夜跑",)) if node.path == "2.1.1.4" else node for node in draft.nodes]
    model = MeasureModel.from_draft(nodes)
    assert model.suggest(["我们夜跑的人"], ReferenceFinder((), ()))[0].measures[0].path == "2.1.1.4"


@given(st.text(alphabet="照明路灯黑瞎火 treslamp_\u3000Ａ燈", max_size=60))
def test_mentions_lie_in_the_text_in_order(text: str) -> None:
    plain = even(text)
    assert len(plain) == len(text)
    found, _ = bridge("公园照明")
    mentions = found.mentions(plain)
    assert all(plain[m.start : m.end] == found.words[m.word] for m in mentions)
    assert all(one.end <= other.end and one.start < other.start for one, other in pairwise(mentions))
