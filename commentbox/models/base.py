"""What every table shares: the base class, the column types, the names of constraints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, MetaData, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """Store an instant in UTC and give it back aware, on SQLite as on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, whose instant nobody knows."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark what SQLite gave back as the UTC that it is."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Store any text: what no database takes (NUL) or no encoding (half a surrogate pair) becomes U+FFFD.

    Replaced, not left out, so that the spans of comments stay true.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be stored."""
        return value if value is None else _UNSTORABLE.sub("\ufffd", value)


class LongWords(Words):
    """Store a text of any length, in the same way."""

    impl = Text
    cache_ok = True


class Base(DeclarativeBase):
    """Be the base of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UTCDateTime(),
            str: Words(),
            list[str]: JSON(),
            list[list[int]]: JSON(),
            dict[str, Any]: JSON(),
        },
    )


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that ties a column to the values of an enum."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def new_values(row: Base) -> dict[str, Any]:
    """Return what was set of a row that no session knows, by the columns' names."""
    names = (column.key for column in row.__mapper__.column_attrs)
    return {name: row.__dict__[name] for name in names if name in row.__dict__}
