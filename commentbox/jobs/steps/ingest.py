"""Read the mails that are stored and not read yet, and make submissions of those that are some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_
from sqlalchemy.exc import OperationalError

from commentbox.adapters.child import ChildFailed
from commentbox.core.rules.mail import Reason, silence, verdict
from commentbox.core.states import MailState
from commentbox.core.types import ParsedMail, ReadLetter, Verdict
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime
from commentbox.models import InboundMail
from commentbox.services import bounces, held, mail_intake
from commentbox.services.ingest import StoredFile, Upload, store_files

BATCH = 10
# Long enough for a batch, short enough that a killed worker's mails are soon taken up again. A mail
# whose lease runs out under a slow reading is recorded once all the same: `_record` looks again.
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
    for mail_id in ids:
        ingest_one(runtime, mail_id)
    return len(ids)


def ingest_one(runtime: Runtime, mail_id: int) -> Outcome:
    """Read, judge and record one mail; whatever goes wrong stays with this mail."""
    session = runtime.session
    size = held.one(session, mail_id).size
    if size > runtime.settings["MAX_MAIL_BYTES"]:
        return _set_aside(runtime, mail_id, Verdict(MailState.HELD, Reason.TOO_LARGE))
    raw = held.raw(session, runtime.blobs, mail_id)
    session.rollback()
    try:
        letter = runtime.reader.read(raw)
        files = store_files(runtime.blobs, _uploads(letter))
        return _record(runtime, mail_id, letter, files)
    except ChildFailed as error:
        return _failed(runtime, mail_id, error.reason)
    except (OperationalError, OSError):
        # The machine's fault, not the letter's: it counts as no try, and the lease brings it back.
        session.rollback()
        raise
    except Exception as error:
        # One letter must never stop the others: it is tried again, then held for a person.
        session.rollback()
        return _failed(runtime, mail_id, type(error).__name__)


def _uploads(letter: ReadLetter) -> list[Upload]:
    pairs = zip(letter.mail.attachments, letter.texts, strict=True)
    return [Upload(a.filename, a.media_type, a.content, text) for a, text in pairs]


def _record(runtime: Runtime, mail_id: int, letter: ReadLetter, files: tuple[StoredFile, ...]) -> Outcome:
    """Write down what a mail is, in one transaction with its submission and acknowledgement."""
    session, now = runtime.session, runtime.clock()
    with transaction(session):
        mail = session.get_one(InboundMail, mail_id, with_for_update=True)
        if mail.state != MailState.FETCHED:
            return Outcome(mail_id, None, letter)
        mail_intake.describe(mail, letter.mail, runtime.settings["MAIL_AUTHSERV_ID"])
        decision = _decide(runtime, mail, letter.mail)
        if decision.outcome == "submission":
            mail_intake.take_in(session, mail, letter.mail, files, decision, now=now)
        else:
            mail_intake.settle(mail, MailState(decision.outcome), decision.reason, decision.silence)
            if decision.reason == Reason.DELIVERY_REPORT:
                bounces.tie(session, mail, letter.mail, now)
    return Outcome(mail_id, decision, letter)


def _decide(runtime: Runtime, mail: InboundMail, parsed: ParsedMail) -> Verdict:
    """Return the verdict of the rules, then of the routing; a person's word stands above the rules."""
    session = runtime.session
    known = mail_intake.facts(session, mail, parsed, runtime.own_addresses, runtime.clock())
    decision = verdict(parsed, known)
    if mail.wanted:
        decision = Verdict("submission", silence=mail.silence or str(silence(parsed, known) or ""))
    if decision.outcome != "submission":
        return decision
    mail.consultation_id = mail_intake.route(session, mail, parsed)
    if mail.consultation_id is None:
        return Verdict(MailState.HELD, Reason.NO_CONSULTATION)
    return decision


def _set_aside(runtime: Runtime, mail_id: int, decision: Verdict) -> Outcome:
    session = runtime.session
    with transaction(session):
        mail = session.get_one(InboundMail, mail_id, with_for_update=True)
        if mail.state == MailState.FETCHED:
            mail_intake.settle(mail, MailState(decision.outcome), decision.reason)
    return Outcome(mail_id, decision, None)


def _failed(runtime: Runtime, mail_id: int, detail: str) -> Outcome:
    session = runtime.session
    with transaction(session):
        mail = session.get_one(InboundMail, mail_id, with_for_update=True)
        if mail.state == MailState.FETCHED:
            mail_intake.failed(session, mail, Reason.UNREADABLE, detail, runtime.clock())
    return Outcome(mail_id, None, None)
