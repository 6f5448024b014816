"""Tests of commentbox.core.similarity."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.mail import parse_mail
from commentbox.core.quoting import own_text
from commentbox.core.similarity import (
    Difference,
    alike,
    contained,
    difference,
    quotable,
    shingles,
)
from commentbox.core.similarity.keys import band_keys, text_key
from commentbox.core.text import bare
from tests.fixtures.copies import Writer

DEMO = Path(__file__).resolve().parents[2] / "demo"
LETTER = (
    "我支持老旧小区加装充电桩，建议政府补贴一半费用，并且统一安排施工时间，避免扰民，"
    "另外电费应当按照居民电价执行。"
)
OTHER = "公园里的路灯坏了三个月没人修，晚上散步的老人摔了好几次，希望尽快派人检查，并把报修电话贴在灯杆上。"
DRAFT = (
    "（一）推广充电设施。到2027年新建居住区配建充电桩的车位不低于百分之三十，老旧小区按需改造，"
    "费用由多方共担。"
)
COPIES = 400


def jaccard(one: str, other: str) -> float:
    """Return the share of common shingles among all shingles of two texts."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def keys(text: str, consultation_id: int = 1) -> tuple[int, ...]:
    """Return the keys of one text's bands."""
    return band_keys([(consultation_id, shingles(text))])[0]


def test_a_copy_shares_all_bands() -> None:
    assert keys(LETTER) == keys(LETTER.replace("，", " ， "))
    assert alike(shingles(LETTER), shingles(LETTER))


def test_a_copy_with_words_of_its_own_is_found() -> None:
    longer = "您好，我是住在城西的居民。" + LETTER + "我家老人八十岁了，每天爬楼。"
    assert contained(shingles(LETTER), shingles(longer)) == 1.0
    assert alike(shingles(LETTER), shingles(longer))
    assert set(keys(LETTER)) & set(keys(longer))


def test_a_copy_among_as_much_again_is_found() -> None:
    own = (
        "我家住在城东老小区，楼下只有两个旧充电口，晚上十点还排着队。上个月邻居从六楼拉线下来充电，线皮都烤化了，"
        "物业说没有钱管。再这样下去迟早出事，所以我也签这封信，请你们派人来看一看现场。"
    )
    assert jaccard(LETTER, LETTER + own) < 0.5
    assert set(keys(LETTER)) & set(keys(LETTER + own))
    assert alike(shingles(LETTER), shingles(LETTER + own))


def test_another_letter_is_not() -> None:
    assert jaccard(LETTER, OTHER) < 0.1
    assert not alike(shingles(LETTER), shingles(OTHER))


def test_english_letters_are_alike_as_copies_not_by_chance() -> None:
    one = (
        "Please plant more shade trees along the river path, and keep at least one drinking fountain working "
        "in summer. My children walk there every day, and in the afternoon there is no shade at all."
    )
    other = (
        "I teach at the primary school. Please open the sports ground at weekends, and let the children of "
        "the neighbourhood use it in the afternoon when there are no classes at all."
    )
    assert contained(shingles(one), shingles(other)) < 0.2
    assert alike(shingles(one), shingles(one.replace("shade trees", "plane trees") + " Thank you!"))


def test_sample_campaigns() -> None:
    campaigns: dict[str, str | None] = {}
    texts: dict[str, set[str]] = {}
    for item in json.loads((DEMO / "labels.json").read_text(encoding="utf-8")):
        if item["expect"] == "submission":
            campaigns[item["file"]] = item.get("campaign")
            raw = (DEMO / "letters" / Path(item["file"]).name).read_bytes()
            texts[item["file"]] = shingles(own_text(parse_mail(raw).text))
    for one, other in combinations(texts, 2):
        together = campaigns[one] is not None and campaigns[one] == campaigns[other]
        assert alike(texts[one], texts[other]) == together, (one, other)


def test_keys_fit_those_stored_before() -> None:
    """Where this fails after an upgrade, a migration must have all keys made anew."""
    assert keys(LETTER)[:2] == (2658679347707640938, -5134355385164295786)
    assert text_key(1, "ab") == -7618195031716567963


def test_another_consultation_has_other_keys() -> None:
    assert not set(keys(LETTER, 1)) & set(keys(LETTER, 2))
    assert text_key(1, "ab") != text_key(2, "ab")


@pytest.mark.parametrize(("wanted", "least"), [(0.9, 1.0), (0.8, 0.99)])
def test_copies_are_found(wanted: float, least: float) -> None:
    writer = Writer(LETTER + OTHER, seed=7)
    pairs = [(text, writer.near(text, wanted)) for text in (writer.letter() for _ in range(COPIES))]
    closeness = [jaccard(*pair) for pair in pairs]
    assert abs(mean(closeness) - wanted) < 0.005
    found = [
        bool(set(keys(one)) & set(keys(other))) and alike(shingles(one), shingles(other))
        for one, other in pairs
    ]
    assert mean(found) >= least


def test_what_the_draft_says_is_nobody_s_own() -> None:
    quoted = quotable([DRAFT])
    one = f"“{DRAFT}”这一条写得太笼统，应当写明由谁出钱，街道还是业主，各出多少，不写明白没人会动。"
    other = f"{DRAFT}我觉得三成太少，新小区应当全部预留，线路一次埋好，不然十年以后还要再挖一遍路面。"
    assert contained(shingles(one), shingles(other)) > 0.4
    assert contained(shingles(one, quoted), shingles(other, quoted)) == 0.0
    assert shingles(DRAFT, quoted) == set()
    assert shingles(LETTER, quoted) == shingles(LETTER)


def test_own_words_between_quotations_are_kept_apart() -> None:
    half = len(DRAFT) // 2
    text = f"{DRAFT[:half]}改为各小区自定{DRAFT[half:]}"
    assert shingles(text, quotable([DRAFT])) == shingles("改为各小区自定")


def test_the_difference_is_in_sentences() -> None:
    one = "您好。我支持加装充电桩！费用请政府补一半；\n我家六楼，老人下不来。"
    other = "我支持加装充电桩，费用请政府补一半。另外电费按居民价。"
    found = difference(one, other)
    assert [one[s.start : s.end] for s in found.own] == ["您好。", "我家六楼，老人下不来。"]
    assert [other[s.start : s.end] for s in found.missing] == ["另外电费按居民价。"]


def test_a_sentence_reworded_says_in_which_words() -> None:
    one, other = "您好。夜里十点以后至少留三分之一照明。", "夜里十点以后留一半照明。"
    greeting, light = difference(one, other).own
    assert greeting.words == ()
    assert [one[start:end] for start, end in light.words] == ["至少", "三分之"]
    assert [other[start:end] for start, end in difference(one, other).missing[0].words] == ["半"]


@given(st.text("甲乙丙。！\n a.", max_size=40), st.text("甲乙丙。！\n a.", max_size=40))
def test_the_difference_leaves_nothing_out(one: str, other: str) -> None:
    found = difference(one, other)
    assert difference(one, one) == Difference((), ())
    rest = list(one)
    for s in found.own:
        assert one[s.start : s.end].strip() == one[s.start : s.end] != ""
        assert all(s.start <= start < end <= s.end for start, end in s.words)
        rest[s.start : s.end] = " " * (s.end - s.start)
    assert all(bare(piece) in bare(other) for piece in re.split(r"[。！.\s]", "".join(rest)))
