"""Tests of commentbox.core.splitting."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.splitting import MOST_POINTS, split
from tests.development_data import lines_of, needs_data


def excerpts(text: str) -> list[str]:
    """Return the words of a letter's points."""
    return [point.excerpt for point in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "尊敬的局领导：\n您好！我有两点建议：\n1、公园多建厕所。\n2、路灯晚点再关。\n谢谢！\n市民 王某",
        "一是公园多建厕所。二是路灯晚点再关。",
        "有两条意见：首先，公园多建厕所；其次，路灯晚点再关。",
        "说两句。第一，公园多建厕所。第二，路灯晚点再关。",
        "- 公园多建厕所。\n- 路灯晚点再关。",
        "意见如下：①公园多建厕所。②路灯晚点再关。",
        "（一）公园多建厕所。\n（二）路灯晚点再关。\n2026年5月3日",
        "公园多建厕所。\n路灯晚点再关。",
        "1、公园多建厕所；2、路灯晚点再关。",
        "问一下：1.公园多建厕所。2.路灯晚点再关。",
        "我只关心两点：公园多建厕所；路灯晚点再关。",
        "意见1：公园多建厕所。意见2：路灯晚点再关。",
        "Dear Sir,\nFirst, 公园多建厕所. Second, 路灯晚点再关.\nBest regards,\nJohn Smith",
        "修改建议\n——公园多建厕所。\n——路灯晚点再关。\n\n某某局\n2026.5.3",
    ],
)
def test_two_points(text: str) -> None:
    found = [excerpt.rstrip("；。.") for excerpt in excerpts(text)]
    assert found == ["公园多建厕所", "路灯晚点再关"]


def test_short_text_is_one_point() -> None:
    text = "公园厕所太少。找半天找不到，老人受不了。"
    assert excerpts(text) == [text]


def test_table_with_columns_in_any_order() -> None:
    text = (
        "意见反馈表\n序号 | 修改意见 | 理由 | 条款 | 原文\n"
        "1 | 每年四十处 | 人多 | （1） | 每年二十处\n2 | 改为两万棵 |  | （3） | 一万棵\n填报单位：某局"
    )
    first, second = split(text)
    assert (first.reference, first.original, first.proposal) == ("（1）", "每年二十处", "每年四十处")
    assert second.reference == "（3）"
    assert text[first.start : first.end] == first.excerpt


def test_table_with_other_columns_and_a_thought_below() -> None:
    row, below = split(
        "条款内容 | 修改建议 | 修改理由 | 提出单位\n（3）树种 | 换本地树种 | 飞絮多 | 某局\n\n"
        "另外，建议夜间延长照明到十点。\n某局"
    )
    assert (row.excerpt, row.reference, row.proposal) == ("换本地树种 | 飞絮多", "（3）树种", "换本地树种")
    assert below.excerpt == "另外，建议夜间延长照明到十点。"


@pytest.mark.parametrize(
    "text",
    [
        "1.补贴：（1）一般公园10万；（2）大公园20万。",
        "问题：公园没厕所。\n建议：每个公园建一处。",
        "修改意见：把五处改为八处。\n修改理由：人多。",
    ],
)
def test_what_belongs_together_stays_together(text: str) -> None:
    assert len(excerpts(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "谢谢领导，路灯能不能早点修好\n公园的厕所离得太远",
        "请考虑给老人留座位。\n公园的厕所离得太远",
        "    公园的厕所离得太远\n    由市园林局牵头更合适",
    ],
)
def test_no_thought_passes_for_a_closing(text: str) -> None:
    assert len(excerpts(text)) == 2


def test_clause_of_an_article_stays_in_its_point() -> None:
    text = "第十二条 建议删除。\n第三章整体太长，建议简化。\n附件第20项牵头单位不对。"
    assert excerpts(text) == text.split("\n")


def test_clause_at_a_lines_head_is_its_reference() -> None:
    first, second = split("第1条：征集需求要写明答复时间。\n第8条：设备应当对全市企业开放。")
    assert (first.reference, first.excerpt) == ("第1条", "征集需求要写明答复时间。")
    assert second.reference == "第8条"


def test_rest_without_opinion_is_no_point() -> None:
    assert excerpts("1.第（3）条建议写明数量。\n2.附件第5项建议调整单位。\n其余无意见。") == [
        "第（3）条建议写明数量。",
        "附件第5项建议调整单位。",
    ]


def test_nothing_and_something() -> None:
    assert split("") == []
    assert split(" \n ") == []
    assert excerpts("谢谢") == ["谢谢"]


@given(st.text(alphabet="一二三123、.（）()第条：\n建议公园 |是\t", max_size=120))
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    points = split(text)
    assert all(text[p.start : p.end] == p.excerpt for p in points)
    assert all(a.end <= b.start for a, b in pairwise(points))
    assert bool(points) == bool(text.strip())


@needs_data
def test_development_letters() -> None:
    matched = quotes = 0
    for item in lines_of("letters_dev.jsonl"):
        points = split(item["text"])
        for gold in item["points"]:
            start = item["text"].find(gold["quote"])
            end = start + len(gold["quote"])
            shared = [
                max(0, min(end, p.end) - max(start, p.start)) / (max(end, p.end) - min(start, p.start))
                for p in points
            ]
            quotes += 1
            matched += max(shared, default=0) >= 0.7
    assert matched / quotes >= 0.9


@needs_data
def test_development_comments_stay_whole() -> None:
    items = lines_of("comments_dev.jsonl")
    divided = [item["id"] for item in items if len(split(item["text"])) != 1]
    assert len(divided) <= 0.02 * len(items)


def test_a_quoted_clause_belongs_to_the_answer_below_it() -> None:
    letter = (
        "> 第（三）条　沿河种植银杏。\n建议改为柳树。\n> 第（四）条　增设路灯。\n> 第（五）条　设座椅。\n"
    )
    assert [found.excerpt for found in split(f"{letter}间距不大于五十米。")] == [
        "> 第（三）条　沿河种植银杏。\n建议改为柳树。",
        "> 第（四）条　增设路灯。\n> 第（五）条　设座椅。\n间距不大于五十米。",
    ]


def test_points_marked_like_quotations_are_points() -> None:
    assert [found.excerpt for found in split("> 第三条删去。\n> 第四条改为一年。")] == [
        "> 第三条删去。",
        "> 第四条改为一年。",
    ]


def test_a_list_of_thousands_is_no_thousands_of_comments() -> None:
    text = "\n".join(f"{n}. 建议在第{n}号路口种树。" for n in range(1, 3001))
    points = split(text)
    assert len(points) == MOST_POINTS
    assert points[-1].excerpt == text[points[-1].start : points[-1].end]
    assert points[-1].excerpt.endswith("建议在第3000号路口种树。")


def test_an_agency_that_agrees_to_an_item_is_not_greeting_anybody() -> None:
    letter = (
        "市城市运行局：\n第（5）条建议删去后半句，理由同上。\n附件第18项我局同意作为责任单位。\n其余无意见。"
    )
    assert [p.excerpt for p in split(letter)] == [
        "第（5）条建议删去后半句，理由同上。",
        "附件第18项我局同意作为责任单位。",
    ]
