"""Accepting in bulk and its audit in a real browser, by keyboard and on a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.models import Consultation
from tests.browser.conftest import DESK, PHONE, OpenPage, fits
from tests.browser.test_channels import sign_in
from tests.fixtures.desk import add_waiting

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_by_keyboard(session: Session, consultation: Consultation, open_page: OpenPage) -> None:
    add_waiting(session, consultation, 25, source="reference")
    page = open_page(DESK)
    sign_in(session, page, Role.HANDLER)
    page.goto("/staff/parks/bulk")
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.wait_for_url("**/bulk/reference")
    page.get_by_role("button", name="批量确认 25 条意见").press("Enter")
    expect(page.get_by_text("已批量确认 25 条意见。")).to_be_visible()
    page.goto("/staff/parks/audit")
    for told in ("与系统建议不一致", "与系统建议一致"):
        expect(page.get_by_label("针对的条款")).to_be_focused()
        page.get_by_label("针对的条款").select_option(
            label="（3）种植行道树" if "不" in told else "（1）新建口袋公园"
        )
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile(f"^{told}"))).to_be_visible()
    expect(page.get_by_role("heading", name="没有待抽查的意见")).to_be_visible()


def test_on_a_telephone(session: Session, consultation: Consultation, open_page: OpenPage) -> None:
    add_waiting(session, consultation, 25, source="reference")
    add_waiting(session, consultation, 5, confidence=0.9)
    page = open_page(PHONE)
    sign_in(session, page, Role.HANDLER)
    page.goto("/staff/parks/bulk")
    assert fits(page)
    page.get_by_role("link", name="预览并确认 25 条").click()
    expect(page.get_by_role("button", name="批量确认 25 条意见")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="批量确认 25 条意见").click()
    expect(page.get_by_role("button", name="撤销 25 条")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="抽查 2", exact=True).click()
    expect(page.get_by_role("heading", name="抽查", exact=True)).to_be_visible()
    assert fits(page)
