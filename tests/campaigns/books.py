"""The books of a campaign: what was put on the server against what the product says and what it sent."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from commentbox.adapters.blobs import BlobStore
from commentbox.core.states import MailboxFault, MailState
from tests.campaigns.instance import Instance
from tests.campaigns.letters import FOLDERS, Letter
from tests.campaigns.survival import Operator, Plan, Told
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink


@dataclass
class Books:
    """Hold the figures of a campaign and every violation."""

    submissions: int = 0
    lost: int = 0
    doubled: int = 0
    flags_changed: int = 0
    missing: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    violations: list[str] = field(default_factory=list)


def hold(
    instance: Instance,
    slug: str,
    mailbox: DovecotMailbox,
    sink: SmtpSink,
    operator: Operator,
    plan: Plan,
    told: Told,
) -> Books:
    """Compare everything, once all workers have ended."""
    books = Books(violations=list(told.violations))
    _hold_submissions(books, instance, slug, plan.letters)
    blobs = BlobStore(Path(instance.environ["COMMENTBOX_DATA_DIR"]) / "blobs")
    books.violations += _stored(operator, blobs, plan.letters)
    _hold_flags(books, mailbox, plan.letters)
    _reconcile(books, instance, plan.letters)
    _hold_answers(books, operator, sink, plan)
    books.violations += _events(plan, told)
    return books


def _hold_submissions(books: Books, instance: Instance, slug: str, letters: list[Letter]) -> None:
    """Hold the list of submissions against the subjects, each of which was given once."""
    lines = instance.flask("submissions", "list", slug, "--json").splitlines()
    found = Counter(json.loads(line)["subject"] for line in lines)
    wanted = {one.subject for one in letters if one.fate == MailState.INGESTED}
    books.submissions = found.total()
    lost, strange = sorted(wanted - set(found)), sorted(set(found) - wanted)
    doubled = sorted(subject for subject, count in found.items() if count > 1)
    books.lost, books.doubled = len(lost), len(doubled)
    books.violations += _each("lost", lost) + _each("doubled", doubled) + _each("not a submission", strange)


def _each(complaint: str, items: Iterable[object]) -> list[str]:
    return [f"{complaint}: {item}" for item in items]


def _stored(operator: Operator, blobs: BlobStore, letters: list[Letter]) -> Iterator[str]:
    """Yield which mails are not stored byte for byte, once, in the state that they must have."""
    fates = {one.sha256: str(one.fate) for one in letters}
    rows = operator.all(
        "SELECT m.sha256, m.state, m.reason, r.content FROM inbound_mail m"
        " LEFT JOIN raw_mail r ON r.mail_id = m.id"
    )
    for sha256, state, reason, content in rows:
        raw = content if isinstance(content, bytes) else blobs.read(str(sha256))
        if hashlib.sha256(raw).hexdigest() != sha256:
            yield f"stored with other bytes: {sha256}"
        if fates.pop(str(sha256), None) != state:
            yield f"mail {sha256} is {state} {reason}"
    yield from _each("never stored", fates)


def _hold_flags(books: Books, mailbox: DovecotMailbox, letters: list[Letter]) -> None:
    """Hold the server's flags against those that the mails came with."""
    for folder in FOLDERS:
        wanted = [set(one.flags) for one in letters if one.folder == folder]
        found = [set(flags) - {b"\\Recent"} for flags in mailbox.flags(folder)]
        if len(found) != len(wanted):
            books.violations.append(f"{folder}: {len(found)} mails of {len(wanted)}")
        changed = sum(one != other for one, other in zip(found, wanted, strict=False))
        books.flags_changed += changed
        books.violations += [f"{folder}: {changed} flags changed"] if changed else []


def _reconcile(books: Books, instance: Instance, letters: list[Letter]) -> None:
    """Let the product hold its own books."""
    found = json.loads(instance.flask("mail", "reconcile", "--json"))
    books.missing = len(found["missing"])
    if found != {"server": len(letters), "stored": len(letters), "missing": []}:
        books.violations.append(f"reconcile: {found}")


def _hold_answers(books: Books, operator: Operator, sink: SmtpSink, plan: Plan) -> None:
    """Hold the outbox against what the mail server got: at most one to each, and none left behind."""
    books.answers = operator.counts("outbound_mail")
    books.sent = len(sink.envelopes)
    got = Counter(message["Message-ID"] for message in sink.messages)
    addresses = Counter(address.lower() for envelope in sink.envelopes for address in envelope.rcpt_tos)
    for name, count in (got + addresses).items():
        if count > 1:
            books.violations.append(f"acknowledged {count} times: {name}")
    for message_id, state in operator.all("SELECT message_id, state FROM outbound_mail"):
        if state == "sent" and not got[str(message_id)]:
            books.violations.append(f"said to be sent, and was not: {message_id}")
    # One was being sent at each kill at most; all the rest must have gone out.
    if books.answers["sent"] + books.answers["uncertain"] != books.submissions:
        books.violations.append(f"outbox: {dict(books.answers)} of {books.submissions} submissions")
    if books.answers["uncertain"] > plan.kills + plan.workers:
        books.violations.append(f"more answers in doubt than kills: {books.answers['uncertain']}")


def _events(plan: Plan, told: Told) -> Iterator[str]:
    if (told.kills, told.cuts) != (plan.kills, plan.cuts):
        yield f"{told.kills} kills of {plan.kills}, {told.cuts} cuts of {plan.cuts}"
    for fault in told.faults:
        if fault != MailboxFault.UNREACHABLE:
            yield f"a cut line was taken for {fault!r}"
