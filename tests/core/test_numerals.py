"""Tests of commentbox.core.numerals."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.numerals import Style, chinese, parse_label, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十二", 12),
        ("一百零三", 103),
        ("廿三", 23),
        ("拾贰", 12),
        ("１２", 12),
        ("⑫", 12),
        ("二〇二三", 2023),
        ("两", 2),
        ("百", 100),
        ("", None),
        ("第", None),
        ("三第", None),
        ("½", None),
        ("十百", None),
        ("9" * 5000, None),
    ],
)
def test_reads_numbers(text: str, number: int | None) -> None:
    assert parse_number(text) == number


@given(st.integers(1, 9999))
def test_what_it_writes_it_reads(number: int) -> None:
    assert parse_number(chinese(number)) == number


@given(st.integers(1, 99))
def test_writes_as_another_library_does(number: int) -> None:
    assert chinese(number) == cn2an.an2cn(number).removeprefix("一" if 10 <= number < 20 else "-")


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = parse_number(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("line", "style", "number", "length"),
    [
        ("一、总体要求", Style.CHINESE_COMMA, 1, 2),
        ("（一）指导思想", Style.CHINESE_BRACKETS, 1, 3),
        ("1.坚持", Style.DIGIT_DOT, 1, 2),
        ("3、坚持", Style.DIGIT_DOT, 3, 2),
        ("（12）推动", Style.DIGIT_BRACKETS, 12, 4),
        ("(12) x", Style.DIGIT_BRACKETS, 12, 5),
        ("　第十二条 甲", Style.ARTICLE, 12, 6),
        ("第三章 乙", Style.CHAPTER, 3, 4),
        ("第（八）条：", Style.ARTICLE, 8, 6),
        ("①甲", Style.CIRCLED, 1, 1),
    ],
)
def test_reads_labels(line: str, style: Style, number: int, length: int) -> None:
    label = parse_label(line)
    assert label is not None
    assert (label.style, label.number, label.length) == (style, number, length)


@pytest.mark.parametrize(
    "line",
    ["1.5万元", "１．５万元", "2023年4月", "一共三条", "一、二、三等奖各十名", "一、二级医院", "", "条第"],
)
def test_is_no_label(line: str) -> None:
    assert parse_label(line) is None
