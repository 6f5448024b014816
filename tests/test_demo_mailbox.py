"""The demo's mailbox gives every sample letter as its file has it, read with the product's own adapter."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from commentbox.adapters import imap

DEMO = Path(__file__).parent.parent / "demo"
LETTERS = sorted((DEMO / "letters").glob("*.eml"))


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


def test_every_letter_comes_byte_for_byte_with_its_date(settings: imap.ImapSettings) -> None:
    with imap.connect(settings) as mailbox:
        assert mailbox.examine("INBOX") == 1
        mails = [mail for batch in mailbox.fetch(mailbox.uids(after=0)) for mail in batch]
    assert mails
    files = [file.read_bytes() for file in LETTERS]
    assert [hashlib.sha256(mail.raw).hexdigest() for mail in mails] == [
        hashlib.sha256(raw).hexdigest() for raw in files
    ]
    for mail, raw in zip(mails, files, strict=True):
        assert mail.internaldate == parsedate_to_datetime(message_from_bytes(raw)["Date"])
        assert mail.internaldate.tzinfo is UTC
        assert mail.flags == ()


def test_a_second_look_finds_nothing_new(settings: imap.ImapSettings) -> None:
    with imap.connect(settings) as mailbox:
        mailbox.examine("INBOX")
        last = max(mailbox.uids(after=0))
    with imap.connect(settings) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.uids(after=last) == []
