"""Alembic's environment: the app's engine, the models' metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

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


engine = current_app.extensions["migrate"].db.engine
with engine.connect() as connection:
    run(connection)
    connection.commit()
