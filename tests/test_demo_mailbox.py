"""The demo's mailbox gives every sample letter as its file has it, read with the product's own adapter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from commentbox.adapters import imap
from commentbox.core.types import FileRef

DEMO = Path(__file__).parent.parent / "demo"
LETTERS = sorted((DEMO / "letters").glob("*.eml"))
NOT_YET = "60-guoqi-yijian.eml"
"""Comes after the last day, and so not always."""


@pytest.fixture
def settings() -> Iterator[imap.ImapSettings]:
    command = [sys.executable, str(DEMO / "imap_server.py"), "--port", "0", "--password", "secret"]
    process = subprocess.Popen([*command, "--letters", str(DEMO / "letters")], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        port = int(json.loads(process.stdout.readline())["port"])
        yield imap.ImapSettings("127.0.0.1", port, "none", "demo", "secret", ("INBOX",), 20)
        process.terminate()
        assert process.wait(timeout=10) == 0


def nothing_large(pieces: Iterable[bytes]) -> FileRef:
    raise AssertionError("no sample letter is large")


def test_letters_come_byte_for_byte_with_their_dates_oldest_first(settings: imap.ImapSettings) -> None:
    with imap.connect(settings) as mailbox:
        assert mailbox.examine("INBOX").uidvalidity == 1
        mails = [mail for batch in mailbox.fetch(mailbox.uids(after=0), nothing_large) for mail in batch]
    names = {file.read_bytes(): file.name for file in LETTERS}
    assert {names[mail.raw] for mail in mails} | {NOT_YET} == set(names.values())
    for mail in mails:
        assert mail.internaldate == parsedate_to_datetime(message_from_bytes(mail.raw)["Date"])
        assert mail.internaldate.tzinfo is UTC
        assert mail.flags == ()
    assert [mail.internaldate for mail in mails] == sorted(mail.internaldate for mail in mails)


def test_a_second_look_finds_nothing_new(settings: imap.ImapSettings) -> None:
    with imap.connect(settings) as mailbox:
        mailbox.examine("INBOX")
        last = max(mailbox.uids(after=0))
    with imap.connect(settings) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.uids(after=last) == []
