"""An SMTP server that keeps what it is given, and can refuse it or vanish as real ones do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import HOST, free_port


class SmtpSink:
    """Collect mails; ``answers`` maps MAIL, RCPT or DATA to what the server says instead of 250.

    The answer "drop" cuts the connection at that place, after all of it has arrived.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.envelopes: list[Envelope] = []
        self.answers: dict[str, str] = {}

    @property
    def messages(self) -> list[Message]:
        """Return the mails received, parsed."""
        return [message_from_bytes(self.raw(number)) for number in range(len(self.envelopes))]

    def raw(self, number: int = -1) -> bytes:
        """Return a mail as it came over the wire."""
        content = self.envelopes[number].original_content
        assert content is not None
        return content

    def environment(self) -> dict[str, str]:
        """Return the settings with which the product sends to this server."""
        return {
            "COMMENTBOX_MAIL_SERVER": HOST,
            "COMMENTBOX_MAIL_PORT": str(self.port),
            "COMMENTBOX_MAIL_DEFAULT_SENDER": "yijian@chenglan.example",
        }

    def _answer(self, server: SMTP, place: str) -> str | None:
        answer = self.answers.get(place)
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self._answer(server, "MAIL")
        envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self._answer(server, "RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._answer(server, "DATA")
        if answer is None:
            self.envelopes.append(envelope)
        return answer or "250 OK"


@contextmanager
def running_sink(**options: Any) -> Iterator[SmtpSink]:
    """Yield a sink; the options are aiosmtpd's."""
    sink = SmtpSink(free_port())
    controller = Controller(sink, hostname=HOST, port=sink.port, **options)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """Return a running sink."""
    with running_sink() as sink:
        yield sink
