"""The comment sheet's rows, streamed out of the database in the draft's order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from commentbox.core import sheets
from commentbox.core.states import CampaignState, MeasureKind
from commentbox.core.types import SheetHead, SheetRow
from commentbox.models import Campaign, Comment, Consultation, Measure, Submission
from commentbox.services.consultations import period
from commentbox.services.errors import NotFound
from commentbox.services.measures import counted

BATCH = 1000


def head(consultation: Consultation, *, now: datetime, preset: str = sheets.INTERNAL) -> SheetHead:
    """Return what stands above the table."""
    span, zone = period(consultation), consultation.timezone
    return sheets.head(
        consultation.title,
        consultation.unit,
        span.first_day(zone),
        span.last_day(zone),
        now.astimezone(ZoneInfo(zone)).date(),
        preset,
    )


def rows(
    session: Session, consultation: Consultation, *, preset: str, measure_id: int | None = None
) -> Iterator[SheetRow]:
    """Yield the rows of the sheet, of one measure or of the whole consultation."""
    zone = ZoneInfo(consultation.timezone)
    found = session.execute(_ordered(consultation.id, measure_id), execution_options={"yield_per": BATCH})
    return sheets.sheet_rows((_comment(row, zone) for row in found), preset)


def count(session: Session, consultation_id: int, measure_id: int | None = None) -> int:
    """Return how many rows the sheet has."""
    wanted = select(func.count()).select_from(Comment).join(Submission)
    return session.scalar(wanted.where(*_conditions(consultation_id, measure_id))) or 0


def _conditions(consultation_id: int, measure_id: int | None) -> list[Any]:
    mine = [Comment.consultation_id == consultation_id, *counted()]
    return mine if measure_id is None else [*mine, Comment.measure_id == measure_id]


def _ordered(consultation_id: int, measure_id: int | None) -> Select[*tuple[Any, ...]]:
    """Return the query in the order of `sheets.order_key`."""
    place = case((Measure.id.is_(None), 2), (Measure.kind == MeasureKind.WHOLE, 1), else_=0)
    stands = Campaign.state != CampaignState.REJECTED
    return (
        select(*_COLUMNS)
        .select_from(Comment)
        .join(Submission, Submission.id == Comment.submission_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(Campaign, and_(Campaign.id == Submission.campaign_id, stands))
        .where(*_conditions(consultation_id, measure_id))
        .order_by(place, Measure.position, Comment.id)
    )


_COLUMNS = (
    Comment.excerpt,
    Comment.original,
    Comment.proposal,
    Comment.disposition,
    Comment.reason,
    Comment.revised_text,
    Comment.note,
    Submission.received_at,
    Submission.channel,
    Submission.receipt,
    Submission.respondent,
    Submission.organisation,
    Submission.kind.label("respondent_kind"),
    Submission.late_minutes,
    Measure.path,
    Measure.label,
    Measure.title,
    Measure.text,
    Measure.position,
    Measure.kind,
    Measure.lead_agencies,
    Campaign.size,
)


def _comment(row: Row[Any], zone: ZoneInfo) -> sheets.SheetComment:
    return sheets.SheetComment(
        excerpt=row.excerpt,
        received_on=row.received_at.astimezone(zone).date(),
        channel=row.channel,
        receipt=row.receipt,
        path=row.path,
        label=row.label or "",
        title=row.title or "",
        text=row.text or "",
        position=row.position or 0,
        kind=row.kind or "",
        lead_agencies=tuple(row.lead_agencies or ()),
        original=row.original,
        proposal=row.proposal,
        respondent=row.respondent,
        organisation=row.organisation,
        respondent_kind=row.respondent_kind,
        late_minutes=row.late_minutes,
        campaign_size=row.size or 1,
        disposition=row.disposition,
        reason=row.reason,
        revised=row.revised_text,
        note=row.note,
    )


def measure_by_number(session: Session, consultation: Consultation, number: str) -> int:
    """Return the id of the measure with a number, or with a path, of the body."""
    mine = Measure.consultation_id == consultation.id
    body = Measure.kind != MeasureKind.ANNEX_ITEM
    wanted = Measure.path == number
    if number.isascii() and number.isdecimal() and len(number) < 10:
        wanted = (Measure.number == int(number)) & (Measure.kind == MeasureKind.MEASURE)
    found = session.scalar(select(Measure.id).where(mine, body, wanted).limit(1))
    if found is None:
        raise NotFound(number)
    return found
