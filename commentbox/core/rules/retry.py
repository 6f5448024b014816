"""When a thing that failed is tried again, and when a person has to look."""

from __future__ import annotations

from datetime import timedelta

INGEST_TRIES = 3
SEND_TRIES = 8

_SEND_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240))
_POLL_DELAYS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 15))
REFUSED_DELAY = timedelta(minutes=15)
"""A wrong authorisation code is tried at most once in this time, or the server locks the account."""


def ingest_delay(attempts: int) -> timedelta | None:
    """Return the pause after that many failed readings of a mail, None when it is to be held."""
    return None if attempts >= INGEST_TRIES else timedelta(seconds=5 * attempts)


def send_delay(attempts: int) -> timedelta | None:
    """Return the pause after that many failed sendings, None when it has failed for good."""
    return None if attempts >= SEND_TRIES else _SEND_DELAYS[min(attempts, len(_SEND_DELAYS)) - 1]


def poll_delay(failures: int) -> timedelta:
    """Return the pause after that many failed polls in a row."""
    return _POLL_DELAYS[min(failures, len(_POLL_DELAYS)) - 1]


def sign_in_delay(failures: int) -> timedelta:
    """Return how long a name must wait after that many wrong passwords: growing, a minute at most.

    It never becomes a lasting lock, which a stranger could use to shut someone out.
    """
    return timedelta(seconds=0 if failures < 3 else min(60, 2 ** (failures - 2)))
