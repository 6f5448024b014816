"""Is the consultation open at this instant, and how late is what comes after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from commentbox.core.states import ConsultationState

SHORTEST_TERM_DAYS = 30
"""重大行政决策程序暂行条例, article 15."""

EARLY_DAYS = 30


class Phase(StrEnum):
    """Name where a consultation stands for the public."""

    HIDDEN = "hidden"
    BEFORE = "before"
    OPEN = "open"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Period:
    """Hold a half-open span of time: ``opens`` belongs to it, ``closes`` does not. Both are aware."""

    opens: datetime
    closes: datetime

    @classmethod
    def of_days(cls, first: date, last: date, zone: str) -> Period:
        """Return the period from the start of the first day to the end of the last one in a zone."""
        if last < first:
            raise ValueError("the last day lies before the first")
        tz = ZoneInfo(zone)
        return cls(
            datetime.combine(first, time.min, tz), datetime.combine(last + timedelta(days=1), time.min, tz)
        )

    def last_day(self, zone: str) -> date:
        """Return the last day that counts, in a zone."""
        return (self.closes - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()

    def first_day(self, zone: str) -> date:
        """Return the first day, in a zone."""
        return self.opens.astimezone(ZoneInfo(zone)).date()


def phase(state: ConsultationState, period: Period, now: datetime) -> Phase:
    """Return where a consultation stands at an instant."""
    if state is ConsultationState.DRAFT:
        return Phase.HIDDEN
    if now < period.opens:
        return Phase.BEFORE
    if state is ConsultationState.OPEN and now < period.closes:
        return Phase.OPEN
    return Phase.AFTER


def accepts(state: ConsultationState, period: Period, now: datetime) -> bool:
    """Tell whether the web form takes comments at an instant."""
    return phase(state, period, now) is Phase.OPEN


def takes_mail(state: ConsultationState) -> bool:
    """Tell whether mail is taken in: also before the first and after the last day, until archived."""
    return state is not ConsultationState.ARCHIVED


def late_minutes(period: Period, received: datetime) -> int:
    """Return how many minutes after the end something came, at least 1 if late, 0 if in time."""
    if received < period.closes:
        return 0
    return max(1, math.ceil((received - period.closes).total_seconds() / 60))


def too_early(period: Period, received: datetime) -> bool:
    """Tell whether a letter came long before the first day, like those of a mailbox in use for years."""
    return received < period.opens - timedelta(days=EARLY_DAYS)


def too_short(period: Period) -> bool:
    """Tell whether the term is shorter than the law asks for, so that a reason must be recorded."""
    return period.closes - period.opens < timedelta(days=SHORTEST_TERM_DAYS)
