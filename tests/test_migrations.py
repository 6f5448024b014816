"""The schema: up, down and up again with data, the models at its head, and rows that cannot be changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import AuditEntry, Base, Comment, Consultation, InboundMail, RawMail, Suggestion
from commentbox.services import audit, text_index
from tests.fixtures.app import add_consultation, environment, running_app
from tests.fixtures.desk import add_letter

NOW = datetime(2026, 5, 10, tzinfo=UTC)


def test_models_are_what_the_migrations_make(any_app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    odd = [
        item for item in found if not (item[0] == "remove_table" and item[1].name.startswith("submission_t"))
    ]
    assert [item for item in odd if not (item[0] == "remove_index" and "tokens" in item[1].name)] == []


def test_down_and_up_again_with_data(any_app: Flask) -> None:
    add_consultation(db.session())
    db.session.remove()
    downgrade(revision="0001")
    assert db.session.scalar(select(func.count()).select_from(Consultation)) == 1
    db.session.remove()
    upgrade()
    assert db.session.scalar(select(func.count()).select_from(Consultation)) == 1
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    upgrade()
    assert db.session.scalar(select(func.count()).select_from(Consultation)) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE raw_mail SET content = content",
    ],
)
def test_what_was_written_stays(any_app: Flask, statement: str) -> None:
    session = db.session()
    with transaction(session):
        audit.record(session, SYSTEM, "test", "user", None, NOW)
        session.add(
            InboundMail(sha256="0" * 64, size=1, received_at=NOW, stored_at=NOW, raw=RawMail(content=b"x"))
        )
    with pytest.raises(DBAPIError, match="never changed"), transaction(session):
        session.execute(text(statement))


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_entry",
        "TRUNCATE raw_mail CASCADE",
        "INSERT INTO audit_entry (id, at, actor, action, entity, detail) "
        "SELECT id, at, 'forger', action, entity, detail FROM audit_entry "
        "ON CONFLICT (id) DO UPDATE SET actor = excluded.actor",
    ],
)
def test_postgresql_has_no_way_round_either(tmp_path: Path, postgres_url: str, statement: str) -> None:
    for _ in running_app(environment(tmp_path, postgres_url)):
        session = db.session()
        with transaction(session):
            audit.record(session, SYSTEM, "test", "user", None, NOW)
        with pytest.raises(DBAPIError, match="never changed"), transaction(session):
            session.execute(text(statement))


def test_what_was_indexed_is_indexed_anew(any_app: Flask) -> None:
    letter_id = add_letter(db.session(), add_consultation(db.session())).id
    with transaction(db.session()) as session:
        text_index.store(session, text_index.waiting(session, 9), NOW)
    db.session.remove()
    downgrade(revision="0001")
    upgrade()
    assert [one.id for one in text_index.waiting(db.session(), 9)] == [letter_id]


def test_replacing_a_row_is_no_way_round(app: Flask) -> None:
    session = db.session()
    with transaction(session):
        number = audit.record(session, SYSTEM, "test", "user", None, NOW)
    replace = (
        "INSERT OR REPLACE INTO audit_entry (id, at, actor, action, entity, detail) "
        f"VALUES ({number}, '2026-01-01', 'forger', 'test', 'user', '{{}}')"
    )
    with pytest.raises(DBAPIError, match="never changed"), transaction(session):
        session.execute(text(replace))
    assert session.get_one(AuditEntry, number).actor == "system"


def test_letters_and_mail_live_through_the_migrations(any_app: Flask) -> None:
    add_letter(db.session(), add_consultation(db.session()), raw=b"From: a@b.example\r\n\r\nx")
    tables = [Comment, Suggestion, InboundMail, RawMail]
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
    db.session.remove()
    downgrade(revision="0002")
    upgrade()
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in tables] == before
    assert all(before)
