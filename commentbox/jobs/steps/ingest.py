"""Read the mails that are stored and not read yet, and make submissions of those that are some."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_
from sqlalchemy.exc import OperationalError

from commentbox.adapters.child import ChildFailed
from commentbox.core.rules.mail import Reason
from commentbox.core.states import MailState
from commentbox.core.types import ReadLetter, Verdict
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime
from commentbox.models import InboundMail
from commentbox.services import held, take_in
from commentbox.services.ingest import Upload, store_files

BATCH = 120
PORTION, PORTION_BYTES = 20, 4_000_000
"""Mails that are recorded together: few enough to be read beside it, small enough that many large ones need
no more memory than one."""
# Long enough for a batch, short enough that a killed worker's mails are soon taken up again. A mail
# whose lease runs out under a slow reading is recorded once all the same: `record` looks again.
LEASE = timedelta(seconds=30)
SLOW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what became of one mail; ``verdict`` is None where it could not be read this time."""

    mail_id: int
    verdict: Verdict | None
    letter: ReadLetter | None


def ingest(runtime: Runtime) -> int:
    """Take in a batch of due mails; return how many were looked at."""
    now = runtime.clock()
    due = [
        InboundMail.state == MailState.FETCHED,
        or_(InboundMail.retry_at.is_(None), InboundMail.retry_at <= now),
    ]
    ids = claim(runtime.session, InboundMail, due, now=now, lease=LEASE, limit=BATCH)
    _take_in(runtime, ids)
    return len(ids)


def ingest_one(runtime: Runtime, mail_id: int) -> Outcome:
    """Read, judge and record one mail; whatever goes wrong stays with this mail."""
    return _take_in(runtime, [mail_id])[0]


def _take_in(runtime: Runtime, ids: Sequence[int]) -> list[Outcome]:
    """Take in mails, those that are too large to be read left to a person.

    While one portion is recorded here the next one is read: the reading child works on the other core.
    """
    sizes = held.sizes(runtime.session, ids)
    runtime.session.rollback()
    most = runtime.settings["MAX_MAIL_BYTES"]
    outcomes = [_set_aside(runtime, mail_id) for mail_id, size in sizes if size > most]
    portions = deque(_portions([(mail_id, size) for mail_id, size in sizes if size <= most]))
    before: Future[tuple[list[_Found], list[int]]] | None = None
    with ThreadPoolExecutor(1, "reading") as ahead:
        while portions or before:
            reading = ahead.submit(_read, runtime, _raws(runtime, portions.popleft())) if portions else None
            if before:
                found, left = before.result()
                portions.extendleft([left] if left else [])
                outcomes += _settle(runtime, found)
            before = reading
    return outcomes


def _raws(runtime: Runtime, ids: Sequence[int]) -> dict[int, bytes]:
    raws = held.raws(runtime.session, runtime.blobs, ids)
    runtime.session.rollback()  # no transaction stays open while the mails are read
    return raws


def _portions(sizes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the mails of a batch in portions of limited size."""
    portion: list[int] = []
    total = 0
    for mail_id, size in sizes:
        if portion and (len(portion) == PORTION or total + size > PORTION_BYTES):
            yield portion
            portion, total = [], 0
        portion.append(mail_id)
        total += size
    if portion:
        yield portion


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold a mail as read, or the fault that kept us from it."""

    mail_id: int
    letter: ReadLetter | None
    read: take_in.Read | None
    fault: str = ""


def _read(runtime: Runtime, raws: dict[int, bytes]) -> tuple[list[_Found], list[int]]:
    """Read mails and store their files; touches no session, since it runs beside one.

    Behind one that took long the rest is left for later, and named: what is read is to be recorded first.
    """
    until = runtime.clock() + SLOW
    found: list[_Found] = []
    waiting = deque(sorted(raws))
    while waiting and (not found or runtime.clock() < until):
        mail_id = waiting.popleft()
        found.append(_read_one(runtime, mail_id, raws[mail_id]))
    return found, list(waiting)


def _read_one(runtime: Runtime, mail_id: int, raw: bytes) -> _Found:
    try:
        letter = runtime.reader.read(raw)
        files = store_files(runtime.blobs, _uploads(letter))
        return _Found(mail_id, letter, take_in.read(mail_id, letter.mail, files))
    except ChildFailed as error:
        return _Found(mail_id, None, None, error.reason)
    except (OperationalError, OSError):
        # The machine's fault, not the letter's: it counts as no try, and the lease brings it back.
        raise
    except Exception as error:
        return _Found(mail_id, None, None, type(error).__name__)


def _settle(runtime: Runtime, found: Sequence[_Found]) -> list[Outcome]:
    """Record what could be read in one transaction, or else each by itself; note what could not."""
    outcomes = [_failed(runtime, one.mail_id, one.fault) for one in found if one.read is None]
    read = [one for one in found if one.read is not None]
    try:
        return outcomes + _record(runtime, read)
    except (OperationalError, OSError):
        runtime.session.rollback()
        raise
    except Exception:
        # One letter must never stop the others.
        runtime.session.rollback()
        return outcomes + [_record_alone(runtime, one) for one in read]


def _uploads(letter: ReadLetter) -> list[Upload]:
    pairs = zip(letter.mail.attachments, letter.texts, strict=True)
    return [Upload(a.filename, a.media_type, a.content, text) for a, text in pairs]


def _record(runtime: Runtime, found: Sequence[_Found]) -> list[Outcome]:
    """Write down what mails are, in one transaction with their submissions and acknowledgements."""
    read = [one.read for one in found if one.read is not None]
    if not read:
        return []
    settings = take_in.Settings(runtime.own_addresses, runtime.settings["MAIL_AUTHSERV_ID"])
    with transaction(runtime.session) as session:
        verdicts = take_in.record(session, read, settings, now=runtime.clock())
    return [Outcome(one.mail_id, verdicts.get(one.mail_id), one.letter) for one in found]


def _record_alone(runtime: Runtime, one: _Found) -> Outcome:
    """Record a mail by itself; one at which we fail is tried again, then held for a person."""
    try:
        return _record(runtime, [one])[0]
    except (OperationalError, OSError):
        raise
    except Exception as error:
        runtime.session.rollback()
        return _failed(runtime, one.mail_id, type(error).__name__)


def _set_aside(runtime: Runtime, mail_id: int) -> Outcome:
    """Hold a mail that is too large to be read."""
    with transaction(runtime.session) as session:
        mail = session.get_one(InboundMail, mail_id, with_for_update=True)
        if mail.state == MailState.FETCHED:
            take_in.settle(mail, MailState.HELD, Reason.TOO_LARGE)
    return Outcome(mail_id, Verdict(MailState.HELD, Reason.TOO_LARGE), None)


def _failed(runtime: Runtime, mail_id: int, detail: str) -> Outcome:
    session = runtime.session
    with transaction(session):
        mail = session.get_one(InboundMail, mail_id, with_for_update=True)
        if mail.state == MailState.FETCHED:
            take_in.failed(session, mail, Reason.UNREADABLE, detail, runtime.clock())
    return Outcome(mail_id, None, None)
