"""Alembic's environment: the app's engine, the models' metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from commentbox.models import Base


def include_object(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out of autogenerate the text index, which has no model: each engine has its own kind."""
    return not (kind == "table" and reflected and (name or "").startswith("submission_t"))


def run(connection: Connection) -> None:
    """Run the migrations over a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=include_object,
    )
    with context.begin_transaction():
        context.run_migrations()


def keep_children(connection: Connection, wanted: str) -> None:
    """Turn SQLite's foreign keys off or on, which it does outside a transaction only.

    SQLite changes a table by making another and dropping the first, which would take with it all rows that
    point there.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={wanted}")


def check_children(connection: Connection) -> None:
    """Refuse to commit where a row points at nothing."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise IntegrityError("foreign_key_check", broken[:5], ValueError("rows that point at nothing"))


engine = current_app.extensions["migrate"].db.engine
with engine.connect() as connection:
    keep_children(connection, "OFF")
    try:
        run(connection)
        check_children(connection)
        connection.commit()
    finally:
        connection.rollback()
        keep_children(connection, "ON")
