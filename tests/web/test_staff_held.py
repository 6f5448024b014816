"""Held mail: why it is held, its bytes, and the two things that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from commentbox.core.states import MailState, Role
from commentbox.db import transaction
from commentbox.models import Consultation, InboundMail, RawMail
from tests.fixtures.desk import RAW, Desk

SignIn = Callable[[Role], FlaskClient]
LIST = "/staff/held"


@pytest.fixture
def mail(session: Session, consultation: Consultation) -> InboundMail:
    now = datetime.now(UTC)
    with transaction(session):
        held = InboundMail(
            sha256="a" * 64,
            size=len(RAW),
            received_at=now,
            stored_at=now,
            state=MailState.HELD,
            reason="empty",
            subject="空白的信",
            from_address="who@mail.example",
            warnings=["header_broken"],
            raw=RawMail(content=RAW),
        )
        session.add(held)
    return held


@pytest.fixture
def desk(mail: InboundMail, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), LIST)


def test_the_list_says_why_in_words(desk: Desk) -> None:
    page = desk.get(LIST)
    assert "空白的信" in page
    assert "没有正文，也没有附件" in page


def test_the_page_of_one_mail_shows_its_faults_and_gives_its_bytes(desk: Desk, mail: InboundMail) -> None:
    assert "邮件头有损坏" in desk.get(f"{LIST}/{mail.id}")
    answer = desk.open(f"{LIST}/{mail.id}/mail.eml")
    assert answer.data == RAW
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_intake_19_ignored_mail_moves_to_its_tab_and_can_be_restored(
    desk: Desk, session: Session, mail: InboundMail
) -> None:
    desk.post(f"{LIST}/{mail.id}/ignore")
    assert "没有待核的邮件" in desk.get(LIST)
    assert "空白的信" in desk.get(f"{LIST}?state=ignored")
    desk.post(f"{LIST}/{mail.id}/retry")
    session.rollback()
    assert mail.state == MailState.FETCHED


def test_retrying_for_a_chosen_consultation(
    desk: Desk, session: Session, mail: InboundMail, consultation: Consultation
) -> None:
    desk.post(f"{LIST}/{mail.id}/retry", consultation=consultation.id)
    session.rollback()
    assert (mail.state, mail.consultation_id) == (MailState.FETCHED, consultation.id)


def test_the_second_of_two_people_sees_how_it_stands_now(
    desk: Desk, session: Session, mail: InboundMail
) -> None:
    with transaction(session):
        mail.state = MailState.INGESTED
    for act in ("retry", "ignore"):
        answer = desk.post(f"{LIST}/{mail.id}/{act}", status=409)
        assert "已入库" in answer.text


def test_a_viewer_reads_and_does_nothing(sign_in: SignIn, mail: InboundMail) -> None:
    desk = Desk(sign_in(Role.VIEWER), LIST)
    assert "/retry" not in desk.get(f"{LIST}/{mail.id}")
    desk.post(f"{LIST}/{mail.id}/retry", status=403)
    desk.post(f"{LIST}/{mail.id}/ignore", status=403)
