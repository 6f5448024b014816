"""Mail of our own making for the crash campaign: of each letter it is known what must become of it."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP

import docx

from commentbox.adapters.imap.mailbox import LARGE
from commentbox.core.states import MailState

OFFICE = "yijian@yunqi.example"
FOLDERS = ("INBOX", "意见")
MAX_MAIL_BYTES = 300_000
"""What the campaign sets, so that a mail too large to be read need not be huge."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FLAGS: tuple[tuple[bytes, ...], ...] = ((), (), (b"\\Seen",), (b"\\Flagged",), (b"\\Answered", b"\\Seen"))


@dataclass(frozen=True)
class Letter:
    """Hold a mail as it is put on the server; ``fate`` is the state in which it has to end."""

    raw: bytes
    subject: str
    flags: tuple[bytes, ...]
    folder: str = FOLDERS[0]
    fate: str = MailState.INGESTED

    @property
    def sha256(self) -> str:
        """Return what the stored bytes must have."""
        return hashlib.sha256(self.raw).hexdigest()


def made(submissions: int, seed: int) -> list[Letter]:
    """Return mails of which so many are submissions, the same for the same seed.

    Between them lie copies of the same bytes in another folder, automatic replies, and mails that
    must be held, some of them large enough to be fetched in pieces.
    """
    chance = random.Random(seed)
    letters: list[Letter] = []
    for number in range(submissions):
        flags = chance.choice(_FLAGS)
        letter = Letter(_SUBMISSIONS[number % len(_SUBMISSIONS)](number), f"意见 {number}", flags)
        letters.append(letter if chance.random() < 0.8 else replace(letter, folder=FOLDERS[1]))
        letters += _between(letters[-1], number, chance)
    return letters


def _between(last: Letter, number: int, chance: random.Random) -> Iterator[Letter]:
    """Yield what comes after some letters and is no submission of its own."""
    flags = chance.choice(_FLAGS)
    if number % 20 == 3:
        yield replace(last, folder=next(name for name in FOLDERS if name != last.folder), flags=flags)
    if number % 40 == 5:
        yield Letter(_automatic(number), f"自动回复 {number}", flags, fate=MailState.IGNORED)
    if number % 40 == 9:
        yield Letter(_bare(number), f"空白 {number}", flags, fate=MailState.HELD)
    if number % 200 == 11:
        yield Letter(_too_large(number, MAX_MAIL_BYTES), f"太大 {number}", flags, fate=MailState.HELD)
    if number % 400 == 15:
        yield Letter(_too_large(number, LARGE), f"太大 {number}", flags, fate=MailState.HELD)


def _mail(number: int, subject: str = "", message_id: str | None = None) -> EmailMessage:
    """Return a mail without a body; a message id of None gives it one of its own, "" none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"市民 {number} <s{number}@people.example>"
    mail["To"] = OFFICE
    mail["Subject"] = subject or f"意见 {number}"
    mail["Date"] = "Sun, 10 May 2026 12:00:00 +0800"
    if message_id != "":
        mail["Message-ID"] = message_id or f"<{number}@people.example>"
    return mail


def _words(number: int) -> str:
    return f"第{number}封：建议在第{number}号路口补种行道树，不要飞絮。\n"


def _plain(number: int) -> bytes:
    mail = _mail(number)
    mail.set_content(_words(number))
    return mail.as_bytes()


def _html(number: int) -> bytes:
    mail = _mail(number)
    mail.set_content(_words(number))
    mail.add_alternative(f"<p><b>意见</b>：{_words(number)}</p>", subtype="html")
    return mail.as_bytes()


def _gb18030(number: int) -> bytes:
    mail = _mail(number)
    mail.set_content(f"镕喆𠮷：{_words(number)}", charset="gb18030")
    return mail.as_bytes()


def _with_docx(number: int) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(_words(number))
    document.save(file)
    return _with_file(number, file.getvalue(), DOCX, f"意见{number}.docx")


def _with_text(number: int) -> bytes:
    return _with_file(number, _words(number).encode(), "text/plain", f"意见{number}.txt")


def _with_file(number: int, content: bytes, media_type: str, name: str) -> bytes:
    mail = _mail(number)
    mail.set_content(f"意见见附件，第{number}份。\n")
    main, _, sub = media_type.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _without_id(number: int) -> bytes:
    mail = _mail(number, message_id="")
    mail.set_content(_words(number))
    return mail.as_bytes()


def _with_the_id_of_the_last(number: int) -> bytes:
    mail = _mail(number, message_id=f"<{number - 1}@people.example>")
    mail.set_content(_words(number))
    return mail.as_bytes()


def _automatic(number: int) -> bytes:
    mail = _mail(number, f"自动回复 {number}", f"<auto{number}@people.example>")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("我正在休假。\n")
    return mail.as_bytes()


def _bare(number: int) -> bytes:
    mail = _mail(number, f"空白 {number}", f"<bare{number}@people.example>")
    mail.set_content("")
    return mail.as_bytes()


def _too_large(number: int, size: int) -> bytes:
    mail = _mail(number, f"太大 {number}", f"<large{number}@people.example>")
    mail.set_content("很长的信。\n" * (size // 16), charset="utf-8", cte="base64")
    return mail.as_bytes()


_SUBMISSIONS: tuple[Callable[[int], bytes], ...] = (
    _plain,
    _html,
    _gb18030,
    _with_docx,
    _without_id,
    _plain,
    _with_the_id_of_the_last,
    _with_text,
)
