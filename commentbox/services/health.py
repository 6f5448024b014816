"""The figures of the intake's health, for the page, the doctor and the alarm: few queries, over indexes."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, not_, or_, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from commentbox.core.rules import alarm, health
from commentbox.core.rules.health import Beat, Disk, Figures, Finding, Folder, Letters, Outgoing, Unread
from commentbox.core.rules.mail import Reason
from commentbox.core.states import CommentState, ConsultationState, MailState, OutboundState
from commentbox.models import (
    AuditEntry,
    Comment,
    Consultation,
    Heartbeat,
    InboundMail,
    MailFolder,
    MailLocation,
    OutboundMail,
    Submission,
    Watch,
)

_INBOX = "INBOX"
_ONLY = 1
"""The id of the one row of `Watch`."""
_UNSENT = (OutboundState.FAILED, OutboundState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Account:
    """Hold a mailbox that is to be polled; without folders, INBOX and those that were found beside it."""

    name: str
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hold what the database does not know."""

    accounts: tuple[Account, ...]
    silence: timedelta
    can_send: bool
    operator: bool
    disk: Disk
    newest_schema: str


def surroundings(settings: Mapping[str, Any], disk: Disk, newest_schema: str) -> Surroundings:
    """Return what the settings and the machine say."""
    return Surroundings(
        accounts=tuple(
            Account(f"{one['IMAP_USER']}@{one['IMAP_HOST']}", tuple(one["IMAP_FOLDERS"]))
            for one in settings["MAILBOXES"]
        ),
        silence=health.silence(settings["ALARM_SILENCE_MINUTES"], settings["POLL_SECONDS"]),
        can_send=bool(settings["MAIL_SERVER"] or settings["MAIL_SUPPRESS_SEND"]),
        operator=bool(settings["OPERATOR_EMAIL"]),
        disk=disk,
        newest_schema=newest_schema,
    )


def look(session: Session, around: Surroundings, now: datetime) -> list[Finding]:
    """Return what is found; over a database that is behind, only what needs none."""
    machine = [health.disk(around.disk), health.schema(schema(session), around.newest_schema)]
    if health.alarming(machine[1:]):
        return machine
    return [*health.findings(_figures(session, around, now), now), *machine]


def schema(session: Session) -> str:
    """Return the name of the last migration that ran, "" where none did."""
    try:
        return session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except SQLAlchemyError:
        session.rollback()
        return ""


def _figures(session: Session, around: Surroundings, now: datetime) -> Figures:
    return Figures(
        silence=around.silence,
        folders=_folders(session, around, now),
        beats=tuple(
            Beat(beat.name, beat.beat_at, beat.alive_since)
            for beat in session.scalars(select(Heartbeat).order_by(Heartbeat.name))
        ),
        letters=_letters(session, now),
        unread=_unread(session),
        outgoing=_outgoing(session, now),
        taking_mail=session.scalar(
            select(func.count()).where(Consultation.state != ConsultationState.ARCHIVED)
        )
        or 0,
        can_send=around.can_send,
        operator=around.operator,
    )


def _folders(session: Session, around: Surroundings, now: datetime) -> tuple[Folder, ...]:
    """Return the folders that are to be polled, with those of them that nobody has looked into yet."""
    if not around.accounts:
        return ()
    names = [account.name for account in around.accounts]
    rows = session.scalars(select(MailFolder).where(MailFolder.account.in_(names)).order_by(MailFolder.id))
    known = {(row.account, row.name): row for row in rows}
    stored = _stored(session, [row.id for row in known.values()])
    several = len(names) > 1
    return tuple(
        _folder(f"{account.name}: {name}" if several else name, known.get((account.name, name)), stored, now)
        for account in around.accounts
        for name in _wanted(account, known)
    )


def _wanted(account: Account, known: Mapping[tuple[str, str], MailFolder]) -> Sequence[str]:
    found = [name for owner, name in known if owner == account.name]
    return list(dict.fromkeys(account.folders or [_INBOX, *found]))


def _stored(session: Session, folder_ids: Sequence[int]) -> dict[int, int]:
    """Return how many places of each folder, as the server counts now, are stored."""
    counted = (
        select(MailLocation.folder_id, func.count())
        .join(MailFolder, MailFolder.id == MailLocation.folder_id)
        .where(MailFolder.id.in_(folder_ids), MailLocation.uidvalidity == MailFolder.uidvalidity)
        .group_by(MailLocation.folder_id)
    )
    return {folder_id: number for folder_id, number in session.execute(counted)}  # noqa: C416 - as in outbox


def _folder(name: str, row: MailFolder | None, stored: Mapping[int, int], now: datetime) -> Folder:
    if row is None:
        return Folder(name)
    return Folder(
        name=name,
        polled_at=row.polled_at,
        fault=row.fault,
        error=row.last_error,
        server_count=row.server_count,
        stored=stored.get(row.id, 0),
        reading=row.failures == 0 and row.lease_until is not None and row.lease_until > now,
    )


def _letters(session: Session, now: datetime) -> Letters:
    lately = and_(InboundMail.reason == Reason.UNREADABLE, InboundMail.stored_at > now - health.RECENT)
    # A mail that a clerk has just handed back is old and has not waited.
    itself = or_(InboundMail.state == MailState.HELD, InboundMail.wanted.is_(False))
    counted = (
        select(
            InboundMail.state,
            func.count().label("number"),
            func.min(case((itself, InboundMail.stored_at))).label("since"),
            func.sum(case((InboundMail.lease_until > now, 1), else_=0)).label("leased"),
            func.sum(case((lately, 1), else_=0)).label("unreadable"),
        )
        .where(InboundMail.state.in_((MailState.FETCHED, MailState.HELD)))
        .group_by(InboundMail.state)
    )
    rows = {row.state: row for row in session.execute(counted)}
    waiting, held = rows.get(MailState.FETCHED), rows.get(MailState.HELD)
    return Letters(
        waiting=waiting.number if waiting else 0,
        waiting_since=waiting.since if waiting else None,
        being_read=int(waiting.leased) if waiting else 0,
        held=held.number if held else 0,
        held_since=held.since if held else None,
        unreadable_lately=int(held.unreadable) if held else 0,
    )


def _unread(session: Session) -> Unread:
    mine = Comment.state == CommentState.NEW
    # A point that a clerk has just cut out of an old letter, or put back, waits only since then.
    by_staff = (
        select(func.max(AuditEntry.at))
        .where(AuditEntry.entity == "comment", AuditEntry.entity_id == Comment.id)
        .scalar_subquery()
    )
    began = func.coalesce(by_staff, Submission.stored_at)
    first = select(began).join_from(Submission, Comment).where(mine).order_by(Comment.id).limit(1)
    counted = select(func.count(), first.scalar_subquery()).select_from(Comment).where(mine)
    comments, since = session.execute(counted).one()
    return Unread(comments, since)


def _outgoing(session: Session, now: datetime) -> Outgoing:
    lately = OutboundMail.created_at > now - health.RECENT
    # One that a clerk has just put back has its old error and no new try.
    put_back = and_(
        OutboundMail.state == OutboundState.QUEUED, OutboundMail.attempts == 0, OutboundMail.last_error != ""
    )
    counted = (
        select(
            OutboundMail.state,
            func.count().label("number"),
            func.min(case((not_(put_back), OutboundMail.created_at))).label("since"),
            func.sum(case((lately, 1), else_=0)).label("lately"),
        )
        .where(OutboundMail.state.in_((OutboundState.QUEUED, *_UNSENT)))
        .group_by(OutboundMail.state)
    )
    rows: dict[str, Row[Any]] = {row.state: row for row in session.execute(counted)}
    queued, failed = rows.get(OutboundState.QUEUED), rows.get(OutboundState.FAILED)
    return Outgoing(
        queued=queued.number if queued else 0,
        queued_since=queued.since if queued else None,
        failed=failed.number if failed else 0,
        uncertain=rows[OutboundState.UNCERTAIN].number if OutboundState.UNCERTAIN in rows else 0,
        unsent_since=min((rows[state].since for state in _UNSENT if state in rows), default=None),
        failed_lately=int(failed.lately) if failed else 0,
    )


def beat(session: Session, name: str, silence: timedelta, now: datetime) -> None:
    """Note that a worker lives; after a gap longer than the silence it counts as just come back."""
    heart = session.get(Heartbeat, name)
    if heart is None:
        # Another worker of the same name may be making the same row.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(Heartbeat(name=name, beat_at=now, alive_since=now))
        return
    if now - heart.beat_at > silence:
        heart.alive_since = now
    heart.beat_at = now
    session.flush()


def note(session: Session, found: list[Finding], now: datetime) -> tuple[alarm.Message | None, alarm.Told]:
    """Keep what is on alarm; return what to mail now, and what the operator knew before.

    What is returned counts as told from here on, so that two workers, or one that is started again,
    do not both tell it.
    """
    watch = _watch(session, now)
    keys = [finding.key for finding in health.alarming(found)]
    before = alarm.Told(tuple(watch.told), watch.quiet_until, watch.retry_at)
    message, after = alarm.decide(keys, before, now)
    watch.looked_at, watch.alarms = now, keys
    _keep(watch, after)
    session.flush()
    return message, before


def take_back(session: Session, before: alarm.Told, now: datetime) -> None:
    """Note that the server did not take the mail that counted as told."""
    _keep(_watch(session, now), alarm.not_taken(before, now))
    session.flush()


def marked(session: Session, silence: timedelta, *, polling: bool, now: datetime) -> bool:
    """Tell from one row whether something is on alarm, or nobody has looked for long."""
    try:
        watch = session.get(Watch, _ONLY)
    except SQLAlchemyError:
        # The schema is behind: that is an alarm, and no reason to show no page at all.
        session.rollback()
        return True
    if watch is None:
        return polling
    return bool(watch.alarms) or now - watch.looked_at > silence


def _watch(session: Session, now: datetime) -> Watch:
    """Return the one row, locked."""
    if session.get(Watch, _ONLY) is None:
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(Watch(id=_ONLY, looked_at=now, alarms=[], told=[]))
    return session.get_one(Watch, _ONLY, with_for_update=True, populate_existing=True)


def _keep(watch: Watch, told: alarm.Told) -> None:
    watch.told, watch.quiet_until, watch.retry_at = list(told.alarms), told.quiet_until, told.retry_at
