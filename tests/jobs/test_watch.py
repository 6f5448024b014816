"""The step watch over a real mailbox and a real SMTP server: who is told of what, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commentbox.core.rules.health import Check, Code, Finding, Severity
from commentbox.db import transaction
from commentbox.jobs.loop import cycle
from commentbox.jobs.runtime import Runtime, now
from commentbox.jobs.steps import INTAKE
from commentbox.jobs.steps.ingest import ingest
from commentbox.jobs.steps.poll import poll
from commentbox.jobs.steps.watch import look, told, watch
from commentbox.models import Consultation, Heartbeat, InboundMail, MailFolder, MailLocation, Submission
from tests.servers.certificate import Certificate
from tests.servers.dovecot import DovecotMailbox
from tests.servers.odd_imap import DROP, OddImap
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.dovecot

OPERATOR = "operator@yunqi.example"
At = Callable[[float], Runtime]


@pytest.fixture
def at(runtime: Runtime, consultation: Consultation) -> At:
    """Return a function that returns the runtime so many minutes after the start."""
    start, settings = now(), {**runtime.settings, "OPERATOR_EMAIL": OPERATOR}

    def later(minutes: float) -> Runtime:
        moment = start + timedelta(minutes=minutes)
        return replace(runtime, settings=settings, clock=lambda: moment)

    return later


def text(mail: Message) -> str:
    """Return a mail's words."""
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def subjects(sink: SmtpSink) -> list[str]:
    """Return the second, English half of each subject."""
    return [str(make_header(decode_header(mail["Subject"]))).split(" / ")[1] for mail in sink.messages]


ALARM, WELL = "commentbox: 1 on alarm", "commentbox: all well again"


def test_silence_is_told_once_an_hour_and_its_end_once(at: At, smtp_sink: SmtpSink) -> None:
    poll(at(0))
    for minute in range(15):
        watch(at(minute))
    assert subjects(smtp_sink) == []
    for minute in range(16, 76):
        watch(at(minute))
    assert subjects(smtp_sink) == [ALARM]
    watch(at(16 + 61))
    assert subjects(smtp_sink) == [ALARM, ALARM]
    poll(at(78))
    for minute in range(78, 90):
        watch(at(minute))
    assert subjects(smtp_sink) == [ALARM, ALARM, WELL]


def test_the_mail_says_what_is_wrong_in_both_languages_and_nothing_of_letters(
    at: At, session: Session, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> None:
    mailbox.append(b"From: zhou@people.example\r\nSubject: private\r\n\r\nmy words\r\n")
    poll(at(0))
    watch(at(0))
    with transaction(session):
        session.execute(update(MailFolder).values(last_error="zhou@people.example said no", fault="refused"))
    watch(at(1))
    (mail,) = smtp_sink.messages
    assert (mail["To"], mail["Auto-Submitted"]) == (OPERATOR, "auto-generated")
    assert "INBOX：邮件服务器不接受账号或授权码" in text(mail)
    assert "INBOX refused, wrong account or authorisation code" in text(mail)
    assert not any(word in smtp_sink.raw().decode() + text(mail) for word in ("zhou", "private", "my words"))


def test_a_mail_that_is_not_taken_is_tried_again(at: At, smtp_sink: SmtpSink) -> None:
    smtp_sink.answers["DATA"] = "451 later"
    for minutes in (0, 10, 20):
        watch(at(minutes))
    smtp_sink.answers.clear()
    watch(at(29))
    assert subjects(smtp_sink) == []
    watch(at(31))
    watch(at(32))
    assert subjects(smtp_sink) == [ALARM]


@pytest.mark.parametrize("operator", ["", "no address", "a@x.example\r\nBcc: b@x.example"])
def test_no_operator_or_a_wrong_one_stops_nothing(at: At, smtp_sink: SmtpSink, operator: str) -> None:
    for minutes in (0, 10, 20):
        there = at(minutes)
        assert watch(replace(there, settings={**there.settings, "OPERATOR_EMAIL": operator})) == 0
    assert smtp_sink.messages == []


def test_the_worker_gives_a_sign_of_life_once_a_minute(at: At, session: Session) -> None:
    due: dict[str, datetime] = {}
    for minutes, last in ((0, 0), (0.5, 0), (1.1, 1.1)):
        cycle(at(minutes), INTAKE, due)
        session.rollback()
        assert session.scalars(select(Heartbeat.beat_at)).one() == at(last).clock()


def test_a_dead_worker_is_found_by_who_looks_from_outside(at: At, smtp_sink: SmtpSink) -> None:
    cycle(at(0), INTAKE, {})
    assert [f for f in look(at(10)) if f.severity is Severity.ALARM] == []
    assert {f.check for f in look(at(20)) if f.severity is Severity.ALARM} == {Check.WORKER, Check.POLL}
    assert subjects(smtp_sink) == ["commentbox: 2 on alarm"]


def test_intake_18_an_alarm_that_comes_to_the_mailbox_itself_is_no_submission(
    at: At, session: Session, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> None:
    for minutes in (0, 10, 20):
        watch(at(minutes))
    mailbox.append(smtp_sink.raw())
    poll(at(21))
    ingest(at(21))
    session.rollback()
    assert session.scalars(select(Submission)).all() == []
    (kept,) = session.scalars(select(InboundMail))
    assert (kept.state, kept.reason) == ("ignored", "own")


def test_intake_11_what_the_server_holds_is_counted_at_each_look(
    at: At, session: Session, mailbox: DovecotMailbox
) -> None:
    def counted(minutes: float) -> tuple[Code, dict[str, int]]:
        (found,) = [one for one in look(at(minutes)) if one.check is Check.COUNT]
        return found.code, found.figures

    letter = b"From: zhou@people.example\r\nSubject: x\r\n\r\nletter %d\r\n"
    mailbox.append([letter % number for number in range(3)])
    poll(at(0))
    poll(at(1))
    assert counted(1) == (Code.COUNT_EQUAL, {"server": 3, "stored": 3, "missing": 0})
    with transaction(session):
        session.delete(session.scalars(select(MailLocation).order_by(MailLocation.uid)).first())
    assert counted(1) == (Code.COUNT_MISSING, {"server": 3, "stored": 2, "missing": 1})
    with mailbox.client("INBOX") as client:
        client.delete_messages([3])
        client.expunge()
    poll(at(2))
    assert counted(2) == (Code.COUNT_EQUAL, {"server": 2, "stored": 2, "missing": 0})
    poll(at(3))
    assert counted(3)[0] == Code.COUNT_EQUAL


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, Code.POLL_FINE),
        ({"LOGIN": "NO LOGIN Login error or password error"}, Code.POLL_REFUSED),
        ({"EXAMINE": "NO SELECT Unsafe Login. Please contact kefu@188.com"}, Code.POLL_UNSAFE_LOGIN),
        ({"EXAMINE": DROP}, Code.POLL_FAILING),
        ({"tls": ""}, Code.POLL_CERTIFICATE),
    ],
)
def test_intake_10_each_fault_of_the_mailbox_is_named_and_forgotten_when_it_is_over(
    at: At, odd_imap: OddImap, certificate: Certificate, answers: dict[str, str], code: Code
) -> None:
    def seen(minutes: float, **changed: str) -> Code:
        reached = replace(odd_imap.settings, **changed)  # type: ignore[arg-type]
        there = replace(at(minutes), mailboxes=(reached,))
        account = {"IMAP_USER": reached.user, "IMAP_HOST": reached.host, "IMAP_FOLDERS": reached.folders}
        there = replace(there, settings={**there.settings, "MAILBOXES": (account,)})
        poll(there)
        (found,) = [one for one in look(there) if one.check is Check.POLL]
        return found.code

    usual = dict(odd_imap.answers)
    odd_imap.answers.update({"UID SEARCH": "* SEARCH\nOK done", **answers})
    odd_imap.tls = certificate.server_side if "tls" in answers else None
    assert seen(0, **({"security": "tls"} if "tls" in answers else {})) == code
    odd_imap.answers.update(usual)
    odd_imap.tls = None
    assert seen(20) == Code.POLL_FINE


def test_every_finding_has_a_line_in_both_languages(runtime: Runtime) -> None:
    names = "free percent server stored missing taking waiting held unreadable unread queued failed uncertain"
    since = now() - timedelta(hours=3)
    for code in Code:
        finding = Finding(Check.POLL, code, Severity.ALARM, "INBOX", dict.fromkeys(names.split(), 7), since)
        for language in ("zh", "en"):
            line = told(finding, language, now())
            assert line
            assert "\n" not in line
            assert "{" not in line
    silent = Finding(Check.POLL, Code.POLL_SILENT, Severity.ALARM, "INBOX", since=since)
    assert told(silent, "zh", now()) == "INBOX：已 3 小时 没有查收"
    assert told(silent, "en", now()) == "mailbox: INBOX not read for 3 hours"
