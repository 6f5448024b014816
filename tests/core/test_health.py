"""Which figures are an alarm, which are worth a look, and when the operator is mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from commentbox.core.rules.alarm import Message, Told, decide, not_taken
from commentbox.core.rules.health import (
    Beat,
    Check,
    Code,
    Disk,
    Figures,
    Finding,
    Folder,
    Letters,
    Outgoing,
    Severity,
    Unread,
    alarming,
    disk,
    findings,
    schema,
    silence,
    worst,
)

NOW = datetime(2026, 5, 10, 4, 0, tzinfo=UTC)
OK, LOOK, ALARM = Severity
GB = 10**9


def ago(minutes: float) -> datetime:
    """Return an instant before now."""
    return NOW - timedelta(minutes=minutes)


FINE = Folder("INBOX", polled_at=ago(1), server_count=9, stored=9)
ALIVE = Beat("worker", ago(1), ago(600))
WELL = Figures(
    silence=timedelta(minutes=15),
    folders=(FINE,),
    beats=(ALIVE,),
    letters=Letters(),
    unread=Unread(),
    outgoing=Outgoing(),
    taking_mail=1,
    can_send=True,
    operator=True,
)


def only(check: Check, figures: Figures) -> Finding:
    """Return what one check found."""
    (found,) = [finding for finding in findings(figures, NOW) if finding.check == check]
    return found


def test_all_is_well() -> None:
    found = findings(WELL, NOW)
    assert {finding.severity for finding in found} == {OK}
    assert [a.check for a, b in pairwise(found) if a.check == b.check] == []
    assert worst(found) == OK
    assert alarming(found) == []


def test_without_a_mailbox_nothing_of_one_is_asked_for() -> None:
    checks = [finding.check for finding in findings(replace(WELL, folders=(), taking_mail=0), NOW)]
    assert not {Check.COUNT, Check.CONSULTATION, Check.OPERATOR} & set(checks)


@pytest.mark.parametrize(
    ("folder", "code", "severity"),
    [
        (replace(FINE, polled_at=ago(14.9)), Code.POLL_FINE, OK),
        (replace(FINE, polled_at=ago(15.1)), Code.POLL_SILENT, ALARM),
        (replace(FINE, polled_at=None), Code.POLL_NEVER, ALARM),
        (replace(FINE, polled_at=ago(60), reading=True), Code.POLL_READING, LOOK),
        (replace(FINE, fault="unreachable"), Code.POLL_FAILING, LOOK),
        (replace(FINE, fault="unreachable", polled_at=ago(16)), Code.POLL_FAILING, ALARM),
        (replace(FINE, fault="unreachable", polled_at=None), Code.POLL_FAILING, ALARM),
        (replace(FINE, fault="refused"), Code.POLL_REFUSED, ALARM),
        (replace(FINE, fault="unsafe_login"), Code.POLL_UNSAFE_LOGIN, ALARM),
        (replace(FINE, fault="certificate"), Code.POLL_CERTIFICATE, ALARM),
    ],
)
def test_intake_10_a_mailbox_that_is_not_read_is_an_alarm(
    folder: Folder, code: Code, severity: Severity
) -> None:
    found = only(Check.POLL, replace(WELL, folders=(folder,)))
    assert (found.code, found.severity, found.since) == (code, severity, folder.polled_at)


def test_each_folder_is_judged_alone() -> None:
    folders = (FINE, replace(FINE, name="Junk", polled_at=ago(99)))
    assert [f.key for f in alarming(findings(replace(WELL, folders=folders), NOW))] == ["poll_silent:Junk"]


@pytest.mark.parametrize("polled", [None, ago(3000)])
def test_a_worker_that_has_just_come_back_is_given_time(polled: datetime | None) -> None:
    slept = replace(FINE, polled_at=polled)
    for minutes, severity in ((1, LOOK), (14, LOOK), (16, ALARM)):
        back = replace(WELL, folders=(slept,), beats=(Beat("worker", ago(0), ago(minutes)),))
        assert only(Check.POLL, back).severity == severity, minutes
    dead = replace(WELL, folders=(slept,), beats=(Beat("worker", ago(20), ago(20)),))
    assert only(Check.POLL, dead).severity == ALARM


@pytest.mark.parametrize(
    ("beats", "code", "severity"),
    [
        ((), Code.WORKER_NEVER, LOOK),
        ((ALIVE,), Code.WORKER_ALIVE, OK),
        ((replace(ALIVE, at=ago(16)),), Code.WORKER_SILENT, ALARM),
    ],
)
def test_sign_of_life(beats: tuple[Beat, ...], code: Code, severity: Severity) -> None:
    found = only(Check.WORKER, replace(WELL, beats=beats))
    assert (found.code, found.severity) == (code, severity)


@pytest.mark.parametrize(
    ("server", "stored", "reading", "code", "severity"),
    [
        (None, 3, False, Code.COUNT_UNKNOWN, OK),
        (9, 9, False, Code.COUNT_EQUAL, OK),
        (7, 9, False, Code.COUNT_EQUAL, OK),
        (10, 9, False, Code.COUNT_MISSING, ALARM),
        (10, 9, True, Code.COUNT_MISSING, LOOK),
        (1, 0, False, Code.COUNT_MISSING, ALARM),
    ],
)
def test_intake_11_a_letter_that_is_on_the_server_only_is_an_alarm(
    server: int | None, stored: int, reading: bool, code: Code, severity: Severity
) -> None:
    folder = replace(FINE, server_count=server, stored=stored, reading=reading)
    found = only(Check.COUNT, replace(WELL, folders=(folder,)))
    assert (found.code, found.severity) == (code, severity)
    assert found.figures.get("missing", 0) == (1 if code == Code.COUNT_MISSING else 0)


@pytest.mark.parametrize(
    ("letters", "check", "severity"),
    [
        (Letters(waiting=9, waiting_since=ago(5)), Check.WAITING, OK),
        (Letters(waiting=9, waiting_since=ago(16)), Check.WAITING, ALARM),
        (Letters(waiting=9, waiting_since=ago(16), being_read=1), Check.WAITING, LOOK),
        (Letters(held=3, held_since=ago(9000)), Check.HELD, LOOK),
        (Letters(held=4, held_since=ago(9), unreadable_lately=4), Check.READER, OK),
        (Letters(held=5, held_since=ago(9), unreadable_lately=5), Check.READER, ALARM),
    ],
)
def test_letters_on_their_way_in(letters: Letters, check: Check, severity: Severity) -> None:
    assert only(check, replace(WELL, letters=letters)).severity == severity


@pytest.mark.parametrize(
    ("minutes", "alive", "severity"), [(59, 600, OK), (61, 600, ALARM), (61, 5, LOOK), (None, 600, OK)]
)
def test_comments_that_nothing_reads(minutes: float | None, alive: float, severity: Severity) -> None:
    unread = Unread(3, ago(minutes)) if minutes else Unread()
    figures = replace(WELL, unread=unread, beats=(Beat("worker", ago(1), ago(alive)),))
    found = only(Check.UNDERSTANDING, figures)
    assert (found.severity, found.figures) == (severity, {"unread": unread.comments})


@pytest.mark.parametrize(
    ("outgoing", "can_send", "check", "severity"),
    [
        (Outgoing(queued=2, queued_since=ago(29)), True, Check.OUTBOX, OK),
        (Outgoing(queued=2, queued_since=ago(31)), True, Check.OUTBOX, LOOK),
        (Outgoing(queued=2, queued_since=ago(121)), True, Check.OUTBOX, ALARM),
        (Outgoing(queued=2, queued_since=ago(9000)), False, Check.OUTBOX, LOOK),
        (Outgoing(failed=4, failed_lately=4, unsent_since=ago(9)), True, Check.UNSENT, LOOK),
        (Outgoing(uncertain=1, unsent_since=ago(9)), True, Check.UNSENT, LOOK),
        (Outgoing(failed=5, failed_lately=5, unsent_since=ago(9)), True, Check.UNSENT, ALARM),
        (Outgoing(failed=50, unsent_since=ago(9000)), True, Check.UNSENT, LOOK),
    ],
)
def test_letters_on_their_way_out(
    outgoing: Outgoing, can_send: bool, check: Check, severity: Severity
) -> None:
    assert only(check, replace(WELL, outgoing=outgoing, can_send=can_send)).severity == severity


@pytest.mark.parametrize(("held", "severity"), [(0, LOOK), (1, ALARM)])
def test_mail_that_no_consultation_takes(held: int, severity: Severity) -> None:
    letters = Letters(held=held, held_since=ago(1) if held else None)
    found = only(Check.CONSULTATION, replace(WELL, taking_mail=0, letters=letters))
    assert (found.code, found.severity) == (Code.CONSULTATION_NONE, severity)


@pytest.mark.parametrize(("operator", "can_send"), [(False, True), (True, False)])
def test_nobody_to_be_told(operator: bool, can_send: bool) -> None:
    found = only(Check.OPERATOR, replace(WELL, operator=operator, can_send=can_send))
    assert found.severity == LOOK


@pytest.mark.parametrize(
    ("free", "total", "severity"),
    [
        (100 * GB, 200 * GB, OK),
        (30 * GB, 4000 * GB, OK),
        (19 * GB, 4000 * GB, LOOK),
        (4 * GB, 4000 * GB, ALARM),
        (3 * GB, 20 * GB, OK),
        (1 * GB, 2 * GB, LOOK),
        (GB // 3, GB, ALARM),
        (0, 0, ALARM),
    ],
)
def test_room_on_the_disk(free: int, total: int, severity: Severity) -> None:
    assert disk(Disk(free, total)).severity == severity


def test_schema_that_is_behind_or_missing() -> None:
    assert schema("0007", "0007").severity == OK
    assert schema("0002", "0007").severity == schema("", "0007").severity == ALARM


def test_a_mailbox_that_is_seldom_polled_is_not_silent_at_once() -> None:
    assert silence(15, 60) == timedelta(minutes=15)
    assert silence(15, 3600) == timedelta(hours=3)


# --- when to mail ----------------------------------------------------------------------------------


def test_an_alarm_is_mailed_at_once_then_each_hour_then_once_that_all_is_well() -> None:
    told, mailed = Told(), []
    for minute in range(200):
        message, told = decide(["a"] if minute < 130 else [], told, ago(-minute))
        mailed += [(minute, message)] if message else []
    assert mailed == [(0, Message.ALARM), (60, Message.ALARM), (120, Message.ALARM), (130, Message.WELL)]


def test_a_new_alarm_waits_for_the_hour_and_flapping_is_no_flood() -> None:
    told, mailed = Told(), []
    for minute in range(121):
        alarms = ["a"] if minute < 5 else ["a", "b"] if minute % 2 else []
        message, told = decide(alarms, told, ago(-minute))
        mailed += [(minute, message)] if message else []
    assert mailed == [(0, Message.ALARM), (6, Message.WELL), (61, Message.ALARM), (62, Message.WELL)]


def test_what_was_never_told_is_not_taken_back() -> None:
    _, told = decide(["a"], Told(), NOW)
    _, told = decide([], told, ago(-5))
    assert decide(["b"], told, ago(-9)) == (None, told)
    assert decide([], told, ago(-12)) == (None, told)


def test_a_mail_that_was_not_taken_is_tried_again_after_ten_minutes() -> None:
    failed = not_taken(Told(), NOW)
    assert decide(["a"], failed, ago(-9))[0] is None
    assert decide(["a"], failed, ago(-10))[0] is Message.ALARM
    well = not_taken(Told(("a",), ago(-30)), NOW)
    assert decide([], well, ago(-9))[0] is None
    assert decide([], well, ago(-10))[0] is Message.WELL
