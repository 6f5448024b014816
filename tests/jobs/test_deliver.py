"""Tests of the step deliver against a real SMTP server: later, never, perhaps, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.types import SYSTEM
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime, now
from commentbox.jobs.steps.deliver import LEASE, deliver
from commentbox.jobs.worker import take_over
from commentbox.models import Consultation, OutboundMail
from commentbox.services import outbox, respond
from tests.fixtures.desk import add_letter
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def mail(session: Session, consultation: Consultation) -> OutboundMail:
    """Return an answer that waits to be sent."""
    letter = add_letter(session, consultation)
    with transaction(session):
        return respond.reply(
            session, letter.id, subject="答复", body="谢谢。", template_id=None, actor=SYSTEM, now=now()
        )


def later(runtime: Runtime, **span: float) -> Runtime:
    """Return the same runtime with its clock put on."""
    return replace(runtime, clock=lambda: now() + timedelta(**span))


def test_sent_once(session: Session, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink) -> None:
    assert (deliver(runtime), deliver(runtime)) == (1, 0)
    session.rollback()
    assert (mail.state, mail.lease_until) == ("sent", None)
    assert mail.sent_at is not None
    (sent,) = smtp_sink.messages
    assert (sent["To"], sent["Message-ID"], sent["From"]) == (
        "zhou@mail.example",
        mail.message_id,
        "yijian@chenglan.example",
    )
    assert "Auto-Submitted" not in sent


def test_451_is_tried_later(
    session: Session, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answers["DATA"] = "451 MI:SFQ"
    assert (deliver(runtime), deliver(runtime)) == (1, 0)
    session.rollback()
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert "451" in mail.last_error
    smtp_sink.answers.clear()
    assert deliver(later(runtime, seconds=30)) == 0
    assert deliver(later(runtime, minutes=2)) == 1
    session.rollback()
    assert (mail.state, mail.last_error, len(smtp_sink.messages)) == ("sent", "", 1)


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
def test_550_is_final(
    session: Session, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink, place: str
) -> None:
    smtp_sink.answers[place] = "550 no such user"
    assert (deliver(runtime), deliver(later(runtime, days=9))) == (1, 0)
    session.rollback()
    assert mail.state == "failed"
    assert "550" in mail.last_error


def test_answer_that_never_came_is_not_tried_blindly(
    session: Session, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answers["DATA"] = "drop"
    assert (deliver(runtime), deliver(later(runtime, days=9))) == (1, 0)
    session.rollback()
    assert mail.state == "uncertain"


def test_one_bad_mail_lets_the_others_go(
    session: Session, consultation: Consultation, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink
) -> None:
    other = add_letter(session, consultation, minutes_ago=9, email="second@mail.example")
    with transaction(session):
        mail.to_address = "nobody\r\nBcc: evil@x.example"
        respond.reply(session, other.id, subject="x", body="y", template_id=None, actor=SYSTEM, now=now())
    assert deliver(runtime) == 2
    session.rollback()
    assert mail.state == "failed"
    assert [message_from_bytes(smtp_sink.raw(0))["To"]] == ["second@mail.example"]


def test_dead_sender_leaves_its_mail_in_doubt(
    session: Session, runtime: Runtime, mail: OutboundMail, smtp_sink: SmtpSink
) -> None:
    leased = {"now": now(), "lease": LEASE, "limit": 1, "values": {"state": "sending"}}
    assert claim(session, OutboundMail, outbox.due(now()), **leased) == [mail.id]  # type: ignore[arg-type]
    assert deliver(runtime) == 0
    session.rollback()
    assert mail.state == "sending"
    take_over(runtime)
    deliver(runtime if session.get_bind().dialect.name == "sqlite" else later(runtime, minutes=6))
    session.rollback()
    assert (mail.state, mail.last_error) == ("uncertain", outbox.LEASE_ERROR)
    assert smtp_sink.messages == []


def test_without_a_server_mail_waits(session: Session, runtime: Runtime, mail: OutboundMail) -> None:
    assert deliver(replace(runtime, send=None)) == 0
    assert session.scalars(select(OutboundMail.state)).all() == ["queued"]
