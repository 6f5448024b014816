"""`flask doctor` and `flask watch`: what is wrong with this instance, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from commentbox.adapters import imap, machine, smtp
from commentbox.adapters.child import ChildFailed
from commentbox.cli import console
from commentbox.config import PREFIX, SETTINGS
from commentbox.core.rules.health import Code, Finding, Severity, alarming
from commentbox.extensions import mail
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps.poll import INBOX
from commentbox.jobs.steps.watch import around, look, told
from commentbox.services import health

_PROBE = b"Subject: doctor\r\nContent-Type: text/plain\r\n\r\nIn order.\r\n"
_MARKS = {Severity.OK: "ok   ", Severity.LOOK: "LOOK ", Severity.ALARM: "ALARM"}
_LEAST_SECRET = 4
"""A shorter word cannot be taken out of a text without tearing others."""

_POLL = "look at the log of `flask worker`; `flask mail poll --once` polls by hand"
_CODE = (
    "make a new authorisation code in the mailbox's own settings and set it as COMMENTBOX_IMAP_PASSWORD; "
    "the next try comes after 15 minutes"
)
ADVICE: dict[Code, str] = {
    Code.WORKER_SILENT: "start `flask worker` again, and see in its log why it ended",
    Code.WORKER_NEVER: "start `flask worker`, and let the machine start it at boot",
    Code.POLL_NEVER: f"start `flask worker`; {_POLL}",
    Code.POLL_SILENT: _POLL,
    Code.POLL_FAILING: f"check COMMENTBOX_IMAP_HOST, the network and the folder's name; {_POLL}",
    Code.POLL_REFUSED: _CODE,
    Code.POLL_UNSAFE_LOGIN: "sign in to the mailbox's web site and allow IMAP clients there",
    Code.POLL_CERTIFICATE: "check the machine's clock and COMMENTBOX_IMAP_HOST",
    Code.COUNT_MISSING: "`flask mail reconcile` names them; keep the mailbox as it is until they are in",
    Code.CONSULTATION_NONE: "open a consultation, or bring letters in from the held mail",
    Code.WAITING_LONG: "start `flask worker` again; its log names the step that fails",
    Code.UNDERSTANDING_LATE: "the log of `flask worker` says why `flask understand` does not get on",
    Code.HELD_SOME: "a clerk looks at them under 待核邮件",
    Code.READER_FAILING: "look at them under 待核邮件; check the memory and the disk of this machine",
    Code.OUTBOX_SLOW: "`flask outbox list` shows the server's answer; check COMMENTBOX_MAIL_*",
    Code.OUTBOX_NO_SERVER: "set COMMENTBOX_MAIL_SERVER",
    Code.UNSENT_SOME: "a clerk sends them again or cancels them under 发件箱",
    Code.DISK_LOW: "make room on the disk of COMMENTBOX_DATA_DIR",
    Code.SCHEMA_BEHIND: "stop the worker, run `flask db upgrade`, start it again",
    Code.OPERATOR_UNSET: "set COMMENTBOX_OPERATOR_EMAIL and COMMENTBOX_MAIL_SERVER",
}
"""What to do about each finding that is not in order."""


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of the doctor's, from a finding or from a try."""

    check: str
    severity: Severity
    says: str
    advice: str = ""
    finding: Finding | None = None


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@with_appcontext
@console.tidy
def doctor(as_json: bool) -> None:
    """Check the set-up, and say what to do about what is wrong; exit 1 on an alarm.

    Signs in to both mail servers; reads and sends nothing.
    """
    runtime = make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]
    now = runtime.clock()
    found = health.look(runtime.session, around(runtime), now)
    runtime.session.rollback()
    lines = [_of(finding, now) for finding in found] + list(_tries(runtime))
    hidden = _Hidden(runtime.settings)
    if as_json:
        console.document(hidden.everywhere({"settings": _settings(runtime), "findings": _json(lines)}))
    else:
        _print(lines, _settings(runtime), hidden)
    if any(line.severity is Severity.ALARM for line in lines):
        raise click.exceptions.Exit(1)


@click.command("watch")
@with_appcontext
@console.tidy
def watch() -> None:
    """Look once as the worker does: mail the operator when it is time to; exit 1 on an alarm.

    For cron, where a dead worker cannot tell of its own death. Signs in to no mailbox.
    """
    runtime = make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]
    alarms = alarming(look(runtime))
    for finding in alarms:
        click.echo(told(finding, "en", runtime.clock()))
    if alarms:
        raise click.exceptions.Exit(1)


def _of(finding: Finding, now: datetime) -> Line:
    says = told(finding, "en", now)
    if finding.detail and finding.severity is not Severity.OK:
        says += f" ({finding.detail})"
    advice = "" if finding.severity is Severity.OK else ADVICE[finding.code]
    return Line(str(finding.check), finding.severity, says, advice, finding)


def _tries(runtime: Runtime) -> Iterator[Line]:
    """Try what the figures cannot tell."""
    yield from (_mailbox(settings) for settings in runtime.mailboxes)
    yield _sending(runtime)
    yield _reader(runtime)
    folder = runtime.settings["DATA_DIR"]
    writable = f"data: {folder} can be written"
    yield _tried(
        "data", lambda: machine.check_writable(Path(folder)), writable, "give the folder to this user"
    )
    yield _converters()


def _mailbox(settings: imap.ImapSettings) -> Line:
    names = settings.folders or (INBOX,)

    def sign_in() -> None:
        with imap.connect(settings) as mailbox:
            for name in names:
                mailbox.examine(name)

    return _tried(
        "imap", sign_in, f"IMAP: {settings.user} at {settings.host} answers", "see docs/operations.md"
    )


def _sending(runtime: Runtime) -> Line:
    server = runtime.settings["MAIL_SERVER"]
    if not server or runtime.settings["MAIL_SUPPRESS_SEND"]:
        return Line("smtp", Severity.OK, f"SMTP: nothing is sent ({PREFIX}MAIL_SERVER)")
    return _tried("smtp", lambda: smtp.check(mail), f"SMTP: {server} answers", f"check {PREFIX}MAIL_*")


def _reader(runtime: Runtime) -> Line:
    advice = "mail cannot be read in: check this machine's memory and the installation"
    return _tried("reader", lambda: runtime.reader.read(_PROBE), "reader: reads a letter", advice)


def _converters() -> Line:
    found = machine.converters()
    if found:
        return Line("converters", Severity.OK, f"old office files: read with {found[0]}")
    says = "old office files (.doc, .wps): no program to read them, people must"
    return Line("converters", Severity.LOOK, says, "install LibreOffice (soffice) or antiword")


def _tried(check: str, action: Callable[[], object], good: str, advice: str) -> Line:
    """Return the line of a try: what is good, or what the error says."""
    try:
        action()
    except (imap.MailboxUnavailable, imap.MailboxRefused, smtp.Unreachable, ChildFailed, OSError) as error:
        return Line(check, Severity.ALARM, f"{check}: {error}", advice)
    return Line(check, Severity.OK, good)


def _settings(runtime: Runtime) -> dict[str, Any]:
    """Return the settings as they may be shown: of a secret only whether there is one."""
    values = {setting.name: runtime.settings[setting.name] for setting in SETTINGS}
    return {
        setting.name: ("(secret)" if values[setting.name] else "") if setting.secret else values[setting.name]
        for setting in SETTINGS
    }


def _json(lines: list[Line]) -> list[dict[str, Any]]:
    return [
        {
            "check": line.check,
            "code": str(line.finding.code) if line.finding else line.check,
            "severity": str(line.severity),
            "subject": line.finding.subject if line.finding else "",
            "figures": line.finding.figures if line.finding else {},
            "since": line.finding.since.isoformat() if line.finding and line.finding.since else None,
            "says": line.says,
            "advice": line.advice,
        }
        for line in lines
    ]


def _print(lines: list[Line], settings: dict[str, Any], hidden: _Hidden) -> None:
    helps = {setting.name: setting.help for setting in SETTINGS}
    for name, value in settings.items():
        click.echo(hidden.text(f"{PREFIX}{name} = {value}    {helps[name]}"))
    for line in sorted(lines, key=lambda one: list(Severity).index(one.severity)):
        click.echo(hidden.text(f"{_MARKS[line.severity]} {line.says}"))
        if line.advice:
            click.echo(hidden.text(f"      -> {line.advice}"))


def _passwords(address: str) -> list[str]:
    """Return the password in an address, as it is written and as it is meant."""
    try:
        written = urlsplit(address).password or ""
    except ValueError:
        return []
    return [written, unquote(written)]


class _Hidden:
    """Take secrets out of what is printed: a server's answer may repeat what it was sent."""

    def __init__(self, settings: dict[str, Any]) -> None:
        secrets = [settings[setting.name] for setting in SETTINGS if setting.secret]
        secrets += [mailbox["IMAP_PASSWORD"] for mailbox in settings["MAILBOXES"]]
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "RATE_LIMIT_STORAGE"):
            secrets += _passwords(settings[name])
        long = {str(secret) for secret in secrets if secret and len(str(secret)) >= _LEAST_SECRET}
        self._secrets = sorted(long, key=len, reverse=True)

    def text(self, words: str) -> str:
        """Return a text without the secrets."""
        for secret in self._secrets:
            words = words.replace(secret, "(secret)")
        return words

    def everywhere(self, value: Any) -> Any:
        """Return a JSON value without the secrets in its texts."""
        if isinstance(value, dict):
            return {key: self.everywhere(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.everywhere(item) for item in value]
        return self.text(value) if isinstance(value, str) else value


COMMANDS = (doctor, watch)
