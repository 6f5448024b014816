"""The signed slip in the public form: when it was opened, and the number that makes it unique."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

LEAST_AGE = timedelta(seconds=3)
MOST_AGE = timedelta(hours=24)
_SALT = "commentbox.form"


@dataclass(frozen=True, slots=True)
class Slip:
    """Hold a form's number and when it was opened; both come back with what was typed."""

    nonce: str
    opened: datetime

    def too_fast(self, now: datetime) -> bool:
        """Tell whether no person can have filled the form in since."""
        return now - self.opened < LEAST_AGE

    def too_old(self, now: datetime) -> bool:
        """Tell whether the form has lain about for too long."""
        return now - self.opened > MOST_AGE


def new(now: datetime, nonce: str | None = None) -> Slip:
    """Return a slip for a form opened now; a form that is shown again keeps its number."""
    return Slip(nonce or secrets.token_urlsafe(18), now)


def write(slip: Slip, slug: str, key: str) -> str:
    """Return a slip as signed text, good for one consultation."""
    return _serializer(key, slug).dumps([slip.nonce, slip.opened.timestamp()])


def read(text: str, slug: str, key: str) -> Slip | None:
    """Return the slip in a signed text, None where it was not signed by us for this consultation."""
    try:
        nonce, opened = _serializer(key, slug).loads(text)
    except (BadSignature, ValueError):
        return None
    return Slip(nonce, datetime.fromtimestamp(opened, UTC))


def _serializer(key: str, slug: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"{_SALT}.{slug}")
