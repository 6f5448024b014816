"""Campaigns in a real browser, by keyboard and on a telephone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.models import Consultation
from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.waiting import waiting
from tests.browser.conftest import DESK, PHONE, OpenPage, fits
from tests.browser.test_channels import sign_in
from tests.fixtures.desk import add_letter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
TEXT = "建议在老城区增加口袋公园，配足座椅和饮水点，并写明每年的数量。夜里十点以后请留一半照明。"
LINK = "https://yunqi.example/" + "kongjian" * 20


@pytest.fixture
def campaign(session: Session, consultation: Consultation) -> None:
    """Store a letter, copies of it over more than a page, and one with a word that no line holds."""
    for n in range(25):
        add_letter(session, consultation, TEXT, f"我住{n}号楼。{LINK}", minutes_ago=100 - n)
    with transaction(session):
        store(session, waiting(session, 100), datetime.now(UTC))


def test_by_keyboard(session: Session, campaign: None, open_page: OpenPage) -> None:
    page = open_page(DESK)
    sign_in(session, page, Role.HANDLER)
    page.get_by_role("link", name="同源意见").press("Enter")
    page.locator("table.campaigns a").press("Enter")
    page.get_by_role("button", name="确认为同源意见").press("Enter")
    expect(page.get_by_text("已确认为同源意见。")).to_be_visible()
    page.get_by_role("button", name="撤销").press("Enter")
    expect(page.get_by_text("已撤销。")).to_be_visible()
    expect(page.get_by_role("button", name="确认为同源意见")).to_be_visible()
    page.get_by_role("link", name="后页").press("Enter")
    expect(page.locator("article")).to_have_count(4)
    page.locator("article a").last.press("Enter")
    expect(page.get_by_role("heading", name="与代表件相比")).to_be_visible()


def test_on_a_telephone(session: Session, campaign: None, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    sign_in(session, page, Role.HANDLER)
    page.goto("/staff/parks/campaigns")
    assert fits(page)
    page.locator("table.campaigns a").click()
    expect(page.locator("article")).to_have_count(20)
    assert fits(page)
    page.locator("article a").first.click()
    expect(page.get_by_role("heading", name="与代表件相比")).to_be_visible()
    assert fits(page)
