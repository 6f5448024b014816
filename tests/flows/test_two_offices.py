"""Two offices that run this product, each the other's correspondent: they stop after one mail each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from commentbox.adapters.imap import ImapSettings
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps import work_off
from commentbox.jobs.steps.poll import poll
from commentbox.models import InboundMail, MailFolder, Submission
from commentbox.services import respond
from tests.fixtures.app import add_consultation, environment, running_app
from tests.servers import HOST
from tests.servers.dovecot import PASSWORD, Dovecot, DovecotMailbox
from tests.servers.smtp_sink import SmtpSink, running_sink

pytestmark = pytest.mark.dovecot

PLAIN = {
    *("Content-Type", "MIME-Version", "Content-Transfer-Encoding"),
    *("Subject", "From", "To", "Date", "Message-ID"),
}
ANSWER = PLAIN | {"In-Reply-To", "References"}
ACKNOWLEDGEMENT = ANSWER | {"Auto-Submitted"}
ROUNDS = 5

Carry = Callable[[bytes], bytes]


@dataclass
class Office:
    """Hold an instance of the product with its mailbox and its way out."""

    app: Flask
    address: str
    mailbox: DovecotMailbox
    sink: SmtpSink
    carried: int = 0

    def work(self) -> None:
        """Poll, and do all that is to do."""
        with self.app.app_context():
            with transaction(db.session()) as session:
                for folder in session.scalars(select(MailFolder)):
                    folder.retry_at = None
            runtime = make_runtime(self.app)
            assert not poll(runtime).error
            work_off(runtime)

    def carry_to(self, other: Office, change: Carry) -> None:
        """Put what was sent since the last time into the other's mailbox."""
        for number in range(self.carried, len(self.sink.envelopes)):
            assert self.sink.envelopes[number].rcpt_tos == [other.address]
            other.mailbox.append(b"Return-Path: <x@y.example>\r\n" + change(self.sink.raw(number)))
        self.carried = len(self.sink.envelopes)

    def inbox(self) -> list[tuple[str, str, str]]:
        """Return what became of each mail."""
        with self.app.app_context():
            rows = db.session().scalars(select(InboundMail).order_by(InboundMail.id))
            return [(mail.state, mail.reason, mail.silence) for mail in rows]


def open_office(stack: ExitStack, folder: Path, server: Dovecot, number: int) -> Office:
    """Start an office of one consultation."""
    account = ImapSettings(
        HOST, server.port, "none", f"{folder.parent.name}-{number}", PASSWORD, ("INBOX",), 20
    )
    mailbox = DovecotMailbox(server, account)
    sink = stack.enter_context(running_sink())
    address = f"office{number}@city{number}.example"
    folder.mkdir()
    settings = environment(folder) | mailbox.environment() | sink.environment()
    settings["COMMENTBOX_MAIL_DEFAULT_SENDER"] = address
    app = next(running := running_app(settings))
    stack.callback(lambda: next(running, None))
    with app.app_context(), transaction(db.session()) as session:
        add_consultation(session).mailbox = address
    return Office(app, address, mailbox, sink)


@pytest.fixture
def offices(tmp_path: Path, dovecot: Dovecot) -> Iterator[tuple[Office, Office]]:
    """Return two offices."""
    with ExitStack() as stack:
        yield (
            open_office(stack, tmp_path / "one", dovecot, 1),
            open_office(stack, tmp_path / "two", dovecot, 2),
        )


def correspond(one: Office, two: Office, change: Carry = bytes) -> None:
    """Let both work and carry their mail, several times over."""
    for _ in range(ROUNDS):
        for office, other in ((one, two), (two, one)):
            office.work()
            office.carry_to(other, change)


def letter_from(sender: str, to: str) -> bytes:
    """Return a letter that says it is from an office."""
    head = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <start@x.example>\r\nSubject: hello\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n请在河边多种一些树。\r\n".encode()


def test_intake_20_a_letter_with_the_other_s_address_is_acknowledged_once(
    offices: tuple[Office, Office],
) -> None:
    one, two = offices
    one.mailbox.append(letter_from(two.address, one.address))
    correspond(one, two)
    assert (len(one.sink.messages), len(two.sink.messages)) == (1, 0)
    assert one.inbox() == [("ingested", "", "")]
    assert two.inbox() == [("ingested", "", "auto_submitted")]


def test_intake_20_two_offices_stop_after_one_mail_each(offices: tuple[Office, Office]) -> None:
    one, two = offices
    one.mailbox.append(letter_from(two.address, one.address).replace(b"hello", b"auto\r\nX-Loop: x"))
    one.work()
    with one.app.app_context():
        submission_id = db.session().scalars(select(Submission.id)).one()
        with transaction(db.session()) as session:
            given = {"subject": "答复", "body": "谢谢。", "template_id": None}
            respond.reply(session, submission_id, actor=SYSTEM, now=datetime.now(UTC), **given)
    correspond(one, two)
    (answer,), (acknowledgement,) = one.sink.messages, two.sink.messages
    assert one.inbox() == [("ingested", "", "loop"), ("ignored", "auto_reply", "")]
    assert two.inbox() == [("ingested", "", "")]
    assert_headers(answer, ANSWER, reply_to="<start@x.example>")
    assert_headers(acknowledgement, ACKNOWLEDGEMENT, reply_to=answer["Message-ID"])
    assert acknowledgement["Auto-Submitted"] == "auto-replied"


def assert_headers(message: Message, names: set[str], reply_to: str) -> None:
    """Hold a mail to exactly the headers that we set, each once."""
    assert sorted(message.keys()) == sorted(names)
    assert message["In-Reply-To"] == message["References"] == reply_to


def test_intake_20_a_way_that_loses_our_headers_ends_at_three_a_day(offices: tuple[Office, Office]) -> None:
    one, two = offices

    def strip(raw: bytes) -> bytes:
        lines = raw.split(b"\r\n")
        lost = (b"auto-submitted:", b"in-reply-to:", b"references:", b"message-id:")
        return b"\r\n".join(line for line in lines if not line.lower().startswith(lost))

    one.mailbox.append(letter_from(two.address, one.address))
    correspond(one, two, strip)
    assert (len(one.sink.messages), len(two.sink.messages)) == (3, 3)


def test_intake_20_each_try_to_send_is_the_same_mail(offices: tuple[Office, Office]) -> None:
    one, two = offices
    one.sink.answers["DATA"] = "451 MI:SFQ"
    one.mailbox.append(letter_from(two.address, one.address))
    one.work()
    one.sink.answers.clear()
    with one.app.app_context():
        first = respond.outbox(db.session())[0]
        expected = first.message_id
        with transaction(db.session()):
            first.retry_at = None
    one.work()
    assert [message["Message-ID"] for message in one.sink.messages] == [expected]
