"""The schema: up, down and up again with data, the models at its head, and rows that cannot be changed."""

from __future__ import annotations

from datetime import UTC, datetime

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
from commentbox.models import AuditEntry, Base, Consultation, InboundMail, RawMail
from commentbox.services import audit
from tests.fixtures.app import add_consultation

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
