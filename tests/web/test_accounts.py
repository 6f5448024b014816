"""Signing in and out, and the language that somebody reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.models import Consultation, User
from commentbox.services import users
from commentbox.web.accounts import local_path
from tests.fixtures.app import PASSWORD
from tests.web.conftest import Clock, Visitor, page

NAME = "李华"


@pytest.fixture
def account(session: Session) -> User:
    """Return somebody who may read."""
    with transaction(session):
        return users.create(session, NAME, Role.VIEWER, PASSWORD, actor=SYSTEM, now=datetime.now(UTC))


def signed_in(visitor: Visitor) -> bool:
    return visitor.get("/staff/held").status_code == 200


def test_a_stranger_is_sent_to_sign_in_and_back(visitor: Visitor, account: User) -> None:
    answer = visitor.get("/staff/held?state=ignored")
    assert answer.status_code == 303
    assert answer.location == "/staff/login?next=/staff/held?state%3Dignored"
    assert visitor.sign_in(NAME, next="/staff/held?state=ignored").location == "/staff/held?state=ignored"


def test_the_home_page_is_the_consultation_at_work(
    visitor: Visitor, account: User, consultation: Consultation
) -> None:
    assert visitor.sign_in(NAME).location == "/staff/"
    assert visitor.get("/staff/").location == "/staff/parks/"


def test_the_home_page_without_a_consultation_says_what_to_do(visitor: Visitor, account: User) -> None:
    visitor.sign_in(NAME)
    assert "flask consultation import" in visitor.get("/staff/").text


def test_a_wrong_name_and_a_wrong_password_read_the_same(visitor: Visitor, account: User) -> None:
    wrong_password, wrong_name = visitor.sign_in(NAME, "wrong"), visitor.sign_in("nobody", "wrong")
    assert (wrong_password.status_code, wrong_name.status_code) == (401, 401)
    assert _without_token(wrong_password.text.replace(NAME, "nobody")) == _without_token(wrong_name.text)
    assert not signed_in(visitor)


def _without_token(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrf_token" not in line]


def test_guessing_without_end_is_stopped(visitor: Visitor, account: User) -> None:
    form = {**visitor.fields("/staff/login"), "name": "nobody", "password": "guess"}
    answers = [visitor.post("/staff/login", form).status_code for _ in range(31)]
    assert answers == [401] * 30 + [429]


def test_signing_out_ends_the_session(visitor: Visitor, account: User) -> None:
    visitor.sign_in(NAME)
    assert signed_in(visitor)
    visitor.get("/staff/logout")
    assert signed_in(visitor)
    token = page(visitor.get("/staff/held")).css_first('form[action="/staff/logout"] input')
    assert token is not None
    assert visitor.post("/staff/logout", {"csrf_token": token.attributes["value"]}).status_code == 303
    assert not signed_in(visitor)


def test_a_new_key_ends_every_session(app: Flask, visitor: Visitor, account: User, session: Session) -> None:
    visitor.sign_in(NAME)
    with transaction(session):
        account.session_key = "another"
    assert not signed_in(visitor)


def test_a_blocked_account_is_out_at_once(visitor: Visitor, account: User, session: Session) -> None:
    visitor.sign_in(NAME)
    with transaction(session):
        account.active = False
    assert not signed_in(visitor)


def test_a_session_ends_after_ten_hours_however_busy(clock: Clock, visitor: Visitor, account: User) -> None:
    visitor.sign_in(NAME)
    for _ in range(9):
        clock.forward(hours=1)
        assert signed_in(visitor)
    clock.forward(hours=1)
    assert not signed_in(visitor)


def test_signing_in_begins_a_new_session(visitor: Visitor, account: User) -> None:
    before = visitor.fields("/staff/login")["csrf_token"]
    visitor.sign_in(NAME)
    assert visitor.post("/staff/logout", {"csrf_token": before}).status_code == 400
    assert signed_in(visitor)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "staff/",
        "",
    ],
)
def test_only_a_path_of_ours_is_gone_to(address: str) -> None:
    assert local_path(address) == ""


def test_a_path_of_ours_is_kept() -> None:
    assert local_path("/staff/parks/?q=一#c3") == "/staff/parks/?q=一#c3"


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("en-US,en;q=0.9", "en"), ("fr", "zh-Hans"), ("", "zh-Hans")],
)
def test_the_browser_asks_for_a_language(visitor: Visitor, wanted: str, tag: str) -> None:
    assert f'<html lang="{tag}">' in visitor.get("/", headers={"Accept-Language": wanted}).text


def test_a_chosen_language_stays(visitor: Visitor) -> None:
    assert '<html lang="en">' in visitor.get("/?lang=en").text
    assert '<html lang="en">' in visitor.get("/", headers={"Accept-Language": "zh-CN"}).text
    assert '<html lang="zh-Hans">' in visitor.get("/?lang=zh_Hans").text
    assert '<html lang="zh-Hans">' in visitor.get("/?lang=xx").text


def test_the_switch_leads_to_the_same_page(visitor: Visitor, consultation: Consultation) -> None:
    assert 'href="/c/parks?lang=en"' in visitor.get("/c/parks").text


def test_the_switch_carries_only_an_address_of_ours(visitor: Visitor) -> None:
    answer = visitor.get("/?_scheme=javascript&_external=1&endpoint=x&q=%22%3E%3Cb%3E")
    assert answer.status_code == 200
    link = page(answer).css_first(".languages a")
    assert link is not None
    assert (link.attributes["href"] or "").startswith("/?")
    assert "<b>" not in answer.text


def test_the_switch_of_a_page_that_only_a_form_opens_leads_to_the_start(visitor: Visitor) -> None:
    answer = visitor.post("/staff/undo", {})
    assert answer.status_code == 400
    assert 'href="/?lang=en"' in answer.text
