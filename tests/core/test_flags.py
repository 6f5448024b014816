"""Tests of the flags: what is about no measure."""

from __future__ import annotations

import pytest

from commentbox.core.classifier import MeasureModel
from commentbox.core.references import ReferenceFinder
from commentbox.core.states import CommentFlag
from commentbox.core.types import Suggestions
from tests.fixtures.app import small_draft

GENERAL, NONE = CommentFlag.GENERAL, CommentFlag.NONE


def answer(text: str) -> Suggestions:
    """Return what is suggested for a text on the small draft."""
    draft = small_draft()
    model = MeasureModel.from_draft(draft.nodes)
    return model.suggest([text], ReferenceFinder(draft.nodes, draft.annex))[0]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("这个办法写得很全面，支持", GENERAL),
        ("通读全稿，字数太多，老百姓看不懂", GENERAL),
        ("关键看落实，不要一纸空文", GENERAL),
        ("There is no English version of it", GENERAL),
        ("我单位对该征求意见稿无修改意见", NONE),
        ("No comment.", NONE),
        ("附件打不开，麻烦再发一次", NONE),
        ("低息贷款，当天放款，回T退订", NONE),
        ("啊啊啊啊", NONE),
        ("行道树的飞絮太多，请换本地树种", None),
        ("Dogs off leash bite", None),
        (
            "路灯太暗，没有意见箱也没有人管，希望关键位置装上灯，并写明什么时候装、装多少、谁来装、坏了找谁修，钱从哪里出",
            None,
        ),
    ],
)
def test_flag(text: str, flag: CommentFlag | None) -> None:
    assert answer(text).flag == flag


def test_a_remark_on_the_whole_is_offered_the_whole_first() -> None:
    found = answer("通读全稿，字数太多")
    first = found.measures[0]
    assert (first.path, first.source, first.reason) == ("whole", "rule", "通读")
    assert found.confidence <= 0.5


def test_a_clause_that_is_named_is_no_remark_on_the_whole() -> None:
    assert answer("第（4）条字数太多，看不懂").flag is None


def test_measures_are_offered_beside_a_flag() -> None:
    found = answer("行道树认养，加微信")
    assert (found.flag, found.measures[0].path) == (NONE, "2.1.1.3")
    assert found.confidence <= 0.5
