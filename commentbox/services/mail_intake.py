"""Mail from the server to a submission: stored first, then read, then judged."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.quoting import own_text
from commentbox.core.rules.letters import is_cover_note, respondent_kind
from commentbox.core.rules.mail import safe_message_id
from commentbox.core.rules.period import takes_mail
from commentbox.core.rules.retry import ingest_delay
from commentbox.core.rules.routing import Destination, destination
from commentbox.core.rules.senders import sender_check
from commentbox.core.states import (
    Channel,
    ConsultationState,
    MailState,
    RespondentKind,
    SenderCheck,
    TextStatus,
)
from commentbox.core.types import FileRef, MailFacts, ParsedMail, Verdict
from commentbox.models import (
    Consultation,
    InboundMail,
    MailFolder,
    MailLocation,
    OutboundMail,
    RawMail,
    Submission,
)
from commentbox.services import acknowledge, bounces, threads
from commentbox.services.ingest import Incoming, StoredFile, letter_comments, record_submission


@dataclass(frozen=True, slots=True)
class Arrived:
    """Hold a mail as fetched; ``uid`` is None for one that came from a file.

    A large one lies in the blob store already, under its sha256.
    """

    raw: bytes | FileRef
    received_at: datetime
    source: str
    uid: int | None = None
    junk: bool = False
    consultation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """Hold where a mail was stored; ``new`` is false when its bytes were there already."""

    mail_id: int
    sha256: str
    new: bool


def store_mail(
    session: Session,
    arrived: Sequence[Arrived],
    *,
    folder: MailFolder | None,
    uidvalidity: int,
    now: datetime,
) -> list[Stored]:
    """Store raw bytes and rows before anything is parsed; the same bytes are stored once."""
    digests = [_digest(a.raw) for a in arrived]
    known = _ids(session, digests)
    fresh = {d: one for one, d in zip(arrived, digests, strict=True) if d not in known}
    known |= _insert(session, fresh, now)
    stored = []
    for digest in digests:
        # The first of several alike in one batch is the new one.
        stored.append(Stored(known[digest], digest, fresh.pop(digest, None) is not None))
    if folder is not None:
        _locate(session, folder, uidvalidity, zip(arrived, stored, strict=True))
    return stored


def _digest(raw: bytes | FileRef) -> str:
    return raw.sha256 if isinstance(raw, FileRef) else hashlib.sha256(raw).hexdigest()


def _ids(session: Session, digests: Sequence[str]) -> dict[str, int]:
    """Return the ids of those mails that are stored."""
    found = session.execute(select(InboundMail.sha256, InboundMail.id).where(InboundMail.sha256.in_(digests)))
    return {row.sha256: row.id for row in found}


def _insert(session: Session, fresh: dict[str, Arrived], now: datetime) -> dict[str, int]:
    """Insert rows and bytes in two statements, whatever their number; return the new ids."""
    if not fresh:
        return {}
    rows = [
        {
            "consultation_id": one.consultation_id,
            "sha256": digest,
            "size": one.raw.size if isinstance(one.raw, FileRef) else len(one.raw),
            "received_at": one.received_at,
            "stored_at": now,
            "source": one.source,
            "junk": one.junk,
        }
        for digest, one in fresh.items()
    ]
    found = session.execute(insert(InboundMail).returning(InboundMail.sha256, InboundMail.id), rows)
    ids = {row.sha256: row.id for row in found}
    raws = [
        {"mail_id": ids[digest], "content": one.raw}
        for digest, one in fresh.items()
        if isinstance(one.raw, bytes)
    ]
    if raws:
        session.execute(insert(RawMail), raws)
    return ids


def _locate(
    session: Session, folder: MailFolder, uidvalidity: int, pairs: Iterable[tuple[Arrived, Stored]]
) -> None:
    """Note the places on the server that are not noted yet."""
    places = {arrived.uid: stored.mail_id for arrived, stored in pairs if arrived.uid is not None}
    here = (MailLocation.folder_id == folder.id, MailLocation.uidvalidity == uidvalidity)
    seen = set(session.scalars(select(MailLocation.uid).where(*here, MailLocation.uid.in_(places))))
    session.add_all(
        MailLocation(folder_id=folder.id, uidvalidity=uidvalidity, uid=uid, mail_id=mail_id)
        for uid, mail_id in places.items()
        if uid not in seen
    )
    session.flush()


def destinations(session: Session) -> list[Destination]:
    """Return the consultations that take mail now; drafts only while nothing else does."""
    rows = [c for c in session.scalars(select(Consultation)) if takes_mail(ConsultationState(c.state))]
    published = [c for c in rows if c.state != ConsultationState.DRAFT] or rows
    return [Destination(c.id, c.mailbox, c.subject_word) for c in published]


def route(session: Session, mail: InboundMail, parsed: ParsedMail) -> int | None:
    """Return the consultation that a mail is for, None where a person must say.

    A letter that adds to an earlier one goes where that one went, as long as mail is taken there.
    """
    if mail.consultation_id is not None:
        return mail.consultation_id
    first = threads.first_of(session, parsed)
    if first is not None and takes_mail(ConsultationState(_consultation(session, first).state)):
        return first.consultation_id
    return destination(destinations(session), parsed.to_addresses, parsed.subject)


def _consultation(session: Session, letter: Submission) -> Consultation:
    return session.get_one(Consultation, letter.consultation_id)


def facts(
    session: Session, mail: InboundMail, parsed: ParsedMail, own: Collection[str], now: datetime
) -> MailFacts:
    """Gather what the rules must know of a mail besides its bytes."""
    mentioned = [parsed.message_id, *parsed.in_reply_to, *parsed.references]
    ours = session.scalars(select(OutboundMail.message_id).where(OutboundMail.message_id.in_(mentioned)))
    mailboxes = session.scalars(select(Consultation.mailbox).where(Consultation.mailbox != ""))
    return MailFacts(
        junk_folder=mail.junk,
        own_addresses=frozenset(a.lower() for a in (*own, *mailboxes) if a),
        own_message_ids=frozenset(ours),
        sent_to_address_24h=acknowledge.sent_to(session, parsed.from_address, now),
        bounced_address=bounces.no_such_address(session, parsed.from_address),
        size=mail.size,
    )


def describe(mail: InboundMail, parsed: ParsedMail, authserv_id: str) -> None:
    """Put onto the row what a clerk sees of a mail in lists."""
    mail.sender_check = sender_check(parsed, authserv_id)
    mail.message_id = safe_message_id(parsed.message_id)
    mail.subject = parsed.subject
    mail.from_name = parsed.from_name
    mail.from_address = parsed.from_address
    mail.warnings = list(parsed.warnings)


def settle(
    mail: InboundMail, state: MailState, reason: str = "", silence: str = "", detail: str = ""
) -> None:
    """Bring a mail into the state in which it stays, and end its lease."""
    states.check_move(MailState(mail.state), state)
    mail.state, mail.reason, mail.silence, mail.detail = state, reason, silence, detail
    mail.lease_until = mail.retry_at = None


def take_in(
    session: Session,
    mail: InboundMail,
    parsed: ParsedMail,
    files: Sequence[StoredFile],
    verdict: Verdict,
    *,
    now: datetime,
) -> Submission:
    """Make a submission of a mail that the rules call one."""
    consultation = session.get_one(Consultation, mail.consultation_id)
    submission = record_submission(
        session, consultation, _incoming(session, mail, parsed, files, verdict), now=now
    )
    mail.submission_id = submission.id
    settle(mail, MailState.INGESTED, silence=verdict.silence)
    session.flush()
    return submission


def _incoming(
    session: Session, mail: InboundMail, parsed: ParsedMail, files: Sequence[StoredFile], verdict: Verdict
) -> Incoming:
    own = own_text(parsed.text, parsed.marked)
    readable = sum(file.extracted.status == TextStatus.OK for file in files)
    said = "" if is_cover_note(own, readable) else own
    kind = respondent_kind(parsed.from_name)
    named = kind != RespondentKind.UNKNOWN
    first = threads.first_of(session, parsed)
    joins = first is not None and first.consultation_id == mail.consultation_id
    return Incoming(
        channel=Channel.MAIL,
        received_at=mail.received_at,
        own_text=own,
        body=parsed.text,
        subject=parsed.subject,
        comments=letter_comments(said, files),
        sha256=mail.sha256,
        respondent="" if named else parsed.from_name,
        organisation=parsed.from_name if named else "",
        kind=kind,
        email=parsed.from_address,
        files=files,
        warnings=parsed.warnings,
        doubtful=parsed.doubtful,
        silence=verdict.silence,
        in_reply_to=safe_message_id(parsed.message_id),
        follows=first if joins else None,
        forged=mail.sender_check == SenderCheck.FAILED,
    )


def failed(session: Session, mail: InboundMail, reason: str, detail: str, now: datetime) -> None:
    """Note that a mail could not be read: try it again later, or hold it for a person."""
    mail.attempts += 1
    delay = ingest_delay(mail.attempts)
    if delay is None:
        settle(mail, MailState.HELD, reason, detail=detail)
    else:
        mail.detail, mail.retry_at, mail.lease_until = detail, now + delay, None
    session.flush()
