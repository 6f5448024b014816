"""The database's one door: transactions, what runs after a commit, and leases on due rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Engine, Table, event, or_, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry

from commentbox.models.base import Base

BUSY_SECONDS = 30
_AFTER_COMMIT = "commentbox.after_commit"


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run a block as one write transaction: commit at its end, roll back on an error.

    On SQLite it takes the write lock at its start (BEGIN IMMEDIATE), so that it never fails half-way
    for another writer. What was read before is read anew. Never nest.
    """
    session.rollback()
    session.info[_AFTER_COMMIT] = []
    session.connection(execution_options={"write": True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    for action in session.info.pop(_AFTER_COMMIT, []):
        action()


def give_up(session: Session) -> None:
    """End what a session has begun after an error, even where its connection no longer answers."""
    # A line that breaks in the middle of an answer refuses the ROLLBACK too. The session is clean all the
    # same, and the pool throws the connection away.
    with suppress(DBAPIError):
        session.rollback()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run an action once the current transaction is committed, not at all if it is rolled back."""
    session.info[_AFTER_COMMIT].append(action)


def claim(
    session: Session,
    model: type[Base],
    due: Sequence[ColumnElement[bool]],
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    order_by: InstrumentedAttribute[Any] | None = None,
    values: dict[str, Any] | None = None,
) -> list[int]:
    """Lease up to limit due rows of a table in one statement; return their ids in order.

    The table has the columns id and lease_until. A row whose lease has run out is due again.
    """
    table = cast(Table, model.__table__)
    rows = (
        select(table.c.id)
        .where(*due, or_(table.c.lease_until.is_(None), table.c.lease_until <= now))
        .order_by(order_by if order_by is not None else table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(table)
        .where(table.c.id.in_(select(rows.c.id)))
        .values(lease_until=now + lease, **(values or {}))
        .returning(table.c.id)
    )
    with transaction(session):
        return sorted(session.execute(statement).scalars())


def prepare_engine(engine: Engine) -> None:
    """Give SQLite the manners that the product counts on; PostgreSQL has them."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)


def _on_sqlite_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE: _on_sqlite_begin sends ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "cache_size=-16000",  # kilobytes; the default of 2,000 makes indexes slow as they grow
        # Without it INSERT OR REPLACE slips past the triggers that keep the audit append-only.
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
