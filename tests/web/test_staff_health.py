"""The page about the intake's health: what a clerk reads, who may, and the mark above every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from commentbox.core.rules.health import Check, Code, Finding, Severity
from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Consultation, MailFolder
from commentbox.services import health
from commentbox.web.findings import WORDS, row
from tests.fixtures.desk import Desk
from tests.web.conftest import page

SignIn = Callable[[Role], FlaskClient]
PAGE = "/staff/health"
SILENCE = timedelta(minutes=15)


@pytest.fixture
def mailbox(app: Flask) -> None:
    """Set a mailbox, which nobody polls."""
    one = {"IMAP_HOST": "imap.example", "IMAP_USER": "yijian", "IMAP_PASSWORD": "s3cret", "IMAP_FOLDERS": ()}
    app.config.update(MAILBOXES=(one,))


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PAGE)


def poll(session: Session, minutes: float, **columns: Any) -> MailFolder:
    """Note a look into the mailbox so many minutes ago."""
    polled = datetime.now(UTC) - timedelta(minutes=minutes)
    with transaction(session):
        folder = MailFolder(account="yijian@imap.example", name="INBOX", polled_at=polled, **columns)
        session.add(folder)
    return folder


def rows(desk: Desk) -> list[str]:
    """Return the rows of the table, in order, each as one text."""
    shown = page(desk.open(PAGE)).css("table.health tbody tr")
    return [" ".join(one.text(separator=" ").split()) for one in shown]


def test_a_mailbox_that_is_not_read_comes_first_with_what_to_do(
    desk: Desk, session: Session, mailbox: None
) -> None:
    poll(session, 42, server_count=3)
    shown = rows(desk)
    assert shown[0].startswith("查收邮箱 INBOX 需要处理 已有 42 分钟 没有查收")
    assert "请马上联系系统管理员" in shown[0]
    assert "邮箱里有 3 封，只保存了 0 封，缺 3 封" in shown[1]
    assert "需要马上处理的问题：2 项" in desk.get(PAGE)
    assert "s3cret" not in desk.get(PAGE)


def test_a_mailbox_that_is_read_is_in_order(desk: Desk, session: Session, mailbox: None) -> None:
    poll(session, 2, server_count=0)
    with transaction(session):
        health.beat(session, "worker", SILENCE, datetime.now(UTC))
    (polled,) = [shown for shown in rows(desk) if shown.startswith("查收邮箱")]
    assert re.match(r"查收邮箱 INBOX 正常 2 分钟前查收过 最近一次查收 \d{4}-\d\d-\d\d \d\d:\d\d$", polled)
    assert "没有需要马上处理的问题" in desk.get(PAGE)


def test_what_a_server_said_is_shown_as_text(desk: Desk, session: Session, mailbox: None) -> None:
    poll(session, 2, fault="refused", last_error="<script>alert(1)</script> no")
    assert "<script>alert" not in desk.get(PAGE)
    assert "&lt;script&gt;" in desk.get(PAGE)


def test_a_database_that_is_behind_is_told_and_the_pages_still_open(
    desk: Desk, session: Session, mailbox: None
) -> None:
    desk.get(PAGE)
    with transaction(session):
        session.execute(text("DROP TABLE watch"))
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert rows(desk)[0].startswith("数据库结构 需要处理")
    assert "nav-alarm" in desk.get("/staff/outbox")


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.DRAFTER, 403), (Role.ADMIN, 200)])
def test_who_may_see_it(consultation: Consultation, sign_in: SignIn, role: Role, status: int) -> None:
    desk = Desk(sign_in(role), PAGE)
    desk.get(PAGE, status)
    assert (f'href="{PAGE}"' in desk.get("/staff/held")) == (status == 200)


def test_the_mark_stands_above_every_page_and_costs_one_row(
    desk: Desk, session: Session, mailbox: None
) -> None:
    def marked() -> bool:
        return page(desk.open("/staff/parks/")).css_first(".nav-alarm") is not None

    assert marked()  # a mailbox is set and nobody looks after it
    with transaction(session):
        health.note(session, [], datetime.now(UTC))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert not marked()
    assert len([one for one in asked if "FROM watch" in one]) == 1
    assert not any("mail_folder" in one or "mail_location" in one for one in asked)
    with transaction(session):
        health.note(
            session, [Finding(Check.POLL, Code.POLL_SILENT, Severity.ALARM, "INBOX")], datetime.now(UTC)
        )
    assert marked()


def test_the_public_answer_tells_no_details(app: Flask, client: FlaskClient, mailbox: None) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok", "database": True}


def test_every_finding_has_words_and_what_is_no_good_advice(app: Flask) -> None:
    names = "free percent server stored missing taking waiting held unreadable unread queued failed uncertain"
    assert set(WORDS) == set(Code)
    with app.test_request_context("/"):
        for code in Code:
            found = Finding(Check.POLL, code, Severity.ALARM, figures=dict.fromkeys(names.split(), 7))
            shown = row(found, datetime.now(UTC))
            assert shown.says
            assert "%(" not in shown.says
            fine = code.rpartition("_")[2] in {"fine", "alive", "none", "equal", "unknown", "set"}
            assert bool(shown.advice) is not fine or code == Code.CONSULTATION_NONE, code
