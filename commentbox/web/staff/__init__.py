"""The pages of the office: queue, submissions, held mail, outbox, health, organisations, letters typed in."""

from __future__ import annotations

from commentbox.web.staff import (
    campaigns,
    entry,
    files,
    health,
    held,
    organisations,
    outbox,
    queue,
    reply,
    submission,
    triage,
)
from commentbox.web.staff.blueprint import bp

__all__ = [
    "bp",
    "campaigns",
    "entry",
    "files",
    "health",
    "held",
    "organisations",
    "outbox",
    "queue",
    "reply",
    "submission",
    "triage",
]
