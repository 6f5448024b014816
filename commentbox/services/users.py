"""Staff accounts: making them, and checking a name and a password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.rules.retry import sign_in_delay
from commentbox.core.states import Role
from commentbox.core.types import Actor
from commentbox.models import User
from commentbox.services import audit
from commentbox.services.errors import Invalid

SHORTEST_PASSWORD = 10


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _decoy() -> str:
    """Return a hash to check against where a name is unknown, so that the time tells nothing."""
    return _hasher().hash(secrets.token_hex(16))


def create(session: Session, name: str, role: str, password: str, *, actor: Actor, now: datetime) -> User:
    """Make an account."""
    if role not in set(Role):
        raise Invalid("no_such_role", roles=", ".join(Role))
    if not name.strip() or session.scalar(select(User.id).where(User.name == name.strip())):
        raise Invalid("name_taken", name=name)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_short", least=str(SHORTEST_PASSWORD))
    user = User(
        name=name.strip(),
        role=role,
        password_hash=_hasher().hash(password),
        session_key=secrets.token_hex(16),
        created_at=now,
    )
    session.add(user)
    session.flush()
    audit.record(session, actor, "create", "user", user.id, now, role=role)
    return user


def get(session: Session, user_id: int) -> User | None:
    """Return an account that may be used, None where there is none."""
    user = session.get(User, user_id)
    return user if user is not None and user.active else None


@dataclass(frozen=True, slots=True)
class Try:
    """Hold a try to sign in; ``user_id`` is None where there is no such account."""

    user_id: int | None
    right: bool


def check(session: Session, name: str, password: str) -> Try:
    """Check a password; slow by design, so call it outside of any transaction.

    An unknown name takes as long as a known one.
    """
    user = session.scalar(select(User).where(User.name == name.strip(), User.active.is_(True)))
    user_id, digest = (user.id, user.password_hash) if user else (None, _decoy())
    session.rollback()
    return Try(user_id, _verify(digest, password))


def sign_in(session: Session, tried: Try, *, now: datetime) -> User | None:
    """Note a try; return the account if the password was right and no pause is on."""
    user = session.get(User, tried.user_id, with_for_update=True) if tried.user_id is not None else None
    if user is None or (user.retry_at is not None and now < user.retry_at):
        return None
    if not tried.right:
        user.failures += 1
        user.retry_at = now + sign_in_delay(user.failures)
        session.flush()
        return None
    user.failures, user.retry_at, user.signed_in_at = 0, None, now
    session.flush()
    audit.record(session, Actor(user.name, user.id, user.role), "sign_in", "user", user.id, now)
    return user


def _verify(digest: str, password: str) -> bool:
    try:
        return _hasher().verify(digest, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
