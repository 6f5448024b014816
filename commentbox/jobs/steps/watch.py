"""Give a sign of life, look after the intake's health, and mail the operator when something is on alarm.

The mail goes straight to the server and not through the outbox, which may be what is broken; it holds no
personal data and no server's words.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog
from flask import current_app

from commentbox.adapters import machine, smtp
from commentbox.core.rules.alarm import Message
from commentbox.core.rules.health import Finding, Severity, alarming
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services import health
from commentbox.services.acknowledge import new_message_id

NAME = "worker"

log = structlog.get_logger()


def watch(runtime: Runtime) -> int:
    """Note that the worker lives, then look; return 0, since nothing is left to do."""
    beat(runtime)
    look(runtime)
    return 0


def beat(runtime: Runtime, name: str = NAME) -> None:
    """Note that the worker of this name lives, in a transaction of its own."""
    with transaction(runtime.session) as session:
        health.beat(session, name, around(runtime).silence, runtime.clock())


def around(runtime: Runtime) -> health.Surroundings:
    """Return what the database does not know."""
    folder = Path(current_app.extensions["migrate"].directory)
    disk = machine.disk(Path(runtime.settings["DATA_DIR"]))
    return health.surroundings(runtime.settings, disk, machine.newest_schema(folder))


def look(runtime: Runtime) -> list[Finding]:
    """Return what is found; tell the operator when it is time to."""
    session, now = runtime.session, runtime.clock()
    found = health.look(session, around(runtime), now)
    session.rollback()
    with transaction(session):
        message, before = health.note(session, found, now)
    if message and not _told(runtime, message, found, now):
        with transaction(session):
            health.take_back(session, before, now)
    return found


def _told(runtime: Runtime, message: Message, found: list[Finding], now: datetime) -> bool:
    """Mail the operator, if there is one; tell whether it is settled."""
    operator = runtime.settings["OPERATOR_EMAIL"]
    log.warning("watch", message=str(message), alarms=[finding.key for finding in alarming(found)])
    if not operator or runtime.send is None:
        return True
    try:
        runtime.send(_mail(runtime, operator, message, found, now))
    except smtp.Uncertain as error:
        log.error("alarm mail uncertain", error=str(error))
    except (smtp.Refused, smtp.Unreachable, ValueError) as error:
        log.error("alarm mail not sent", error=str(error))
        return False
    return True


def _mail(
    runtime: Runtime, operator: str, message: Message, found: list[Finding], now: datetime
) -> smtp.Outgoing:
    values = {
        "alarms": alarming(found),
        "looks": [finding for finding in found if finding.severity is Severity.LOOK],
        "now": now,
    }
    text = current_app.jinja_env.get_template(f"mail/{message}.txt").render(values)
    subject, _, body = text.partition("\n")
    return smtp.Outgoing(
        to=operator,
        subject=subject.strip(),
        body=body.strip() + "\n",
        message_id=new_message_id(next(iter(runtime.own_addresses), "")),
        date=now,
        generated=True,
    )


def told(finding: Finding, language: str, now: datetime) -> str:
    """Return a finding on one line, "zh" or "en"."""
    words = current_app.jinja_env.get_template("mail/findings.txt").make_module({"now": now})
    return str(getattr(words, language)(finding)).strip()
