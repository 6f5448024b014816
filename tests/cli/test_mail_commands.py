"""Tests of the commands that talk to mail servers."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.jobs.runtime import now
from commentbox.models import Consultation, MailLocation
from commentbox.services import respond
from tests.cli.conftest import Terminal
from tests.fixtures.desk import add_letter
from tests.flows.conftest import app
from tests.jobs.test_mail_steps import mail
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink

__all__ = ["app"]
pytestmark = pytest.mark.dovecot


def test_poll_and_reconcile(
    terminal: Terminal, session: Session, consultation: Consultation, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2)])
    before = terminal.document("mail", "reconcile", code=1)
    assert (before["server"], before["stored"], len(before["missing"])) == (2, 0, 2)
    assert terminal.lines("mail", "poll", "--once") == [{"fetched": 2, "new": 2, "gone": 0, "error": ""}]
    assert terminal.lines("mail", "poll", "--once") == [{"fetched": 0, "new": 0, "gone": 0, "error": ""}]
    assert len(terminal.lines("submissions", "list", "parks")) == 2
    assert terminal.document("mail", "reconcile") == {"server": 2, "stored": 2, "missing": []}
    with transaction(session):
        session.query(MailLocation).delete()
    assert "missing" in terminal.run("mail", "reconcile", code=1).stderr
    told = terminal.run("doctor", code=1).stdout
    assert "answers" in told
    assert "ALARM letters: 2 of 2 in INBOX are not stored" in told


def test_mail_for_no_consultation_is_held(terminal: Terminal, mailbox: DovecotMailbox) -> None:
    mailbox.append(mail(1), folder="INBOX")
    terminal.run("mail", "poll", "--once")
    assert "1 to look at" in terminal.run("doctor", code=1).stdout  # there is no consultation for it


def test_outbox(
    terminal: Terminal, session: Session, consultation: Consultation, smtp_sink: SmtpSink
) -> None:
    letter = add_letter(session, consultation)
    with transaction(session):
        respond.reply(session, letter.id, subject="x", body="y", template_id=None, actor=SYSTEM, now=now())
    (waiting,) = terminal.lines("outbox", "list")
    assert (waiting["state"], waiting["to"]) == ("queued", "zhou@mail.example")
    assert "zhou@mail.example" in terminal.run("outbox", "list").stdout
    terminal.run("outbox", "deliver", "--once")
    assert terminal.lines("outbox", "list") == []
    assert [message["To"] for message in smtp_sink.messages] == ["zhou@mail.example"]
