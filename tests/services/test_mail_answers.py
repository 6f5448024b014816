"""Mail through the step that reads it: what joins, what comes back, who is who, and who gets an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps.cluster import cluster
from commentbox.jobs.steps.ingest import ingest
from commentbox.models import Campaign, Consultation, InboundMail, OutboundMail, Submission
from commentbox.services import held, mail_intake, outbox, queue, respond, threads
from commentbox.services.mail_intake import Arrived
from tests.fixtures.app import add_consultation

WORDS = "建议在河边多种一些本地的树，少种会飞絮的杨树。"


@pytest.fixture
def runtime(app: Flask, now: datetime) -> Runtime:
    """Return what the steps work with, its clock standing still."""
    return replace(make_runtime(app), clock=lambda: now)


def letter(fields: str = "", *, sender: str = "zhou@people.example", words: str = WORDS) -> bytes:
    """Return a letter."""
    head = (
        f"From: {sender}\r\nTo: yijian@yunqi.example\r\n{fields}Content-Type: text/plain; charset=utf-8\r\n"
    )
    return f"{head}\r\n{words}\r\n".encode()


def arrive(runtime: Runtime, raw: bytes, junk: bool = False) -> InboundMail:
    """Store a mail, read it, and return its row."""
    session, now = runtime.session, runtime.clock()
    with transaction(session):
        one = Arrived(raw, now, "test", junk=junk)
        mail_id = mail_intake.store_mail(session, [one], folder=None, uidvalidity=0, now=now)[0].mail_id
    while ingest(runtime):
        pass
    return session.get_one(InboundMail, mail_id, populate_existing=True)


def made(session: Session, mail: InboundMail) -> Submission:
    """Return the submission of a mail."""
    return session.get_one(Submission, mail.submission_id)


def sent(session: Session, submission: Submission) -> OutboundMail:
    """Return the acknowledgement of a submission as the server took it."""
    mail = session.scalars(select(OutboundMail).where(OutboundMail.submission_id == submission.id)).one()
    with transaction(session):
        mail.state, mail.sent_at = "sent", mail.created_at
    return mail


def bounce(ours: OutboundMail, status: str = "Action: failed\r\nStatus: 5.1.1", named: bool = True) -> bytes:
    """Return a delivery report about a mail of ours."""
    original = f"Message-ID: {ours.message_id}\r\n" if named else "Subject: x\r\n"
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        f"Final-Recipient: rfc822; {ours.to_address}\r\n{status}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


# --- what joins -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["In-Reply-To", "References", "Subject"])
def test_intake_22_a_reply_to_our_mail_joins_its_submission(
    session: Session, consultation: Consultation, runtime: Runtime, by: str
) -> None:
    first = made(session, arrive(runtime, letter()))
    ours = sent(session, first)
    value = {"References": f"<x@y> {ours.message_id}", "Subject": f"补充 [回执号 {first.receipt.lower()}]"}
    more = arrive(
        runtime, letter(f"{by}: {value.get(by, ours.message_id)}\r\n", words="再补充一点：多装路灯。")
    )
    second = made(session, more)
    assert second.follows_id == first.id
    answer = sent(session, second)
    assert first.receipt in answer.body
    assert second.receipt in answer.subject
    third = made(
        session, arrive(runtime, letter(f"In-Reply-To: {answer.message_id}\r\n", words="又想到一点。"))
    )
    assert third.follows_id == first.id
    assert threads.together(session, second) == [first, second, third]
    rows = {row.id: row for row in queue.page(session, consultation.id, queue.Filters()).rows}
    assert (rows[first.id].supplements, rows[second.id].follows) == (2, first.receipt)


@pytest.mark.parametrize(
    "fields",
    [
        "Subject: 建议\r\n",
        "Subject: 建议 [回执号 0000-0000-0000]\r\n",
        "Subject: Re: 已收到您的意见\r\nIn-Reply-To: <other@people.example>\r\n",
    ],
)
def test_intake_22_never_by_subject_alone(
    session: Session, consultation: Consultation, runtime: Runtime, fields: str
) -> None:
    arrive(runtime, letter("Subject: 建议\r\nMessage-ID: <other@people.example>\r\n"))
    second = made(session, arrive(runtime, letter(fields, words="另一件事：多装路灯。")))
    assert second.follows_id is None
    assert threads.together(session, second) == []


def test_intake_22_another_sender_may_join_and_a_copy_of_oneself_is_no_campaign(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    first = made(session, arrive(runtime, letter(words=WORDS * 2)))
    fields = f"Subject: [回执号 {first.receipt}]\r\n"
    again = made(session, arrive(runtime, letter(fields, words=WORDS * 2)))
    other = made(session, arrive(runtime, letter(fields, sender="li@people.example", words="我也补充。")))
    assert [again.follows_id, other.follows_id] == [first.id, first.id]
    assert cluster(runtime) == 3
    assert session.scalars(select(Campaign)).all() == []
    third = made(session, arrive(runtime, letter(sender="wu@people.example", words=WORDS * 2)))
    cluster(runtime)
    session.expire_all()
    assert third.campaign_id is not None
    assert third.campaign is not None
    assert third.campaign.size == 2


def test_intake_22_a_supplement_goes_where_the_first_letter_went(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    first = made(session, arrive(runtime, letter()))
    with transaction(session):
        add_consultation(session, runtime.clock(), slug="other").mailbox = ""
        consultation.mailbox = "elsewhere@yunqi.example"
    assert arrive(runtime, letter("Subject: y\r\n", words="无主。")).reason == "no_consultation"
    more = arrive(runtime, letter(f"In-Reply-To: {sent(session, first).message_id}\r\n", words="补充。"))
    assert made(session, more).consultation_id == consultation.id


# --- what gets no answer ----------------------------------------------------------------------------


def test_intake_18_the_fourth_letter_of_a_day_is_not_acknowledged_however_it_is_spelt(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    spelt = ["zhou@people.example", "Zhou@People.Example", "ZHOU@people.example", "zhoU@people.example"]
    letters = [
        made(session, arrive(runtime, letter(sender=who, words=f"{WORDS}{n}"))) for n, who in enumerate(spelt)
    ]
    assert [one.silence for one in letters] == ["", "", "", "too_many"]
    assert len(session.scalars(select(OutboundMail)).all()) == 3
    tomorrow = replace(runtime, clock=lambda: runtime.clock() + timedelta(hours=25))
    assert made(session, arrive(tomorrow, letter(words="明天再说一点。"))).silence == ""


def test_intake_17_outlook_is_a_submission_without_an_answer(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    mail = arrive(runtime, letter("X-Auto-Response-Suppress: All\r\nSubject: 意见\r\n"))
    assert (mail.state, made(session, mail).silence) == ("ingested", "suppressed")
    assert session.scalars(select(OutboundMail)).all() == []


def test_intake_19_what_was_ignored_is_kept_and_restored_without_an_answer(
    session: Session, consultation: Consultation, runtime: Runtime, clerk: Actor, now: datetime
) -> None:
    mail = arrive(runtime, letter("X-Autoreply: yes\r\nSubject: 自动回复：我在出差\r\n"))
    assert (mail.state, mail.reason) == ("ignored", "auto_reply")
    assert held.page(session, state="ignored") == [mail]
    with transaction(session):
        held.retry(session, mail.id, actor=clerk, now=now)
    while ingest(runtime):
        pass
    session.expire_all()
    assert mail.state == "ingested"
    assert made(session, mail).silence == "set_aside"
    assert session.scalars(select(OutboundMail)).all() == []


def test_a_letter_that_was_only_held_is_answered_once_it_is_in(
    session: Session, consultation: Consultation, runtime: Runtime, clerk: Actor, now: datetime
) -> None:
    mails = [
        arrive(runtime, letter("Subject: 见附件\r\n", words="")),
        arrive(runtime, letter("Auto-Submitted: auto-generated\r\n", words="")),
    ]
    for mail in mails:
        with transaction(session):
            held.retry(session, mail.id, actor=clerk, now=now)
    while ingest(runtime):
        pass
    session.expire_all()
    assert [made(session, mail).silence for mail in mails] == ["", "auto_submitted"]


# --- what comes back --------------------------------------------------------------------------------


def test_a_bounce_marks_our_mail_and_silences_the_address(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    first = made(session, arrive(runtime, letter()))
    ours = sent(session, first)
    report = arrive(runtime, bounce(ours))
    session.expire_all()
    assert (report.state, report.reason) == ("ignored", "delivery_report")
    assert (ours.bounce_kind, ours.bounce_code, ours.bounce_mail_id) == ("no_address", "5.1.1", report.id)
    assert ours.bounced_at == report.received_at
    assert respond.outbox(session, state="bounced") == [ours]
    assert queue.page(session, consultation.id, queue.Filters()).rows[0].bounced
    again = made(session, arrive(runtime, letter(sender="ZHOU@people.example", words="再来一封信。")))
    assert again.silence == "bounced"
    assert outbox.counts(session) == {"sent": 1}


@pytest.mark.parametrize(
    "status",
    [
        "Action: delayed\r\nStatus: 4.4.1",
        "Action: delivered\r\nStatus: 2.0.0",
        "Action: relayed\r\nStatus: 2.0.0",
    ],
)
def test_late_and_delivered_mark_nothing(
    session: Session, consultation: Consultation, runtime: Runtime, status: str
) -> None:
    ours = sent(session, made(session, arrive(runtime, letter())))
    assert arrive(runtime, bounce(ours, status)).state == "ignored"
    session.expire_all()
    assert ours.bounced_at is None


def test_a_full_mailbox_is_shown_and_silences_nobody(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    ours = sent(session, made(session, arrive(runtime, letter())))
    arrive(runtime, bounce(ours, "Action: failed\r\nStatus: 5.2.2"))
    session.expire_all()
    assert ours.bounce_kind == "full"
    assert made(session, arrive(runtime, letter(words="再来一封信。"))).silence == ""


def test_a_report_that_names_no_mail_is_tied_by_its_address_for_a_week(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    ours = sent(session, made(session, arrive(runtime, letter())))
    later = replace(runtime, clock=lambda: runtime.clock() + timedelta(days=8))
    arrive(later, bounce(ours, "Action: failed\r\nStatus: 5.1.1\r\nX-Number: 1", named=False))
    session.expire_all()
    assert ours.bounced_at is None
    arrive(runtime, bounce(ours, named=False))
    session.expire_all()
    assert ours.bounced_at is not None


def test_a_report_about_somebody_else_s_mail_marks_nothing(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    ours = sent(session, made(session, arrive(runtime, letter())))
    other = bounce(ours).replace(ours.message_id.encode(), b"<other@yunqi.example>")
    assert arrive(runtime, other).reason == "delivery_report"
    session.expire_all()
    assert ours.bounced_at is None


def test_an_answer_that_came_back_can_be_sent_again(
    session: Session, consultation: Consultation, runtime: Runtime, clerk: Actor, now: datetime
) -> None:
    first = made(session, arrive(runtime, letter("Auto-Submitted: auto-generated\r\n")))
    given = {"subject": "答复", "body": "谢谢。", "template_id": None, "actor": clerk, "now": now}
    with transaction(session):
        ours = respond.reply(session, first.id, **given)
    sent(session, first)
    arrive(runtime, bounce(ours))
    with transaction(session):
        assert respond.reply(session, first.id, **given).id != ours.id


# --- who is who -------------------------------------------------------------------------------------


def test_intake_21_a_checked_sender_is_noted_and_a_forged_one_is_taken_in_all_the_same(
    session: Session, consultation: Consultation, runtime: Runtime
) -> None:
    runtime.settings["MAIL_AUTHSERV_ID"] = "mx.yunqi.example"
    field = "Authentication-Results: mx.yunqi.example; dmarc={} header.from=people.example\r\n"
    found = [arrive(runtime, letter(field.format(word))) for word in ("pass", "fail", "none")]
    found.append(arrive(runtime, letter()))
    assert [mail.sender_check for mail in found] == ["verified", "failed", "unverified", "unverified"]
    assert {mail.state for mail in found} == {"ingested"}
