"""Answers to respondents: from a template to the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from commentbox.core import replies, states
from commentbox.core.states import OutboundState, SubmissionState
from commentbox.core.types import Actor
from commentbox.models import Comment, Consultation, InboundMail, OutboundMail, ReplyTemplate, Submission
from commentbox.services import audit, held, letter_values
from commentbox.services.acknowledge import new_message_id
from commentbox.services.errors import Invalid, NotFound

KIND = "reply"
BOUNCED = "bounced"
"""Asked for as a state: mail that was sent and came back."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Hold an answer as it would go out; ``unknown`` are words in braces that nothing replaces."""

    to: str
    subject: str
    body: str
    unknown: tuple[str, ...]


def templates(session: Session, consultation_id: int) -> list[ReplyTemplate]:
    """Return a consultation's reply templates in their order."""
    mine = select(ReplyTemplate).where(ReplyTemplate.consultation_id == consultation_id)
    return list(session.scalars(mine.order_by(ReplyTemplate.position, ReplyTemplate.id)))


def preview(session: Session, submission_id: int, template_id: int, *, now: datetime) -> Preview:
    """Return an answer filled in from a template, for staff to read and change."""
    submission = _submission(session, submission_id)
    template = session.get(ReplyTemplate, template_id)
    if template is None or template.consultation_id != submission.consultation_id:
        raise NotFound(str(template_id))
    consultation = session.get_one(Consultation, submission.consultation_id)
    values = letter_values.full(consultation, submission, now)
    subject = replies.fill(template.subject, values)
    body = replies.fill(template.body, values)
    unknown = replies.unknown_placeholders(template.subject + template.body)
    return Preview(submission.email, subject, body, unknown)


def reply(
    session: Session,
    submission_id: int,
    *,
    subject: str,
    body: str,
    template_id: int | None,
    actor: Actor,
    now: datetime,
) -> OutboundMail:
    """Queue an answer to the stored sender and mark the submission as answered.

    The same words again are the same answer: a second click sends nothing more.
    """
    session.execute(select(Submission.id).where(Submission.id == submission_id).with_for_update())
    submission = _submission(session, submission_id)
    if not submission.email:
        raise Invalid("no_address")
    if not body.strip():
        raise Invalid("nothing_said")
    mail = _reply_mail(session, submission, subject, body, template_id, actor, now)
    if (first := _same_answer(session, mail)) is not None:
        return first
    session.add(mail)
    if submission.state == SubmissionState.TRIAGED:
        states.check_move(SubmissionState.TRIAGED, SubmissionState.ANSWERED)
        submission.state, submission.version = SubmissionState.ANSWERED, submission.version + 1
    session.flush()
    audit.record(session, actor, "reply", "outbound_mail", mail.id, now, submission=submission.id)
    return mail


def _same_answer(session: Session, mail: OutboundMail) -> OutboundMail | None:
    """Return the answer with the same words to the same submission, if there is one that goes or went out."""
    return session.scalar(
        select(OutboundMail).where(
            OutboundMail.submission_id == mail.submission_id,
            OutboundMail.kind == KIND,
            OutboundMail.state != OutboundState.CANCELLED,
            OutboundMail.bounced_at.is_(None),
            OutboundMail.subject == mail.subject,
            OutboundMail.body == mail.body,
        )
    )


def _reply_mail(
    session: Session,
    submission: Submission,
    subject: str,
    body: str,
    template_id: int | None,
    actor: Actor,
    now: datetime,
) -> OutboundMail:
    consultation = session.get_one(Consultation, submission.consultation_id)
    origin = held.origin(session, submission.id)
    try:
        line = replies.one_line(subject.strip())
    except ValueError:
        raise Invalid("subject_broken") from None
    return OutboundMail(
        consultation_id=consultation.id,
        submission_id=submission.id,
        template_id=template_id,
        author_id=actor.user_id,
        kind=KIND,
        to_address=submission.email,
        subject=line,
        body=body,
        message_id=new_message_id(consultation.mailbox),
        in_reply_to=_message_id(origin),
        created_at=now,
    )


def _message_id(origin: InboundMail | None) -> str:
    return origin.message_id if origin is not None else ""


def replies_to(session: Session, submission_id: int) -> list[OutboundMail]:
    """Return all mail that went or goes to a submission's sender, oldest first."""
    mine = select(OutboundMail).where(OutboundMail.submission_id == submission_id)
    return list(session.scalars(mine.order_by(OutboundMail.id)))


def outbox(
    session: Session, *, state: str = "", after_id: int | None = None, limit: int = 50
) -> list[OutboundMail]:
    """Return outgoing mail, of one state, that came back, or all, newest first, from below an id."""
    wanted = select(OutboundMail)
    if state == BOUNCED:
        wanted = wanted.where(OutboundMail.bounced_at.is_not(None))
    if state in set(OutboundState):
        wanted = wanted.where(OutboundMail.state == state)
    if after_id is not None:
        wanted = wanted.where(OutboundMail.id < after_id)
    return list(session.scalars(wanted.order_by(OutboundMail.id.desc()).limit(limit)))


def one(session: Session, outbound_id: int) -> OutboundMail:
    """Return an outgoing mail."""
    mail = session.get(OutboundMail, outbound_id)
    if mail is None:
        raise NotFound(str(outbound_id))
    return mail


def resolve(session: Session, outbound_id: int, *, action: str, actor: Actor, now: datetime) -> None:
    """Have a mail that failed or is uncertain sent again ("retry") or dropped ("cancel")."""
    mail = session.get(OutboundMail, outbound_id, with_for_update=True)
    if mail is None:
        raise NotFound(str(outbound_id))
    new = {"retry": OutboundState.QUEUED, "cancel": OutboundState.CANCELLED}.get(action)
    if new is None:
        raise Invalid("no_such_action")
    before = OutboundState(mail.state)
    states.check_move(before, new)
    mail.state, mail.attempts, mail.retry_at, mail.lease_until = new, 0, None, None
    session.flush()
    audit.record(session, actor, action, "outbound_mail", mail.id, now, before=before.value)


def _submission(session: Session, submission_id: int) -> Submission:
    found = session.get(
        Submission,
        submission_id,
        options=[selectinload(Submission.comments).joinedload(Comment.measure)],
    )
    if found is None:
        raise NotFound(str(submission_id))
    return found
