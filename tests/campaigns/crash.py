"""`python -m tests.campaigns.crash [--mails N] [--kills N] [--cuts N] [--seed N] [--only NAME]`.

Runs the campaign on SQLite, on PostgreSQL, and with two workers on PostgreSQL; exit 1 after any violation.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from commentbox.extensions import db
from tests.campaigns.books import Books, hold
from tests.campaigns.cutter import cutting
from tests.campaigns.instance import Instance
from tests.campaigns.letters import FOLDERS, MAX_MAIL_BYTES, made
from tests.campaigns.survival import WORKER_LOG, Operator, Plan, Say, Survival, Told
from tests.fixtures.app import add_consultation, environment, running_app
from tests.servers.dovecot import Dovecot, new_mailbox, running_dovecot
from tests.servers.postgres import new_database, running_postgres
from tests.servers.smtp_sink import running_sink

CONFIGURATIONS = {"sqlite": 1, "postgresql": 1, "postgresql-two-workers": 2}
"""The number of workers by the name of the configuration."""
SLUG = "parks"
SHOWN = 20


def play(folder: Path, url: str, server: Dovecot, plan: Plan, say: Say) -> tuple[Told, Books]:
    """Run one configuration in a folder of its own, and hold its books; an empty url is SQLite."""
    settings = environment(folder, url)
    for _ in running_app(settings):
        add_consultation(db.session(), slug=SLUG)
    mailbox = new_mailbox(server).with_folders(*FOLDERS)
    operator = Operator(settings["COMMENTBOX_DATABASE_URL"])
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(running_sink())
        cutters = [stack.enter_context(cutting(server.port)) for _ in range(plan.workers)]
        settings |= mailbox.environment() | sink.environment()
        settings |= {"COMMENTBOX_MAX_MAIL_BYTES": str(MAX_MAIL_BYTES)}
        instance = Instance(settings)
        for name in FOLDERS:
            mailbox.append((), name)
        told = Survival(instance, mailbox, cutters, operator, plan, say).run()
        return told, hold(instance, SLUG, mailbox, sink, operator, plan, told)


def summary(name: str, plan: Plan, told: Told, books: Books, seconds: float) -> str:
    """Return what became of one configuration, on one line."""
    return (
        f"{name}: {len(plan.letters)} mails, {books.submissions} submissions, {books.lost} lost,"
        f" {books.doubled} doubled, {books.flags_changed} flags changed, {books.missing} missing;"
        f" {told.kills} kills, {told.cuts} cuts; acknowledgements: {books.answers['sent']} sent,"
        f" {books.answers['uncertain']} in doubt, {books.sent} arrived; the slowest process ended"
        f" {told.slowest_end:.1f} s after its worker; {seconds:.0f} s; {len(books.violations)} violations"
    )


def main(words: list[str]) -> int:
    """Run all configurations; print a summary of each and its violations."""
    given = _arguments().parse_args(words)
    letters = made(given.mails, given.seed)
    violations = 0
    with running_dovecot() as server:
        for name in given.only or CONFIGURATIONS:
            plan = Plan(letters, given.kills, given.cuts, CONFIGURATIONS[name], given.seed)
            print(f"{name}: seed {given.seed}, {len(letters)} mails", flush=True)
            start = time.monotonic()
            with _place(name) as (folder, url):
                told, books = play(folder, url, server, plan, _progress(name, start))
                if books.violations:
                    _keep_log(folder, name, given.seed)
            print(summary(name, plan, told, books, time.monotonic() - start), flush=True)
            for one in books.violations[:SHOWN]:
                print(f"  {one}", flush=True)
            violations += len(books.violations)
    return 1 if violations else 0


def _keep_log(folder: Path, name: str, seed: int) -> None:
    """Keep what the workers logged."""
    kept = Path(tempfile.gettempdir()) / f"crash-{name}-{seed}.log"
    shutil.copy(folder / WORKER_LOG, kept)
    print(f"kept {kept}", flush=True)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crash")
    parser.add_argument("--mails", type=int, default=2000, help="mails that are submissions")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--only", action="append", choices=list(CONFIGURATIONS))
    return parser


def _progress(name: str, start: float) -> Say:
    def say(words: str) -> None:
        print(f"{name} {time.monotonic() - start:4.0f} s: {words}", file=sys.stderr, flush=True)

    return say


@contextlib.contextmanager
def _place(name: str) -> Iterator[tuple[Path, str]]:
    """Yield a folder for the instance and the address of its database, "" for SQLite."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        if name == "sqlite":
            yield folder, ""
        else:
            address = stack.enter_context(running_postgres())
            yield folder, stack.enter_context(new_database(address))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
