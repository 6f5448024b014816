"""Tests of commentbox.core.references."""

from __future__ import annotations

import time

import pytest

from commentbox.adapters.drafts import read_blocks
from commentbox.core.drafts import read_draft
from commentbox.core.references import ReferenceFinder
from commentbox.core.types import AnnexItem, Node
from tests.development_data import REAL_DRAFT, lines_of, needs_data
from tests.fixtures.app import small_draft


def finder(count: int = 40) -> ReferenceFinder:
    """Return the finder of a draft with that many measures, two safeguards and as many annex items."""
    nodes = [
        Node("whole", "", None, "whole", "公园建设方案", "", None),
        Node("2", "二、", None, "part", "任务", "", None),
    ]
    nodes += [
        Node(f"2.{n}", f"（{n}）", n, "measure", f"公园措施第{n}号名称", "", "2") for n in range(1, count + 1)
    ]
    nodes += [Node("3", "三、", None, "part", "保障措施", "", None)]
    nodes += [Node(f"3.{n}", f"（{n}）", None, "safeguard", f"保障{n}", "", "3") for n in (1, 2, 3)]
    annex = [AnnexItem(n, "", "", f"2.{(n + 1) // 2}") for n in range(1, 2 * count + 1)]
    return ReferenceFinder(nodes, annex)


def paths(text: str) -> list[str]:
    """Return all paths that a text refers to."""
    return [path for reference in finder().find(text) for path in reference.paths]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第12条建议修改", ["2.12"]),
        ("第（十二）条建议修改", ["2.12"]),
        ("第十二条、第八条都好", ["2.12", "2.8"]),
        ("第１２条", ["2.12"]),
        ("第拾贰条", ["2.12"]),
        ("第8至10条过细", ["2.8", "2.9", "2.10"]),
        ("第8、9条合并", ["2.8", "2.9"]),
        ("建议（19）产业增加农业", ["2.19"]),
        ("（5）建议增加", ["2.5"]),
        ("3.（12）没有解释", ["2.12"]),
        ("附件第20项牵头单位", ["2.10"]),
        ("附件36至38项", ["2.18", "2.19"]),
        ("附表第3行", ["2.2"]),
        ("保障措施第（三）条", ["3.3"]),
        ("三（二）的表述", ["3.2"]),
        ("第三部分（一）", ["3.1"]),
        ("第12條應修改", ["2.12"]),
        ("措施12太笼统", ["2.12"]),
        ("（8）—（10）条重复", ["2.8", "2.9", "2.10"]),
        ("第十二条第二款", ["2.12"]),
        ("第12条第（3）项", ["2.12"]),
        ("附件20的牵头单位", ["2.10"]),
        ("《条例》第三条要求，建议第12条衔接", ["2.12"]),
        ("“公园措施第7号名称”写得不清", ["2.7"]),
    ],
)
def test_finds(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "根据《专利法》第六条",
        "民法典第一百条规定",
        "我有三条意见",
        "第一，太少；第二，太慢。",
        "（1）补贴少\n（2）来得慢",
        "2023年第12号楼",
        "第12届运动会",
        "第99条",
        "附件1是我的身份证明",
        "依照国务院令第713号第十五条",
        "参照省里文件第十二条",
        "三、建议给予10万元",
        "我有三条建议：第一条，门票太贵；第二条，厕所太少。",
        "我的第2条建议最要紧",
    ],
)
def test_is_no_reference(text: str) -> None:
    assert paths(text) == []


def test_span_is_where_it_stands() -> None:
    text = "关于第（3）条，建议"
    reference = finder().find(text)[0]
    assert text[reference.start : reference.end] == reference.text == "第（3）条"


def test_a_number_of_two_measures_stays_ambiguous() -> None:
    nodes = [Node(path, "1.", 1, "measure", "", "", None) for path in ("1.1", "2.1")]
    reference = ReferenceFinder(nodes, ()).find("第1条不好")[0]
    assert reference.paths == ("1.1", "2.1")
    assert reference.ambiguous


def test_an_item_of_body_or_annex_stays_ambiguous() -> None:
    body_or_annex = finder().find("第20项不好")[0]
    assert (body_or_annex.paths, body_or_annex.ambiguous) == (("2.20", "2.10"), True)
    annex_alone = finder().find("第60项不好")[0]
    assert (annex_alone.paths, annex_alone.ambiguous) == (("2.30",), False)


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("某市公园管理办法（征求意见稿）", "本办法第2条不清楚", True),
        ("某市公园管理办法（征求意见稿）", "《公园管理办法》第2条不清楚", True),
        ("某市公园管理办法（征求意见稿）", "国家城市绿地办法第2条规定得好", False),
        ("某市公园管理办法（征求意见稿）", "土地法第2条规定得好", False),
    ],
)
def test_knows_the_drafts_own_name(title: str, text: str, found: bool) -> None:
    nodes = [
        Node("whole", "", None, "whole", title, "", None),
        Node("2", "第二条", 2, "measure", "", "", None),
    ]
    assert bool(ReferenceFinder(nodes, ()).find(text)) == found


def test_body_and_annex_are_numbered_apart() -> None:
    draft = small_draft()
    found = ReferenceFinder(draft.nodes, draft.annex)
    assert found.find("第2条")[0].paths == ("2.1.1.2",)
    assert found.find("附件第2项")[0].paths == ("2.1.1.3",)


@needs_data
def test_development_comments() -> None:
    draft = read_draft(read_blocks(REAL_DRAFT))
    found = ReferenceFinder(draft.nodes, draft.annex)
    numbers = {node.path: node.number for node in draft.nodes}
    right = wrong = missed = 0
    for item in lines_of("comments_dev.jsonl"):
        got = {numbers[p] or "general" for r in found.find(item["text"]) for p in r.paths}
        wanted = set(item["measures"])
        right += len(got & wanted)
        wrong += len(got - wanted)
        missed += len(wanted - got) if item["explicit_ref"] else 0
    assert right / (right + wrong) >= 0.99
    assert right / (right + missed) >= 0.95


def test_many_clauses_stay_quick() -> None:
    found = finder(1500)
    text = "第（8）条和第99条以及附件第20项，" * 4000
    start = time.process_time()
    found.find(text)
    assert time.process_time() - start < 30  # by the square of the length it would take minutes
