"""A campaign of damaged mails: stored, read by the real child, judged, taken in; then the books are held."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, select

from commentbox.core.mail import Damage
from commentbox.core.rules.mail import Reason
from commentbox.core.states import MailState
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps.ingest import BATCH, ingest
from commentbox.models import InboundMail, RawMail, Submission
from commentbox.services import mail_intake
from commentbox.services.mail_intake import Arrived
from tests.fuzz.mutations import mutated

STORED_AT_ONCE = 100
ROUNDS = 5
"""A letter that cannot be read is tried three times, an hour apart here."""


@dataclass(slots=True)
class Result:
    """Hold what became of the mails of a campaign, and every fault by the sha256 of its mail."""

    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_batch: float = 0.0


def run(
    runtime: Runtime, corpus: Sequence[bytes], number: int, seed: int, progress: Callable[[int], None]
) -> Result:
    """Send so many damaged mails of a seed down the whole way, and return what became of them."""
    rng = random.Random(seed)
    result = Result()
    digests: set[str] = set()
    while result.sent < number:
        count = min(STORED_AT_ONCE, number - result.sent)
        raws = [mutated(rng, corpus) for _ in range(count)]
        digests |= {hashlib.sha256(raw).hexdigest() for raw in raws}
        _store(runtime, raws)
        result.slowest_batch = max(result.slowest_batch, *_read(runtime))
        result.sent += count
        progress(result.sent)
    _settle(runtime, result)
    _hold_the_books(runtime, digests, result)
    return result


def _store(runtime: Runtime, raws: Sequence[bytes]) -> None:
    now = runtime.clock()
    arrived = [Arrived(raw, now, "fuzz") for raw in raws]
    with transaction(runtime.session) as session:
        mail_intake.store_mail(session, arrived, folder=None, uidvalidity=0, now=now)


def _read(runtime: Runtime) -> Iterator[float]:
    """Read what is due, and yield the seconds of each batch."""
    looked_at = BATCH
    while looked_at:
        start = time.monotonic()
        looked_at = ingest(runtime)
        yield time.monotonic() - start


def _settle(runtime: Runtime, result: Result) -> None:
    """Try again what could not be read, as time goes by."""
    for hours in range(1, ROUNDS + 1):
        later = replace(runtime, clock=lambda hours=hours: runtime.clock() + timedelta(hours=hours))
        result.slowest_batch = max(result.slowest_batch, *_read(later))


def _hold_the_books(runtime: Runtime, digests: set[str], result: Result) -> None:
    """Note every mail that is not stored as sent, not settled, or broke the reader."""
    session = runtime.session
    session.rollback()
    for mail in session.scalars(select(InboundMail).execution_options(yield_per=500)):
        result.outcomes[mail.state if mail.state != MailState.INGESTED else "submission"] += 1
        digests.discard(mail.sha256)
        for fault in _faults(mail):
            result.faults.append(f"{mail.sha256}: {fault}")
    result.faults += [f"{digest}: never stored" for digest in sorted(digests)]
    for content, sha256 in session.execute(
        select(RawMail.content, InboundMail.sha256).join(RawMail.mail).execution_options(yield_per=500)
    ):
        if hashlib.sha256(content).hexdigest() != sha256:
            result.faults.append(f"{sha256}: stored with other bytes")
    submissions = session.scalar(select(func.count()).select_from(Submission))
    if submissions != result.outcomes["submission"]:
        result.faults.append(f"{submissions} submissions of {result.outcomes['submission']} mails")


def _faults(mail: InboundMail) -> Iterator[str]:
    if mail.state not in (MailState.INGESTED, MailState.IGNORED, MailState.HELD):
        yield f"left as {mail.state}"
    if mail.state == MailState.HELD and mail.reason == Reason.UNREADABLE:
        yield f"the reader failed: {mail.detail}"
    if Damage.UNREADABLE in mail.warnings:
        yield "the parser gave up"
    if (mail.state == MailState.INGESTED) != (mail.submission_id is not None):
        yield f"{mail.state} with submission {mail.submission_id}"
