"""Is the intake in good order: figures in, findings out.

An alarm is what the operator must act on, or letters stay unread. How fast staff read what has come in is
none of this: only machines and mailboxes are watched here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from commentbox.core.states import MailboxFault

POLLS_MISSED = 3
"""A mailbox that is seldom looked into is not silent before so many looks are missing."""
SLOW_SENDING = timedelta(minutes=30)
STUCK_SENDING = timedelta(hours=2)
SLOW_UNDERSTANDING = timedelta(hours=1)
"""Several hundred thousand letters at once are understood in less."""
RECENT = timedelta(hours=24)
MANY = 5
"""So many alike in the time of `RECENT` are no longer the fault of single letters."""

_MB, _GB = 1_000_000, 1_000_000_000
_ALARM_BELOW = (500 * _MB, 5, 5 * _GB)
_LOOK_BELOW = (2 * _GB, 10, 20 * _GB)
"""Bytes below which a disk is short at any size; per cent below which it is, up to the last bytes."""


class Severity(StrEnum):
    """Name how bad a finding is."""

    OK = "ok"
    LOOK = "look"
    ALARM = "alarm"


class Check(StrEnum):
    """Name what is looked at."""

    WORKER = "worker"
    POLL = "poll"
    COUNT = "count"
    CONSULTATION = "consultation"
    WAITING = "waiting"
    UNDERSTANDING = "understanding"
    HELD = "held"
    READER = "reader"
    OUTBOX = "outbox"
    UNSENT = "unsent"
    DISK = "disk"
    SCHEMA = "schema"
    OPERATOR = "operator"


class Code(StrEnum):
    """Name what was found."""

    WORKER_ALIVE = "worker_alive"
    WORKER_SILENT = "worker_silent"
    WORKER_NEVER = "worker_never"
    POLL_FINE = "poll_fine"
    POLL_NONE = "poll_none"
    POLL_READING = "poll_reading"
    POLL_NEVER = "poll_never"
    POLL_SILENT = "poll_silent"
    POLL_FAILING = "poll_failing"
    POLL_REFUSED = "poll_refused"
    POLL_UNSAFE_LOGIN = "poll_unsafe_login"
    POLL_CERTIFICATE = "poll_certificate"
    COUNT_EQUAL = "count_equal"
    COUNT_MISSING = "count_missing"
    COUNT_UNKNOWN = "count_unknown"
    CONSULTATION_FINE = "consultation_fine"
    CONSULTATION_NONE = "consultation_none"
    WAITING_FINE = "waiting_fine"
    WAITING_LONG = "waiting_long"
    UNDERSTANDING_FINE = "understanding_fine"
    UNDERSTANDING_LATE = "understanding_late"
    HELD_NONE = "held_none"
    HELD_SOME = "held_some"
    READER_FINE = "reader_fine"
    READER_FAILING = "reader_failing"
    OUTBOX_FINE = "outbox_fine"
    OUTBOX_SLOW = "outbox_slow"
    OUTBOX_NO_SERVER = "outbox_no_server"
    UNSENT_NONE = "unsent_none"
    UNSENT_SOME = "unsent_some"
    DISK_FINE = "disk_fine"
    DISK_LOW = "disk_low"
    SCHEMA_FINE = "schema_fine"
    SCHEMA_BEHIND = "schema_behind"
    OPERATOR_SET = "operator_set"
    OPERATOR_UNSET = "operator_unset"


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what one check found; ``detail`` is a server's own words, for staff's eyes only."""

    check: Check
    code: Code
    severity: Severity
    subject: str = ""
    figures: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None
    detail: str = ""

    @property
    def key(self) -> str:
        """Return what tells this finding from others."""
        return f"{self.code}:{self.subject}" if self.subject else str(self.code)


@dataclass(frozen=True, slots=True)
class Folder:
    """Hold how one folder of the mailbox stands; ``fault`` is a `states.MailboxFault` or ""."""

    name: str
    polled_at: datetime | None = None
    fault: str = ""
    error: str = ""
    server_count: int | None = None
    stored: int = 0
    reading: bool = False
    """Somebody holds it and shows signs of life."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Hold when a worker was last seen, and since when without a gap."""

    name: str
    at: datetime
    alive_since: datetime


@dataclass(frozen=True, slots=True)
class Letters:
    """Hold how many mails wait to be read, are held, or could not be read lately."""

    waiting: int = 0
    waiting_since: datetime | None = None
    being_read: int = 0
    held: int = 0
    held_since: datetime | None = None
    unreadable_lately: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """Hold how many comments the machine has not read yet, and since when the first of them waits."""

    comments: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Hold how many mails wait to go out or did not."""

    queued: int = 0
    queued_since: datetime | None = None
    failed: int = 0
    uncertain: int = 0
    unsent_since: datetime | None = None
    failed_lately: int = 0


@dataclass(frozen=True, slots=True)
class Disk:
    """Hold the bytes of the disk on which the data lies."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold all that the findings are drawn from."""

    silence: timedelta
    folders: tuple[Folder, ...]
    beats: tuple[Beat, ...]
    letters: Letters
    unread: Unread
    outgoing: Outgoing
    taking_mail: int
    can_send: bool
    operator: bool


def silence(minutes: int, poll_seconds: int) -> timedelta:
    """Return how long a mailbox may go unread: the set time, but not less than a few polls."""
    return max(timedelta(minutes=minutes), POLLS_MISSED * timedelta(seconds=poll_seconds))


def findings(figures: Figures, now: datetime) -> list[Finding]:
    """Return what is found, in the order in which a person would look."""
    found = [*_workers(figures, now), *_polls(figures, now), *_counts(figures)]
    if figures.folders:
        found.append(_consultation(figures))
    found += [_waiting(figures, now), _understanding(figures, now)]
    found += [_held(figures.letters), _reader(figures.letters)]
    found += [_outbox(figures, now), _unsent(figures.outgoing)]
    return [*found, _operator(figures)] if figures.folders else found


def alarming(found: list[Finding]) -> list[Finding]:
    """Return the findings that the operator must act on."""
    return [finding for finding in found if finding.severity is Severity.ALARM]


def worst(found: list[Finding]) -> Severity:
    """Return the severity of the worst finding."""
    return max((finding.severity for finding in found), key=list(Severity).index, default=Severity.OK)


def disk(space: Disk) -> Finding:
    """Return whether there is room for what comes in."""
    percent = 100 * space.free // max(space.total, 1)
    severity = Severity.OK
    for level, (least, share, enough) in ((Severity.LOOK, _LOOK_BELOW), (Severity.ALARM, _ALARM_BELOW)):
        if space.free < least or (percent < share and space.free < enough):
            severity = level
    code = Code.DISK_FINE if severity is Severity.OK else Code.DISK_LOW
    return Finding(Check.DISK, code, severity, figures={"free": space.free, "percent": percent})


def schema(current: str, newest: str) -> Finding:
    """Return whether the database has the tables that this version works with; "" for none at all."""
    fine = current == newest
    code = Code.SCHEMA_FINE if fine else Code.SCHEMA_BEHIND
    severity = Severity.OK if fine else Severity.ALARM
    return Finding(Check.SCHEMA, code, severity, detail=f"{current or '-'} / {newest}")


def _workers(figures: Figures, now: datetime) -> list[Finding]:
    if not figures.beats:
        # Mail may be polled by hand or by cron: what is left undone is an alarm of its own.
        return [Finding(Check.WORKER, Code.WORKER_NEVER, Severity.LOOK)]
    found = []
    for beat in figures.beats:
        alive = now - beat.at <= figures.silence
        code = Code.WORKER_ALIVE if alive else Code.WORKER_SILENT
        severity = Severity.OK if alive else Severity.ALARM
        found.append(Finding(Check.WORKER, code, severity, beat.name, since=beat.at))
    return found


def _polls(figures: Figures, now: datetime) -> list[Finding]:
    if not figures.folders:
        return [Finding(Check.POLL, Code.POLL_NONE, Severity.OK)]
    return [_poll(folder, figures, now) for folder in figures.folders]


_AT_ONCE = {
    MailboxFault.REFUSED: Code.POLL_REFUSED,
    MailboxFault.UNSAFE_LOGIN: Code.POLL_UNSAFE_LOGIN,
    MailboxFault.CERTIFICATE: Code.POLL_CERTIFICATE,
}
"""What does not pass by itself."""


def _poll(folder: Folder, figures: Figures, now: datetime) -> Finding:
    code, severity = _poll_state(folder, figures, now)
    return Finding(Check.POLL, code, severity, folder.name, since=folder.polled_at, detail=folder.error)


def _poll_state(folder: Folder, figures: Figures, now: datetime) -> tuple[Code, Severity]:
    if folder.fault in _AT_ONCE:
        return _AT_ONCE[MailboxFault(folder.fault)], Severity.ALARM
    late = folder.polled_at is None or now - folder.polled_at > figures.silence
    severity = Severity.ALARM if late and not _just_back(figures, now) else Severity.LOOK
    if folder.fault:
        return Code.POLL_FAILING, severity
    if not late:
        return Code.POLL_FINE, Severity.OK
    if folder.reading:
        return Code.POLL_READING, Severity.LOOK
    return (Code.POLL_NEVER if folder.polled_at is None else Code.POLL_SILENT), severity


def _just_back(figures: Figures, now: datetime) -> bool:
    """Tell whether a worker lives that has had no time yet to catch up with what it slept through."""
    alive = [beat.alive_since for beat in figures.beats if now - beat.at <= figures.silence]
    return bool(alive) and now - max(alive) <= figures.silence


def _counts(figures: Figures) -> list[Finding]:
    return [_count(folder) for folder in figures.folders]


def _count(folder: Folder) -> Finding:
    """Compare server and store; more stored than there is only means that mail was deleted there."""
    if folder.server_count is None:
        return Finding(Check.COUNT, Code.COUNT_UNKNOWN, Severity.OK, folder.name)
    missing = max(0, folder.server_count - folder.stored)
    numbers = {"server": folder.server_count, "stored": folder.stored, "missing": missing}
    code = Code.COUNT_MISSING if missing else Code.COUNT_EQUAL
    severity = Severity.OK if not missing else Severity.LOOK if folder.reading else Severity.ALARM
    return Finding(Check.COUNT, code, severity, folder.name, numbers, folder.polled_at)


def _consultation(figures: Figures) -> Finding:
    if figures.taking_mail:
        taking = {"taking": figures.taking_mail}
        return Finding(Check.CONSULTATION, Code.CONSULTATION_FINE, Severity.OK, figures=taking)
    severity = Severity.ALARM if figures.letters.held else Severity.LOOK
    return Finding(Check.CONSULTATION, Code.CONSULTATION_NONE, severity)


def _waiting(figures: Figures, now: datetime) -> Finding:
    letters = figures.letters
    late = letters.waiting_since is not None and now - letters.waiting_since > figures.silence
    code = Code.WAITING_LONG if late else Code.WAITING_FINE
    # A heap that somebody works on takes its time; one that nobody touches is stuck.
    severity = Severity.OK if not late else Severity.LOOK if letters.being_read else Severity.ALARM
    return Finding(
        Check.WAITING, code, severity, figures={"waiting": letters.waiting}, since=letters.waiting_since
    )


def _understanding(figures: Figures, now: datetime) -> Finding:
    unread = figures.unread
    late = unread.since is not None and now - unread.since > SLOW_UNDERSTANDING
    code = Code.UNDERSTANDING_LATE if late else Code.UNDERSTANDING_FINE
    severity = Severity.OK if not late else Severity.LOOK if _just_back(figures, now) else Severity.ALARM
    return Finding(
        Check.UNDERSTANDING, code, severity, figures={"unread": unread.comments}, since=unread.since
    )


def _held(letters: Letters) -> Finding:
    if not letters.held:
        return Finding(Check.HELD, Code.HELD_NONE, Severity.OK)
    held = {"held": letters.held}
    return Finding(Check.HELD, Code.HELD_SOME, Severity.LOOK, figures=held, since=letters.held_since)


def _reader(letters: Letters) -> Finding:
    failing = letters.unreadable_lately >= MANY
    code = Code.READER_FAILING if failing else Code.READER_FINE
    severity = Severity.ALARM if failing else Severity.OK
    return Finding(Check.READER, code, severity, figures={"unreadable": letters.unreadable_lately})


def _outbox(figures: Figures, now: datetime) -> Finding:
    outgoing = figures.outgoing
    queued, since = {"queued": outgoing.queued}, outgoing.queued_since
    if outgoing.queued and not figures.can_send:
        return Finding(Check.OUTBOX, Code.OUTBOX_NO_SERVER, Severity.LOOK, figures=queued, since=since)
    age = now - since if since else timedelta()
    severity = Severity.ALARM if age > STUCK_SENDING else Severity.LOOK if age > SLOW_SENDING else Severity.OK
    code = Code.OUTBOX_FINE if severity is Severity.OK else Code.OUTBOX_SLOW
    return Finding(Check.OUTBOX, code, severity, figures=queued, since=since)


def _unsent(outgoing: Outgoing) -> Finding:
    if not outgoing.failed + outgoing.uncertain:
        return Finding(Check.UNSENT, Code.UNSENT_NONE, Severity.OK)
    severity = Severity.ALARM if outgoing.failed_lately >= MANY else Severity.LOOK
    numbers = {"failed": outgoing.failed, "uncertain": outgoing.uncertain}
    return Finding(Check.UNSENT, Code.UNSENT_SOME, severity, figures=numbers, since=outgoing.unsent_since)


def _operator(figures: Figures) -> Finding:
    told = figures.operator and figures.can_send
    code = Code.OPERATOR_SET if told else Code.OPERATOR_UNSET
    return Finding(Check.OPERATOR, code, Severity.OK if told else Severity.LOOK)
