"""Read the mails that are stored and not read yet, and make submissions of those that are some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

BATCH = 40
BATCH_BYTES = 4_000_000
"""Mails are recorded together up to this size, so that many large ones need no more memory than one."""
# Long enough for a batch, short enough that a killed worker's mails are soon taken up again. A mail
# whose lease runs out under a slow reading is recorded once all the same: `record` looks again.
LEASE = timedelta(seconds=30)


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
    """Take in mails, those that are too large to be read left to a person."""
    sizes = held.sizes(runtime.session, ids)
    most = runtime.settings["MAX_MAIL_BYTES"]
    too_large = [mail_id for mail_id, size in sizes if size > most]
    outcomes = [_set_aside(runtime, mail_id) for mail_id in too_large]
    for portion in _portions([(mail_id, size) for mail_id, size in sizes if size <= most]):
        outcomes += _take_in_portion(runtime, held.raws(runtime.session, runtime.blobs, portion))
    return outcomes


def _portions(sizes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the mails of a batch in portions of limited size."""
    portion: list[int] = []
    total = 0
    for mail_id, size in sizes:
        if portion and total + size > BATCH_BYTES:
            yield portion
            portion, total = [], 0
        portion.append(mail_id)
        total += size
    if portion:
        yield portion


def _take_in_portion(runtime: Runtime, raws: dict[int, bytes]) -> list[Outcome]:
    """Read some mails and record those that could be read in one transaction, else each in its own."""
    found = [_read(runtime, mail_id, raw) for mail_id, raw in sorted(raws.items())]
    read = [item for item in found if not isinstance(item, Outcome)]
    try:
        recorded = _record(runtime, read)
    except (OperationalError, OSError):
        runtime.session.rollback()
        raise
    except Exception:
        # One letter must never stop the others.
        runtime.session.rollback()
        recorded = [_record_alone(runtime, one) for one in read]
    return [item for item in found if isinstance(item, Outcome)] + recorded


@dataclass(frozen=True, slots=True)
class _Read:
    letter: ReadLetter
    read: take_in.Read


def _read(runtime: Runtime, mail_id: int, raw: bytes) -> _Read | Outcome:
    """Return a mail as read, its files stored; or what became of one that could not be."""
    try:
        letter = runtime.reader.read(raw)
        files = store_files(runtime.blobs, _uploads(letter))
        return _Read(letter, take_in.read(mail_id, letter.mail, files))
    except ChildFailed as error:
        return _failed(runtime, mail_id, error.reason)
    except (OperationalError, OSError):
        # The machine's fault, not the letter's: it counts as no try, and the lease brings it back.
        raise
    except Exception as error:
        return _failed(runtime, mail_id, type(error).__name__)


def _uploads(letter: ReadLetter) -> list[Upload]:
    pairs = zip(letter.mail.attachments, letter.texts, strict=True)
    return [Upload(a.filename, a.media_type, a.content, text) for a, text in pairs]


def _record(runtime: Runtime, found: Sequence[_Read]) -> list[Outcome]:
    """Write down what mails are, in one transaction with their submissions and acknowledgements."""
    if not found:
        return []
    settings = take_in.Settings(runtime.own_addresses, runtime.settings["MAIL_AUTHSERV_ID"])
    with transaction(runtime.session) as session:
        verdicts = take_in.record(session, [one.read for one in found], settings, now=runtime.clock())
    return [Outcome(one.read.mail_id, verdicts.get(one.read.mail_id), one.letter) for one in found]


def _record_alone(runtime: Runtime, one: _Read) -> Outcome:
    """Record a mail by itself; one at which we fail is tried again, then held for a person."""
    try:
        return _record(runtime, [one])[0]
    except (OperationalError, OSError):
        raise
    except Exception as error:
        runtime.session.rollback()
        return _failed(runtime, one.read.mail_id, type(error).__name__)


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
