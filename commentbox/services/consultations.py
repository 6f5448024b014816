"""Consultations: from a draft as read to rows, and from state to state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.replies import DEFAULT_TEMPLATES
from commentbox.core.rules.period import Period, too_short
from commentbox.core.rules.slugs import slug_allowed
from commentbox.core.states import ConsultationState, MeasureKind
from commentbox.core.types import Actor, AnnexItem, Draft, Node
from commentbox.models import Consultation, Measure, ReplyTemplate
from commentbox.services import audit
from commentbox.services.errors import Invalid, NotFound

ANNEX_PATH = "annex.{}"


def get(session: Session, slug: str) -> Consultation:
    """Return the consultation of a slug."""
    found = session.scalar(select(Consultation).where(Consultation.slug == slug))
    if found is None:
        raise NotFound(slug)
    return found


def everything(session: Session) -> list[Consultation]:
    """Return all consultations, newest first."""
    return list(session.scalars(select(Consultation).order_by(Consultation.opens_at.desc())))


def listed(session: Session) -> list[Consultation]:
    """Return those that the public may see, newest first."""
    return [c for c in everything(session) if c.state != ConsultationState.DRAFT]


def period(consultation: Consultation) -> Period:
    """Return a consultation's period."""
    return Period(consultation.opens_at, consultation.closes_at)


def zone(consultation: Consultation) -> ZoneInfo:
    """Return the zone of a consultation's days."""
    return ZoneInfo(consultation.timezone)


def local(consultation: Consultation, instant: datetime) -> str:
    """Return an instant as the consultation's own clock shows it, to the minute."""
    return instant.astimezone(zone(consultation)).strftime("%Y-%m-%d %H:%M")


def tree(session: Session, consultation_id: int) -> list[Measure]:
    """Return all measures in the draft's order, the annex items last."""
    mine = select(Measure).where(Measure.consultation_id == consultation_id)
    return list(session.scalars(mine.order_by(Measure.position)))


def create(
    session: Session,
    draft: Draft,
    *,
    slug: str,
    title: str | None,
    opens: date | None,
    closes: date | None,
    timezone: str,
    source: tuple[str, str],
    actor: Actor,
    now: datetime,
) -> Consultation:
    """Store a draft as a consultation in state draft; source is the file's name and sha256."""
    if not slug_allowed(slug):
        raise Invalid("slug_form", slug=slug)
    if session.scalar(select(Consultation.id).where(Consultation.slug == slug)) is not None:
        raise Invalid("slug_taken", slug=slug)
    span = _span(draft, opens, closes, timezone)
    consultation = Consultation(
        slug=slug,
        title=title or draft.title,
        unit=draft.notice.unit or "",
        notice=draft.notice.text,
        preamble=draft.preamble,
        opens_at=span.opens,
        closes_at=span.closes,
        timezone=timezone,
        mailbox=draft.notice.mailbox or "",
        contact_name=draft.notice.contact_name or "",
        contact_phone=draft.notice.contact_phone or "",
        source_name=source[0],
        source_sha256=source[1],
        created_at=now,
    )
    session.add(consultation)
    session.flush()
    _add_measures(session, consultation.id, draft)
    _add_templates(session, consultation.id)
    audit.record(session, actor, "import", "consultation", consultation.id, now, short=too_short(span))
    return consultation


def _span(draft: Draft, opens: date | None, closes: date | None, timezone: str) -> Period:
    first, last = opens or draft.notice.opens, closes or draft.notice.closes
    if first is None or last is None:
        raise Invalid("no_period")
    try:
        return Period.of_days(first, last, timezone)
    except ValueError:
        raise Invalid("period_reversed", opens=str(first), closes=str(last)) from None


def _add_measures(session: Session, consultation_id: int, draft: Draft) -> None:
    """Insert the nodes and then the annex items, parents before children."""
    ids: dict[str, int] = {}
    for position, node in enumerate(draft.nodes, 1):
        row = _measure_row(consultation_id, position, node, ids)
        session.add(row)
        session.flush()
        ids[node.path] = row.id
    start = len(draft.nodes) + 1
    session.add_all(
        _annex_row(consultation_id, position, item, ids) for position, item in enumerate(draft.annex, start)
    )
    session.flush()


def _measure_row(consultation_id: int, position: int, node: Node, ids: dict[str, int]) -> Measure:
    return Measure(
        consultation_id=consultation_id,
        position=position,
        path=node.path,
        label=node.label,
        number=node.number,
        kind=node.kind,
        title=node.title,
        text=node.text,
        parent_id=ids[node.parent] if node.parent else None,
        lead_agencies=list(node.lead_agencies),
        responsible_agencies=list(node.responsible_agencies),
    )


def _annex_row(consultation_id: int, position: int, item: AnnexItem, ids: dict[str, int]) -> Measure:
    return Measure(
        consultation_id=consultation_id,
        position=position,
        path=ANNEX_PATH.format(item.number),
        label=f"（{item.number}）",
        number=item.number,
        kind=MeasureKind.ANNEX_ITEM,
        title=item.title,
        text=item.text,
        carries_out_id=ids[item.measure] if item.measure else None,
        lead_agencies=list(item.lead_agencies),
        responsible_agencies=list(item.responsible_agencies),
    )


def _add_templates(session: Session, consultation_id: int) -> None:
    session.add_all(
        ReplyTemplate(
            consultation_id=consultation_id, name=t.name, subject=t.subject, body=t.body, position=position
        )
        for position, t in enumerate(DEFAULT_TEMPLATES)
    )
    session.flush()


def move(
    session: Session, consultation: Consultation, new: ConsultationState, *, actor: Actor, now: datetime
) -> None:
    """Bring a consultation into another state."""
    old = ConsultationState(consultation.state)
    states.check_move(old, new)
    consultation.state = new
    session.flush()
    audit.record(session, actor, new.value, "consultation", consultation.id, now, before=old.value)


def reread_later(session: Session, consultation_id: int) -> None:
    """Have the open comments of a consultation read again, since the machine knows more."""
    session.execute(update(Consultation).where(Consultation.id == consultation_id).values(reread_after_id=0))


def nodes(measures: Iterable[Measure]) -> tuple[Node, ...]:
    """Return the stored nodes of the body as the values that the core understands."""
    rows = list(measures)
    paths = {row.id: row.path for row in rows}
    return tuple(
        Node(
            path=row.path,
            label=row.label,
            number=row.number,
            kind=row.kind,
            title=row.title,
            text=row.text,
            parent=paths.get(row.parent_id) if row.parent_id else None,
            lead_agencies=tuple(row.lead_agencies),
            responsible_agencies=tuple(row.responsible_agencies),
            keywords=tuple(row.keywords),
        )
        for row in rows
        if row.kind != MeasureKind.ANNEX_ITEM
    )


def annex(measures: Sequence[Measure]) -> tuple[AnnexItem, ...]:
    """Return the stored annex items as the values that the core understands."""
    paths = {row.id: row.path for row in measures}
    return tuple(
        AnnexItem(
            number=row.number or 0,
            title=row.title,
            text=row.text,
            measure=paths.get(row.carries_out_id) if row.carries_out_id else None,
            lead_agencies=tuple(row.lead_agencies),
            responsible_agencies=tuple(row.responsible_agencies),
        )
        for row in measures
        if row.kind == MeasureKind.ANNEX_ITEM
    )
