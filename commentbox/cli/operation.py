"""Commands that run and look after the product: worker, outbox, accounts."""

from __future__ import annotations

import os
import sys
import threading

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from commentbox.cli import console
from commentbox.config import PREFIX
from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs import loop
from commentbox.jobs import worker as working
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps import UNDERSTANDING
from commentbox.jobs.steps.deliver import deliver
from commentbox.services import listing, outbox, users

outbox_group = AppGroup("outbox", help="Mail that goes out.")
user_group = AppGroup("user", help="Staff accounts.")


@outbox_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@console.tidy
def outbox_list(as_json: bool) -> None:
    """List what is not sent yet."""
    for mail in outbox.waiting(db.session()):
        found = listing.outbound(mail)
        if as_json:
            console.line(found)
        else:
            click.echo(f"{found['id']:>6} {found['state']:<10} {found['to']:<32} {found['last_error']}")


@outbox_group.command("deliver")
@click.option("--once", is_flag=True, required=True, help="Send what is due now, then end.")
@console.tidy
def outbox_deliver(once: bool) -> None:
    """Send what is due."""
    runtime = _runtime()
    if runtime.send is None:
        raise console.fail(f"no SMTP server is set: {PREFIX}MAIL_SERVER")
    total = 0
    while tried := deliver(runtime):
        total += tried
    console.say(f"{total} tried; `flask outbox list` shows what still waits")


@user_group.command("create")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@console.tidy
def user_create(name: str, role: str) -> None:
    """Make an account; the password comes from a prompt or from standard input."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with transaction(db.session()) as session:
        users.create(session, name, role, password, actor=console.ACTOR, now=console.now())
    console.say(f"{name} can sign in as {role}")


@click.command("worker")
@with_appcontext
@console.tidy
def worker() -> None:
    """Poll, ingest, suggest, cluster, deliver and train in a loop, until stopped."""
    console.say("worker started; Ctrl-C stops it")
    working.run(_runtime(), os.environ)
    console.say("worker stopped")


@click.command("understand")
@click.option("--until-eof", is_flag=True, help="Stop when standard input ends.")
@with_appcontext
@console.tidy
def understand(until_eof: bool) -> None:
    """Suggest, index, cluster and train in a loop, until stopped; `flask worker` starts one by itself."""
    stop = threading.Event()
    if until_eof:
        working.ended_input(sys.stdin.buffer, stop)
    with loop.stopped_by_signals(stop):
        loop.run(_runtime(), UNDERSTANDING, stop)


def _runtime() -> Runtime:
    return make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]


COMMANDS = (outbox_group, user_group, worker, understand)
