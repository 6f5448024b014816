"""The figures of health on both databases, and who is told what, once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from commentbox.core.rules import alarm
from commentbox.core.rules.health import Check, Code, Disk, Finding, Severity, alarming
from commentbox.core.states import CommentState, ConsultationState, MailState, OutboundState
from commentbox.core.types import SYSTEM, Actor
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import (
    Consultation,
    InboundMail,
    MailFolder,
    MailLocation,
    OutboundMail,
    RawMail,
)
from commentbox.services import consultations, health, held, respond, triage
from commentbox.services.health import Account, Surroundings
from tests.fixtures.desk import add_letter

SILENCE = timedelta(minutes=15)


@pytest.fixture
def around(session: Session) -> Surroundings:
    return Surroundings(
        accounts=(Account("yijian@imap.example", ("INBOX", "Junk")),),
        silence=SILENCE,
        can_send=True,
        operator=True,
        disk=Disk(10**11, 10**12),
        newest_schema=health.schema(session),
    )


def add_folder(session: Session, now: datetime, name: str = "INBOX", **columns: Any) -> MailFolder:
    values = {"account": "yijian@imap.example", "uidvalidity": 7, "polled_at": now, "server_count": 0}
    with transaction(session):
        folder = MailFolder(name=name, **{**values, **columns})
        session.add(folder)
    return folder


def add_mail(session: Session, number: int, stored: datetime, **columns: Any) -> InboundMail:
    with transaction(session):
        mail = InboundMail(
            sha256=f"{number:064}",
            size=1,
            received_at=stored,
            stored_at=stored,
            raw=RawMail(content=b"x"),
            **columns,
        )
        session.add(mail)
    return mail


def add_outgoing(session: Session, consultation: Consultation, number: int, **columns: Any) -> None:
    with transaction(session):
        session.add(
            OutboundMail(
                consultation_id=consultation.id,
                kind="reply",
                to_address="zhou@mail.example",
                subject="x",
                body="y",
                message_id=f"<{number}@x.example>",
                **columns,
            )
        )


def found(session: Session, around: Surroundings, now: datetime) -> dict[str, Finding]:
    """Return the findings by check and subject."""
    session.rollback()
    return {f"{f.check} {f.subject}".strip(): f for f in health.look(session, around, now)}


def test_each_folder_with_its_poll_and_its_count(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    polled = now - timedelta(minutes=1)
    inbox = add_folder(session, now, polled_at=polled, server_count=3)
    add_folder(session, now, "INBOX", account="other@imap.example", server_count=99)
    mail = add_mail(session, 1, now, state=MailState.INGESTED)
    with transaction(session):
        for uidvalidity, uid in ((7, 1), (7, 2), (6, 3)):
            place = {"folder_id": inbox.id, "uidvalidity": uidvalidity, "uid": uid, "mail_id": mail.id}
            session.add(MailLocation(**place))
    seen = found(session, around, now)
    assert (seen["poll INBOX"].code, seen["poll INBOX"].since) == (Code.POLL_FINE, polled)
    assert seen["poll Junk"].code == Code.POLL_NEVER
    assert seen["count INBOX"].figures == {"server": 3, "stored": 2, "missing": 1}
    assert seen["count INBOX"].severity == Severity.ALARM
    with transaction(session):
        inbox.server_count, inbox.fault, inbox.last_error = 2, "refused", "no"
    seen = found(session, around, now)
    assert (seen["count INBOX"].severity, seen["poll INBOX"].code) == (Severity.OK, Code.POLL_REFUSED)


def test_several_mailboxes_and_folders_that_were_found(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    add_folder(session, now)
    add_folder(session, now, "垃圾邮件")
    add_folder(session, now, account="other@imap.example")
    alone = replace(around, accounts=(Account("yijian@imap.example"),))
    assert {"poll INBOX", "poll 垃圾邮件"} == {key for key in found(session, alone, now) if "poll" in key}
    both = replace(around, accounts=(Account("other@imap.example", ("INBOX",)), Account("third@x.example")))
    seen = {key: one.code for key, one in found(session, both, now).items() if "poll" in key}
    assert seen == {
        "poll other@imap.example: INBOX": Code.POLL_FINE,
        "poll third@x.example: INBOX": Code.POLL_NEVER,
    }


def test_a_folder_that_is_being_read_shows_by_its_lease(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    lease = {"lease_until": now + timedelta(minutes=1), "polled_at": now - timedelta(hours=9)}
    add_folder(session, now, "INBOX", **lease)
    add_folder(session, now, "Junk", **lease, failures=3)
    seen = found(session, around, now)
    assert seen["poll INBOX"].code == Code.POLL_READING
    assert seen["poll Junk"].code == Code.POLL_SILENT


def test_letters_that_wait_and_that_are_held(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    hour = timedelta(hours=1)
    add_mail(session, 1, now - 9 * hour, state=MailState.INGESTED)
    add_mail(session, 2, now - hour, state=MailState.FETCHED)
    add_mail(session, 3, now, state=MailState.FETCHED)
    for number in range(6):
        held = {"state": MailState.HELD, "reason": "unreadable"}
        add_mail(session, 10 + number, now - (number + 1) * 5 * hour, **held)
    seen = found(session, around, now)
    assert (seen["waiting"].figures, seen["waiting"].since) == ({"waiting": 2}, now - hour)
    assert seen["waiting"].severity == Severity.ALARM
    assert (seen["held"].figures, seen["held"].since) == ({"held": 6}, now - 30 * hour)
    assert seen["reader"].figures == {"unreadable": 4}
    with transaction(session):
        session.get_one(InboundMail, 2).lease_until = now + timedelta(seconds=20)
    assert found(session, around, now)["waiting"].severity == Severity.LOOK


def test_comments_that_wait_to_be_read_by_the_machine(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    assert found(session, around, now)["understanding"].figures == {"unread": 0}
    letters = [add_letter(session, consultation, f"{n}", minutes_ago=n) for n in (200, 100)]
    for letter in letters:
        with transaction(session):
            letter.stored_at = letter.received_at
            for comment in letter.comments:
                comment.state = CommentState.NEW
    seen = found(session, around, now)["understanding"]
    assert (seen.severity, seen.figures) == (Severity.ALARM, {"unread": 2})
    assert seen.since == letters[0].received_at


def test_a_point_of_an_old_letter_waits_since_a_clerk_cut_it_out(
    session: Session, consultation: Consultation, around: Surroundings, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, minutes_ago=200)
    with transaction(session):
        letter.stored_at = letter.received_at
        triage.add_comment(session, letter.id, excerpt="座椅", actor=clerk, now=now)
    seen = found(session, around, now)["understanding"]
    assert (seen.severity, seen.figures, seen.since) == (Severity.OK, {"unread": 1}, now)


def test_letters_that_do_not_go_out(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    hour = timedelta(hours=1)
    states = (OutboundState.QUEUED, OutboundState.FAILED, OutboundState.UNCERTAIN, OutboundState.SENT)
    for number, state in enumerate(states):
        add_outgoing(session, consultation, number, state=state, created_at=now - (number + 3) * hour)
    seen = found(session, around, now)
    assert (seen["outbox"].code, seen["outbox"].since) == (Code.OUTBOX_SLOW, now - 3 * hour)
    assert seen["unsent"].figures == {"failed": 1, "uncertain": 1}
    assert seen["unsent"].since == now - 5 * hour


def test_what_a_clerk_has_just_handed_back_has_not_waited(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime, clerk: Actor
) -> None:
    days = timedelta(days=3)
    held_mail = add_mail(session, 1, now - days, state=MailState.HELD, reason="unreadable")
    failed = {"state": OutboundState.FAILED, "last_error": "550 no", "created_at": now - days}
    add_outgoing(session, consultation, 1, **failed)
    sent_again = session.scalars(select(OutboundMail)).one()
    with transaction(session):
        held.retry(session, held_mail.id, actor=clerk, now=now)
        respond.resolve(session, sent_again.id, action="retry", actor=clerk, now=now)
    seen = found(session, around, now)
    assert [(seen[x].severity, seen[x].since) for x in ("waiting", "outbox")] == [(Severity.OK, None)] * 2
    assert (seen["waiting"].figures, seen["outbox"].figures) == ({"waiting": 1}, {"queued": 1})
    with transaction(session):
        outbound = session.get_one(OutboundMail, sent_again.id)
        outbound.attempts = 1
    assert found(session, around, now)["outbox"].severity == Severity.ALARM


def test_consultations_that_take_mail(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    assert found(session, around, now)["consultation"].figures == {"taking": 1}
    with transaction(session):
        consultations.move(session, consultation, ConsultationState.CLOSED, actor=SYSTEM, now=now)
        consultations.move(session, consultation, ConsultationState.ARCHIVED, actor=SYSTEM, now=now)
    assert found(session, around, now)["consultation"].code == Code.CONSULTATION_NONE


def test_signs_of_life(session: Session, around: Surroundings, now: datetime) -> None:
    assert found(session, around, now)["worker"].code == Code.WORKER_NEVER
    for minutes in (0, 10, 20, 60, 61):
        with transaction(session):
            health.beat(session, "worker", SILENCE, now + timedelta(minutes=minutes))
    later = now + timedelta(minutes=62)
    assert found(session, around, later)["worker worker"].code == Code.WORKER_ALIVE
    # The gap before the 60th minute counts as a new beginning: the mailbox is given time.
    assert found(session, around, later)["poll INBOX"].severity == Severity.LOOK
    assert found(session, around, later + SILENCE)["poll INBOX"].severity == Severity.ALARM
    assert found(session, around, later + SILENCE)["worker worker"].code == Code.WORKER_SILENT


def test_a_schema_that_is_behind_is_told_without_looking_further(
    session: Session, around: Surroundings, now: datetime
) -> None:
    db.session.remove()
    downgrade(revision="0001")
    session = db.session()
    assert set(found(session, around, now)) == {"disk", "schema"}
    assert found(session, around, now)["schema"].severity == Severity.ALARM
    assert health.marked(session, SILENCE, polling=False, now=now)
    with transaction(session):
        session.execute(text("DROP TABLE alembic_version"))
    assert found(session, around, now)["schema"].severity == Severity.ALARM


def test_the_number_of_queries_does_not_grow(
    app: Flask, session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    for name in ("INBOX", "Junk"):
        add_folder(session, now, name)
    for number in range(9):
        add_mail(session, number, now, state=MailState.HELD)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    health.look(session, around, now)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 8


# --- what the operator was told --------------------------------------------------------------------


def told(session: Session, checks: list[Check], now: datetime) -> alarm.Message | None:
    """Note what is on alarm, as a worker that has just started would; return what to mail."""
    findings = [Finding(check, Code.POLL_SILENT, Severity.ALARM, str(check)) for check in checks]
    db.session.remove()
    with transaction(db.session()) as fresh:
        return health.note(fresh, findings, now)[0]


def test_a_restart_does_not_tell_again(session: Session, now: datetime) -> None:
    mailed = [
        told(session, checks, now + timedelta(minutes=minute))
        for minute, checks in ((0, [Check.POLL]), (59, [Check.POLL]), (61, [Check.POLL]), (62, []), (63, []))
    ]
    assert mailed == ["alarm", None, "alarm", "well", None]


def test_what_the_server_did_not_take_was_not_told(session: Session, now: datetime) -> None:
    finding = Finding(Check.POLL, Code.POLL_SILENT, Severity.ALARM)
    with transaction(session):
        message, before = health.note(session, [finding], now)
    assert message == "alarm"
    with transaction(session):
        health.take_back(session, before, now)
    assert told(session, [Check.POLL], now + timedelta(minutes=9)) is None
    assert told(session, [Check.POLL], now + timedelta(minutes=11)) == "alarm"


@pytest.mark.parametrize("known", [True, False])
def test_of_two_that_look_at_once_one_tells(app: Flask, now: datetime, known: bool) -> None:
    messages = []

    def tell() -> None:
        with app.app_context():
            messages.append(told(db.session(), [Check.POLL], now))
            db.session.remove()

    if known:
        told(db.session(), [], now)
    other = threading.Thread(target=tell)
    with transaction(db.session()) as session:
        finding = Finding(Check.POLL, Code.POLL_SILENT, Severity.ALARM)
        messages.append(health.note(session, [finding], now)[0])
        other.start()
        other.join(0.5)  # it has to wait for us
    other.join()
    assert messages == ["alarm", None]


def test_the_mark_tells_of_alarms_and_of_a_worker_that_does_not_look(
    session: Session, around: Surroundings, now: datetime
) -> None:
    def marked(minutes: int, polling: bool = True) -> bool:
        session = db.session()  # told() begins a new one
        session.rollback()
        return health.marked(session, SILENCE, polling=polling, now=now + timedelta(minutes=minutes))

    assert (marked(0), marked(0, polling=False)) == (True, False)
    told(session, [], now)
    assert (marked(1), marked(14), marked(16), marked(16, polling=False)) == (False, False, True, True)
    told(session, [Check.POLL], now)
    assert marked(1)


def test_findings_of_a_quiet_instance_are_no_alarm(
    session: Session, consultation: Consultation, around: Surroundings, now: datetime
) -> None:
    quiet = replace(around, accounts=())
    assert alarming(list(found(session, quiet, now).values())) == []
