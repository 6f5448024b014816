"""Tests of commentbox.core.references on cases in tests/data/references, over three kinds of draft."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from commentbox.adapters.drafts import read_blocks
from commentbox.core.drafts import read_draft
from commentbox.core.references import ReferenceFinder

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "references"
DRAFTS = {
    "demo": ROOT / "demo" / "draft.docx",
    "articles": DATA / "articles.txt",
    "restarting": DATA / "restarting.txt",
}


@cache
def reader(name: str) -> tuple[ReferenceFinder, dict[str, str]]:
    """Return the finder of a draft, and the name of each node in the cases: 12 or /2.1."""
    draft = read_draft(read_blocks(DRAFTS[name]))
    numbers = [node.number for node in draft.nodes]
    names = {
        n.path: str(n.number)
        if n.number and numbers.count(n.number) == 1 and name != "restarting"
        else f"/{n.path}"
        for n in draft.nodes
    }
    return ReferenceFinder(draft.nodes, draft.annex), names


def cases() -> list[tuple[str, str, str]]:
    """Return draft, what is expected, and text of each case."""
    lines = (DATA / "cases.tsv").read_text("utf-8").splitlines()
    return [(a, b, c.replace("\\n", "\n")) for a, b, c in (x.split("\t") for x in lines if x[:1] != "#")]


@pytest.mark.parametrize(("name", "expected", "text"), cases())
def test_case(name: str, expected: str, text: str) -> None:
    finder, names = reader(name)
    found = finder.find(text)
    got = [*dict.fromkeys(names[path] for one in found for path in one.paths)]
    assert got == [word for word in expected.split() if word not in "-?"]
    assert any(one.ambiguous for one in found) == expected.endswith("?")
    assert all(text[one.start : one.end] == one.text for one in found)
