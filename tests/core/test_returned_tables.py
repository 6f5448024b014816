"""Returned tables, 意见反馈表: one comment a row, whatever the order and the words of the headings."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.mail import html_to_text
from commentbox.core.remarks import remark_line
from commentbox.core.rows import row_line
from commentbox.core.splitting import organisation, split
from commentbox.core.types import Point

HEADINGS = {
    "number": ["序号", "编号", "No."],
    "reference": [
        "条款",
        "章节",
        "条目",
        "条文号",
        "对应条款",
        "条款号",
        "章条编号",
        "Clause",
        "Section/Article",
    ],
    "original": ["原文", "原条款内容", "原表述", "征求意见稿内容", "征求意见稿原文", "Original text"],
    "proposal": [
        "修改意见",
        "意见建议",
        "建议修改为",
        "修改后内容",
        "具体意见",
        "意见和建议",
        "Proposed change",
    ],
    "reason": ["理由", "依据", "修改理由", "说明", "理由及依据", "Reason"],
    "other": ["提出单位", "反馈单位", "联系人", "备注", "提出意见单位", "Organisation", "处理意见及理由"],
}


def rows_of(text: str) -> list[tuple[str, str, str]]:
    return [(p.reference, p.original, p.proposal) for p in split(text)]


def true_spans(text: str, points: list[Point]) -> bool:
    """Tell whether each excerpt is what stands at its place, in order and apart."""
    exact = all(text[p.start : p.end] == p.excerpt for p in points)
    return exact and all(a.end <= b.start for a, b in pairwise(points))


@pytest.mark.parametrize(("role", "heading"), [(r, h) for r, words in HEADINGS.items() for h in words])
def test_intake_25_each_heading_names_its_column(role: str, heading: str) -> None:
    heads = {r: words[0] for r, words in HEADINGS.items()} | {role: heading}
    cells = {
        "number": "1",
        "reference": "第三条",
        "original": "二十日",
        "proposal": "改为三十日",
        "reason": "太短",
    }
    cells["other"] = "某局"
    text = "\n".join([row_line(heads.values()), row_line(cells[role] for role in heads)])
    assert rows_of(text) == [("第三条", "二十日", "改为三十日")]
    assert split(text)[0].excerpt == "二十日 | 改为三十日 | 太短"


CELL = st.text(alphabet="一二建议修改第条款|｜\t\n 。，a1", min_size=1, max_size=12).filter(
    lambda text: any(c in "建议改款a" for c in text)
)


@given(st.permutations(list(HEADINGS)), st.data())
def test_intake_25_every_filled_row_is_one_comment(order: list[str], data: st.DataObject) -> None:
    lines, expected = [row_line(HEADINGS[role][0] for role in order)], []
    for number in range(data.draw(st.integers(1, 6))):
        row = {"number": str(number + 1), "reference": data.draw(st.sampled_from(["第三条", "（12）", ""]))}
        if data.draw(st.booleans()):
            row |= {"original": data.draw(CELL | st.just("")), "proposal": data.draw(CELL)}
            expected.append(" ".join(row["proposal"].replace("|", "｜").split()))
        lines.append(row_line(row.get(role, "") for role in order))
    text = "\n".join(lines)
    points = split(text)
    assert true_spans(text, points)
    if expected:
        assert [p.proposal for p in points] == expected


def test_intake_25_title_and_form_lines_are_no_comments() -> None:
    text = (
        "附件2\n《某办法（征求意见稿）》意见反馈表\n反馈单位：某某局（盖章）\u3000联系人：张三\u3000电话：0000-1\n"
        "联系人 | 张三 | 电话 | 0000\n条款 | 修改意见 | 理由\n"
        "第三条 | 改为三十日 | 太短\n第五条 | 删去 | 重复\n"
        "注：本表请于5月1日前反馈，可另附页。\n填报时间：2026年5月1日"
    )
    assert rows_of(text) == [("第三条", "", "改为三十日"), ("第五条", "", "删去")]
    assert organisation(text) == "某某局"


def test_intake_25_prose_around_a_table_is_kept() -> None:
    text = (
        "某某局：\n我局认为总则应当写明适用范围。\n具体修改意见如下：\n条款 | 修改意见\n第三条 | 改为三十日\n"
        "另外，建议把办法的名称改短。\n某某局\n2026年5月1日"
    )
    assert [p.excerpt for p in split(text)] == [
        "我局认为总则应当写明适用范围。",
        "改为三十日",
        "另外，建议把办法的名称改短。",
    ]


def test_intake_25_header_repeated_on_each_page_and_a_row_after_the_break() -> None:
    text = (
        "序号 | 条款 | 修改意见\n1 | 第三条 | 改为三十日\n序号 | 条款 | 修改意见\n2 | 第四条 | 删去\n— 2 —\n"
        "3 | 第五条 | 增加一款"
    )
    assert rows_of(text) == [("第三条", "", "改为三十日"), ("第四条", "", "删去"), ("第五条", "", "增加一款")]


def test_intake_25_a_row_that_sounds_like_headings_is_a_row() -> None:
    header = "序号 | 条款 | 原文 | 修改意见 | 版次"
    text = f"{header}\n1 |  | 建议 | 款 | \n{header}\n2 | 三 | 应 | 可 | "
    assert rows_of(text) == [("", "建议", "款"), ("三", "应", "可")]


def test_intake_25_two_header_rows_where_a_heading_is_merged() -> None:
    text = (
        "序号 | 条款 | 修改意见 |  | 理由\n序号 | 条款 | 原文 | 修改后 | 理由\n"
        "1 | 第三条 | 二十日 | 三十日 | 太短\n"
    )
    assert rows_of(text) == [("第三条", "二十日", "三十日")]
    blank = text.replace("序号 | 条款 | 原文 | 修改后 | 理由", " |  | 原文 | 修改后 | ")
    assert rows_of(blank) == [("第三条", "二十日", "三十日")]


def test_intake_25_empty_and_silent_rows() -> None:
    text = (
        "序号 | 条款 | 修改意见 | 理由\n1 | 第三条 | 无 | \n2 | 第四条 | 删去 | \n3 |  |  | \n"
        "4 | 第六条 | / | —"
    )
    assert rows_of(text) == [("第四条", "", "删去")]
    (silent,) = split("意见反馈表\n条款 | 修改意见\n第三条 | 无意见\n | ")
    assert silent.excerpt == "无意见"


def test_intake_25_a_clause_goes_down_over_rows_without_number() -> None:
    text = "序号 | 条款 | 修改意见\n1 | 第三条 | 改为三十日\n | | 写明起算日\n2 | | 通篇用语统一"
    assert [p.reference for p in split(text)] == ["第三条", "第三条", ""]


def test_intake_25_an_empty_first_cell_shifts_nothing() -> None:
    text = "序号 | 条款 | 修改意见 | 理由\n | 第三条 | 改为三十日 | 太短\n|| 写短些 |"
    assert rows_of(text) == [("第三条", "", "改为三十日"), ("第三条", "", "写短些")]


def test_intake_25_upright_forms_are_one_comment_each() -> None:
    text = (
        "单位 | 某局\n条款 | 第三条\n原文 | 二十日\n修改意见 | 改为三十日\n理由 | 太短\n"
        "条款 | 第五条\n原文 | 可以\n修改意见 | 改为应当\n理由 | "
    )
    assert rows_of(text) == [("第三条", "二十日", "改为三十日"), ("第五条", "可以", "改为应当")]
    assert true_spans(text, split(text))


@pytest.mark.parametrize("mark", ["|", " | ", "｜", "\t", "    "])
def test_intake_25_tables_as_people_type_them(mark: str) -> None:
    text = mark.join(["条款", "原文", "修改意见"]) + "\n" + mark.join(["第三条", "二十日", "改为三十日"])
    assert rows_of(text) == [("第三条", "二十日", "改为三十日")]


def test_intake_25_a_table_as_markdown() -> None:
    text = "| 条款 | 修改意见 |\n|---|:---:|\n| 第三条 | 改为三十日 |\n| 第四条 | 删去 |"
    assert rows_of(text) == [("第三条", "", "改为三十日"), ("第四条", "", "删去")]


def test_intake_25_a_table_in_html_with_merged_cells() -> None:
    text = html_to_text(
        "<table><tr><td colspan=5>意见反馈表</td></tr>"
        "<tr><td rowspan=2>序号</td><td rowspan=2>条款</td>"
        "<td colspan=2>修改意见</td><td rowspan=2>理由</td></tr>"
        "<tr><td>原文</td><td>修改为</td></tr>"
        "<tr><td>1</td><td rowspan=2>第三条</td><td>二十日</td><td>三十日|四十日</td><td>短</td></tr>"
        "<tr><td>2</td><td></td><td><p>写明</p><p>起算日</p></td><td></td></tr></table>"
    )
    assert rows_of(text) == [("第三条", "二十日", "三十日｜四十日"), ("第三条", "", "写明 起算日")]


def test_intake_25_a_reviewers_remark_is_a_point() -> None:
    text = f"期限为十日。\n{remark_line('张三', '应为三十日', '十日')}"
    remark = split(text)[-1]
    assert (remark.excerpt, remark.original) == ("应为三十日", "十日")
    assert true_spans(text, split(text))


def test_intake_25_several_tables_with_other_columns() -> None:
    text = "条款 | 修改意见\n第三条 | 改为三十日\n总体意见：\n理由 | 意见 | 章节\n重复 | 删去 | 第二章"
    assert rows_of(text)[0] == ("第三条", "", "改为三十日")
    assert rows_of(text)[-1] == ("第二章", "", "删去")


@pytest.mark.parametrize(
    "text",
    [
        "名称 | 数量 | 单价\n厕所 | 3 | 20",
        "问：有没有意见 | 建议尽快修路\n好的",
        "我建议  修改理由  不充分\n再研究一下",
    ],
)
def test_other_tables_stay_prose(text: str) -> None:
    assert all(not p.reference and not p.proposal for p in split(text))


@pytest.mark.parametrize(
    "text",
    [
        "条款 | 意见\n" * 20_000,
        "条款 | 意见\n" + "|" * 60_000,
        "条款 | 意见\n1 |" + "无修改" * 30_000,
        " |" * 40_000,
    ],
)
def test_odd_tables_stay_quick(text: str) -> None:
    start = time.process_time()
    split(text)
    assert time.process_time() - start < 5
