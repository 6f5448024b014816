"""The comment sheet's columns, words and rows."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from datetime import date
from itertools import islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.core import sheets
from commentbox.core.sheets import SheetComment, clean, sheet_row, sheet_rows
from commentbox.core.states import Channel, Disposition, RespondentKind
from commentbox.core.types import SheetRow

COMMENT = SheetComment(
    excerpt="建议明确补助标准。",
    received_on=date(2026, 5, 6),
    channel=Channel.MAIL,
    receipt="7K3Q-M9TD-2X4V",
    path="2.1.12",
    label="（十二）",
    title="完善技术转移服务",
    text="完善技术转移服务。支持建设技术转移机构。",
    position=12,
    kind="measure",
    lead_agencies=("市科技局", "市财政局"),
    proposal="补助30万元。",
    respondent="王小明",
    organisation="南江机电有限公司",
    respondent_kind=RespondentKind.COMPANY,
    late_minutes=1565,
    campaign_size=12,
    disposition=Disposition.PARTLY_ACCEPTED,
    reason="资金未列入预算。",
    revised="给予补助。",
    note="已与财政局沟通",
)


def test_columns_are_the_rows_fields_in_order() -> None:
    assert [column.key for column in sheets.COLUMNS] == [field.name for field in fields(SheetRow)]
    assert "|".join(column.heading for column in sheets.COLUMNS) == (
        "序号|条款|原文|意见内容|修改建议|提出单位/个人|来源及日期|采纳情况|理由|修改后条文|牵头单位|备注"
    )


def test_every_value_of_a_closed_list_has_a_word() -> None:
    assert set(sheets.DISPOSITIONS) == set(Disposition)
    assert set(sheets.CHANNELS) == set(Channel)
    assert set(sheets.PUBLIC_KINDS) == set(RespondentKind)


def test_internal_row_says_everything() -> None:
    assert astuple(sheet_row(1, COMMENT)) == (
        1,
        "（十二）完善技术转移服务",
        "完善技术转移服务。支持建设技术转移机构。",
        "建议明确补助标准。",
        "补助30万元。",
        "南江机电有限公司 王小明",
        "电子邮件 2026-05-06",
        "部分采纳",
        "资金未列入预算。",
        "给予补助。",
        "市科技局、市财政局",
        "回执号 7K3Q-M9TD-2X4V；同源意见 12 件；逾期 1天2小时5分钟；已与财政局沟通",
    )


def test_remarks_are_empty_where_there_is_nothing_to_remark() -> None:
    assert sheet_row(1, SheetComment("好", date(2026, 5, 6), Channel.WEB)).remarks == ""


@pytest.mark.parametrize(
    ("kind", "name", "organisation", "standard", "public"),
    [
        ("company", "王小明", "南江机电有限公司", "南江机电有限公司", "企业"),
        ("person", "王小明", "南江大学", "王*", "公众"),
        ("person", "欧阳小红", "", "欧阳*", "公众"),
        ("person", "欧阳", "", "欧*", "公众"),
        ("person", "John Smith", "", "J*", "公众"),
        ("unknown", "南江机电有限公司", "", "南江机电有限公司", "公众"),
        ("unknown", "王小明", "", "王*", "公众"),
        ("agency", "王小明", "", "王*", "单位"),
        ("institution", "", "南江大学", "南江大学", "单位"),
        ("unknown", "", "", "未署名", "公众"),
    ],
)
def test_presets_name_respondents_no_more_than_they_may(
    kind: str, name: str, organisation: str, standard: str, public: str
) -> None:
    comment = replace(COMMENT, respondent_kind=kind, respondent=name, organisation=organisation)
    assert sheet_row(1, comment, sheets.STANDARD).respondent == standard
    assert sheet_row(1, comment, sheets.PUBLIC).respondent == public


def test_public_rows_hold_no_name_no_receipt_and_no_note() -> None:
    row = sheet_row(1, COMMENT, sheets.PUBLIC)
    shown = " ".join(str(getattr(row, column.key)) for column in sheets.columns(sheets.PUBLIC))
    for secret in ("王", "南江", "7K3Q", "财政局", "2026-05-06"):
        assert secret not in shown
    assert row.remarks == "同源意见 12 件；逾期 1天2小时5分钟"


def test_standard_rows_hold_the_receipt_but_not_the_note() -> None:
    assert sheet_row(1, COMMENT, sheets.STANDARD).remarks.startswith("回执号 7K3Q-M9TD-2X4V")
    assert "财政局沟通" not in sheet_row(1, COMMENT, sheets.STANDARD).remarks


def test_the_whole_comes_last_and_the_unassigned_after_it() -> None:
    whole = replace(COMMENT, path="0", kind="whole", position=0, text="全文" * 1000)
    nowhere = SheetComment("好", date(2026, 5, 6), Channel.PHONE, original="第十二条")
    comments = [nowhere, whole, COMMENT, replace(COMMENT, position=3, label="（三）")]
    comments.sort(key=lambda each: sheets.order_key(each.path, each.kind, each.position))
    rows = list(sheet_rows(comments))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.clause[:3] for row in rows] == ["（三）", "（十二", "对全文", "待分办"]
    assert (rows[2].original, rows[3].original) == ("", "第十二条")
    with pytest.raises(ValueError, match="out of order"):
        list(sheet_rows(reversed(comments)))


def test_rows_are_made_as_they_are_asked_for() -> None:
    assert len(list(islice(sheet_rows(repeat(COMMENT)), 3))) == 3


def test_unknown_preset_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        sheets.columns("secret")
    with pytest.raises(ValueError, match="secret"):
        next(sheet_rows([COMMENT], "secret"))


def test_a_quoted_wording_is_kept_beside_the_drafts_own() -> None:
    row = sheet_row(1, replace(COMMENT, original="支持建设机构"))
    assert row.original == COMMENT.text
    assert row.comment == "（针对“支持建设机构”）建议明确补助标准。"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于对《关于贯彻〈条例〉的意见》公开征求意见的通知", "《关于贯彻〈条例〉的意见》"),
        ("南江市科技强市意见", "《南江市科技强市意见》"),
    ],
)
def test_head_takes_the_drafts_name_from_the_title(title: str, name: str) -> None:
    days = date(2026, 4, 28), date(2026, 5, 27), date(2026, 6, 1)
    head = sheets.head(title, "南江市科技局", *days)
    assert head.title == f"{name}意见汇总处理表"
    assert (head.period, head.date) == ("2026年4月28日至2026年5月27日", "2026年6月1日")
    assert sheets.head(title, "", *days, sheets.PUBLIC).title == f"{name}公开征求意见采纳情况表"


@pytest.mark.parametrize(("minutes", "text"), [(5, "5分钟"), (60, "1小时"), (1441, "1天1分钟"), (0, "0分钟")])
def test_minutes_are_readable(minutes: int, text: str) -> None:
    assert sheets.readable_minutes(minutes) == text


@given(st.text(st.characters()))
def test_clean_text_can_be_encoded_and_put_into_xml(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert all(character in "\t\n" or character >= " " for character in cleaned)
    assert clean(cleaned) == cleaned


def test_clean_keeps_what_is_text() -> None:
    assert clean("a\r\nb\rc\td\x0b\x00\x7f\x85\ud800\u202e\uffff𠮷😀👨‍👩‍👧") == "a\nb\nc\td𠮷😀👨‍👩‍👧"
