"""The outbox: each mail as it is sent, and what to do when sending failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from commentbox.core.states import OutboundState, Role
from commentbox.db import transaction
from commentbox.models import Consultation, OutboundMail
from tests.fixtures.desk import Desk

SignIn = Callable[[Role], FlaskClient]
LIST = "/staff/outbox"


@pytest.fixture
def mail(session: Session, consultation: Consultation) -> OutboundMail:
    with transaction(session):
        failed = OutboundMail(
            consultation_id=consultation.id,
            kind="reply",
            to_address="zhou@mail.example",
            subject="关于您的意见",
            body="您好：\n　　已采纳。",
            message_id="<1@yunqi.example>",
            state=OutboundState.FAILED,
            attempts=8,
            last_error="550 no such user",
            created_at=datetime.now(UTC),
        )
        session.add(failed)
    return failed


@pytest.fixture
def desk(mail: OutboundMail, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), LIST)


def test_the_list_shows_state_and_last_error(desk: Desk) -> None:
    page = desk.get(LIST)
    assert "发送失败" in page
    assert "550 no such user" in page


def test_a_tab_shows_one_state(desk: Desk) -> None:
    assert "550 no such user" in desk.get(f"{LIST}?state=failed")
    assert "没有这一状态的邮件" in desk.get(f"{LIST}?state=sent")


def test_the_page_shows_the_mail_as_it_is_sent(desk: Desk, mail: OutboundMail) -> None:
    page = desk.get(f"{LIST}/{mail.id}")
    assert mail.body in page
    assert mail.to_address in page


@pytest.mark.parametrize(
    ("action", "state"), [("retry", OutboundState.QUEUED), ("cancel", OutboundState.CANCELLED)]
)
def test_what_failed_is_sent_again_or_dropped(
    desk: Desk, session: Session, mail: OutboundMail, action: str, state: OutboundState
) -> None:
    desk.post(f"{LIST}/{mail.id}/resolve", action=action)
    session.rollback()
    assert mail.state == state


def test_what_was_sent_meanwhile_is_not_sent_twice(desk: Desk, session: Session, mail: OutboundMail) -> None:
    with transaction(session):
        mail.state = OutboundState.SENT
    answer = desk.post(f"{LIST}/{mail.id}/resolve", status=409, action="retry")
    assert "已发送" in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DRAFTER])
def test_others_only_read(sign_in: SignIn, mail: OutboundMail, role: Role) -> None:
    desk = Desk(sign_in(role), LIST)
    assert "/resolve" not in desk.get(f"{LIST}/{mail.id}")
    desk.post(f"{LIST}/{mail.id}/resolve", status=403, action="retry")
