"""When the operator is mailed: at most once an hour, and once when all is well again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

QUIET = timedelta(hours=1)
RETRY = timedelta(minutes=10)
"""How long nothing is mailed after the server did not take a mail."""


class Message(StrEnum):
    """Name what is mailed."""

    ALARM = "alarm"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Told:
    """Hold what the operator knows: the alarms of the last mail, none after one that all is well."""

    alarms: tuple[str, ...] = ()
    quiet_until: datetime | None = None
    retry_at: datetime | None = None


def decide(alarms: Sequence[str], told: Told, now: datetime) -> tuple[Message | None, Told]:
    """Return what to mail, and what the operator knows when that has been taken.

    An alarm that goes on is mailed again each hour; a new one waits for the hour to pass. The good
    news does not wait.
    """
    if told.retry_at and now < told.retry_at:
        return None, told
    if alarms:
        if told.quiet_until and now < told.quiet_until:
            return None, told
        return Message.ALARM, Told(tuple(alarms), now + QUIET)
    if told.alarms:
        return Message.WELL, Told((), told.quiet_until)
    return None, told


def not_taken(before: Told, now: datetime) -> Told:
    """Return what the operator knows after a mail that the server did not take."""
    return replace(before, retry_at=now + RETRY)
