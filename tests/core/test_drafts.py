"""Tests of commentbox.core.drafts: the real draft, other styles, and anything at all."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commentbox.adapters.drafts import read_blocks
from commentbox.core.drafts import NO_STRUCTURE, read_draft
from commentbox.core.drafts.agencies import cell_names, responsibility, split_names
from commentbox.core.drafts.outline import draft_tree
from commentbox.core.types import Block, Draft, Node
from tests.development_data import REAL_DRAFT, needs_data

DEMO = Path(__file__).resolve().parents[2] / "demo" / "draft.docx"


def read(text: str) -> Draft:
    """Return the draft of a text file."""
    return read_draft([Block(line, n) for n, line in enumerate(text.split("\n"), 1)], "file name")


@cache
def real() -> Draft:
    """Return the real draft."""
    return read_draft(read_blocks(REAL_DRAFT))


def at(draft: Draft, path: str) -> Node:
    """Return the node of a path."""
    return next(node for node in draft.nodes if node.path == path)


@needs_data
def test_real_draft_is_whole() -> None:
    draft = real()
    kinds = Counter(node.kind for node in draft.nodes)
    wanted = {"measure": 37, "action": 10, "task": 5, "safeguard": 5, "part": 3, "whole": 1}
    assert {kind: kinds[kind] for kind in wanted} == wanted
    assert [n.number for n in draft.nodes if n.kind == "measure"] == list(range(1, 38))
    assert len(draft.annex) == 60
    assert draft.unplaced == ()
    assert draft.warnings == ()


@needs_data
def test_real_notice() -> None:
    notice = real().notice
    assert (notice.opens, notice.closes) == (date(2023, 4, 28), date(2023, 5, 27))
    assert notice.mailbox == "lfskjjbgs@163.com"
    assert notice.contact_phone == "0316-5212180"
    assert notice.contact_name
    assert notice.unit == "廊坊市科学技术局"


@needs_data
def test_each_real_measure_stands_under_its_action_and_task() -> None:
    draft = real()
    assert at(draft, "2.2.3.12").parent == "2.2.3"
    firsts = {n.parent: n.number for n in reversed(draft.nodes) if n.kind == "measure"}
    assert list(reversed(firsts.items())) == [
        ("2.1.1", 1),
        ("2.1.2", 8),
        ("2.2.3", 11),
        ("2.2.4", 15),
        ("2.3.5", 18),
        ("2.3.6", 22),
        ("2.4.7", 25),
        ("2.4.8", 28),
        ("2.5.9", 30),
        ("2.5.10", 33),
    ]


@needs_data
def test_each_real_annex_item_has_its_measure_and_agencies() -> None:
    draft = real()
    numbers = {node.path: node.number for node in draft.nodes}
    tied = {item.number: numbers[item.measure or ""] for item in draft.annex}
    assert sorted(tied) == list(range(1, 61))
    assert list(tied.values()) == sorted(n or 0 for n in tied.values())
    for item, measure in {1: 1, 4: 3, 7: 5, 20: 12, 36: 23, 50: 30, 59: 36, 60: 37}.items():
        assert tied[item] == measure
    assert all(item.title and item.text for item in draft.annex)
    assert all(item.lead_agencies and item.responsible_agencies for item in draft.annex)


@needs_data
def test_real_agencies_are_put_together() -> None:
    annex = {item.number: item for item in real().annex}
    assert annex[34].lead_agencies == ("市市场监督管理局",)
    assert annex[29].lead_agencies == ("市科技局", "市统计局", "市税务局")
    assert annex[1].responsible_agencies[-3] == "各县（市、区）政府"
    assert annex[41].responsible_agencies[-3:] == ("三河市政府", "大厂县政府", "香河县政府")
    assert annex[60].responsible_agencies[0] == "市教育局"
    assert at(real(), "2.3.6.23").lead_agencies == ("市商务局", "市科技局", "市农业农村局")
    assert "市统计局" in at(real(), "2.2.3.12").responsible_agencies


@needs_data
def test_real_paragraph_after_the_measures_is_no_measures_text() -> None:
    assert "财政支持措施" in at(real(), "2").text
    assert "财政支持措施" not in at(real(), "2.5.10.37").text


def test_sample_draft() -> None:
    draft = read_draft(read_blocks(DEMO))
    kinds = Counter(node.kind for node in draft.nodes)
    assert (kinds["measure"], kinds["action"], kinds["task"], kinds["safeguard"]) == (32, 11, 4, 4)
    assert len(draft.annex) == 40
    assert all(item.measure and item.lead_agencies for item in draft.annex)
    assert draft.unplaced == ()


ARTICLES = """云栖市公园管理办法（征求意见稿）
第一章 总则
第一条 为了加强公园管理，制定本办法。
第二条 本办法适用于本市公园。
公园包括综合公园和口袋公园。
第二章 建设
第三条 建设公园应当符合下列要求：
（一）步行十分钟可达；
（二）配套公共厕所。
第四条 【照明】公园应当照明。
第三章 附则
第五条 本办法自公布之日起施行。"""


def test_articles_are_measures_and_keep_their_items() -> None:
    draft = read(ARTICLES)
    measures = [n for n in draft.nodes if n.kind == "measure"]
    assert [n.number for n in measures] == [1, 2, 3, 4, 5]
    assert at(draft, "1.2").text.endswith("口袋公园。")
    assert "（二）配套公共厕所" in at(draft, "2.3").text
    assert at(draft, "2.4").title == "照明"
    assert [n.label for n in draft.nodes if n.kind == "part"] == ["第一章", "第二章", "第三章"]
    assert draft.title == "云栖市公园管理办法"


def test_two_levels() -> None:
    draft = read(
        "一、主要任务\n（一）建公园。二十处。\n（二）种树。一万棵。\n二、保障措施\n（一）资金。安排资金。"
    )
    assert [(n.path, n.kind) for n in draft.nodes[1:]] == [
        ("1", "part"),
        ("1.1", "measure"),
        ("1.2", "measure"),
        ("2", "part"),
        ("2.1", "safeguard"),
    ]


def test_enumeration_in_a_paragraph_is_text() -> None:
    draft = read("一、任务\n（一）建公园。要求如下：\n1.近。\n2.大。\n（二）种树。\n7.不是新的一级")
    assert "7.不是新的一级" in at(draft, "1.2").text


def test_no_structure_is_one_node() -> None:
    draft = read("只是一段话。\n没有条款。")
    assert [n.kind for n in draft.nodes] == ["whole"]
    assert draft.nodes[0].text == "只是一段话。\n没有条款。"
    assert draft.warnings == (NO_STRUCTURE,)
    assert draft.title == "file name"


def test_each_measure_with_its_own_responsibility() -> None:
    draft = read(
        "一、任务\n（一）建公园。\n（牵头单位：市园林局；责任单位：市财政局、各县（市、区）政府）\n（二）种树。\n（牵头单位：市林业局）"
    )
    assert at(draft, "1.1").lead_agencies == ("市园林局",)
    assert at(draft, "1.1").responsible_agencies == ("市园林局", "市财政局", "各县（市、区）政府")
    assert at(draft, "1.2").lead_agencies == ("市林业局",)


def test_names_of_agencies() -> None:
    assert split_names("市科技局、市财政局按职责分工负责") == ("市科技局", "市财政局")
    assert cell_names("市市场监督\n\n管理局\n市科协") == ("市市场监督管理局", "市科协")
    assert responsibility("（12）推动公园建设。") is None


def test_outline_shows_every_node() -> None:
    draft = read(ARTICLES)
    assert len(draft_tree(draft)) == 1 + len(draft.nodes) + len(draft.annex)


_LINE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "一、任务",
            "（一）甲。乙",
            "1.丙。",
            "（1）丁。",
            "\t序号\t",
            "\t（1）",
            "\t",
            "",
            "附件：",
            "第一条 戊",
            "第二章 己",
        ]
    ),
)


@settings(max_examples=200)
@given(st.lists(_LINE, max_size=30))
def test_any_text_gives_a_draft(lines: list[str]) -> None:
    draft = read("\n".join(lines))
    paths = [node.path for node in draft.nodes]
    assert len(paths) == len(set(paths))
    assert all(node.parent is None or node.parent in paths for node in draft.nodes)


def test_two_megabytes_take_seconds() -> None:
    text = "一、任务\n" + "\n".join(f"（{n}）措施。" + "内容" * 60 for n in range(1, 9000))
    start = time.process_time()
    read(text)
    assert len(text) > 1_000_000
    assert time.process_time() - start < 30


@pytest.mark.parametrize("text", ["", "\n\n", "\t\n\t\n", "附件："])
def test_nearly_nothing(text: str) -> None:
    assert read(text).nodes[0].kind == "whole"
