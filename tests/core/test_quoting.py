"""The respondent's own words among quotations and signatures of the usual mail programs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.mail.html import read_html
from commentbox.core.quoting import Kind, Span, fold, is_no_opinion, own_text
from tests.core.quoting_letters import FORWARDS, HTML, INSIDE, KEPT, REPLIES


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_without_what_it_answers(name: str) -> None:
    letter, own = REPLIES[name]
    assert own_text(letter) == own


@pytest.mark.parametrize("name", INSIDE)
def test_an_answer_inside_the_quotation_stays(name: str) -> None:
    letter, own = INSIDE[name]
    assert own_text(letter) == own


@pytest.mark.parametrize("name", FORWARDS)
def test_intake_24_a_forwarded_letter_is_the_letter(name: str) -> None:
    letter, own = FORWARDS[name]
    assert own_text(letter) == own


@pytest.mark.parametrize("name", KEPT)
def test_what_only_looks_like_a_mark_stays(name: str) -> None:
    assert own_text(KEPT[name]) == KEPT[name]


@pytest.mark.parametrize("name", HTML)
def test_html_is_folded_by_its_structure(name: str) -> None:
    html, own = HTML[name]
    page = read_html(html)
    assert own_text(page.text, page.marked) == own


def test_the_whole_text_when_nothing_is_own() -> None:
    letter = "> 只有引文\n> 没有别的"
    assert own_text(letter) == letter


LINES = [
    *(
        "> a",
        "> b",
        ">> c",
        "> 第三条。",
        "好。",
        "建议删去。",
        "见下文",
        "您好：",
        "-- ",
        "--",
        "",
        "",
        "\u3000",
    ),
    *(
        "发件人：x",
        "发送时间：z",
        "收件人：v",
        "主题：y",
        "张三 <a@b.example>",
        "于2023年5月8日 10:12写道：",
        "On x wrote:",
    ),
    *(
        "------------------ 原始邮件 ------------------",
        "-------- 转发邮件信息 --------",
        "发自我的iPhone",
        "________",
    ),
    *(
        "---------- message/rfc822 ----------",
        "On Mon, May 8, 2023 at 10:12 AM X <a@b.example> wrote:",
        "说明：",
    ),
]
letters = st.lists(st.sampled_from(LINES), max_size=30).map("\n".join)
marks = st.lists(
    st.builds(
        lambda start, length, kind: Span(start, start + length, kind),
        st.integers(-5, 200),
        st.integers(-5, 80),
        st.sampled_from([Kind.QUOTE, Kind.SIGNATURE]),
    ),
    max_size=5,
)


def check_cover(text: str, marked: list[Span]) -> None:
    spans = fold(text, marked)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert all(span.start < span.end for span in spans)
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert bool(own_text(text, marked)) == bool(text.strip())


@given(letters, marks)
def test_folding_covers_a_letter_without_gaps(text: str, marked: list[Span]) -> None:
    check_cover(text, marked)


@given(st.text(max_size=300), marks)
def test_any_text_is_folded(text: str, marked: list[Span]) -> None:
    check_cover(text, marked)


@given(letters)
def test_own_lines_are_lines_of_the_letter_in_order(text: str) -> None:
    lines = iter(line.strip() for line in text.splitlines())
    assert all(line.strip() in lines for line in own_text(text).splitlines() if line.strip())


@pytest.mark.parametrize(
    "own", sorted({own for _, own in [*REPLIES.values(), *FORWARDS.values(), *INSIDE.values()]})
)
def test_own_words_are_not_folded_again(own: str) -> None:
    assert own_text(own) == own


HOSTILE = [
    *(">", ">\n", "> a\nb\n", "\n发件人:", "发件人: a\n发送时间: b\n收件人: c\n", "-- \n\n\n"),
    *("\n", "\n\u3000", "-", "hi ", "---------- Forwarded message ---------\na\n"),
    *("---------- message/rfc822 ----------\n", "发自我的iPhone\n", "On 2023 at 10:10 wrote "),
    *("------------------ 原始邮件 ------------------\n", "On 1 wrote:\n", "a@b 10:10 <c@d>\n"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_letter_takes_time_by_its_length(piece: str) -> None:
    letter = piece * (300_000 // len(piece))
    began = time.process_time()
    own_text(letter)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "text",
    [
        "无意见",
        "没有意见。",
        "无修改意见",
        "经研究，我单位无意见。",
        "No comments.",
        "We have no comments on the draft.\nBest regards",
        "尊敬的市科技局：\n    来函收悉。经认真研究，我局无不同意见。特此函复。\n某某市水务局\n2023年5月8日",
    ],
)
def test_a_bare_no_opinion(text: str) -> None:
    assert is_no_opinion(text)


@pytest.mark.parametrize(
    "text",
    ["对第三条没有意见，建议第四条改为一年", "不是没有意见", "意见很多", "", "无", "群众没有意见箱可用"],
)
def test_more_than_no_opinion(text: str) -> None:
    assert not is_no_opinion(text)
