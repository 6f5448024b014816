"""The one way in: mail, web form and typed letters all end in `record_submissions`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from commentbox.core.quoting import is_no_opinion
from commentbox.core.replies import receipt_from
from commentbox.core.rules.letters import language, respondent_kind
from commentbox.core.rules.period import accepts, late_minutes
from commentbox.core.sheets import WHOLE, clause_name
from commentbox.core.splitting import covers, says_nothing, split
from commentbox.core.states import Channel, CommentState, ConsultationState, RespondentKind, TextStatus
from commentbox.core.text import fingerprint
from commentbox.core.types import Actor, CloudFile, ExtractedText, Point
from commentbox.models import Attachment, Comment, Consultation, Measure, OutboundMail, Submission
from commentbox.models.base import Base, new_values
from commentbox.services import acknowledge, audit, organisations
from commentbox.services.consultations import period
from commentbox.services.errors import Closed, Invalid

CLOUD_MEDIA_TYPE = "text/uri-list"


class Blobs(Protocol):
    """Name what is asked of a blob store."""

    def put(self, content: bytes) -> str:
        """Store bytes and return their sha256."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Hold a file that came along and the text that was read from it."""

    filename: str
    media_type: str
    content: bytes
    extracted: ExtractedText


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Hold a file that is in the blob store, or one that is only linked to."""

    filename: str
    media_type: str
    size: int
    sha256: str
    extracted: ExtractedText
    link: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class NewComment:
    """Hold one point as it comes in; ``attachment`` counts the files from 0, None: the text itself."""

    point: Point
    measure_id: int | None = None
    attachment: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Hold what one respondent sent, whichever way it came."""

    channel: Channel
    received_at: datetime
    own_text: str
    comments: Sequence[NewComment]
    sha256: str
    body: str = ""
    subject: str = ""
    respondent: str = ""
    organisation: str = ""
    kind: str = RespondentKind.UNKNOWN
    email: str = ""
    phone: str = ""
    nonce: str | None = None
    files: Sequence[StoredFile] = ()
    warnings: Sequence[str] = ()
    doubtful: bool = False
    silence: str = ""
    """Why no acknowledgement is sent; "" where nothing but the address speaks against it."""
    in_reply_to: str = ""
    follows: Submission | None = None
    forged: bool = False
    """Our mail server says that the address is not the sender's."""
    entered_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class FormPoint:
    """Hold one point of the web form; ``measure_id`` None is the draft as a whole."""

    measure_id: int | None
    text: str
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class FormEntry:
    """Hold the web form as filled in."""

    nonce: str
    points: tuple[FormPoint, ...]
    respondent: str = ""
    organisation: str = ""
    kind: str = RespondentKind.UNKNOWN
    email: str = ""
    phone: str = ""
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """Hold a letter or a phone call as staff type it in."""

    channel: Channel
    received_at: datetime
    body: str
    subject: str = ""
    respondent: str = ""
    organisation: str = ""
    kind: str = RespondentKind.UNKNOWN
    email: str = ""
    phone: str = ""
    uploads: tuple[Upload, ...] = field(default_factory=tuple)


def store_files(blobs: Blobs, uploads: Sequence[Upload]) -> tuple[StoredFile, ...]:
    """Put files into the blob store; harmless to repeat."""
    return tuple(
        StoredFile(u.filename, u.media_type, len(u.content), blobs.put(u.content), u.extracted)
        for u in uploads
    )


def linked_files(files: Sequence[CloudFile]) -> tuple[StoredFile, ...]:
    """Return the files that a letter only links to: a person must fetch and read them."""
    unread = ExtractedText(TextStatus.UNSUPPORTED)
    return tuple(
        StoredFile(f.name, CLOUD_MEDIA_TYPE, f.size, "", unread, link=f.link, expires=f.expires)
        for f in files
    )


def submit_form(
    session: Session, consultation: Consultation, entry: FormEntry, *, blobs: Blobs, now: datetime
) -> Submission:
    """Take in a web form; a repeated nonce gives the first submission again."""
    first = session.scalar(select(Submission).where(Submission.nonce == entry.nonce))
    if first is not None:
        return first
    if not accepts(ConsultationState(consultation.state), period(consultation), now):
        raise Closed(consultation.slug)
    if not any(p.text.strip() or p.proposal.strip() for p in entry.points) and not entry.uploads:
        raise Invalid("nothing_said")
    body, comments = _form_text(session, consultation.id, entry.points)
    files = store_files(blobs, entry.uploads)
    incoming = Incoming(
        channel=Channel.WEB,
        received_at=now,
        own_text=body,
        body=body,
        comments=[*comments, *_file_comments(files)],
        sha256=_digest(body, files),
        respondent=entry.respondent,
        organisation=entry.organisation,
        kind=entry.kind,
        email=entry.email,
        phone=entry.phone,
        nonce=entry.nonce,
        files=files,
    )
    return record_submission(session, consultation, incoming, now=now)


def _form_text(
    session: Session, consultation_id: int, points: Sequence[FormPoint]
) -> tuple[str, list[NewComment]]:
    """Return all that was filled in as one text, and the comments with the spans of their words in it."""
    names = _clause_names(session, consultation_id, [p.measure_id for p in points])
    body, comments = "", []
    for point in points:
        text, proposal = point.text.strip(), point.proposal.strip()
        said = text or proposal
        if not said:
            continue
        body += ("\n\n" if body else "") + f"【{names.get(point.measure_id, WHOLE)}】\n"
        span = Point(len(body), len(body) + len(said), said, proposal=proposal)
        comments.append(NewComment(span, measure_id=point.measure_id if point.measure_id in names else None))
        body += said + (f"\n修改建议：{proposal}" if text and proposal else "")
    return body, comments


def _clause_names(session: Session, consultation_id: int, ids: Sequence[int | None]) -> dict[int | None, str]:
    """Return the names of the measures that the respondent chose; an id of another draft is none."""
    rows = session.execute(
        select(Measure.id, Measure.label, Measure.title, Measure.path).where(
            Measure.consultation_id == consultation_id, Measure.id.in_([i for i in ids if i is not None])
        )
    )
    return {i: clause_name(label, title) or path for i, label, title, path in rows}


def _digest(body: str, files: Sequence[StoredFile]) -> str:
    """Return the sha256 of what was received: the text, then each file's own sha256 on a line."""
    whole = "\n".join([body, *(f.sha256 for f in files)])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def enter_letter(
    session: Session,
    consultation: Consultation,
    entry: StaffEntry,
    *,
    blobs: Blobs,
    actor: Actor,
    now: datetime,
) -> Submission:
    """Take in a letter or a phone call that staff typed in."""
    if not entry.body.strip() and not entry.uploads:
        raise Invalid("nothing_said")
    files = store_files(blobs, entry.uploads)
    incoming = Incoming(
        channel=entry.channel,
        received_at=entry.received_at,
        own_text=entry.body,
        body=entry.body,
        comments=letter_comments(entry.body, files),
        sha256=_digest(entry.body, files),
        subject=entry.subject,
        respondent=entry.respondent,
        organisation=entry.organisation,
        kind=entry.kind,
        email=entry.email,
        phone=entry.phone,
        files=files,
        entered_by_id=actor.user_id,
    )
    submission = record_submission(session, consultation, incoming, now=now)
    audit.record(session, actor, "enter", "submission", submission.id, now)
    return submission


def letter_comments(text: str, files: Sequence[StoredFile]) -> list[NewComment]:
    """Return the points of a letter and of its readable files; a letter that only covers them has none."""
    of_files = _file_comments(files)
    own = [] if of_files and covers(text) else split(text)
    return [NewComment(point) for point in own] + of_files


def _file_comments(files: Sequence[StoredFile]) -> list[NewComment]:
    return [
        NewComment(point, attachment=position)
        for position, file in enumerate(files)
        if file.extracted.status == TextStatus.OK
        for point in split(file.extracted.text)
    ]


def record_submission(
    session: Session, consultation: Consultation, incoming: Incoming, *, now: datetime
) -> Submission:
    """Store one submission with its attachments, comments and acknowledgement."""
    addresses = acknowledge.Addresses(session, [incoming.email], now)
    recorded = record_submissions(session, [(consultation, incoming)], addresses, now=now)[0]
    return session.get_one(Submission, recorded.id)


def record_submissions(
    session: Session,
    arrived: Sequence[tuple[Consultation, Incoming]],
    addresses: acknowledge.Addresses,
    *,
    now: datetime,
) -> list[Submission]:
    """Store submissions with attachments, comments and acknowledgements, in a statement a table.

    ``addresses`` knows all their senders'. What is returned has its id and receipt, and is not the session's.
    """
    lists = organisations.Lists(session)
    pairs = [(_submission(consultation, incoming, now), incoming) for consultation, incoming in arrived]
    for submission, incoming in pairs:
        lists.place(submission, forged=incoming.forged)
        submission.silence = incoming.silence or addresses.silence(incoming.email)
        if not submission.silence:
            addresses.note(incoming.email)
    submissions = [submission for submission, _ in pairs]
    ids = _insert(session, submissions, Submission.receipt)
    for submission in submissions:
        submission.id = ids[submission.receipt]
    _queue_acknowledgements(session, [consultation for consultation, _ in arrived], pairs, now)
    attachments = [
        _attachment(submission.id, n, file)
        for submission, incoming in pairs
        for n, file in enumerate(incoming.files)
    ]
    files = _insert(session, attachments, Attachment.submission_id, Attachment.position)
    comments = [
        _comment(submission, position, new, files)
        for submission, incoming in pairs
        for position, new in enumerate(incoming.comments, 1)
    ]
    if comments:
        session.execute(insert(Comment), comments)
    return submissions


def _insert(session: Session, rows: Sequence[Base], *key: InstrumentedAttribute[Any]) -> dict[Any, int]:
    """Insert new rows in one statement; return their ids by a key that is unique among them."""
    if not rows:
        return {}
    model = type(rows[0])
    table = cast(Any, model)
    found = session.execute(insert(model).returning(table.id, *key), [new_values(row) for row in rows])
    return {row[1] if len(key) == 1 else tuple(row[1:]): row[0] for row in found}


def _queue_acknowledgements(
    session: Session,
    consultations: Sequence[Consultation],
    pairs: Sequence[tuple[Submission, Incoming]],
    now: datetime,
) -> None:
    mails = [
        acknowledge.letter(
            session,
            consultation,
            submission,
            incoming.in_reply_to,
            language(incoming.own_text or incoming.subject),
            now,
        )
        for consultation, (submission, incoming) in zip(consultations, pairs, strict=True)
        if not submission.silence
    ]
    if mails:
        session.execute(insert(OutboundMail), [new_values(mail) for mail in mails])


def _submission(consultation: Consultation, incoming: Incoming, now: datetime) -> Submission:
    kind = incoming.kind
    if kind == RespondentKind.UNKNOWN:
        kind = respondent_kind(incoming.organisation)
    return Submission(
        consultation_id=consultation.id,
        receipt=receipt_from(secrets.token_bytes(8)),
        nonce=incoming.nonce,
        channel=incoming.channel,
        received_at=incoming.received_at,
        stored_at=now,
        late_minutes=late_minutes(period(consultation), incoming.received_at),
        respondent=incoming.respondent,
        organisation=incoming.organisation,
        kind=kind,
        email=incoming.email,
        phone=incoming.phone,
        subject=incoming.subject,
        body=incoming.body,
        own_text=incoming.own_text,
        sha256=incoming.sha256,
        fingerprint=fingerprint(incoming.own_text),
        doubtful=incoming.doubtful,
        no_opinion=_no_opinion(incoming),
        warnings=list(incoming.warnings),
        follows_id=incoming.follows.id if incoming.follows else None,
        organisation_id=None,
        organisation_by=None,
        entered_by_id=incoming.entered_by_id,
    )


def _no_opinion(incoming: Incoming) -> bool:
    """Tell whether all that was said is 无意见; greetings and signatures around it do not count."""
    said = [new.point.excerpt for new in incoming.comments] or [incoming.own_text]
    return all(is_no_opinion(text) or says_nothing(text) for text in said)


def _attachment(submission_id: int, position: int, file: StoredFile) -> Attachment:
    return Attachment(
        submission_id=submission_id,
        position=position,
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        text_status=file.extracted.status,
        text=file.extracted.text,
        link=file.link,
        expires=file.expires,
    )


def _comment(
    submission: Submission, position: int, new: NewComment, files: dict[tuple[int, int], int]
) -> dict[str, Any]:
    point, file = new.point, new.attachment
    return {
        "consultation_id": submission.consultation_id,
        "submission_id": submission.id,
        "attachment_id": None if file is None else files[submission.id, file],
        "position": position,
        "start": point.start,
        "end": point.end,
        "excerpt": point.excerpt,
        "original": point.original,
        "proposal": point.proposal,
        "reference": point.reference,
        "state": CommentState.NEW,
        "chosen_measure_id": new.measure_id,
    }
