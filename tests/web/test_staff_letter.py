"""The pieces of a letter: nothing of its text is lost, whatever the spans are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.quoting import own_text
from commentbox.web.staff.letter import Fold, Segment, Span, folds, segments

spans = st.builds(
    lambda start, length, key: Span(start, start + length, key, key),
    st.integers(0, 30),
    st.integers(0, 12),
    st.integers(1, 9),
)
letters = st.lists(
    st.sampled_from(["> a", "> b", "好。", "建议。", "", "-- ", "张三", "On x wrote:", "发自我的iPhone"]),
    max_size=20,
).map("\n".join)


@given(st.text(max_size=30), st.lists(spans, max_size=6))
def test_segments_make_up_the_text_again(text: str, found: list[Span]) -> None:
    assert "".join(piece.text for piece in segments(text, found)) == text


def test_a_span_is_cut_out_with_its_number() -> None:
    span = Span(2, 4, 7, 1)
    assert segments("甲乙丙丁戊", [span]) == [Segment("甲乙"), Segment("丙丁", span), Segment("戊")]


def test_of_two_that_overlap_the_earlier_keeps_the_rest() -> None:
    first, second = Span(0, 3, 1, 1), Span(2, 4, 2, 2)
    assert segments("甲乙丙丁", [second, first]) == [Segment("甲乙丙", first), Segment("丁", second)]


def test_what_was_folded_stands_where_it_was() -> None:
    body = "建议多种树。\n\n> 请于月底前反馈\n> 谢谢\n\n另请装灯。\n-- \n张三"
    own = "建议多种树。\n\n另请装灯。"
    found = folds(body, own)
    assert found == [Fold(7, "> 请于月底前反馈\n> 谢谢"), Fold(13, "-- \n张三")]
    pieces = segments(own, [], found)
    assert [(piece.text, piece.folded) for piece in pieces] == [
        ("建议多种树。\n", False),
        ("> 请于月底前反馈\n> 谢谢", True),
        ("\n另请装灯。", False),
        ("-- \n张三", True),
    ]
    assert pieces[1].lines == 2


def test_what_was_folded_within_a_comment_stands_below_it() -> None:
    pieces = segments("甲乙\n丙丁", [Span(1, 4, 7, 1)], [Fold(3, "> 引文")])
    assert [piece.text for piece in pieces] == ["甲", "乙\n丙", "> 引文", "丁"]


def test_nothing_is_folded_where_the_texts_cannot_be_laid_side_by_side() -> None:
    assert folds("建议 多种树。", "建议多种树。") == []
    assert folds("建议多种树。", "建议多种树。") == []


@given(letters)
def test_own_and_folded_lines_are_the_letter(body: str) -> None:
    own = own_text(body)
    found = folds(body, own)
    shown = [line for piece in segments(own, [], found) for line in piece.text.splitlines() if line.strip()]
    assert sorted(line.strip() for line in shown) == sorted(
        line.strip() for line in body.splitlines() if line.strip()
    )
    assert "".join(piece.text for piece in segments(own, [], found) if not piece.folded) == own
