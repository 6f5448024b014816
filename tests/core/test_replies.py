"""Receipt numbers, placeholders and the default templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core import replies
from commentbox.core.replies import AnsweredComment, fill, find_receipt, one_line, receipt_from, reply_subject

RECEIPT = "7K3Q-M9TD-2X4V"
VALUES = {name: f"<{name}>" for name in replies.PLACEHOLDERS}


def test_known_names_are_filled() -> None:
    assert fill("{respondent}：回执号{receipt}", {"respondent": "王小明", "receipt": RECEIPT}) == (
        f"王小明：回执号{RECEIPT}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{0.__class__}",
        "{unknown}",
        "{receipt.x}",
        "{receipt!r}",
        "{ receipt }",
        "{}",
        "%(receipt)s",
        "{",
    ],
)
def test_anything_else_stays_as_typed(text: str) -> None:
    assert fill(text, VALUES) == text


def test_values_are_not_filled_again() -> None:
    assert fill("{respondent}{receipt}", {"respondent": "{receipt}", "receipt": "\\1"}) == "{receipt}\\1"


def test_a_known_name_without_a_value_stays_visible() -> None:
    assert fill("{contact}", {}) == "{contact}"


def test_unknown_placeholders_are_named_once() -> None:
    text = "{receipt} {recipt} {{7*7}} {recipt} ｛unit｝ {"
    assert replies.unknown_placeholders(text) == ("{recipt}", "{7*7}", "｛unit｝")


@pytest.mark.parametrize("value", ["a\rBcc: x", "a\nb", "a\0"])
def test_header_values_with_breaks_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        one_line(value)


def test_an_ordinary_header_value_is_given_back() -> None:
    assert one_line("回复：意见") == "回复：意见"


@given(st.binary(min_size=8, max_size=40))
def test_a_made_receipt_is_found_again(random: bytes) -> None:
    receipt = receipt_from(random)
    assert len(receipt) == 14
    assert find_receipt(f"Re: 意见 [回执号 {receipt.lower()}]") == receipt


def test_receipts_use_the_first_sixty_bits() -> None:
    assert receipt_from(b"\x00" * 8) == "0000-0000-0000"
    assert receipt_from(b"\xff" * 8) == "ZZZZ-ZZZZ-ZZZZ"
    assert receipt_from(b"\x00" * 7 + b"\x10") == "0000-0000-0001"
    with pytest.raises(ValueError, match="8"):
        receipt_from(b"1234567")


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT,
        "回执号7k3q-m9td-2x4v。",
        "[7K3Q - M9TD -2X4V]",
        "７Ｋ３Ｑ－Ｍ９ＴＤ－２Ｘ４Ｖ",
        "7K3Q–M9TD–2X4V",
        "电话 0316-5212-1800，回执号 7K3Q-M9TD-2X4V",
    ],
)
def test_a_receipt_is_found_as_people_write_it(text: str) -> None:
    assert find_receipt(text) == RECEIPT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7K3Q-M9TD",
        "7K3QM9TD2X4V",
        "UK3Q-M9TD-2X4V",
        "7K3I-M9TD-2X4V",
        "7K3L-M9TD-2X4O",
        "X7K3Q-M9TD-2X4V",
        "7K3Q-M9TD-2X4V1",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_what_only_looks_like_a_receipt_is_not_one(text: str) -> None:
    assert find_receipt(text) is None


def test_digits_alone_count_where_nothing_else_does() -> None:
    assert find_receipt("回执号 1234-5678-9012") == "1234-5678-9012"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("意见", "回复：意见"),
        ("Re: 回复：Re[2]: 意见", "回复：意见"),
        ("意见 [回执号 ABCD-EFGH-JKMN]", "回复：意见"),
        ("a\r\nBcc: b\0\x0b", "回复：a Bcc: b"),
        ("", "回复：您反馈的意见"),
    ],
)
def test_answers_carry_one_mark_and_one_line(subject: str, answer: str) -> None:
    assert reply_subject(subject, RECEIPT) == f"{answer} [回执号 {RECEIPT}]"


def test_a_long_subject_leaves_the_mark_whole() -> None:
    subject = reply_subject("长" * 900, RECEIPT)
    assert len(subject) < 160
    assert find_receipt(subject) == RECEIPT


def test_an_answer_lists_each_comment() -> None:
    comments = [
        AnsweredComment("（十二）技术转移", "建议\n明确标准。", "not_accepted", "资金未列入预算。"),
        AnsweredComment("", "长" * 500),
    ]
    first, second = replies.list_dispositions(comments).split("\n\n")
    assert first == (
        "1. （十二）技术转移\n   意见：建议 明确标准。\n   办理情况：不采纳\n   理由：资金未列入预算。"
    )
    assert second.startswith("2. 意见：")
    assert second.endswith("长…\n   办理情况：正在研究")


def test_lists_and_names_for_letters() -> None:
    assert replies.list_measures(["（一）", "", "（二）", "（一）"]) == "（一）、（二）"
    assert [
        replies.address_as("王小明", "南江大学"),
        replies.address_as(" ", "南江大学"),
        replies.address_as(""),
    ] == [
        "王小明",
        "南江大学",
        "反馈人",
    ]


TEMPLATES = (*replies.DEFAULT_TEMPLATES, *replies.ACKNOWLEDGEMENTS.values())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: f"{each.key}-{each.language}")
def test_default_templates_fill_whole_and_carry_the_receipt(template: replies.Template) -> None:
    assert not replies.unknown_placeholders(template.subject + template.body)
    assert "{receipt}" in template.subject
    assert one_line(template.subject)
    assert not set("{}") & set(fill(template.subject + template.body, VALUES))
    answered = fill(template.subject, VALUES | {"receipt": RECEIPT})
    assert find_receipt(answered) == RECEIPT
    assert RECEIPT not in reply_subject(f"Re: {answered}", "0000-0000-000A")


def test_there_are_five_templates_and_two_acknowledgements() -> None:
    keys = [template.key for template in replies.DEFAULT_TEMPLATES]
    assert keys == ["accepted", "partly_accepted", "not_accepted", "forwarded", "more_needed"]
    assert {language: each.language for language, each in replies.ACKNOWLEDGEMENTS.items()} == {
        "zh": "zh",
        "en": "en",
    }
