"""Tests of commentbox.core.drafts.notice: the ways in which notices name a period and a contact."""

from __future__ import annotations

from datetime import date

import pytest

from commentbox.core.drafts.notice import read_notice
from commentbox.core.types import Block, Notice


def read(text: str) -> Notice:
    """Return what a notice says."""
    return read_notice([Block(line, n) for n, line in enumerate(text.split("\n"), 1)])


@pytest.mark.parametrize(
    "text",
    [
        "公开征求意见时间为2026年3月1日至3月31日。",
        "征求意见时间为2026年3月1日-31日。",
        "公示期自2026年3月1日起至2026年3月31日止。",
        "征求意见时间：2026.3.1-2026.3.31",
        "请于2026年3月31日17:00前反馈。\n2026年3月1日",
        "请于3月31日（含当日）前反馈。\n2026年3月1日",
        "请在二〇二六年三月三十一日之前反馈。\n二〇二六年三月一日",
        "自即日起至2026年3月31日。\n2026年3月1日",
        "根据2021年12月1日起施行的《条例》征求意见，请于2026年3月31日前反馈。\n2026年3月1日",
    ],
)
def test_period(text: str) -> None:
    notice = read(text)
    assert (notice.opens, notice.closes) == (date(2026, 3, 1), date(2026, 3, 31))


def test_period_over_the_new_year() -> None:
    notice = read("时间：2026年12月20日至1月20日")
    assert (notice.opens, notice.closes) == (date(2026, 12, 20), date(2027, 1, 20))


@pytest.mark.parametrize("text", ["截止时间：2026年3月31日24时", "请于2026年3月31日前反馈"])
def test_last_day_alone_tells_no_first(text: str) -> None:
    notice = read(text)
    assert (notice.opens, notice.closes) == (None, date(2026, 3, 31))


def test_no_day_that_does_not_exist() -> None:
    assert read("自2026年2月30日起至2026年13月1日止") == Notice(text="自2026年2月30日起至2026年13月1日止")


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("联 系 人: 王五\n联系电话：0571-88886666", "王五", "0571-88886666"),
        ("联系人及电话：王五 0571-88886666", "王五", "0571-88886666"),
        ("联系方式：王五，13800000000", "王五", "13800000000"),
        ("联系人：王 五、李四", "王五、李四", None),
        ("联系方式：电子邮箱见下", None, None),
    ],
)
def test_contact(text: str, name: str | None, phone: str | None) -> None:
    notice = read(text)
    assert (notice.contact_name, notice.contact_phone) == (name, phone)


def test_mailbox_and_rows_of_a_table() -> None:
    notice = read_notice([Block("", 1, rows=(("电子邮箱", "a＠b.example"), ("", "")))])
    assert notice.mailbox == "a@b.example"
    assert notice.text == "电子邮箱  a＠b.example"
