"""Tests of jobs.worker, jobs.doorbell and jobs.loop: two processes, mail that rings, a small poller."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.db import transaction
from commentbox.jobs import worker
from commentbox.jobs.doorbell import Doorbell
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps.poll import account_of, poll, reconcile
from commentbox.models import Comment, Consultation, InboundMail, MailFolder, MailLocation
from tests.fixtures.app import environment
from tests.jobs.test_mail_steps import mail, states, subjects, take_in
from tests.servers.dovecot import DovecotMailbox

pytestmark = pytest.mark.dovecot
ROOT = Path(__file__).resolve().parents[2]
LARGEST_MB = 150


@contextlib.contextmanager
def working(app: Flask, environ: dict[str, str]) -> Iterator[None]:
    """Run the worker in a thread, as the demo does."""
    stop = threading.Event()

    def work() -> None:
        with app.app_context():
            worker.run(make_runtime(app), environ, stop)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def test_a_letter_rings_and_is_understood_in_the_second_process(
    app: Flask, session: Session, consultation: Consultation, mailbox: DovecotMailbox
) -> None:
    app.config["POLL_SECONDS"] = 3600
    environ = environment(Path(app.config["DATA_DIR"]), app.config["DATABASE_URL"])
    with working(app, environ | {"PATH": os.environ["PATH"]}):
        until(lambda: looked_into(session))
        mailbox.append(mail(1))
        until(lambda: understood(session) == ["suggested"])


def looked_into(session: Session) -> bool:
    session.rollback()
    return session.scalar(select(MailFolder.polled_at)) is not None


def understood(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Comment.state)))


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.2)


def test_one_connection_serves_many_looks(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    with contextlib.closing(Doorbell()) as doorbell:
        runtime = replace(runtime, doorbell=doorbell)
        for number in range(3):
            mailbox.append(mail(number))
            assert take_in(runtime) == ""
        logins = mailbox.server.log.count(f"Login: user=<{mailbox.settings.user}>")
        assert logins == 3 + 1  # the test's own three, and ours
        waiting = doorbell.take(account_of(mailbox.settings))
        assert waiting is not None
        waiting.drop()
    assert subjects(session) == ["letter 0", "letter 1", "letter 2"]


def test_several_mailboxes_are_read_and_the_fault_of_one_stops_no_other(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    other = replace(mailbox, settings=replace(mailbox.settings, user=mailbox.settings.user + "b"))
    broken = replace(mailbox.settings, user="nobody", password="no")
    mailbox.append(mail(1))
    other.append([mail(1), mail(2)])
    runtime = replace(runtime, mailboxes=(broken, mailbox.settings, other.settings))
    assert "nobody" in take_in(runtime)
    assert subjects(session) == ["letter 1", "letter 2"]


def test_junk_is_polled_where_no_folder_is_set(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append(mail(1))
    mailbox.append(mail(2), folder="垃圾邮件")
    runtime = replace(runtime, mailboxes=(mailbox.with_folders().settings,))
    take_in(runtime)
    assert subjects(session) == ["letter 1", "letter 2"]
    session.rollback()
    found = session.execute(select(InboundMail.junk, InboundMail.silence).order_by(InboundMail.id)).all()
    assert [tuple(row) for row in found] == [(False, ""), (True, "junk_folder")]


def test_a_junk_folder_that_is_gone_is_no_fault(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append(mail(1), folder="Junk")
    runtime = replace(runtime, mailboxes=(mailbox.with_folders().settings,))
    take_in(runtime)
    with mailbox.client() as client:
        client.delete_folder("Junk")
    assert take_in(runtime) == ""
    assert reconcile(runtime)["missing"] == []
    session.rollback()
    assert set(session.scalars(select(MailFolder.failures))) == {0}


def test_a_mail_that_was_passed_over_is_fetched_at_the_next_look(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox
) -> None:
    mailbox.append([mail(1), mail(2), mail(3)])
    poll(runtime)
    with transaction(session):
        second = session.scalars(select(MailLocation).where(MailLocation.uid == 2)).one()
        lost = second.mail_id
        session.delete(second)
        session.flush()
        session.delete(session.get_one(InboundMail, lost))
    take_in(runtime)
    assert subjects(session) == ["letter 1", "letter 2", "letter 3"]


def test_intake_08_sixty_megabytes_leave_the_poller_small_and_the_next_letter_comes(
    app: Flask, session: Session, consultation: Consultation, mailbox: DovecotMailbox
) -> None:
    with mailbox.client() as client:
        client.append("INBOX", mail(1, "长信。" * 6_700_000))
    mailbox.append(mail(2))
    environ = environment(Path(app.config["DATA_DIR"]), app.config["DATABASE_URL"]) | mailbox.environment()
    # The most that was ever resident; getrusage would tell of our own process, before it became this one.
    script = (
        "from flask.cli import main\n"
        "try: main()\n"
        "finally: print([line for line in open('/proc/self/status') if 'VmHWM' in line][0].split()[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "mail", "poll", "--once"],
        cwd=ROOT,
        env=environ | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(done.stdout.split()[-1]) / 1000 < LARGEST_MB
    assert states(session) == [("held", "too_large"), ("ingested", "")]


def test_taking_mail_in_loads_no_model(tmp_path: Path) -> None:
    script = "import sys, wsgi; print('sklearn' in sys.modules, 'numpy' in sys.modules)"
    environ = environment(tmp_path) | {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False", "False"], done.stderr
