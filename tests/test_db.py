"""Tests of commentbox.db: one commit, what follows it, and leases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from commentbox.db import after_commit, claim, give_up, transaction
from commentbox.extensions import db
from commentbox.jobs import loop
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.models import Consultation, InboundMail
from tests.fixtures.app import add_consultation, environment, running_app

NOW = datetime(2026, 5, 10, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def add_mails(count: int) -> None:
    """Store rows that can be leased."""
    session = db.session()
    with transaction(session):
        session.add_all(
            InboundMail(sha256=f"{n:064}", size=1, received_at=NOW, stored_at=NOW) for n in range(count)
        )


def test_commits_at_the_end_and_then_does_what_follows(any_app: Flask) -> None:
    done: list[str] = []
    with transaction(db.session()) as session:
        after_commit(session, lambda: done.append("after"))
        assert done == []
    assert done == ["after"]


def test_an_error_leaves_nothing_behind(any_app: Flask) -> None:
    done: list[str] = []
    add_consultation(db.session())
    with pytest.raises(RuntimeError):
        _fail_half_way(done)
    assert db.session.scalars(select(Consultation)).one().title != "changed"
    assert done == []


def _fail_half_way(done: list[str]) -> None:
    with transaction(db.session()) as session:
        session.scalars(select(Consultation)).one().title = "changed"
        after_commit(session, lambda: done.append("after"))
        raise RuntimeError


def test_leases_run_out(any_app: Flask) -> None:
    add_mails(3)
    first = claim(db.session(), InboundMail, [], now=NOW, lease=LEASE, limit=2)
    assert len(first) == 2
    second = claim(db.session(), InboundMail, [], now=NOW, lease=LEASE, limit=2)
    assert len(second) == 1
    assert not set(first) & set(second)
    assert claim(db.session(), InboundMail, [], now=NOW, lease=LEASE, limit=2) == []
    assert claim(db.session(), InboundMail, [], now=NOW + LEASE, lease=LEASE, limit=9) == sorted(
        first + second
    )


def test_two_at_once_share_no_row(any_app: Flask) -> None:
    add_mails(60)
    taken: list[list[int]] = []

    def take() -> None:
        with any_app.app_context():
            while ids := claim(db.session(), InboundMail, [], now=NOW, lease=LEASE, limit=3):
                taken.append(ids)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [number for ids in taken for number in ids]
    assert len(every) == len(set(every)) == db.session.scalar(select(func.count()).select_from(InboundMail))


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an app on PostgreSQL."""
    yield from running_app(environment(tmp_path, postgres_url))


def break_in_an_answer(session: Session) -> None:
    """Leave the connection as a line does that breaks before the answer has come: it refuses any word."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    connection.pgconn.send_query(b"SELECT 1")


@pytest.mark.postgres
def test_a_connection_that_broke_in_an_answer_is_given_up_and_another_taken(on_postgres: Flask) -> None:
    session = db.session()
    break_in_an_answer(session)
    with pytest.raises(OperationalError, match="another command is already in progress"):
        session.rollback()
    break_in_an_answer(session)
    give_up(session)
    with transaction(session):
        assert session.scalar(select(func.count()).select_from(Consultation)) == 0


@pytest.mark.postgres
def test_the_loop_goes_on_when_even_the_rollback_fails(
    on_postgres: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, rounds = make_runtime(on_postgres), list[int]()

    def broken(runtime: Runtime) -> int:
        rounds.append(runtime.session.scalar(select(func.count()).select_from(Consultation)) or 0)
        break_in_an_answer(runtime.session)
        raise RuntimeError

    monkeypatch.setattr(loop, "step", lambda name: broken)
    assert [loop.cycle(runtime, ["poll"], {}) for _ in range(2)] == [0, 0]
    assert rounds == [0, 0]
