"""Every use case on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import User


@pytest.fixture
def app(any_app: Flask) -> Flask:
    """Return an app on each kind of database in turn."""
    return any_app


@pytest.fixture
def now() -> datetime:
    """Return the instant at which all of a test happens."""
    return datetime.now(UTC)


@pytest.fixture
def clerk(session: Session, now: datetime) -> Actor:
    """Return a member of staff who has no password yet: making one takes longer than most tests."""
    user = User(name="clerk", role=Role.HANDLER, password_hash="", session_key="clerk", created_at=now)
    with transaction(session):
        session.add(user)
    return Actor(user.name, user.id, user.role)
