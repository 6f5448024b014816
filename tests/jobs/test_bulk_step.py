"""The step that goes on with what staff accept in bulk; workers at once, and clerks who confirm at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.core.states import CommentState
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps.bulk import accept
from commentbox.models import AuditEntry, AuditSample, BulkAcceptance, BulkItem, Comment, Consultation
from commentbox.services import triage
from commentbox.services.bulk import acceptances
from commentbox.services.errors import Conflict
from tests.fixtures.app import add_consultation
from tests.fixtures.desk import add_waiting, measure

NOW = datetime(2026, 5, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be many portions."""
    monkeypatch.setattr(acceptances, "PORTION", 7)


@pytest.fixture
def parks(runtime: Runtime) -> Consultation:
    """Return a consultation in the step's own database, with sixty references that wait."""
    made = add_consultation(runtime.session)
    add_waiting(runtime.session, made, 60, source="reference")
    return made


def begin(session: Session, consultation_id: int) -> int:
    with transaction(session):
        return acceptances.begin(session, consultation_id, Kind.REFERENCE, None, actor=SYSTEM, now=NOW)


def at_once(app: Flask, work: Callable[[], None]) -> None:
    """Do the same in three threads."""

    def one() -> None:
        with app.app_context():
            work()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_worker_goes_on_until_it_is_done(runtime: Runtime, parks: Consultation) -> None:
    begun = begin(runtime.session, parks.id)
    rounds = 0
    while accept(runtime):
        rounds += 1
    one = runtime.session.get_one(BulkAcceptance, begun)
    assert (rounds, one.accepted, one.finished_at is None) == (10, 60, False)


def test_the_worker_notes_what_was_corrected_elsewhere(runtime: Runtime, parks: Consultation) -> None:
    session = runtime.session
    begin(session, parks.id)
    while accept(runtime):
        pass
    sample = session.scalars(select(AuditSample)).first()
    assert sample is not None
    comment_id, other = sample.comment_id, measure(session, "2.1.1.3").id
    with transaction(session):
        triage.assign(session, comment_id, other, version=2, actor=SYSTEM, now=NOW)
    assert accept(runtime) == 0
    assert sample.outcome == Outcome.DIFFERED


def test_workers_at_once_accept_each_comment_once(app: Flask, runtime: Runtime, parks: Consultation) -> None:
    begin(runtime.session, parks.id)

    def work() -> None:
        mine = make_runtime(app)
        while accept(mine):
            pass

    at_once(app, work)
    session = runtime.session
    session.rollback()
    assert session.scalars(select(BulkAcceptance.accepted)).one() == 60
    assert session.scalar(select(func.count()).select_from(BulkItem)) == 60
    assert session.scalar(select(func.count()).where(AuditEntry.action == "assign")) == 60
    assert set(session.scalars(select(Comment.version))) == {2}


def test_of_clerks_at_once_one_confirms(app: Flask, runtime: Runtime, parks: Consultation) -> None:
    parks_id, said = parks.id, []
    runtime.session.rollback()

    def work() -> None:
        try:
            said.append(begin(db.session(), parks_id))
        except Conflict:
            said.append(0)

    at_once(app, work)
    assert len([one for one in said if one]) == 1
    assert len(said) == 3


def test_clerks_who_decide_meanwhile_keep_their_word(
    app: Flask, runtime: Runtime, parks: Consultation
) -> None:
    session = runtime.session
    begun, other = begin(session, parks.id), measure(session, "2.1.1.3").id
    ids = list(session.scalars(select(Comment.id).order_by(Comment.id.desc())))
    session.rollback()
    mine, chance = [], Random(3)

    def decide() -> None:
        with app.app_context():
            for comment_id in ids:
                try:
                    with transaction(db.session()) as own:
                        triage.assign(own, comment_id, other, version=1, actor=SYSTEM, now=NOW)
                    mine.append(comment_id)
                except Conflict:
                    pass

    clerk = threading.Thread(target=decide)
    clerk.start()
    done = 1
    while done:
        with transaction(session):
            done = acceptances.carry_on(session, begun, chance=chance, now=NOW)
    clerk.join()
    session.rollback()
    kept = session.scalars(select(Comment.id).where(Comment.measure_id == other)).all()
    assert sorted(kept) == sorted(mine)
    assert session.get_one(BulkAcceptance, begun).accepted == 60 - len(mine)
    assert session.scalar(select(func.count()).where(Comment.state == CommentState.ASSIGNED)) == 60
