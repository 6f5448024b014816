"""The triage queue: pages of submissions, filters, counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from commentbox.core.states import (
    UNDECIDED,
    CampaignState,
    Channel,
    CommentState,
    MailState,
    SubmissionState,
    TextStatus,
)
from commentbox.models import Attachment, Campaign, Comment, Measure, Submission, Suggestion
from commentbox.services import bounces, held, outbox, text_index, threads
from commentbox.services.errors import NotFound
from commentbox.services.measures import UNCOUNTED

SNIPPET = 90
# A clerk must open what no machine could read.
_UNREAD = (
    TextStatus.EMPTY,
    TextStatus.ENCRYPTED,
    TextStatus.TOO_LARGE,
    TextStatus.FAILED,
    TextStatus.UNSUPPORTED,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Hold what a clerk narrows the queue to; an empty field narrows nothing."""

    state: str = ""
    measure_id: int | None = None
    agency: str = ""
    channel: str = ""
    late: bool | None = None
    search: str = ""
    campaign_id: int | None = None
    organisation_id: int | None = None


class Named(NamedTuple):
    """Hold what a page names a measure by."""

    kind: str
    label: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Hold one line of the queue; ``unread_files`` counts files that only a person can read.

    ``follows`` is the receipt of the letter that this one adds to, ``supplements`` how many add to this one;
    ``bounced`` tells that mail of ours to its sender came back.
    """

    id: int
    receipt: str
    channel: str
    state: str
    received_at: datetime
    late_minutes: int
    respondent: str
    organisation: str
    subject: str
    snippet: str
    doubtful: bool
    no_opinion: bool
    comments: int
    open_comments: int
    measure: Named | None
    campaign_size: int
    attachments: int
    unread_files: int
    follows: str
    supplements: int
    bounced: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page of the queue and the cursors of its neighbours, "" where there is none."""

    rows: list[QueueRow]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Hold the figures above the queue."""

    total: int
    by_state: dict[str, int]
    by_channel: dict[str, int]
    late: int
    held: int
    comments_by_state: dict[str, int]
    unassigned: int
    outbox_by_state: dict[str, int]


def page(
    session: Session,
    consultation_id: int,
    filters: Filters,
    *,
    after: str = "",
    before: str = "",
    limit: int = 50,
) -> Page:
    """Return a page of submissions, latest first, below or above the row of a cursor."""
    wanted = _matching(session, consultation_id, filters)
    backwards = bool(before)
    if after or before:
        wanted = wanted.where(_beyond(after or before, up=backwards))
    order = (Submission.received_at, Submission.id)
    wanted = wanted.order_by(*(order if backwards else (column.desc() for column in order)))
    found = list(session.scalars(wanted.limit(limit + 1)))
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(after))
    return Page(
        rows=_rows(session, found),
        next=_cursor(found[-1]) if found and has_next else "",
        previous=_cursor(found[0]) if found and has_previous else "",
    )


def _matching(session: Session, consultation_id: int, filters: Filters) -> Select[Submission]:
    wanted = select(Submission).where(Submission.consultation_id == consultation_id)
    return wanted.where(*_conditions(session, consultation_id, filters))


def _conditions(session: Session, consultation_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state in set(SubmissionState):
        conditions.append(Submission.state == filters.state)
    if filters.channel in set(Channel):
        conditions.append(Submission.channel == filters.channel)
    if filters.late is not None:
        conditions.append(Submission.late_minutes > 0 if filters.late else Submission.late_minutes == 0)
    if filters.campaign_id is not None:
        conditions.append(Submission.campaign_id == filters.campaign_id)
    if filters.organisation_id is not None:
        conditions.append(Submission.organisation_id == filters.organisation_id)
    if filters.measure_id is not None:
        conditions.append(_about([filters.measure_id]))
    if filters.agency:
        conditions.append(_about(_led_by(session, consultation_id, filters.agency)))
    if filters.search.strip():
        conditions.append(text_index.matches(session, filters.search))
    return conditions


def _about(measure_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition of having a comment that is, or is likely to be, about one of the measures."""
    measure = func.coalesce(Comment.measure_id, Comment.top_measure_id)
    return exists().where(
        Comment.submission_id == Submission.id,
        Comment.state != CommentState.DISMISSED,
        measure.in_(measure_ids),
    )


def _led_by(session: Session, consultation_id: int, agency: str) -> list[int]:
    mine = Measure.consultation_id == consultation_id
    rows = session.execute(select(Measure.id, Measure.lead_agencies).where(mine))
    return [measure_id for measure_id, leads in rows if agency in leads]


def _cursor(submission: Submission) -> str:
    return f"{int(submission.received_at.timestamp() * 1_000_000)}.{submission.id}"


def _id_in(cursor: str) -> int | None:
    """Return the id that a cursor holds, None where it holds none that a column could."""
    digits = cursor.rpartition(".")[2]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _beyond(cursor: str, *, up: bool) -> ColumnElement[bool]:
    """Return the condition of lying beyond the row of a cursor; a broken cursor is the start."""
    row = aliased(Submission)
    submission_id = _id_in(cursor)
    if submission_id is None:
        return Submission.id > 0
    here = select(row.received_at).where(row.id == submission_id).scalar_subquery()
    if up:
        return or_(
            Submission.received_at > here,
            and_(Submission.received_at == here, Submission.id > submission_id),
        )
    return or_(
        Submission.received_at < here,
        and_(Submission.received_at == here, Submission.id < submission_id),
    )


def _rows(session: Session, found: Sequence[Submission]) -> list[QueueRow]:
    """Return the lines of a page, each figure fetched for all of them at once."""
    ids = [s.id for s in found]
    comments, files, sizes = _comments(session, ids), _files(session, ids), _sizes(session, found)
    more, back = threads.supplements(session, ids), bounces.letters(session, ids)
    first = threads.receipts(session, [s.follows_id for s in found if s.follows_id])
    return [
        QueueRow(
            id=s.id,
            receipt=s.receipt,
            channel=s.channel,
            state=s.state,
            received_at=s.received_at,
            late_minutes=s.late_minutes,
            respondent=s.respondent,
            organisation=s.organisation,
            subject=s.subject,
            snippet=" ".join(s.own_text[: SNIPPET * 2].split())[:SNIPPET],
            doubtful=s.doubtful,
            no_opinion=s.no_opinion,
            campaign_size=sizes.get(s.campaign_id or 0, 1),
            follows=first.get(s.follows_id or 0, ""),
            supplements=more.get(s.id, 0),
            bounced=s.id in back,
            **comments.get(s.id, _NO_COMMENTS),
            **files.get(s.id, _NO_FILES),
        )
        for s in found
    ]


_NO_COMMENTS: dict[str, Any] = {"comments": 0, "open_comments": 0, "measure": None}
_NO_FILES: dict[str, Any] = {"attachments": 0, "unread_files": 0}


_NAME = (Measure.kind, Measure.label, Measure.title, func.substr(Measure.text, 1, SNIPPET))


def _comments(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    measure_id = func.coalesce(Comment.measure_id, Comment.top_measure_id)
    rows = session.execute(
        select(Comment.submission_id, Comment.state, *_NAME)
        .outerjoin(Measure, Measure.id == measure_id)
        .where(Comment.submission_id.in_(ids))
        .order_by(Comment.submission_id, Comment.position)
    )
    found: dict[int, dict[str, Any]] = {}
    for submission_id, state, *name in rows:
        line = found.setdefault(submission_id, dict(_NO_COMMENTS))
        line["comments"] += 1
        line["open_comments"] += state in UNDECIDED
        if line["measure"] is None and name[0]:
            line["measure"] = Named(*name)
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    unread = func.count().filter(Attachment.text_status.in_(_UNREAD))
    rows = session.execute(
        select(Attachment.submission_id, func.count(), unread)
        .where(Attachment.submission_id.in_(ids))
        .group_by(Attachment.submission_id)
    )
    return {sid: {"attachments": every, "unread_files": some} for sid, every, some in rows}


def _sizes(session: Session, found: Sequence[Submission]) -> dict[int, int]:
    ids = {s.campaign_id for s in found if s.campaign_id}
    stands = Campaign.state != CampaignState.REJECTED
    rows = session.execute(select(Campaign.id, Campaign.size).where(Campaign.id.in_(ids), stands))
    return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs to mypy


def counts(session: Session, consultation_id: int) -> Counts:
    """Return the figures above the queue."""
    mine = Submission.consultation_id == consultation_id
    by_state = _grouped(session, Submission.state, mine)
    comments = _comment_states(session, consultation_id)
    late = session.scalar(select(func.count()).where(mine, Submission.late_minutes > 0)) or 0
    return Counts(
        total=sum(by_state.values()),
        by_state=by_state,
        by_channel=_grouped(session, Submission.channel, mine),
        late=late,
        held=held.count(session, MailState.HELD),
        comments_by_state=comments,
        unassigned=sum(comments.get(state, 0) for state in UNDECIDED),
        outbox_by_state=outbox.counts(session),
    )


def _comment_states(session: Session, consultation_id: int) -> dict[str, int]:
    """Return how many comments are in each state, those of spam left out as everywhere."""
    rows = session.execute(
        select(Comment.state, func.count())
        .join(Submission)
        .where(Comment.consultation_id == consultation_id, Submission.state.not_in(UNCOUNTED))
        .group_by(Comment.state)
    )
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy


def _grouped(session: Session, column: Any, condition: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(condition).group_by(column))
    return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs to mypy


def agencies(session: Session, consultation_id: int) -> list[str]:
    """Return the lead agencies of a draft, in the order in which they first appear."""
    mine = select(Measure.lead_agencies).where(Measure.consultation_id == consultation_id)
    lists = session.scalars(mine.order_by(Measure.position))
    return list(dict.fromkeys(name for leads in lists for name in leads))


def submission(session: Session, consultation_id: int, receipt: str) -> Submission:
    """Return a submission with all that its page shows."""
    found = session.scalar(
        select(Submission)
        .where(Submission.consultation_id == consultation_id, Submission.receipt == receipt)
        .options(
            selectinload(Submission.comments).options(
                joinedload(Comment.measure),
                joinedload(Comment.chosen_measure),
                selectinload(Comment.suggestions).joinedload(Suggestion.measure),
            ),
            selectinload(Submission.attachments),
            joinedload(Submission.campaign),
            joinedload(Submission.asked),
        )
    )
    if found is None:
        raise NotFound(receipt)
    return found


def receipt_of(session: Session, submission_id: int) -> str:
    """Return the receipt of a submission."""
    found = session.scalar(select(Submission.receipt).where(Submission.id == submission_id))
    if found is None:
        raise NotFound(str(submission_id))
    return found


def neighbours(session: Session, current: Submission, filters: Filters) -> tuple[str, str]:
    """Return the receipts before and after a submission in the queue, "" where there is none."""
    cursor = _cursor(current)
    order = (Submission.received_at, Submission.id)
    wanted = _matching(session, current.consultation_id, filters).with_only_columns(Submission.receipt)
    above = wanted.where(_beyond(cursor, up=True)).order_by(*order).limit(1)
    below = wanted.where(_beyond(cursor, up=False)).order_by(*(c.desc() for c in order)).limit(1)
    return session.scalar(above) or "", session.scalar(below) or ""
