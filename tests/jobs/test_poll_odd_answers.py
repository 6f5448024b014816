"""Tests of the way in over servers that answer oddly: each was a fault once."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from commentbox.adapters import imap
from commentbox.extensions import db
from commentbox.jobs import loop
from commentbox.jobs.doorbell import Doorbell
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps import INTAKE
from commentbox.models import Consultation
from tests.adapters.test_imap_servers import digests, keep, letter
from tests.fixtures.app import add_consultation
from tests.jobs.test_mail_steps import later, mail, subjects, take_in
from tests.jobs.test_poll_faults import app, through
from tests.servers.dovecot import DovecotMailbox
from tests.servers.faults import FaultProxy
from tests.servers.imap_proxy import Command, Dialogue, Manners, proxied
from tests.servers.odd_imap import OddImap
from tests.servers.providers import Provider

__all__ = ["app"]
pytestmark = pytest.mark.dovecot


def test_intake_10_an_idling_line_that_was_cut_is_no_busy_loop(
    app: Flask, mailbox: DovecotMailbox, fault_proxy: FaultProxy
) -> None:
    with contextlib.closing(Doorbell()) as doorbell:
        runtime = replace(through(make_runtime(app), fault_proxy), doorbell=doorbell)
        assert take_in(runtime) == ""
        fault_proxy.end_all()
        start, stop = time.monotonic(), threading.Event()
        for _ in range(6):
            doorbell.wait(0.3, stop)
        assert time.monotonic() - start > 1


@dataclass
class Vanishing(Manners):
    """Let a mail vanish after its second piece, as when somebody deletes it meanwhile."""

    def answer(self, command: Command, dialogue: Dialogue) -> str | None:
        pieces = [words for words in self.said("UID FETCH") if "BODY.PEEK[]<" in words]
        return "OK done" if command.name == "UID FETCH" and len(pieces) > 2 else None


def test_intake_03_a_large_mail_that_vanishes_between_two_pieces_is_not_kept_in_part(
    mailbox: DovecotMailbox,
) -> None:
    with mailbox.client("INBOX") as client:
        client.append("INBOX", letter(1, "长信。" * 900_000))
    with proxied(mailbox.server.port, Vanishing()) as port:
        try:
            found = digests(replace(mailbox.settings, port=port))
        except imap.MailboxUnavailable:
            return
        assert found == {}


def test_intake_09_after_a_database_fault_in_mid_poll_the_next_cycle_takes_the_mail(
    app: Flask, mailbox: DovecotMailbox
) -> None:
    session, runtime = db.session(), make_runtime(app)
    add_consultation(session)
    mailbox.append(mail(1, "长信。" * 50_000))
    pages = session.scalar(text("PRAGMA page_count")) or 0
    session.execute(text(f"PRAGMA max_page_count={pages + 4}"))
    loop.cycle(runtime, INTAKE, {})
    session.rollback()
    session.execute(text("PRAGMA max_page_count=1000000"))
    loop.cycle(later(runtime, minutes=1), INTAKE, {})
    assert subjects(session) == ["letter 1"]


def test_intake_10_commands_stay_within_8192_octets(coremail: Provider) -> None:
    coremail.behind.start_uids_at(4_294_000_001)
    coremail.behind.append([letter(number) for number in range(900)])
    assert len(digests(coremail.settings)) == 900


@dataclass
class Corrupt(Manners):
    """Refuse to give the body of UID 2, as servers do whose store is damaged."""

    def answer(self, command: Command, dialogue: Dialogue) -> str | None:
        if command.name != "UID FETCH" or "BODY.PEEK" not in command.words:
            return None
        numbers = command.words.split(" ")[2]
        ranges = [(one.split(":") * 2)[:2] for one in numbers.split(",")]
        hit = any(int(a) <= 2 <= int(b) for a, b in ranges)
        return "NO [SERVERBUG] Internal error occurred" if hit else None


def test_intake_07_a_mail_that_the_server_cannot_give_stops_no_other(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2), mail(3)])
    with proxied(mailbox.server.port, Corrupt()) as port:
        runtime = replace(runtime, mailboxes=(replace(mailbox.settings, port=port),))
        for minutes in (0, 20, 40):
            take_in(later(runtime, minutes=minutes))
    assert subjects(session) == ["letter 1", "letter 3"]


def test_intake_03_an_empty_body_of_a_mail_that_has_a_size_is_not_the_mail(odd_imap: OddImap) -> None:
    odd_imap.answers["UID FETCH"] = '* 1 FETCH (UID 1 RFC822.SIZE 900 FLAGS () BODY[] "")\nOK done'
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
        assert list(box.fetch([1], keep)) == []
        assert box.refused == [1]


def test_intake_10_a_passing_fault_of_the_server_is_no_wrong_code(odd_imap: OddImap) -> None:
    odd_imap.answers["LOGIN"] = "NO [UNAVAILABLE] Temporary authentication failure."
    with pytest.raises(imap.MailboxUnavailable):
        imap.connect(odd_imap.settings)


def test_intake_03_a_piece_shorter_than_asked_for_is_not_the_last(odd_imap: OddImap) -> None:
    half = 500_000

    odd_imap.answers["UID FETCH 1 (RFC822.SIZE)"] = f"* 1 FETCH (UID 1 RFC822.SIZE {10 * half})\nOK done"
    for at in range(0, 10 * half, half):
        odd_imap.answers[f"UID FETCH 1 (BODY.PEEK[]<{at}."] = (
            f"* 1 FETCH (UID 1 BODY[]<{at}> {{{half}}}\n" + "x" * half + ")\nOK done"
        )
    odd_imap.answers["UID FETCH"] = "* 1 FETCH (UID 1 FLAGS ())\nOK done"
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
        ((one,),) = list(box.fetch([1], keep))
    assert not isinstance(one.raw, bytes)
    assert one.raw.size == 10 * half
