"""The pages of the office: queue, submissions, held mail, outbox, letters typed in."""

from __future__ import annotations

from commentbox.web.staff import entry, files, held, outbox, queue, reply, submission, triage
from commentbox.web.staff.blueprint import bp

__all__ = ["bp", "entry", "files", "held", "outbox", "queue", "reply", "submission", "triage"]
