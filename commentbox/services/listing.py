"""Consultations and submissions as documents for scripts: the JSON shapes of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from commentbox.core.quoting import own_text
from commentbox.core.states import MailState, MeasureKind
from commentbox.core.types import ReadLetter
from commentbox.models import (
    Comment,
    Consultation,
    InboundMail,
    Measure,
    OutboundMail,
    Submission,
    Suggestion,
)
from commentbox.services import consultations, threads
from commentbox.services.ingest import linked_files
from commentbox.services.organisations import Line

BATCH = 200


def consultation(session: Session, row: Consultation) -> dict[str, Any]:
    """Return a consultation with its measures and its annex."""
    measures = consultations.tree(session, row.id)
    paths = {m.id: m.path for m in measures}
    return {
        "slug": row.slug,
        "title": row.title,
        "unit": row.unit,
        "opens_at": row.opens_at.astimezone(consultations.zone(row)).isoformat(),
        "closes_at": row.closes_at.astimezone(consultations.zone(row)).isoformat(),
        "first_day": consultations.period(row).first_day(row.timezone).isoformat(),
        "last_day": consultations.period(row).last_day(row.timezone).isoformat(),
        "state": row.state,
        "mailbox": row.mailbox,
        "contact_name": row.contact_name,
        "contact_phone": row.contact_phone,
        "measures": [_measure(m, paths) for m in measures if m.kind != MeasureKind.ANNEX_ITEM],
        "annex": [_annex_item(m, paths) for m in measures if m.kind == MeasureKind.ANNEX_ITEM],
    }


def _measure(row: Measure, paths: dict[int, str]) -> dict[str, Any]:
    return {
        "path": row.path,
        "label": row.label,
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "text": row.text,
        "parent": paths.get(row.parent_id or 0),
        "lead_agencies": row.lead_agencies,
        "responsible_agencies": row.responsible_agencies,
    }


def _annex_item(row: Measure, paths: dict[int, str]) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "text": row.text,
        "measure": paths.get(row.carries_out_id or 0),
        "lead_agencies": row.lead_agencies,
        "responsible_agencies": row.responsible_agencies,
    }


def submissions(session: Session, consultation_id: int) -> Iterator[dict[str, Any]]:
    """Yield all submissions in the order in which they were stored, a batch at a time."""
    last = 0
    while True:
        batch = session.scalars(_batch(consultation_id, last)).unique().all()
        if not batch:
            return
        first = threads.receipts(session, [row.follows_id for row in batch if row.follows_id])
        yield from (_submission(row, first.get(row.follows_id or 0)) for row in batch)
        last = batch[-1].id
        session.expunge_all()


def _batch(consultation_id: int, last: int) -> Any:
    return (
        select(Submission)
        .where(Submission.consultation_id == consultation_id, Submission.id > last)
        .order_by(Submission.id)
        .limit(BATCH)
        .options(
            joinedload(Submission.asked),
            selectinload(Submission.comments).options(
                joinedload(Comment.measure),
                selectinload(Comment.suggestions).joinedload(Suggestion.measure),
            ),
        )
    )


def _submission(row: Submission, follows: str | None) -> dict[str, Any]:
    return {
        "receipt": row.receipt,
        "channel": row.channel,
        "received_at": row.received_at.isoformat(),
        "late": row.late_minutes > 0,
        "late_minutes": row.late_minutes,
        "state": row.state,
        "respondent": row.organisation or row.respondent,
        "subject": row.subject,
        "sha256": row.sha256,
        "campaign": row.campaign_id,
        "follows": follows,
        "organisation": row.asked.name if row.asked else None,
        "no_opinion": row.no_opinion,
        "comments": [_comment(c) for c in row.comments],
    }


def _comment(row: Comment) -> dict[str, Any]:
    return {
        "id": row.id,
        "excerpt": row.excerpt,
        "state": row.state,
        "measure": row.measure.path if row.measure else None,
        "suggestions": [
            {
                "path": s.measure.path,
                "number": s.measure.number,
                "score": s.score,
                "source": s.source,
                "reason": s.reason,
            }
            for s in row.suggestions
        ],
        "disposition": row.disposition,
        "reason": row.reason,
    }


def organisation(line: Line) -> dict[str, Any]:
    """Return an organisation that was asked, and how far it is."""
    return {
        "name": line.organisation.name,
        "answer": line.answer,
        "submissions": line.submissions,
        "comments": line.comments,
        "last": line.last.isoformat() if line.last else None,
    }


def mail_line(
    session: Session, mail_id: int, source: str, letter: ReadLetter | None, *, duplicate: bool = False
) -> dict[str, Any]:
    """Return what became of one mail from a file, with what was read of it."""
    mail = session.get_one(InboundMail, mail_id)
    submission = session.get(Submission, mail.submission_id) if mail.submission_id else None
    return {
        "source": source,
        "sha256": mail.sha256,
        "outcome": "duplicate" if duplicate else _OUTCOMES[mail.state],
        "reason": mail.reason or mail.detail,
        "silence": mail.silence,
        "receipt": submission.receipt if submission else None,
        "follows": _follows(session, submission),
        "sender_check": mail.sender_check,
        "subject": mail.subject,
        "from_name": mail.from_name,
        "from_address": mail.from_address,
        "body": letter.mail.text if letter else (submission.body if submission else ""),
        "own_text": _own_text(letter, submission),
        "comments": len(submission.comments) if submission else 0,
        "attachments": _files(letter, submission),
        "warnings": mail.warnings,
    }


def _follows(session: Session, submission: Submission | None) -> str | None:
    first = submission.follows_id if submission else None
    return threads.receipts(session, [first])[first] if first else None


_OUTCOMES: dict[str, str] = {
    MailState.INGESTED: "submission",
    MailState.IGNORED: "ignored",
    MailState.HELD: "held",
    MailState.FETCHED: "held",
}


def _own_text(letter: ReadLetter | None, submission: Submission | None) -> str:
    if letter is not None:
        return own_text(letter.mail.text, letter.mail.marked)
    return submission.own_text if submission else ""


def _files(letter: ReadLetter | None, submission: Submission | None) -> list[dict[str, Any]]:
    if letter is None:
        return [
            _file(a.filename, a.media_type, a.size, a.text_status, a.link, a.expires)
            for a in (submission.attachments if submission else ())
        ]
    linked = linked_files(letter.mail.cloud_files)
    return [
        *(
            _file(file.filename, file.media_type, len(file.content), text.status)
            for file, text in zip(letter.mail.attachments, letter.texts, strict=True)
        ),
        *(_file(f.filename, f.media_type, f.size, f.extracted.status, f.link, f.expires) for f in linked),
    ]


def _file(
    name: str, media_type: str, size: int, status: str, link: str = "", expires: str = ""
) -> dict[str, Any]:
    known = {"filename": name, "media_type": media_type, "size": size, "text_status": status}
    return {**known, "link": link, "expires": expires} if link else known


def outbound(row: OutboundMail) -> dict[str, Any]:
    """Return an outgoing mail without its text."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "to": row.to_address,
        "subject": row.subject,
        "attempts": row.attempts,
        "retry_at": row.retry_at.isoformat() if row.retry_at else None,
        "last_error": row.last_error,
        "bounced_at": row.bounced_at.isoformat() if row.bounced_at else None,
        "bounce_kind": row.bounce_kind,
        "bounce_code": row.bounce_code,
        "bounce_words": row.bounce_words,
    }
