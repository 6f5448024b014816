"""Tests of services.users: accounts, passwords, and the pause after wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.core.types import SYSTEM, Actor
from commentbox.db import transaction
from commentbox.models import AuditEntry, User
from commentbox.services import users
from commentbox.services.errors import Invalid
from tests.fixtures.app import PASSWORD


@pytest.fixture
def clerk(session: Session, now: datetime) -> Actor:
    """Return a member of staff with a password."""
    with transaction(session):
        user = users.create(session, "clerk", Role.HANDLER, PASSWORD, actor=SYSTEM, now=now)
    return Actor(user.name, user.id, user.role)


def sign_in(session: Session, name: str, password: str, now: datetime) -> User | None:
    """Try to sign in."""
    tried = users.check(session, name, password)
    with transaction(session):
        return users.sign_in(session, tried, now=now)


def test_only_a_hash_is_kept(session: Session, clerk: Actor) -> None:
    kept = session.scalars(select(User)).one()
    assert kept.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(vars(kept))


def test_name_and_password_let_in(session: Session, clerk: Actor, now: datetime) -> None:
    user = sign_in(session, " clerk ", PASSWORD, now)
    assert user is not None
    assert (user.id, user.signed_in_at) == (clerk.user_id, now)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["create", "sign_in"]
    assert users.get(session, user.id) is user
    with transaction(session):
        user.active = False
    assert users.get(session, user.id) is None
    assert sign_in(session, "clerk", PASSWORD, now) is None


@pytest.mark.parametrize(
    ("name", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("", ""), ("a\x00b", "a\x00b")]
)
def test_all_wrong_answers_are_the_same(
    session: Session, clerk: Actor, now: datetime, name: str, password: str
) -> None:
    assert sign_in(session, name, password, now) is None


def test_unknown_name_is_hashed_too(session: Session, clerk: Actor) -> None:
    assert users.check(session, "nobody", "x") == users.Try(None, False)
    assert users._decoy().startswith("$argon2id$")


def test_pause_grows_and_ends(session: Session, clerk: Actor, now: datetime) -> None:
    for _ in range(4):
        assert sign_in(session, "clerk", "wrong", now + timedelta(minutes=5)) is None
    user = session.scalars(select(User)).one()
    assert user.retry_at is not None
    pause = user.retry_at - now - timedelta(minutes=5)
    assert timedelta(0) < pause <= timedelta(minutes=1)
    assert sign_in(session, "clerk", PASSWORD, user.retry_at - timedelta(seconds=1)) is None
    session.refresh(user)
    assert sign_in(session, "clerk", PASSWORD, user.retry_at) is not None
    assert (user.failures, user.retry_at) == (0, None)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("name_taken", {"name": "clerk"}),
        ("name_taken", {"name": " "}),
        ("no_such_role", {"role": "king"}),
        ("password_short", {"password": "short"}),
    ],
)
def test_what_an_account_needs(
    session: Session, clerk: Actor, now: datetime, code: str, given: dict[str, str]
) -> None:
    words = {"name": "new", "role": "viewer", "password": PASSWORD, **given}
    with pytest.raises(Invalid, match=code), transaction(session):
        users.create(session, **words, actor=SYSTEM, now=now)
