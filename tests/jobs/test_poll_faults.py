"""The way in over servers, lines and databases that fail: each letter is in once, nobody is pestered."""

from __future__ import annotations

import contextlib
import hashlib
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from commentbox.extensions import db
from commentbox.jobs import loop
from commentbox.jobs.doorbell import Doorbell
from commentbox.jobs.runtime import Runtime, make_runtime, now
from commentbox.jobs.steps import INTAKE
from commentbox.jobs.steps.poll import reconcile
from commentbox.models import Consultation, InboundMail, MailFolder, MailLocation, OutboundMail, RawMail
from tests.fixtures.app import add_consultation, environment, running_app
from tests.jobs.test_mail_steps import later, mail, subjects, take_in
from tests.servers.dovecot import DovecotMailbox
from tests.servers.faults import Break, Fault, FaultProxy, faulty
from tests.servers.providers import Coremail, Provider
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.dovecot

PEEKING = {"CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def app(
    request: pytest.FixtureRequest, tmp_path: Path, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> Iterator[Flask]:
    """Return an app on SQLite; a test may ask for it on `BOTH`."""
    url = request.getfixturevalue("postgres_url") if getattr(request, "param", "") == "postgres" else ""
    settings = environment(tmp_path, url) | mailbox.environment() | smtp_sink.environment()
    yield from running_app(settings)


def at(runtime: Runtime, provider: Provider) -> Runtime:
    """Return the same runtime, polling at a provider."""
    return replace(runtime, mailboxes=(provider.settings,))


def through(runtime: Runtime, proxy: FaultProxy, timeout: float = 20) -> Runtime:
    """Return the same runtime, polling through a proxy."""
    settings = replace(runtime.mailboxes[0], port=proxy.port, timeout=timeout)
    return replace(runtime, mailboxes=(settings,))


def moments(runtime: Runtime, minutes: int, step: timedelta = timedelta(seconds=20)) -> Iterator[Runtime]:
    """Yield the runtime at each step of some time."""
    start = now()
    for number in range(int(timedelta(minutes=minutes) / step)):
        moment = start + number * step
        yield replace(runtime, clock=lambda moment=moment: moment)  # type: ignore[misc]


def stored(session: Session) -> list[str]:
    """Return the sha256 of all raw bytes that are kept."""
    session.rollback()
    return sorted(hashlib.sha256(raw).hexdigest() for raw in session.scalars(select(RawMail.content)))


def test_intake_02_until_the_commit_and_after_it_a_provider_sees_nothing_but_peeks(
    session: Session, consultation: Consultation, runtime: Runtime, provider: Provider
) -> None:
    provider.behind.append([mail(1), mail(2)])
    provider.behind.append(mail(3), flags=(b"\\Seen", b"\\Flagged"))
    before = [set(one) - {b"\\Recent"} for one in provider.behind.flags()]
    for minutes in range(3):
        assert take_in(later(at(runtime, provider), minutes=minutes)) == ""
    assert set(provider.manners.names) <= PEEKING
    assert not [words for words in provider.manners.said("UID FETCH") if "BODY[" in words]
    assert [set(one) - {b"\\Recent"} for one in provider.behind.flags()] == before
    assert subjects(session) == ["letter 1", "letter 2", "letter 3"]


def test_intake_03_what_is_stored_has_the_sha256_of_the_servers_file(
    session: Session, consultation: Consultation, runtime: Runtime, provider: Provider
) -> None:
    raw = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"
    provider.behind.append([mail(1), mail(2, "镕喆𠮷"), raw, b"\r\n"])
    take_in(at(runtime, provider))
    assert stored(session) == sorted(provider.behind.files().values())


@pytest.mark.parametrize("field", [b"", b"Message-ID:\r\n", b"Message-ID: <" + b"x" * 10_000 + b"@y>\r\n"])
def test_intake_05_without_a_sound_message_id_a_letter_is_in_once(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox, field: bytes
) -> None:
    mailbox.append([mail(n).replace(b"Message-ID: <m%d@x.example>\r\n" % n, field) for n in (1, 2)])
    for minutes in (0, 5, 10):
        assert take_in(later(runtime, minutes=minutes)) == ""
    assert subjects(session) == ["letter 1", "letter 2"]


def test_very_large_uids_and_chinese_folders_are_kept_as_they_are(
    session: Session, consultation: Consultation, runtime: Runtime, coremail: Provider
) -> None:
    coremail.behind.start_uids_at(4_294_000_001)
    coremail.behind.append([mail(1), mail(2)])
    coremail.behind.append(mail(3), folder="垃圾邮件")
    runtime = replace(runtime, mailboxes=(replace(coremail.settings, folders=()),))
    take_in(runtime)
    assert sorted(session.scalars(select(MailLocation.uid))) == [1, 4_294_000_001, 4_294_000_002]
    assert sorted(session.scalars(select(MailFolder.name))) == ["INBOX", "垃圾邮件"]
    assert reconcile(runtime) == {"server": 3, "stored": 3, "missing": []}
    assert 'EXAMINE "&V4NXPpCuTvY-"' in coremail.manners.said("EXAMINE")


@contextlib.contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold SQLite's write lock, as a backup or a forgotten shell does."""
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def untouched(mailbox: DovecotMailbox, sink: SmtpSink) -> bool:
    """Tell whether nothing was acknowledged and nothing flagged."""
    session = db.session()
    session.rollback()
    queued = session.scalar(select(func.count()).select_from(OutboundMail))
    return not queued and not sink.messages and not any(set(one) - {b"\\Recent"} for one in mailbox.flags())


def test_intake_09_a_locked_database_acknowledges_and_flags_nothing_and_the_next_cycle_takes_it(
    app: Flask, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> None:
    session, runtime = db.session(), make_runtime(app)
    add_consultation(session)
    mailbox.append([mail(1), mail(2)])
    session.execute(text("PRAGMA busy_timeout=100"))
    with locked(app.config["DATABASE_URL"]):
        assert loop.cycle(runtime, INTAKE, {}) == 0
        assert untouched(mailbox, smtp_sink)
    loop.cycle(runtime, INTAKE, {})
    loop.cycle(runtime, INTAKE, {})
    assert subjects(session) == ["letter 1", "letter 2"]
    assert len(smtp_sink.messages) == 2


def test_intake_09_a_full_database_acknowledges_and_flags_nothing_and_later_all_is_in(
    app: Flask, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> None:
    session, runtime = db.session(), make_runtime(app)
    add_consultation(session)
    mailbox.append([mail(1, "长信。" * 50_000), mail(2)])
    pages = session.scalar(text("PRAGMA page_count")) or 0
    session.execute(text(f"PRAGMA max_page_count={pages + 4}"))
    for minutes in range(3):
        loop.cycle(later(runtime, minutes=minutes), INTAKE, {})
        assert untouched(mailbox, smtp_sink)
    assert session.scalar(select(func.count()).select_from(InboundMail)) == 0
    session.rollback()
    session.execute(text("PRAGMA max_page_count=1000000"))
    for minutes in (5, 6):
        loop.cycle(later(runtime, minutes=minutes), INTAKE, {})
    assert subjects(session) == ["letter 1", "letter 2"]
    assert len(smtp_sink.messages) == 2


@pytest.mark.postgres
def test_intake_09_a_database_that_is_cut_off_acknowledges_and_flags_nothing_and_later_all_is_in(
    postgres_url: str, tmp_path: Path, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> None:
    host, port = postgres_url.rsplit("/", 1)[0].rsplit(":", 1)
    with faulty(int(port)) as proxy:
        url = f"{host}:{proxy.port}/{postgres_url.rsplit('/', 1)[1]}"
        settings = environment(tmp_path, url) | mailbox.environment() | smtp_sink.environment()
        for app in running_app(settings):
            session, runtime = db.session(), make_runtime(app)
            add_consultation(session)
            mailbox.append([mail(1), mail(2)])
            chance = random.Random(9)
            for minutes in range(0, 30, 3):
                proxy.fault = Fault(Break.RESET, proxy.carried[-1] + chance.randrange(3000), once=True)
                loop.cycle(later(runtime, minutes=minutes), INTAKE, {})
                proxy.fault = None
                assert subjects(session) or untouched(mailbox, smtp_sink)
            assert proxy.broken > 2
            for minutes in (40, 41):
                loop.cycle(later(runtime, minutes=minutes), INTAKE, {})
            assert subjects(session) == ["letter 1", "letter 2"]
            assert len({message["To"] for message in smtp_sink.messages}) == len(smtp_sink.messages) <= 2


@pytest.mark.parametrize("app", BOTH, indirect=True)
@pytest.mark.parametrize("kind", list(Break))
def test_intake_10_after_a_break_at_any_byte_the_next_cycle_goes_on_over_a_fresh_connection(
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    mailbox: DovecotMailbox,
    fault_proxy: FaultProxy,
    kind: Break,
) -> None:
    timeout = 0.5 if kind == Break.HANG else 20
    runtime, chance, places = through(runtime, fault_proxy, timeout), random.Random(10), 8
    for number in range(places):
        mailbox.append([mail(2 * number), mail(2 * number + 1)])
        fault_proxy.fault = Fault(kind, chance.randrange(1400), once=True)
        start = time.monotonic()
        error = take_in(later(runtime, minutes=10 * number))
        assert time.monotonic() - start < 5 + 2 * timeout
        assert error or fault_proxy.fault is not None
        fault_proxy.fault = None
        opened = len(fault_proxy.opened)
        assert take_in(later(runtime, minutes=10 * number + 1)) == ""
        assert len(fault_proxy.opened) == opened + 1
        assert len(subjects(session)) == 2 * (number + 1)
    assert subjects(session) == sorted(f"letter {number}" for number in range(2 * places))
    assert stored(session) == sorted(mailbox.files().values())
    assert reconcile(runtime) == {"server": 2 * places, "stored": 2 * places, "missing": []}


@pytest.mark.parametrize("waiting", [False, True], ids=["fresh", "waiting"])
def test_intake_10_a_frozen_server_ends_in_an_error_in_time(
    session: Session, consultation: Consultation, runtime: Runtime, mailbox: DovecotMailbox, waiting: bool
) -> None:
    runtime = replace(runtime, mailboxes=(replace(mailbox.settings, timeout=1),))
    with contextlib.closing(Doorbell()) as doorbell:
        runtime = replace(runtime, doorbell=doorbell if waiting else None)
        assert take_in(runtime) == ""
        mailbox.append(mail(1))
        with mailbox.server.frozen():
            start = time.monotonic()
            assert "timed out" in take_in(later(runtime, minutes=1))
            assert time.monotonic() - start < 4
        assert take_in(later(runtime, minutes=2)) == ""
    assert subjects(session) == ["letter 1"]


def logins_a_minute(runtime: Runtime, minutes: int, count: Callable[[], int]) -> int:
    """Return the most logins that a minute saw while the worker's rounds went on."""
    due: dict[str, datetime] = {}
    seen = []
    for moment in moments(runtime, minutes):
        before = count()
        loop.cycle(moment, INTAKE, due)
        seen.append(count() - before)
    return max(sum(seen[number : number + 3]) for number in range(len(seen)))


@pytest.mark.parametrize("place", [0, 300, 700])
def test_intake_10_a_server_that_breaks_off_sees_one_login_a_minute_at_most(
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    mailbox: DovecotMailbox,
    fault_proxy: FaultProxy,
    place: int,
) -> None:
    mailbox.append([mail(1), mail(2)])
    fault_proxy.fault = Fault(Break.CUT, place)
    with contextlib.closing(Doorbell()) as doorbell:
        often = {**runtime.settings, "POLL_SECONDS": 20}
        runtime = replace(through(runtime, fault_proxy), doorbell=doorbell, settings=often)
        assert logins_a_minute(runtime, 20, lambda: len(fault_proxy.opened)) == 1


@pytest.mark.parametrize("unsafe", [False, True], ids=["wrong-code", "unsafe-login"])
def test_intake_10_a_refused_account_is_tried_once_in_a_quarter_of_an_hour_with_one_alarm(
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    coremail: Provider,
    smtp_sink: SmtpSink,
    unsafe: bool,
) -> None:
    assert isinstance(coremail.manners, Coremail)
    coremail.manners.unsafe = unsafe
    settings = replace(coremail.settings, folders=(), password=coremail.settings.password if unsafe else "no")
    configured = {**runtime.settings, "OPERATOR_EMAIL": "operator@yunqi.example"}
    runtime = replace(runtime, mailboxes=(settings,), settings=configured)
    tries = logins_a_minute(runtime, 50, lambda: len(coremail.manners.said("LOGIN")))
    assert (tries, len(coremail.manners.said("LOGIN"))) == (1, 4)
    assert [message["To"] for message in smtp_sink.messages] == ["operator@yunqi.example"]
    session.rollback()
    folder = session.scalars(select(MailFolder)).one()
    assert folder.fault == ("unsafe_login" if unsafe else "refused")
    assert ("Unsafe Login" in folder.last_error) == unsafe


def test_intake_10_a_wait_that_is_cut_again_and_again_is_no_storm_of_logins(
    app: Flask, fault_proxy: FaultProxy
) -> None:
    stop = threading.Event()

    def work() -> None:
        with app.app_context(), contextlib.closing(Doorbell()) as doorbell:
            runtime = replace(through(make_runtime(app), fault_proxy), doorbell=doorbell)
            loop.run(runtime, INTAKE, stop)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(5):
        time.sleep(0.7)
        fault_proxy.end_all()
    stop.set()
    thread.join()
    assert 1 <= len(fault_proxy.opened) <= 2
