"""The pieces of a letter: nothing of its text is lost, whatever the spans are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commentbox.web.staff.letter import Segment, Span, folded, segments

spans = st.builds(
    lambda start, length, key: Span(start, start + length, key, key),
    st.integers(0, 30),
    st.integers(0, 12),
    st.integers(1, 9),
)


@given(st.text(max_size=30), st.lists(spans, max_size=6))
def test_segments_make_up_the_text_again(text: str, found: list[Span]) -> None:
    assert "".join(piece.text for piece in segments(text, found)) == text


def test_a_span_is_cut_out_with_its_number() -> None:
    span = Span(2, 4, 7, 1)
    assert segments("甲乙丙丁戊", [span]) == [Segment("甲乙"), Segment("丙丁", span), Segment("戊")]


def test_of_two_that_overlap_the_earlier_keeps_the_rest() -> None:
    first, second = Span(0, 3, 1, 1), Span(2, 4, 2, 2)
    assert segments("甲乙丙丁", [second, first]) == [Segment("甲乙丙", first), Segment("丁", second)]


def test_folded_shows_what_the_own_text_left_out() -> None:
    body = "建议多种树。\n\n张三\n> 请于月底前反馈"
    assert folded(body, "建议多种树。") == "张三\n> 请于月底前反馈"


def test_folded_is_empty_where_the_texts_cannot_be_laid_side_by_side() -> None:
    assert folded("建议 多种树。", "建议多种树。") == ""
    assert folded("建议多种树。", "建议多种树。") == ""
