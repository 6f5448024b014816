"""Sending over SMTP: what arrives, byte for byte, and how each kind of failure is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest
from flask import Flask
from flask_mail import Mail

from commentbox.adapters import smtp
from tests.servers import HOST, free_port
from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import SmtpSink, running_sink

ACCOUNT = "yijian@chenglan.example"
Send = Callable[[smtp.Outgoing], None]
HEADERS = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "In-Reply-To", "References"}
HEADERS |= {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
LETTER = smtp.Outgoing(
    to="zhou@mail.example",
    subject="已收到您的意见（回执号 A1B2）",
    body="周明远：\n您好！\n" + "感谢您的意见。" * 200,
    message_id="<receipt.1@chenglan.example>",
    date=datetime(2026, 5, 10, 4, 0, tzinfo=UTC),
    in_reply_to="<1@mail.example>",
    automatic=True,
)


def sender(port: int, **settings: object) -> Iterator[Send]:
    app = Flask(__name__)
    app.config.update(MAIL_SERVER=HOST, MAIL_PORT=port, MAIL_DEFAULT_SENDER=ACCOUNT)
    app.config.update(settings)
    mail = Mail()
    mail.init_app(app)
    with app.app_context():
        yield lambda outgoing: smtp.send(mail, outgoing)


@pytest.fixture
def send(smtp_sink: SmtpSink) -> Iterator[Send]:
    yield from sender(smtp_sink.port)


def test_intake_20_an_acknowledgement_carries_exactly_what_we_set(send: Send, smtp_sink: SmtpSink) -> None:
    send(LETTER)
    (message,), (envelope,) = smtp_sink.messages, smtp_sink.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (ACCOUNT, ["zhou@mail.example"])
    assert sorted(message.keys()) == sorted(HEADERS)
    assert str(make_header(decode_header(message["Subject"]))) == LETTER.subject
    assert message["Message-ID"] == LETTER.message_id
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == message["References"] == "<1@mail.example>"
    assert message["From"] == ACCOUNT
    assert datetime.strptime(message["Date"], "%a, %d %b %Y %H:%M:%S %z") == LETTER.date
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode() == LETTER.body.replace("\n", "\r\n")


def test_no_line_is_longer_than_smtp_allows(send: Send, smtp_sink: SmtpSink) -> None:
    send(replace(LETTER, subject="关于" * 300))
    assert max(map(len, smtp_sink.raw().split(b"\r\n"))) < 998
    assert b"\n" not in smtp_sink.raw().replace(b"\r\n", b"")


def test_intake_20_what_a_person_wrote_is_not_marked_automatic(send: Send, smtp_sink: SmtpSink) -> None:
    send(replace(LETTER, automatic=False, in_reply_to=""))
    message = smtp_sink.messages[0]
    assert not {"Auto-Submitted", "In-Reply-To", "References"} & set(message.keys())


def test_a_line_break_hidden_in_an_encoded_word_makes_no_header(send: Send, smtp_sink: SmtpSink) -> None:
    send(replace(LETTER, subject="x=?UTF-8?Q?=0A?=Bcc: evil@x.example"))
    message = smtp_sink.messages[0]
    assert "Bcc" not in message
    assert smtp_sink.envelopes[0].rcpt_tos == ["zhou@mail.example"]
    assert str(make_header(decode_header(message["Subject"]))) == "x=?UTF-8?Q?=0A?=Bcc: evil@x.example"


@pytest.mark.parametrize("mark", ["\r", "\n", "\0"])
@pytest.mark.parametrize("field", ["to", "subject", "message_id", "in_reply_to"])
def test_a_line_break_in_a_header_is_refused(send: Send, smtp_sink: SmtpSink, field: str, mark: str) -> None:
    with pytest.raises(ValueError, match="header"):
        send(replace(LETTER, **{field: f"a@b.example{mark}Bcc: evil@x.example"}))
    assert smtp_sink.envelopes == []


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example, c@d.example", "A <a@b.example>"])
def test_only_one_plain_address_is_written_to(send: Send, to: str) -> None:
    with pytest.raises(ValueError, match="address"):
        send(replace(LETTER, to=to))


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "permanent"), [("451 MI:SFQ", False), ("550 no such user", True)])
def test_a_refusal_says_whether_it_is_final(
    send: Send, smtp_sink: SmtpSink, place: str, answer: str, permanent: bool
) -> None:
    smtp_sink.answers[place] = answer
    with pytest.raises(smtp.Refused, match=answer) as caught:
        send(LETTER)
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("place", ["MAIL", "RCPT"])
def test_a_line_that_breaks_before_the_mail_is_handed_over_may_be_tried_again(
    send: Send, smtp_sink: SmtpSink, place: str
) -> None:
    smtp_sink.answers[place] = "drop"
    with pytest.raises(smtp.Unreachable):
        send(LETTER)


@pytest.mark.parametrize("answer", ["drop", "garbage", "252 perhaps"])
def test_a_mail_handed_over_without_a_clear_answer_is_uncertain(
    send: Send, smtp_sink: SmtpSink, answer: str
) -> None:
    smtp_sink.answers["DATA"] = answer
    with pytest.raises(smtp.Uncertain):
        send(LETTER)


def test_nobody_listening_is_unreachable() -> None:
    for send in sender(free_port()):
        with pytest.raises(smtp.Unreachable, match="no way to"):
            send(LETTER)


@pytest.mark.parametrize("wish", [{"MAIL_USE_TLS": True}, {"MAIL_USERNAME": "a", "MAIL_PASSWORD": "b"}])
def test_what_cannot_be_secured_or_signed_in_to_is_not_a_fault_of_the_mail(
    smtp_sink: SmtpSink, wish: dict[str, object]
) -> None:
    for send in sender(smtp_sink.port, **wish):
        with pytest.raises(smtp.Unreachable):
            send(LETTER)
    assert smtp_sink.envelopes == []


@pytest.mark.parametrize("way", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
def test_a_certificate_must_be_trusted(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    tls = "tls_context" if way == "MAIL_USE_TLS" else "ssl_context"
    with running_sink(**{tls: certificate.server_side}) as sink:
        for send in sender(sink.port, **{way: True}):
            with pytest.raises(smtp.Unreachable, match="certificate verify failed"):
                send(LETTER)
            certificate.trust(monkeypatch)
            send(LETTER)
        assert len(sink.messages) == 1


def test_a_missing_sender_is_named(smtp_sink: SmtpSink) -> None:
    for send in sender(smtp_sink.port, MAIL_DEFAULT_SENDER=None):
        with pytest.raises(smtp.Unreachable, match="DEFAULT_SENDER"):
            send(LETTER)


def test_suppressed_mail_counts_as_sent() -> None:
    for send in sender(free_port(), MAIL_SUPPRESS_SEND=True):
        send(LETTER)
