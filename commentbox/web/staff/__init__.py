"""The pages of the office: queue, bulk, audit, submissions, held mail, outbox, health, organisations."""

from __future__ import annotations

from commentbox.web.staff import (
    audit_desk,
    bulk,
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
    "audit_desk",
    "bp",
    "bulk",
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
