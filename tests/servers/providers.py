"""163.com (Coremail) and QQ mail, as far as their manners are known, before a real Dovecot.

Very large UIDs need no proxy: `DovecotMailbox.start_uids_at` lets Dovecot itself count from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from commentbox.adapters.imap import ImapSettings
from tests.servers.dovecot import DovecotMailbox
from tests.servers.imap_proxy import Command, Dialogue, Manners, proxied

UNSAFE = "Unsafe Login. Please contact kefu@188.com for help"
LONGEST_LINE = 8192
"""Octets that RFC 7162 asks clients to keep a command within."""
_UNKNOWN = {"IDLE", "MOVE", "UID MOVE", "ENABLE", "NAMESPACE", "SORT", "UID SORT", "THREAD", "UID THREAD"}
_OPENING = {"SELECT", "EXAMINE"}
_HIDDEN = re.compile(rb"\* OK \[(UIDNEXT|HIGHESTMODSEQ|NOMODSEQ|PERMANENTFLAGS|UNSEEN)\b")


@dataclass
class Coremail(Manners):
    """Behave as imap.163.com does. With ``unsafe`` it wants the user's leave, whatever ID says."""

    unsafe: bool = False

    def greeting(self, line: bytes) -> bytes:
        """Return Coremail's own first line, which tells no capabilities."""
        return b"* OK Coremail System IMap Server Ready(163com[invented])\r\n"

    def answer(self, command: Command, dialogue: Dialogue) -> str | None:
        """Refuse what Coremail does not know or does not want."""
        words = command.words.upper()
        if command.name == "CAPABILITY":
            return "* CAPABILITY IMAP4rev1 SPECIAL-USE ID LITERAL+ UIDPLUS SASL-IR AUTH=PLAIN\nOK done"
        if command.name == "AUTHENTICATE":
            return "NO AUTHENTICATE not supported"
        if command.name in _UNKNOWN or "CONDSTORE" in words or "CHANGEDSINCE" in words or "MODSEQ" in words:
            return f"BAD {command.name} command not support"
        if len(command.words) > LONGEST_LINE:
            return "BAD command line too long"
        if command.name in _OPENING and (self.unsafe or not dialogue.introduced):
            return f"NO {command.name} {UNSAFE}"
        if command.name == "STATUS":
            return f"* STATUS {command.words.split(' ')[1]} ()\nOK STATUS completed"
        return None

    def relay(self, command: Command, line: bytes) -> bytes:
        """Leave out what Coremail does not tell, and say its own words over a wrong code."""
        if command.name in _OPENING and _HIDDEN.match(line):
            return b""
        if command.name == "LOGIN" and not line.startswith(b"* "):
            tag, verdict = line.split(b" ", 2)[:2]
            return tag + b" " + verdict + (b" LOGIN completed\r\n" if verdict == b"OK" else _WRONG)
        return b"" if line.startswith(b"* CAPABILITY") else line


_WRONG = b" LOGIN Login error or password error\r\n"


@dataclass
class Qq(Manners):
    """Behave as imap.qq.com does; it gives only the few items that are known to come right."""

    def greeting(self, line: bytes) -> bytes:
        """Return QQ's first line."""
        return b"* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail ready\r\n"

    def answer(self, command: Command, dialogue: Dialogue) -> str | None:
        """Refuse descending sets, searches for words, and items beyond the few; spoil ENVELOPE."""
        words = command.words.upper()
        if command.name == "CAPABILITY":
            return "* CAPABILITY IMAP4 IMAP4rev1 XLIST ID UIDPLUS NAMESPACE\nOK done"
        if command.name in {"IDLE", "MOVE", "UID MOVE", "ENABLE"}:
            return "BAD unknown command"
        if command.name in {"SEARCH", "UID SEARCH"} and re.search(
            r"\b(HEADER|TEXT|CHARSET|SUBJECT)\b", words
        ):
            return "NO SEARCH not supported"
        if command.name in {"FETCH", "UID FETCH"}:
            return self._refused_fetch(words)
        return None

    def _refused_fetch(self, words: str) -> str | None:
        numbers, _, items = words.split("FETCH ", 1)[1].partition(" ")
        if not _ascending(numbers):
            return "BAD invalid message set"
        if "ENVELOPE" in items:
            return '* 1 FETCH (UID 1 ENVELOPE ("Mon, 04 May" "x" (("a" NIL "b" "c")) NIL NIL "oops))\nOK done'
        known = {"UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[]"}
        return None if set(items.strip("()").split()) <= known else "BAD invalid fetch item"


def _ascending(numbers: str) -> bool:
    """Tell whether a message set goes up; `*` is the last."""
    last = 0
    for number in numbers.replace(":", ",").split(","):
        value = 2**32 if number == "*" else int(number)
        if value < last:
            return False
        last = value
    return True


@dataclass(frozen=True)
class Provider:
    """Stand for an account at a provider; people put mail into it through ``behind``."""

    behind: DovecotMailbox
    manners: Manners
    settings: ImapSettings


@pytest.fixture
def coremail(mailbox: DovecotMailbox) -> Iterator[Provider]:
    """Return an account at a server that behaves as 163.com."""
    yield from _provider(mailbox, Coremail())


@pytest.fixture
def qq(mailbox: DovecotMailbox) -> Iterator[Provider]:
    """Return an account at a server that behaves as QQ mail."""
    yield from _provider(mailbox, Qq())


@pytest.fixture(params=[Coremail, Qq])
def provider(request: pytest.FixtureRequest, mailbox: DovecotMailbox) -> Iterator[Provider]:
    """Return an account at each provider in turn."""
    yield from _provider(mailbox, request.param())


def _provider(mailbox: DovecotMailbox, manners: Manners) -> Iterator[Provider]:
    with proxied(mailbox.server.port, manners) as port:
        yield Provider(mailbox, manners, replace(mailbox.settings, port=port))
