"""Tests of commentbox.core.splitting.marks: lists with marks as telephones and hasty writers put them."""

from __future__ import annotations

import pytest

from commentbox.core.splitting import split
from commentbox.core.splitting.marks import usual


@pytest.mark.parametrize(
    "letter",
    [
        "1，公园多建厕所。2，路灯晚点再关。",
        "想到两件事：1，公园多建厕所。2，路灯晚点再关。",
        "1，公园多建厕所。\n2，路灯晚点再关。",
        "1：公园多建厕所。\n2：路灯晚点再关。",
        "1️⃣公园多建厕所。\n2️⃣路灯晚点再关。",
        "1⃣ 公园多建厕所。2⃣ 路灯晚点再关。",
        "一，公园多建厕所。\n二，路灯晚点再关。",
        "1、公园多建厕所。2，路灯晚点再关。",
    ],
)
def test_list_of_two(letter: str) -> None:
    found = split(letter)
    assert [point.excerpt.strip() for point in found] == ["公园多建厕所。", "路灯晚点再关。"]
    assert all(letter[point.start : point.end] == point.excerpt for point in found)


@pytest.mark.parametrize(
    "text",
    [
        "1，公园多建厕所。",
        "2，公园多建厕所。3，路灯晚点再关。",
        "开放时间：8：00到18：00。",
        "比分：1：0。2：1。",
        "花了1,000元。2,000元也花过。",
        "我家一，二楼都潮。",
    ],
)
def test_no_list(text: str) -> None:
    assert usual(text) == text


def test_second_list_begins_again() -> None:
    assert usual("1，甲。2，乙。1，丙。2，丁。") == "1、甲。2、乙。1、丙。2、丁。"
