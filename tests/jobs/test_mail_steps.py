"""Tests of the steps poll and ingest against a real Dovecot: nothing lost, nothing doubled."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from commentbox.core.rules.retry import INGEST_TRIES
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs.runtime import Runtime, make_runtime, now
from commentbox.jobs.steps.ingest import ingest
from commentbox.jobs.steps.poll import poll, reconcile
from commentbox.models import Consultation, InboundMail, MailFolder, MailLocation, Submission
from commentbox.services import held
from tests.servers.dovecot import DovecotMailbox

pytestmark = pytest.mark.dovecot


def mail(number: int, words: str = "请在河边多种一些树。") -> bytes:
    """Return a letter."""
    head = (
        f"From: a{number}@people.example\r\nTo: yijian@yunqi.example\r\nMessage-ID: <m{number}@x.example>\r\n"
    )
    head += (
        f"Subject: letter {number}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    return (head + words + "\r\n").encode()


def later(runtime: Runtime, **span: float) -> Runtime:
    """Return the same runtime with its clock put on."""
    return replace(runtime, clock=lambda: now() + timedelta(**span))


def take_in(runtime: Runtime) -> str:
    """Poll once and ingest what is due; return the poll's error."""
    result = poll(runtime)
    while ingest(runtime):
        pass
    return result.error


def subjects(session: Session) -> list[str]:
    """Return the subjects of all submissions."""
    session.rollback()
    return sorted(session.scalars(select(Submission.subject)))


def states(session: Session) -> list[tuple[str, str]]:
    """Return state and reason of all mails."""
    session.rollback()
    return [(m.state, m.reason) for m in session.scalars(select(InboundMail).order_by(InboundMail.id))]


class FailingReader:
    """Stand for a reader whose child dies over mails that hold a word."""

    def __init__(self, reader: Any, word: bytes, error: Exception) -> None:
        self._reader, self._word, self._error = reader, word, error
        self.tries = 0

    def read(self, raw: bytes) -> Any:
        if self._word in raw:
            self.tries += 1
            raise self._error
        return self._reader.read(raw)


def test_intake_07_a_poison_mail_is_held_after_three_tries_and_stops_nobody(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1, "POISON"), mail(2)])
    reader = FailingReader(runtime.reader, b"POISON", RecursionError())
    poisoned = replace(runtime, reader=reader)  # type: ignore[arg-type]
    take_in(poisoned)
    assert subjects(session) == ["letter 2"]
    for minutes in range(1, 5):
        take_in(later(poisoned, minutes=minutes))
    assert reader.tries == INGEST_TRIES
    assert states(session) == [("held", "unreadable"), ("ingested", "")]
    first = held.page(session)[0]
    assert first.detail == "RecursionError"
    assert held.raw(session, runtime.blobs, first.id) == mail(1, "POISON")


@pytest.mark.parametrize("error", [OSError(28, "No space left"), OperationalError("x", {}, Exception())])
def test_trouble_of_the_machine_is_no_fault_of_the_letter(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox, error: Exception
) -> None:
    mailbox.append(mail(1))
    poll(runtime)
    reader = FailingReader(runtime.reader, b"letter", error)
    for minutes in range(INGEST_TRIES + 1):
        with pytest.raises(type(error)):
            ingest(later(replace(runtime, reader=reader), minutes=minutes))  # type: ignore[arg-type]
    assert states(session) == [("fetched", "")]
    ingest(later(runtime, minutes=9))
    assert subjects(session) == ["letter 1"]


def test_intake_08_too_large_a_mail_is_kept_and_held(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    runtime.settings["MAX_MAIL_BYTES"] = 1000
    big = mail(1, "长" * 2000)
    mailbox.append([big, mail(2)])
    take_in(runtime)
    assert states(session) == [("held", "too_large"), ("ingested", "")]
    assert held.raw(session, runtime.blobs, held.page(session)[0].id) == big


def test_intake_05_same_bytes_are_one_submission_wherever_they_lie(
    app: Flask, session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(1), mail(2)])
    mailbox.append([mail(2), mail(3)], folder="Junk")
    runtime = replace(runtime, mailboxes=(mailbox.with_folders("INBOX", "Junk").settings,))
    take_in(runtime)
    assert subjects(session) == ["letter 1", "letter 2", "letter 3"]
    assert session.scalar(select(func.count()).select_from(MailLocation)) == 5
    assert reconcile(runtime) == {"server": 5, "stored": 5, "missing": []}
    junk = session.scalars(select(InboundMail).where(InboundMail.subject == "letter 3")).one()
    assert (junk.junk, junk.silence) == (True, "junk_folder")


def test_intake_05_same_message_id_with_other_bytes_is_another_letter(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append(
        [mail(1), mail(1, "又：还要多装路灯。"), mail(2).replace(b"Message-ID: <m2@x.example>\r\n", b"")]
    )
    take_in(runtime)
    take_in(later(runtime, minutes=5))
    assert subjects(session) == ["letter 1", "letter 1", "letter 2"]


def test_intake_04_read_mail_is_taken_in_and_flags_stay(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append(mail(1), flags=(b"\\Seen", b"\\Flagged"))
    mailbox.append(mail(2))
    take_in(runtime)
    assert subjects(session) == ["letter 1", "letter 2"]
    flags = [set(one) - {b"\\Recent"} for one in mailbox.flags()]
    assert flags == [{b"\\Seen", b"\\Flagged"}, set()]


def test_intake_06_a_new_uidvalidity_doubles_and_loses_nothing(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2)], folder="Letters")
    runtime = replace(runtime, mailboxes=(mailbox.with_folders("Letters").settings,))
    take_in(runtime)
    with mailbox.client() as client:
        client.delete_folder("Letters")
    mailbox.append([mail(2), mail(3)], folder="Letters")
    with transaction(session):  # the server may have chosen the same number within one second
        session.execute(update(MailFolder).values(uidvalidity=1))
        session.execute(update(MailLocation).values(uidvalidity=1))
    take_in(later(runtime, minutes=5))
    assert subjects(session) == ["letter 1", "letter 2", "letter 3"]
    assert reconcile(runtime) == {"server": 2, "stored": 2, "missing": []}


def test_folder_that_is_missing_stops_no_other(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    runtime = replace(runtime, mailboxes=(mailbox.with_folders("Nowhere", "INBOX").settings,))
    mailbox.append(mail(1))
    assert "Nowhere" in take_in(runtime)
    assert take_in(runtime) == ""
    assert subjects(session) == ["letter 1"]
    mailbox.append(mail(2))
    assert "Nowhere" in take_in(later(runtime, minutes=30))
    assert subjects(session) == ["letter 1", "letter 2"] or take_in(later(runtime, minutes=30)) == ""
    assert subjects(session) == ["letter 1", "letter 2"]


def test_intake_10_a_wrong_password_is_tried_once_in_a_quarter_of_an_hour(
    session: Session, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    wrong = replace(runtime, mailboxes=(replace(mailbox.settings, password="no"),))
    assert "COMMENTBOX_IMAP_PASSWORD" in take_in(wrong)
    assert take_in(later(wrong, minutes=14)) == ""
    assert "COMMENTBOX_IMAP_PASSWORD" in take_in(later(wrong, minutes=16))


def test_intake_11_a_row_deleted_on_purpose_is_missed(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2)])
    take_in(runtime)
    with transaction(session):
        session.delete(session.scalars(select(MailLocation).where(MailLocation.uid == 2)).one())
    found = reconcile(runtime)
    assert found == {"server": 2, "stored": 1, "missing": [{"folder": "INBOX", "uid": 2}]}


def test_two_workers_share_the_work(
    app: Flask, session: Session, consultation: Consultation, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(n) for n in range(24)])
    done: list[str] = []

    def work() -> None:
        with app.app_context():
            runtime = make_runtime(app)
            take_in(runtime)
            done.append("worker")

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        take_in(make_runtime(app))
    assert len(done) == 2
    assert subjects(session) == sorted(f"letter {n}" for n in range(24))


def test_a_letter_that_lay_there_before_the_consultation_is_not_acknowledged(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append(mail(1), internaldate=consultation.opens_at - timedelta(days=365))
    mailbox.append(mail(2))
    take_in(runtime)
    session.rollback()
    assert list(session.scalars(select(InboundMail.silence).order_by(InboundMail.id))) == ["too_early", ""]


def test_intake_07_letters_do_not_wait_for_several_that_take_long(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2, "SLOW"), mail(3), mail(4, "SLOW"), mail(5)])
    passed = [0.0]
    recorded: list[int] = []
    engine = db.engine

    class Slow:
        def read(self, raw: bytes) -> Any:
            passed[0] += 20 if b"SLOW" in raw else 0
            with engine.connect() as connection:
                recorded.append(connection.scalar(select(func.count(Submission.id))) or 0)
            return runtime.reader.read(raw)

    slow = replace(runtime, reader=Slow(), clock=lambda: now() + timedelta(seconds=passed[0]))  # type: ignore[arg-type]
    take_in(slow)
    assert subjects(session) == [f"letter {n}" for n in range(1, 6)]
    # What was read up to the first slow one is in before the last is read.
    assert recorded[-1] >= 2
