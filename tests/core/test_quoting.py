"""The respondent's own words among quotes and signatures of the usual mail programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.quoting import Kind, fold, is_no_opinion, own_text

LETTERS = {
    "iphone": (
        "同意。\n\n发自我的iPhone\n\n在 2023年5月1日，上午10:00，张三 <x@y.com> 写道：\n\n> 原文\n",
        "同意。",
    ),
    "qq": (
        '改为一年。\n\n------------------ 原始邮件 ------------------\n发件人: "a"<a@b>;\n'
        '发送时间: 2023年5月1日(星期一) 上午10:00\n收件人: "c"<c@d>;\n\n主题: 征求意见\n\n原文\n',
        "改为一年。",
    ),
    "foxmail": (
        "改为一年。\n\n发件人： 某局\n发送时间： 2023-05-01 10:00\n收件人： x\n主题： 征求意见\n各位：原文",
        "改为一年。",
    ),
    "163": ('改为一年。\n\n在 2023-05-01 10:00:00，"某局" <k@x> 写道：\n\n原文', "改为一年。"),
    "163 master": ("改为一年。\n---- 回复的原邮件 ----\n发件人 | a\n发送日期 | 2023\n\n原文", "改为一年。"),
    "gmail": ("Yes.\n\nOn Mon, May 1, 2023 at 10:00 AM Bob\n<bob@x.com> wrote:\n\n> old", "Yes."),
    "gmail zh": ("好。\n\n张三 <x@y.cn> 于2023年5月1日周一 10:00写道：\n\n> 原文", "好。"),
    "outlook": (
        "Yes.\n\n________________________________\nFrom: a\nSent: Monday\nTo: b\nSubject: c\n\nold",
        "Yes.",
    ),
    "outlook plain": ("Yes.\n\n-----Original Message-----\nFrom: a\n\nold", "Yes."),
    "signature": ("Yes.\n-- \nBob\nACME\n", "Yes."),
    "answers inside": (
        "On 1 May 2023, Bob wrote:\n> 第一条\n改为一年。\n> 第二条\n删去。\n",
        "> 第一条\n改为一年。\n> 第二条\n删去。",
    ),
    "only forwarded": (
        "-------- 转发邮件信息 --------\n发件人：a\n日期：b\n主题：c\n\n改为一年。",
        "改为一年。",
    ),
    "handed on": (
        "请查收。\n-------- 转发邮件信息 --------\n发件人：a\n日期：b\n主题：c\n\n改为一年。",
        "改为一年。",
    ),
    "mail within": (
        "请查收\n\n---------- message/rfc822 ----------\nFrom: a\nDate: b\nSubject: c\n\n改为一年。",
        "改为一年。",
    ),
    "plain": ("一、改为一年。\n二、删去第三条。", "一、改为一年。\n二、删去第三条。"),
    "a line of dashes": ("第一点\n--\n" + "第二点\n" * 15, "第二点"),
}


@pytest.mark.parametrize("name", LETTERS)
def test_own_text_ends_with_the_respondents_words(name: str) -> None:
    letter, own = LETTERS[name]
    found = own_text(letter)
    assert found.endswith(own)
    assert "原文" not in found
    assert "old" not in found


def test_the_whole_text_when_nothing_is_own() -> None:
    letter = "> 只有引文\n> 没有别的"
    assert own_text(letter) == letter


@given(
    st.lists(
        st.sampled_from(["> a", "b", "-- ", "发件人：x", "主题：y", "写道：", "On x wrote:", ""]), max_size=30
    )
)
def test_folding_loses_nothing(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "".join(text[span.start : span.end] for span in fold(text)) == text


@given(st.text(max_size=300))
def test_any_text_is_folded(text: str) -> None:
    assert "".join(text[span.start : span.end] for span in fold(text)) == text
    assert all(span.kind in Kind for span in fold(text))


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
