"""Commands about mail that comes in: ingest files, poll the mailbox, reconcile."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from commentbox.adapters import imap
from commentbox.adapters.mail_files import FileMail, find_mails, header_date
from commentbox.cli import console
from commentbox.config import PREFIX
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps import work_off
from commentbox.jobs.steps.ingest import Outcome, ingest_one
from commentbox.jobs.steps.poll import poll, reconcile
from commentbox.models import InboundMail
from commentbox.services import consultations, listing, mail_intake

group = AppGroup("mail", help="Mail that comes in.")


def _runtime() -> Runtime:
    return make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]


@group.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--consultation", "slug", required=True, help="The consultation that the mail is for.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line a message.")
@console.tidy
def mail_ingest(paths: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Take in .eml files, mboxes, Maildirs or folders, the same way as from the mailbox."""
    runtime = _runtime()
    consultation_id = consultations.get(db.session(), slug).id
    mails = find_mails(paths)
    tally: dict[str, int] = {}
    for mail in console.progress(mails, len(mails), "mails"):
        line = _take(runtime, mail, consultation_id)
        tally[line["outcome"]] = tally.get(line["outcome"], 0) + 1
        if as_json:
            console.line(line)
    console.say(
        ", ".join(f"{number} {outcome}" for outcome, number in sorted(tally.items())) or "no mail found"
    )


def _take(runtime: Runtime, mail: FileMail, consultation_id: int) -> dict[str, Any]:
    """Store one message and read it at once, as often as the rules allow; return its line."""
    now = console.now()
    raw = mail.read()
    arrived = mail_intake.Arrived(
        raw=raw, received_at=header_date(raw) or now, source=mail.source, consultation_id=consultation_id
    )
    with transaction(runtime.session) as session:
        stored = mail_intake.store_mail(session, [arrived], folder=None, uidvalidity=0, now=now)[0]
    if not stored.new:
        return listing.mail_line(runtime.session, stored.mail_id, mail.source, None, duplicate=True)
    outcome = _read(runtime, stored.mail_id)
    return listing.mail_line(runtime.session, stored.mail_id, mail.source, outcome.letter)


def _read(runtime: Runtime, mail_id: int) -> Outcome:
    """Read a mail now; a person waits, so a failed try is repeated without its pause."""
    while True:
        outcome = ingest_one(runtime, mail_id)
        mail = runtime.session.get_one(InboundMail, mail_id)
        if mail.state != "fetched":
            return outcome


@group.command("poll")
@click.option("--once", is_flag=True, help="One cycle, then exit.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line a cycle.")
@console.tidy
def mail_poll(once: bool, as_json: bool) -> None:
    """Fetch from the mailbox and take in what came."""
    runtime = _runtime()
    if not runtime.mailboxes:
        raise console.fail(f"no mail server is set: {PREFIX}IMAP_HOST")
    while True:
        result = poll(runtime)
        work_off(runtime, "ingest")
        if as_json:
            console.line(
                {"fetched": result.fetched, "new": result.new, "gone": result.gone, "error": result.error}
            )
        if result.error and once:
            raise console.fail(result.error)
        console.say(result.error or f"{result.new} new of {result.fetched} fetched")
        if once:
            return
        time.sleep(runtime.settings["POLL_SECONDS"])


@group.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@console.tidy
def mail_reconcile(as_json: bool) -> None:
    """Hold what is on the server against what is stored; exit 1 when something is missing."""
    runtime = _runtime()
    if not runtime.mailboxes:
        raise console.fail(f"no mail server is set: {PREFIX}IMAP_HOST")
    try:
        found = reconcile(runtime)
    except (imap.MailboxUnavailable, imap.MailboxRefused) as error:
        raise console.fail(str(error)) from None
    if as_json:
        console.document(found)
    else:
        click.echo(f"on the server: {found['server']}, stored: {found['stored']}")
    if found["missing"]:
        raise console.fail(f"missing: {found['missing']}")


COMMANDS = (group,)
