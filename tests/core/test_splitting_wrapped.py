"""Tests of commentbox.core.splitting.wrapped: lines that a program broke are one again."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.splitting import split
from commentbox.core.splitting.wrapped import unwrapped

PDF = """关于口袋公园的三点建议
致：市园林局
我公司在本市养护绿地一百二十处，有员工三百五十人。针对第（3）条提出三
点建议：
第一，一年二十处的目标可行，但是选址很难。建议把桥下空间也列进选址的范
围，允许占用不超过三百平方米的边角地，不收占道费。
第二，树种请采用国家统一的名录，不要另立市级标准，否则外地的苗木进不
来，本地的苗木出不去。
第三，夜里十点之后把路灯关掉一半，很难保证安全，建议改为
感应灯，并加装摄像头。
绿野养护（云栖）有限公司"""


def test_letter_from_a_pdf() -> None:
    points = split(PDF)
    assert [point.excerpt[:4] for point in points] == ["一年二十", "树种请采", "夜里十点"]
    assert {point.reference for point in points} == {"第（3）条"}
    assert all(point.excerpt == PDF[point.start : point.end] for point in points)
    assert points[1].excerpt.endswith("进不\n来，本地的苗木出不去。")


def test_figures_and_a_clause_at_a_line_s_head() -> None:
    letter = (
        "现提出以下意见：\n"
        "一、第（5）条要求在正门步行150米范围内设置停放点。我院老院区四面临\n"
        "街，院内没有空地，建议允许利用院外人行道和相邻道路下穿通道设置，并由属地\n"
        "政府负责管理。\n"
        "二、第（18）条接口数量不少于日常停放车辆的20%，我院即需要820个接口\n"
        "，超出现有配电容量，建议分两年完成。\n"
        "三、收治的伤者近三年为17、26、31例，逐年上升，我院全体都支持第\n"
        "（22）条禁止进楼入户充电。"
    )
    assert [len(point.excerpt.split("\n")) for point in split(letter)] == [3, 2, 2]


@pytest.mark.parametrize("width", [64, 72, 76])
def test_letter_of_an_old_mail_program(width: int) -> None:
    said = (
        "Please keep the old trees in Green Street, because they give shade in summer and nobody has ever "
        "complained about them.",
        "The new park needs benches as well, since old people cannot stand for as long as their "
        "grandchildren want to play, and a fountain.",
    )
    letter = "\n\n".join(["Dear Sir,", *(textwrap.fill(one, width) for one in said), "Yours,", "John Smith"])
    assert [" ".join(point.excerpt.split()) for point in split(letter)] == list(said)


@pytest.mark.parametrize(
    "letter",
    [
        "建议在老城区增加公共停车位解决停车难\n希望增加公交线路班次方便老人出行啊\n多建几个充电桩不要收那么多的服务费",
        "建议在老城区，增加公共停车位解决停车难\n希望增加公交线路\n多建几个充电桩，不要收那么多的服务费",
        "建议在老城区增加公共停车位，解决停车难的问题。\n希望增加公交线路班次，方便老年人坐车出行的。\n"
        "多建几个充电桩，不要收那么多的服务费就好了。",
        "序号 条款      意见，要求\n1    第三条    建议删去，另写一条新的规定\n"
        "2    第四条    建议改写，另定一年的期限",
        "路灯太暗，\n厕所太少，\n要改。",
        "一、建议在老城区增加公共停车位，解决停车的难处，越快越好\n二、希望增加公交线路的班次，方便老年人出行，越多越好",
        "建议在老城区增加公共停车位，解决停车的难处，越快越好\n"
        "　希望增加公交线路的班次，方便老年人出行，越多越好\n"
        "　　多建几个充电桩，不要收那么多的服务费，越便宜越好",
    ],
)
def test_lines_that_end_where_their_writer_ended_them(letter: str) -> None:
    assert unwrapped(letter) == letter


def test_one_broken_line_is_enough_where_it_is_long_and_the_sentence_ends_below() -> None:
    letter = "我家住在一楼，每天早上五点垃圾车就来了，声音特别大，老人孩子都睡\n不好，能不能晚一点。"
    assert len(split(letter)) == 1
    assert unwrapped(letter) != letter
    assert unwrapped(letter[:-1]) == letter[:-1]


def test_paragraphs_of_any_length_are_no_broken_lines() -> None:
    letter = "\n".join(["建议多种树，" * n + "夏天凉快" for n in (6, 9, 12, 6, 9)])
    assert unwrapped(letter) == letter


@given(st.text(alphabet="建议，。 \n\r\t　a1（|-", max_size=400))
def test_only_ends_of_lines_become_spaces(letter: str) -> None:
    flat = unwrapped(letter)
    assert len(flat) == len(letter)
    assert all(a == b or (a in "\r\n" and b == " ") for a, b in zip(letter, flat, strict=True))
