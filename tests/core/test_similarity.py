"""Tests of commentbox.core.similarity."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

from commentbox.core.mail import parse_mail
from commentbox.core.quoting import own_text
from commentbox.core.similarity import alike, band_keys, contained, shingles

DEMO = Path(__file__).resolve().parents[2] / "demo"
LETTER = (
    "我支持老旧小区加装充电桩，建议政府补贴一半费用，并且统一安排施工时间，避免扰民，"
    "另外电费应当按照居民电价执行。"
)


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
    other = (
        "公园里的路灯坏了三个月没人修，晚上散步的老人摔了好几次，希望尽快派人检查，并把报修电话贴在灯杆上。"
    )
    assert jaccard(LETTER, other) < 0.1
    assert not alike(shingles(LETTER), shingles(other))


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
