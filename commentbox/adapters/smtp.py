"""Sending one mail over SMTP with Flask-Mail, and telling apart the ways in which that can fail."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.charset import BASE64, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.utils import parseaddr

from flask_mail import Connection, Mail, Message

TIMEOUT_SECONDS = 60
_PROCEED = 354
_REFUSAL = 400
_FORBIDDEN = ("\r", "\n", "\0")
_LINE_END = re.compile(r"\r\n?|\n")
# As eight-bit text a long Chinese paragraph would be one line beyond the 998 bytes that SMTP allows.
_BODY = Charset("utf-8")
_BODY.body_encoding = BASE64


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
    """Hold a mail that goes out.

    RFC 3834: ``automatic`` for an answer that no person wrote, ``generated`` for what answers nothing.
    """

    to: str
    subject: str
    body: str
    message_id: str
    date: datetime
    in_reply_to: str = ""
    automatic: bool = False
    generated: bool = False


def send(mail: Mail, outgoing: Outgoing) -> None:
    """Send one mail; raise Refused, Unreachable, Uncertain, or ValueError on a broken header value.

    The envelope's sender is the account itself, as NetEase demands; loops are prevented by
    Auto-Submitted and by the rules of intake, not by a null return path.
    """
    message = _written(outgoing)
    connection = _TrackedConnection(mail.connect().mail)
    try:
        with connection:
            connection.send(message)
    except smtplib.SMTPResponseException as error:
        if connection.handed_over:
            raise Uncertain(f"an answer that is neither yes nor no: {_words(error.smtp_error)}") from None
        raise Refused(error.smtp_code, _words(error.smtp_error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise Refused(code, _words(text)) from None
    except (smtplib.SMTPException, OSError) as error:
        if connection.handed_over:
            raise Uncertain(f"no answer after the mail was handed over ({type(error).__name__})") from None
        raise Unreachable(f"{type(error).__name__}: {error}") from None


def check(mail: Mail) -> None:
    """Sign in and leave without sending anything; raise Unreachable."""
    _TrackedConnection(mail.connect().mail).configure_host().quit()


def _written(outgoing: Outgoing) -> Message:
    headers = {"Auto-Submitted": "auto-replied"} if outgoing.automatic else {}
    if outgoing.generated:
        headers = {"Auto-Submitted": "auto-generated"}
    if outgoing.in_reply_to:
        headers |= {"In-Reply-To": outgoing.in_reply_to, "References": outgoing.in_reply_to}
    # Flask-Mail looks at the subject and the recipients only.
    for value in (outgoing.to, outgoing.subject, outgoing.message_id, *headers.values()):
        if any(mark in value for mark in _FORBIDDEN):
            raise ValueError("a header value with a line break in it")
    if "@" not in outgoing.to or parseaddr(outgoing.to)[1] != outgoing.to:
        raise ValueError("not one plain mail address")
    message = _Letter(
        subject=outgoing.subject,
        recipients=[outgoing.to],
        body=outgoing.body,
        date=outgoing.date.timestamp(),
        extra_headers=headers,
    )
    if not message.sender:
        raise Unreachable("no sender: set COMMENTBOX_MAIL_DEFAULT_SENDER")
    message.msgId = outgoing.message_id
    return message


def _words(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:300]


class _Letter(Message):
    """Write exactly what we set: Flask-Mail's own way reads headers again and acts on what it finds."""

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(_LINE_END.sub("\r\n", text or ""), subtype, _BODY)  # type: ignore[arg-type]

    def _message(self) -> MIMEBase:
        message: MIMEBase = super()._message()
        # Flask-Mail leaves ASCII as it is, and its policy would decode "=?UTF-8?Q?=0A?=Bcc: ..." into
        # a line of its own.
        message.policy = policy.compat32.clone(linesep="\r\n")
        del message["Subject"]
        message["Subject"] = Header(self.subject, "utf-8" if "=?" in self.subject else None)
        return message


class _Tracking:
    """Note when the whole mail is with the server: from then on a lost answer leaves us in doubt."""

    handed_over = False
    _in_body = False

    def getreply(self) -> tuple[int, bytes]:
        # smtplib asks for a reply twice in DATA: for leave to begin, and when all has been sent.
        self.handed_over = self.handed_over or self._in_body
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        if self._in_body and reply[0] >= _REFUSAL:
            self.handed_over = False
        self._in_body = reply[0] == _PROCEED
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
        try:
            return self._signed_in()
        except (smtplib.SMTPException, OSError) as error:
            # Whatever the server says before MAIL is about us or itself, not about this mail.
            words = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else str(error)
            raise Unreachable(
                f"no way to {self.mail.server}:{self.mail.port}: {type(error).__name__} {_words(words)}"
            ) from None

    def _signed_in(self) -> smtplib.SMTP:
        mail = self.mail
        host = _connect(mail.use_ssl, mail.server, mail.port)
        try:
            if mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
            host.ehlo_or_helo_if_needed()
        except BaseException:
            host.close()
            raise
        return host


def _connect(over_tls: bool, server: str, port: int) -> smtplib.SMTP:
    if over_tls:
        return _SMTPOverTLS(server, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return _SMTP(server, port, timeout=TIMEOUT_SECONDS)
