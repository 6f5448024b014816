"""Tests of commentbox.core.drafts: whatever comes, a draft comes out, nothing is lost, and soon."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commentbox.adapters.drafts import read_blocks
from commentbox.core.drafts import read_draft
from commentbox.core.drafts.agencies import split_names
from commentbox.core.types import Block, Draft
from tests.development_data import REAL_DRAFT, needs_data


def blocks(text: str) -> list[Block]:
    """Return the lines of a text file."""
    return [Block(line, n) for n, line in enumerate(text.split("\n"), 1)]


def everything(draft: Draft) -> str:
    """Return all that a draft holds, as one text."""
    nodes = [
        part
        for n in draft.nodes
        for part in (n.label, n.title, n.text, *n.responsible_agencies, *n.lead_agencies)
    ]
    annex = [
        part for i in draft.annex for part in (i.title, i.text, *i.lead_agencies, *i.responsible_agencies)
    ]
    return "\n".join(
        [
            draft.title,
            draft.notice.text,
            draft.preamble,
            *nodes,
            *annex,
            *(line.text for line in draft.unplaced),
        ]
    )


HEADER_WORDS = {"序号", "主要目标", "目标内容", "完成时限", "工作举措", "牵头单位", "责任单位"}
TABLE_HEADINGS = {"工作任务分工", "行动目标"}


@needs_data
def test_every_word_of_the_real_draft_is_placed() -> None:
    source = read_blocks(REAL_DRAFT)
    draft = read_draft(source)
    held = re.sub(r"\W", "", everything(draft)) + "".join(str(item.number) for item in draft.annex)
    text = "\n".join(re.sub(r"[“”]|按职责分工负责|负责落实", "", block.text) for block in source)
    assert {word for word in re.findall(r"\w+", text) if word not in held} == HEADER_WORDS | TABLE_HEADINGS


MARK = "甲{:03d}乙"
HEADS = (
    "一、",
    "二、",
    "（一）",
    "（二）",
    "1.",
    "2.",
    "（1）",
    "第一章 ",
    "第一条 ",
    "第二条 ",
    "附件",
    "〔",
    "",
    "\t",
    "\t1",
)
TAILS = ("。", "：", "；", "负责〕", "（市林业局负责）", "办法", "（征求意见稿）", "。责任单位：市局", "")
LINES = st.tuples(st.sampled_from(HEADS), st.sampled_from(TAILS), st.sampled_from([None, None, None, 1, 2]))
ROWS = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=3)
HEADER = ("序号", "任务", "措施", "牵头单位", "责任单位")


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[Block], list[str]]:
    """Return a document and the marks in its text; lines that head a table carry none."""
    made: list[Block] = []
    marks: list[str] = []

    def mark() -> str:
        marks.append(MARK.format(len(marks)))
        return marks[-1]

    for item in draw(st.lists(st.one_of(LINES, ROWS), max_size=20)):
        if isinstance(item, tuple):
            head, tail, level = item
            level = None if head.startswith("\t") else level
            # Longer than any heading of a table, so that none of them may vanish in one.
            filling = "" if level else "的内容" * 20
            made.append(Block(f"{head}{mark()}{filling}{tail}", len(made) + 1, level=level))
            continue
        cells = [tuple(mark() if filled else "" for filled in row) for row in item]
        rows = [HEADER, *((str(n), *row[1:]) if n % 2 else row for n, row in enumerate(cells, 1))]
        made.append(Block("", len(made) + 1, rows=tuple(rows)))
    return made, [
        m for m in marks if any(m in b.text or any(m in "".join(r) for r in b.rows or ()) for b in made)
    ]


@settings(max_examples=300, deadline=None)
@given(documents())
def test_nothing_is_lost(document: tuple[list[Block], list[str]]) -> None:
    source, marks = document
    draft = read_draft(source)
    held = everything(draft)
    headings = {
        cell for b in source for row in b.rows or () if sum(map(bool, row)) == 1 for cell in row if cell
    } | {b.text for b in source if b.level is not None}
    assert [m for m in marks if m not in held and not any(m in heading for heading in headings)] == []
    assert len({item.number for item in draft.annex}) == len(draft.annex)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.builds(Block, st.text(max_size=20), st.just(1), st.none() | st.integers(-1, 12)), max_size=8)
)
def test_any_blocks_give_a_draft(source: list[Block]) -> None:
    paths = [node.path for node in read_draft(source).nodes]
    assert len(paths) == len(set(paths))


PLAN = "\n附件\n\t序号\n\t任务\n\t措施\n\t牵头单位\n\t责任单位\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "一、任务\n" + "\n".join(f"（{n}）措施。" + "内容" * 100 for n in range(1, 9999)),
        "一、任务\n"
        + "\n".join(f"（{n}）措施{n}。" + "内容很多" * 15 for n in range(1, 2000))
        + PLAN
        + "\n".join(
            f"\t（{n}）\n\t措施{n}\n\t" + "内容很多" * 15 + "\n\t市局\n\t市局\n" for n in range(1, 2000)
        ),
        "2026年4月28日前，" * 100_000 + "\n办法（征求意见稿）\n一、甲",
        "a" * 1_000_000 + "\n办法（征求意见稿）\n一、甲",
        "\n".join("附件" + " " * 20_000 + "x" for _ in range(50)),
        "（" * 500_000 + "）" * 500_000,
        "一、甲（" + "负责" * 500_000,
        "一、" + "（一）" * 500_000,
    ],
    ids=["measures", "items", "dates", "mailbox", "spaces", "brackets", "duties", "labels"],
)
def test_megabytes_take_seconds(text: str) -> None:
    start = time.process_time()
    read_draft(blocks(text))
    assert time.process_time() - start < 10


def test_names_with_many_words_of_duty_take_no_time() -> None:
    start = time.process_time()
    split_names("落实" * 100_000 + "x")
    assert time.process_time() - start < 2
