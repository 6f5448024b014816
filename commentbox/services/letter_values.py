"""The values of the placeholders, gathered from the rows; one place for acknowledgement and reply."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from commentbox.core import replies
from commentbox.core.sheets import chinese_date, clause_name, draft_name
from commentbox.core.states import CommentState
from commentbox.models import Comment, Consultation, Submission
from commentbox.services.consultations import local

_NAMELESS = {"zh": "反馈人", "en": "Sir or Madam"}


def basic(consultation: Consultation, submission: Submission, language: str, now: datetime) -> dict[str, str]:
    """Return the values that need nothing but the submission itself."""
    named = submission.respondent or submission.organisation
    today = now.astimezone(ZoneInfo(consultation.timezone)).date()
    return {
        "receipt": submission.receipt,
        "first": submission.receipt,
        "respondent": replies.address_as(named) if named else _NAMELESS[language],
        "consultation": draft_name(consultation.title),
        "unit": consultation.unit,
        "received": local(consultation, submission.received_at),
        "contact": " ".join(filter(None, (consultation.contact_name, consultation.contact_phone))),
        "date": chinese_date(today),
    }


def full(consultation: Consultation, submission: Submission, now: datetime) -> dict[str, str]:
    """Return all values, with what was decided about each comment."""
    comments = [c for c in submission.comments if c.state != CommentState.DISMISSED]
    agencies = [name for c in comments if c.measure for name in c.measure.lead_agencies]
    return basic(consultation, submission, "zh", now) | {
        "measures": replies.list_measures(_name(c) for c in comments),
        "dispositions": replies.list_dispositions(
            replies.AnsweredComment(_name(c), c.excerpt, c.disposition, c.reason) for c in comments
        ),
        "agencies": "、".join(dict.fromkeys(agencies)),
    }


def _name(comment: Comment) -> str:
    measure = comment.measure
    return clause_name(measure.label, measure.title) if measure is not None else ""
