"""Tests of commentbox.core.drafts: the forms that drafts take besides that of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from commentbox.core.drafts import ANNEX_RENUMBERED, read_draft
from commentbox.core.drafts.agencies import closing_duty, split_names
from commentbox.core.types import Block, Draft, Node

HEADER = ("序号", "任务", "措施", "牵头单位", "责任单位")


def read(text: str) -> Draft:
    """Return the draft of a text file."""
    return read_draft([Block(line, n) for n, line in enumerate(text.split("\n"), 1)], "file name")


def read_all(*parts: str | tuple[int, str] | Sequence[tuple[str, ...]]) -> Draft:
    """Return the draft of a document: a text, a heading with its level, or a table, in order."""
    blocks = []
    for n, part in enumerate(parts, 1):
        if isinstance(part, str):
            blocks.append(Block(part, n))
        elif isinstance(part[0], int):
            blocks.append(Block(str(part[1]), n, level=part[0]))
        else:
            blocks.append(Block("", n, rows=tuple(tuple(row) for row in part if isinstance(row, tuple))))
    return read_draft(blocks, "file name")


def tree(draft: Draft) -> list[tuple[str, str, str]]:
    """Return path, kind and title of each node but the whole."""
    return [(n.path, str(n.kind), n.title) for n in draft.nodes[1:]]


def at(draft: Draft, path: str) -> Node:
    """Return the node of a path."""
    return next(node for node in draft.nodes if node.path == path)


# --- levels -------------------------------------------------------------------------------------------


def test_headings_without_numbers_are_structure() -> None:
    draft = read_all(
        (1, "云栖市公园建设行动"),
        "为了公园。",
        (2, "主要任务"),
        (3, "口袋公园"),
        "每年二十处。",
        (3, "行道树"),
        (2, "保障措施"),
        (3, "资金"),
        "安排资金。",
    )
    assert draft.title == "云栖市公园建设行动"
    assert draft.preamble == "为了公园。"
    assert tree(draft) == [
        ("1", "part", "主要任务"),
        ("1.1", "measure", "口袋公园"),
        ("1.2", "measure", "行道树"),
        ("2", "part", "保障措施"),
        ("2.1", "safeguard", "资金"),
    ]
    assert at(draft, "1.1").text == "每年二十处。"
    assert all(node.number is None for node in draft.nodes)


def test_numbered_paragraphs_stand_under_headings() -> None:
    draft = read_all(
        (1, "任务"), (2, "公园"), "1.建园。甲。", "2.补园。乙。", (2, "树"), "3.种树。丙。", (1, "保障")
    )
    assert [path for path, kind, _ in tree(draft) if kind == "measure"] == ["1.1.1", "1.1.2", "1.2.3"]


def test_a_wider_heading_closes_narrower_ones_that_skipped_a_level() -> None:
    draft = read_all((1, "任务"), (3, "公园"), "甲。", (2, "树"), "乙。", (1, "其他"), "丙。")
    assert [path for path, _, _ in tree(draft)] == ["1", "1.1", "1.2", "2"]


def test_contents_page_is_left_out() -> None:
    draft = read(
        "云栖市公园条例（草案征求意见稿）\n目　录\n第一章　总则……1\n第二章　建设……2\n"
        "第一章　总则\n第一条 甲。\n第二章　建设\n第一节 规划\n第二条 乙。\n第二节 施工\n第三条 丙。"
    )
    assert [path for path, _, _ in tree(draft)] == ["1", "1.1", "2", "2.1", "2.1.2", "2.2", "2.2.3"]
    assert draft.preamble == ""


def test_a_section_may_begin_after_articles_of_the_chapter() -> None:
    draft = read("第一章 建设\n第一条 甲。\n第一节 规划\n第二条 乙。")
    assert [path for path, _, _ in tree(draft)] == ["1", "1.1", "1.1-2", "1.1-2.2"]


def test_short_line_of_an_article_is_its_title() -> None:
    draft = read(
        "第一条　目的\n为了加强管理，制定本办法。\n第二条 本办法适用于本市。\n公园除外。\n第三条 施行"
    )
    assert [(n.title, n.text) for n in draft.nodes[1:]] == [
        ("目的", "为了加强管理，制定本办法。"),
        ("", "本办法适用于本市。\n公园除外。"),
        ("", "施行"),
    ]


def test_few_enumerations_among_measures_are_their_text() -> None:
    draft = read("一、任务\n（一）公园。甲。\n（二）种树。分为：\n1.近。\n2.远。\n（三）照明。乙。")
    assert {kind for _, kind, _ in tree(draft)} == {"part", "measure"}
    assert at(draft, "1.2").text == "分为：\n1.近。\n2.远。"


def test_an_enumeration_without_a_colon_that_is_the_only_one_is_text() -> None:
    draft = read("一、任务\n（一）公园。甲。\n（二）种树。乙。\n1.近。\n2.远。\n（三）照明。丙。")
    assert at(draft, "1.2").text == "乙。\n1.近。\n2.远。"


def test_a_part_that_leads_in_its_measures_keeps_them() -> None:
    draft = read(
        "一、主要任务\n做好以下工作：\n（一）公园。甲；\n（二）种树。乙。\n二、保障措施\n（一）资金。丙。"
    )
    assert [kind for _, kind, _ in tree(draft)] == ["part", "measure", "measure", "part", "safeguard"]
    draft = read("一、主要任务\n做好以下工作：\n（一）公园。甲。\n二、次要任务\n（一）种树。乙。")
    assert [kind for _, kind, _ in tree(draft)] == ["part", "measure", "part", "measure"]


def test_measures_that_run_on_from_task_to_task_are_no_enumeration() -> None:
    draft = read("一、任务\n（一）公园。措施：\n1.近。甲\n2.远。乙\n（二）种树。措施：\n3.近。丙\n4.远。丁")
    assert [n.number for n in draft.nodes if n.kind == "measure"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("一、住房保障\n1.建房。甲。\n2.补贴。乙。\n二、就业\n3.培训。丙。", "mmm"),
        ("一、公园\n1.建园。甲。\n2.种树。乙。\n二、强化监督保障\n3.公示。丙。", "mmm"),
        ("一、公园\n1.建园。甲。\n2.种树。乙。\n二、强化监督保障\n1.公示。丙。", "mms"),
        ("一、公园\n1.建园。甲。\n二、组织领导\n1.专班。乙。\n三、监督\n1.公示。丙。", "mss"),
    ],
)
def test_safeguards_come_last_and_count_anew(text: str, kinds: str) -> None:
    assert "".join(kind[0] for _, kind, _ in tree(read(text)) if kind != "part") == kinds


def test_repeated_number_is_kept_as_a_node_of_its_own() -> None:
    draft = read("一、任务\n（一）甲。\n（二）乙。\n（二）丙。\n（三）丁。")
    assert [path for path, _, _ in tree(draft)] == ["1", "1.1", "1.2", "1.2-2", "1.3"]


# --- notice and title ---------------------------------------------------------------------------------

NOTICE = """关于公开征求《云栖市公园办法（征求意见稿）》意见的公告
一、征求意见时间
2026年3月1日至3月31日。
二、反馈方式
联系人：张三、李四，电话：0571-1234567，邮箱：a_b@c.example
云栖市园林局
2026年2月28日
云栖市公园办法
第一条 甲。
第二条 乙。"""


def test_labels_of_the_notice_are_not_the_drafts() -> None:
    draft = read(NOTICE)
    assert draft.title == "云栖市公园办法"
    assert [n.number for n in draft.nodes[1:]] == [1, 2]
    notice = draft.notice
    assert (notice.opens, notice.closes) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (notice.unit, notice.mailbox) == ("云栖市园林局", "a_b@c.example")
    assert (notice.contact_name, notice.contact_phone) == ("张三、李四", "0571-1234567")


def test_title_in_two_lines() -> None:
    draft = read(
        "云栖市人民政府关于\n加快公园建设的若干措施\n（征求意见稿）\n为了公园。\n一、建。甲\n二、种。乙"
    )
    assert draft.title == "云栖市人民政府关于加快公园建设的若干措施"
    assert draft.preamble == "为了公园。"


# --- responsibility -----------------------------------------------------------------------------------


def test_responsibility_at_the_end_of_a_paragraph() -> None:
    draft = read(
        "一、任务\n（一）甲。建。（牵头单位：市园林局；配合单位：市财政局、各县（市、区）政府）\n"
        "（二）乙（市林业局负责）。种。\n（三）丙。照明。责任单位：市城管局、市财政局"
    )
    assert at(draft, "1.1").lead_agencies == ("市园林局",)
    assert at(draft, "1.1").responsible_agencies == ("市园林局", "市财政局", "各县（市、区）政府")
    assert at(draft, "1.2").responsible_agencies == ()
    assert at(draft, "1.3").responsible_agencies == ("市城管局", "市财政局")
    assert at(draft, "1.1").text.startswith("建。（牵头单位")


def test_two_lines_of_responsibility_are_one() -> None:
    draft = read(
        "一、任务\n（一）甲。建。\n牵头单位：市园林局\n配合单位：市财政局\n（二）乙。种。\n牵头单位：市林业局"
    )
    assert at(draft, "1.1").lead_agencies == ("市园林局",)
    assert at(draft, "1.1").responsible_agencies == ("市园林局", "市财政局")


@pytest.mark.parametrize("text", ["按职责分工。", "奖励三项（科技进步奖、发明奖）。", "（一）", "x）", ""])
def test_other_brackets_name_nobody(text: str) -> None:
    assert closing_duty(text) is None


def test_words_of_duty_are_no_part_of_a_name() -> None:
    assert split_names("由市林业局牵头负责，市财政局等市直部门按职责分工落实") == (
        "市林业局",
        "市财政局等市直部门",
    )


# --- tables -------------------------------------------------------------------------------------------

BODY = ("一、任务", "（一）口袋公园。每年建二十处口袋公园", "（二）行道树。每年种一万棵行道树")


def test_table_in_the_body_is_text_where_it_stands() -> None:
    draft = read_all(*BODY[:2], [("年份", "数量"), ("2026", "20")], BODY[2])
    assert at(draft, "1.1").text.endswith("年份 | 数量\n2026 | 20")
    assert at(draft, "1.2").title == "行道树"


def test_plan_between_parts_ends_nothing() -> None:
    row = ("1", "口袋公园", "每年建二十处口袋公园", "市园林局", "市财政局")
    draft = read_all(*BODY, [HEADER, row], "二、保障措施", "（一）资金。安排。")
    assert at(draft, "2.1").kind == "safeguard"
    assert at(draft, "1.1").lead_agencies == ("市园林局",)


def test_second_table_that_counts_from_one_again_loses_nothing() -> None:
    first = ("1", "口袋公园", "每年建二十处口袋公园", "市园林局", "市财政局")
    second = ("1", "行道树", "每年种一万棵行道树", "市林业局", "市财政局")
    draft = read_all(*BODY, "附件", [HEADER, first], [HEADER, second])
    assert [(i.number, i.measure) for i in draft.annex] == [(1, "1.1"), (2, "1.2")]
    assert draft.warnings == (ANNEX_RENUMBERED,)


def test_table_without_numbers_and_with_other_columns() -> None:
    rows = [
        ("重点任务", "具体措施", "牵头单位", "完成时限"),
        ("口袋公园", "每年建二十处口袋公园", "市园林局", "2026年"),
        ("行道树", "每年种一万棵行道树", "市林业局", "2027年"),
    ]
    draft = read_all(*BODY, "附件", rows)
    assert [(i.number, i.measure) for i in draft.annex] == [(1, "1.1"), (2, "1.2")]
    assert draft.annex[1].text == "每年种一万棵行道树\n完成时限：2027年"


def test_terms_of_an_aim_over_merged_cells() -> None:
    rows = [
        ("序号", "主要目标", "目标内容", "牵头单位", "完成时限"),
        ("1", "多建公园", "每年建二十处。", "市园林局", "2026年"),
        ("", "", "", "", "2027年"),
        ("", "", "共建六十处。", "", "2028年"),
    ]
    draft = read_all(*BODY, "附件", rows)
    aim = at(draft, "annex.aim.1")
    assert aim.text == "2026年、2027年：每年建二十处。\n2028年：共建六十处。"
    assert (aim.number, aim.lead_agencies) == (None, ("市园林局",))


def test_order_decides_between_measures_that_are_alike() -> None:
    body = (
        "一、任务\n（一）园。甲。\n1.宣传。广泛宣传。\n2.建设。建二十处。\n（二）树。乙。\n3.宣传。广泛宣传。"
    )
    rows = [
        HEADER,
        *((str(n), t, x, "市局", "市局") for n, t, x in ((1, "建设", "建二十处"), (2, "宣传", "广泛宣传"))),
    ]
    assert [i.measure for i in read_all(*body.split("\n"), "附件", rows).annex] == ["1.1.2", "1.2.3"]


def test_text_of_an_annex_is_shown_as_unplaced() -> None:
    draft = read("一、任务\n（一）甲。建。\n附件1\n申报条件\n申报人应当是法人。")
    assert [(line.number, line.text) for line in draft.unplaced] == [
        (4, "申报条件"),
        (5, "申报人应当是法人。"),
    ]


def test_text_file_indented_by_tabs_is_no_table() -> None:
    draft = read("\t一、任务\n\n\t（一）公园。建。\n\t每年二十处。\n\n\t（二）树。种。\n\t每年一万棵。")
    assert [path for path, _, _ in tree(draft)] == ["1", "1.1", "1.2"]
    assert at(draft, "1.1").text == "建。\n每年二十处。"
