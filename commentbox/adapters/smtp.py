"""Sending one mail over SMTP with Flask-Mail, and telling apart the ways in which that can fail."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_mail import Connection, Mail, Message

TIMEOUT_SECONDS = 60
_PROCEED = 354
_FORBIDDEN = ("\r", "\n", "\0")


class Refused(Exception):
    """Say that the server answered no; ``permanent`` when it says that trying again won't help."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.permanent = code >= 500


class Unreachable(Exception):
    """Say that nothing was handed over, so that trying again is safe."""


class Uncertain(Exception):
    """Say that the mail was handed over and no answer came: it may have been sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Hold a mail that goes out; ``automatic`` for one that no person wrote (RFC 3834)."""

    to: str
    subject: str
    body: str
    message_id: str
    date: datetime
    in_reply_to: str = ""
    automatic: bool = False


def send(mail: Mail, outgoing: Outgoing) -> None:
    """Send one mail; raise Refused, Unreachable, Uncertain, or ValueError on a broken header value.

    The envelope's sender is the account itself, as NetEase demands; loops are prevented by
    Auto-Submitted and by the rules of intake, not by a null return path.
    """
    message = _message(outgoing)
    connection = _TrackedConnection(current_app.extensions["mail"])
    try:
        with connection:
            connection.send(message)
    except smtplib.SMTPAuthenticationError as error:
        # A wrong password is ours to mend; the mail itself was not refused.
        raise Unreachable(f"the SMTP server refuses the account: {_words(error.smtp_error)}") from None
    except smtplib.SMTPResponseException as error:
        raise Refused(error.smtp_code, _words(error.smtp_error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise Refused(code, _words(text)) from None
    except (smtplib.SMTPException, OSError) as error:
        if connection.handed_over:
            raise Uncertain(f"no answer after the mail was handed over ({type(error).__name__})") from None
        raise Unreachable(f"{type(error).__name__}: {error}") from None


def _message(outgoing: Outgoing) -> Message:
    headers = {"Auto-Submitted": "auto-replied"} if outgoing.automatic else {}
    if outgoing.in_reply_to:
        headers |= {"In-Reply-To": outgoing.in_reply_to, "References": outgoing.in_reply_to}
    # Flask-Mail looks at the subject and the recipients only.
    for value in (outgoing.to, outgoing.subject, outgoing.message_id, *headers.values()):
        if any(mark in value for mark in _FORBIDDEN):
            raise ValueError("a header value with a line break in it")
    message = Message(
        subject=outgoing.subject,
        recipients=[outgoing.to],
        body=outgoing.body,
        date=outgoing.date.timestamp(),
        extra_headers=headers,
    )
    message.msgId = outgoing.message_id
    return message


def _words(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:300]


class _Tracking:
    """Note when the server took the DATA command: from then on a lost answer leaves us in doubt."""

    handed_over = False
    _in_data = False

    def data(self, msg: bytes | str) -> tuple[int, bytes]:
        self._in_data = True
        return super().data(msg)  # type: ignore[misc,no-any-return]

    def getreply(self) -> tuple[int, bytes]:
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        if self._in_data:
            self.handed_over = reply[0] == _PROCEED
        return reply

    def quit(self) -> None:
        """Say goodbye; a server that does not answer it has taken the mail all the same."""
        try:
            super().quit()  # type: ignore[misc]
        except (smtplib.SMTPException, OSError):
            self.close()  # type: ignore[attr-defined]


class _SMTP(_Tracking, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Tracking, smtplib.SMTP_SSL):
    pass


class _TrackedConnection(Connection):
    """Connect as Flask-Mail is configured, with a timeout and with certificates verified."""

    @property
    def handed_over(self) -> bool:
        return bool(self.host is not None and self.host.handed_over)

    def configure_host(self) -> smtplib.SMTP:
        mail = self.mail
        host = _connect(mail.use_ssl, mail.server, mail.port)
        try:
            if mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException:
            host.close()
            raise
        return host


def _connect(over_tls: bool, server: str, port: int) -> smtplib.SMTP:
    if over_tls:
        return _SMTPOverTLS(server, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return _SMTP(server, port, timeout=TIMEOUT_SECONDS)
