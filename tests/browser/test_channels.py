"""Each channel once through a real browser: from the sender's hand to the drafter's sheet."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import limiter
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps import work_off
from commentbox.models import Consultation
from commentbox.services import mail_intake, users
from commentbox.web.form_token import LEAST_AGE
from tests.browser.conftest import DESK, PHONE, OpenPage, fits
from tests.fixtures.app import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MAIL = (
    "From: 李工 <li@people.example>\r\nTo: yijian@yunqi.example\r\nSubject: 行道树\r\n"
    "Message-ID: <browser@people.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "你好：\r\n第（3）条建议写明树种，不要再种飞絮的杨树。\r\n"
).encode()


def work(app: Flask) -> None:
    """Do what the worker does."""
    runtime = make_runtime(app)
    work_off(runtime)


def sign_in(session: Session, page: Page, role: Role) -> None:
    """Make an account of a role and sign in with it."""
    with transaction(session):
        users.create(session, role.value, role, PASSWORD, actor=SYSTEM, now=datetime.now(UTC))
    limiter.reset()
    page.goto("/staff/login")
    page.get_by_label("用户名").fill(role.value)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="来件", level=1)).to_be_visible()


def test_web_channel(
    app: Flask, session: Session, consultation: Consultation, open_page: OpenPage, tmp_path: Path
) -> None:
    citizen = open_page(PHONE)
    citizen.goto("/")
    citizen.get_by_role("link", name="公园绿地建设方案").first.click()
    assert fits(citizen)
    citizen.locator("a[href*='/comment?m=']", has_text="对本条提意见").nth(2).click()
    assert fits(citizen)
    citizen.locator("#text-0").fill("口袋公园请配公共厕所，老人走不远。")
    (tmp_path / "more.txt").write_text("另附一条：路灯再亮一点。", encoding="utf-8")
    citizen.locator("#files").set_input_files(tmp_path / "more.txt")
    time.sleep(LEAST_AGE.total_seconds())
    citizen.get_by_role("button", name="提交意见").click()
    expect(citizen.get_by_role("heading", name="意见已收到")).to_be_visible()
    assert fits(citizen)
    work(app)

    clerk = open_page(DESK)
    sign_in(session, clerk, Role.ADMIN)
    clerk.locator("a[href*='/s/']").first.click()
    comment = clerk.locator(".comment, article").filter(has_text="公共厕所").first
    expect(comment).to_be_visible()
    clerk.keyboard.press("j")
    clerk.keyboard.press("1")
    expect(clerk.get_by_role("status").get_by_text("意见已分办")).to_be_visible()
    clerk.get_by_role("button", name="撤销").first.click()
    expect(clerk.get_by_text("已撤销。")).to_be_visible()
    clerk.locator("button[data-key='1']").first.click()
    expect(clerk.get_by_role("status").get_by_text("意见已分办")).to_be_visible()

    clerk.goto("/staff/parks/measures")
    clerk.locator("a[href*='/measures/']", has_text="（").first.click()
    form = clerk.locator("form").filter(has=clerk.locator("[name=disposition]")).first
    form.locator("[name=disposition][value=not_accepted]").check()
    form.locator("[name=reason]").fill("场地有限")
    form.get_by_role("button", name="保存").click()
    expect(clerk.get_by_text("采纳情况已保存。")).to_be_visible()

    clerk.goto("/staff/parks/export")
    with clerk.expect_download() as waiting:
        clerk.get_by_role("button", name="下载").click()
    file = tmp_path / "sheet.xlsx"
    waiting.value.save_as(file)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("公共厕所" in cell for cell in cells)
    assert "不采纳" in cells
    assert "场地有限" in cells


def test_mail_channel(app: Flask, session: Session, consultation: Consultation, open_page: OpenPage) -> None:
    now = datetime.now(UTC)
    with transaction(session):
        mail_intake.store_mail(
            session, [mail_intake.Arrived(MAIL, now, "test")], folder=None, uidvalidity=0, now=now
        )
    work(app)

    clerk = open_page(DESK)
    sign_in(session, clerk, Role.ADMIN)
    clerk.locator("a[href*='/s/']").first.click()
    expect(clerk.get_by_text("明确引用").first).to_be_visible()
    clerk.locator("button[data-key='1']").first.click()
    expect(clerk.get_by_role("status").get_by_text("意见已分办")).to_be_visible()
    clerk.locator("select[name=template]").first.select_option(index=1)
    clerk.get_by_role("button", name="预览并修改").click()
    expect(clerk.locator("textarea[name=body]")).to_have_value(re.compile("李工"))
    clerk.get_by_role("button", name="放入发件箱并发送").click()
    expect(clerk.get_by_text("答复已放入发件箱")).to_be_visible()
    clerk.goto("/staff/outbox")
    expect(clerk.get_by_role("link", name="回执号").first).to_be_visible()
    assert fits(clerk)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_scrolls_sideways(
    session: Session, consultation: Consultation, open_page: OpenPage, size: dict[str, int]
) -> None:
    page = open_page(size)
    sign_in(session, page, Role.ADMIN)
    staff = ("", "measures", "measures/unassigned", "export", "enter")
    paths = ["/", "/c/parks", "/c/parks/comment", *(f"/staff/parks/{name}" for name in staff)]
    for path in [*paths, "/staff/held", "/staff/outbox"]:
        page.goto(path)
        assert fits(page), path
