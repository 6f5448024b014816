"""Tests of commentbox.core.splitting: any letter gives exact spans, in time that grows with its length."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.splitting import split

LETTERS = Path(__file__).resolve().parent.parent / "data" / "letters" / "points.txt"

PHRASES = [
    "您好！",
    "我是居民。",
    "建议改为五处。",
    "谢谢！",
    "一、",
    "1. ",
    "- ",
    "> ",
    "关于路灯：",
    "【原文】",
    "【建议】",
    "另外，",
    "一来",
    "二来",
    "首先，",
    "其次，",
    "第三条：",
    "1，",
    "2️⃣",
    "Also, please.",
    "此致",
    "王某",
    "2025年1月1日",
    " | ",
    "条款 | 意见",
    "\n",
    "\n",
    " ",
    "\u3000",
    "İ",
    "\ud800",
]


@given(st.lists(st.sampled_from(PHRASES), max_size=40).map("".join))
def test_any_letter_gives_exact_spans_in_order(text: str) -> None:
    points = split(text)
    assert all(a.end <= b.start for a, b in pairwise(points))
    assert all(0 <= p.start < p.end <= len(text) for p in points)
    assert bool(points) == bool(text.strip())
    if "|" not in text:
        assert all(text[p.start : p.end] == p.excerpt == p.excerpt.strip() for p in points)


@pytest.mark.parametrize(
    ("part", "times"),
    [
        (LETTERS.read_text(encoding="utf-8"), 60),
        ("> 建议删去第三条\n", 60_000),
        ("谢谢领导。", 100_000),
        ("两点：", 100_000),
        ("【原文】建议\n【建议】改\n", 30_000),
        ("关于人才\n建议增加一些补贴给人才用。\n", 20_000),
        ("改第三条。\n", 60_000),
        ("a \n", 100_000),
        ("1、", 100_000),
        ("1，", 100_000),
        ("\n", 200_000),
        (" ", 200_000),
    ],
    ids=[
        "letters",
        "quoted",
        "thanks",
        "announced",
        "wordings",
        "headings",
        "clauses",
        "short",
        "marks",
        "commas",
        "empty",
        "spaces",
    ],
)
def test_time_grows_with_the_length_of_a_letter(part: str, times: int) -> None:
    split("建议多种树。")
    quarter, whole = seconds(part * (times // 4) + "建议"), seconds(part * times + "建议")
    assert whole < 10 * quarter + 0.5


def seconds(text: str) -> float:
    """Return how long the cutting takes, of this process alone."""
    start = time.process_time()
    split(text)
    return time.process_time() - start
