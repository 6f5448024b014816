"""Tests of services.respond, services.outbox, services.held and services.audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.adapters.blobs import BlobStore
from commentbox.core.rules.retry import SEND_TRIES
from commentbox.core.states import IllegalMove, MailState, OutboundState
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import Consultation, InboundMail, OutboundMail, RawMail, ReplyTemplate, Submission
from commentbox.services import audit, dispose, held, outbox, respond, triage
from commentbox.services.errors import Invalid, NotFound
from tests.fixtures.desk import RAW, add_letter, measure


def reply(session: Session, letter: Submission, clerk: Actor, now: datetime, **words: str) -> OutboundMail:
    """Queue an answer."""
    given = {"subject": "答复", "body": "谢谢您的意见。", **words}
    with transaction(session):
        return respond.reply(session, letter.id, template_id=None, actor=clerk, now=now, **given)


def put(session: Session, mail: OutboundMail, state: OutboundState) -> OutboundMail:
    """Bring a mail into a state, as the delivering step would."""
    with transaction(session):
        mail.state = state
    return mail


def test_preview_is_filled_in(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, "请多种树。", minutes_ago=1)
    given = {"actor": clerk, "now": now}
    trees, comment_id = measure(session, "2.1.1.3").id, letter.comments[0].id
    words = {"disposition": "explained", "reason": "已列入明年计划", "revised_text": "", "note": "不外传"}
    with transaction(session):
        triage.assign(session, comment_id, trees, version=1, **given)
        dispose.dispose(session, comment_id, version=2, **words, **given)
        template = ReplyTemplate(
            consultation_id=consultation.id,
            name="own",
            subject="{receipt} {{7*7}}",
            body="{dispositions} {agencies} {0.__class__} {nobody}",
        )
        session.add(template)
    shown = respond.preview(session, letter.id, template.id, now=now)
    assert (shown.to, shown.subject) == ("zhou@mail.example", f"{letter.receipt} {{{{7*7}}}}")
    for expected in ("种植行道树", "已列入明年计划", "市城管局", "{0.__class__}", "{nobody}"):
        assert expected in shown.body
    assert "不外传" not in shown.body
    assert "nobody" in " ".join(shown.unknown)
    with pytest.raises(NotFound):
        respond.preview(session, letter.id, 10_000, now=now)
    assert len(respond.templates(session, consultation.id)) > 1


def test_reply_goes_to_the_stored_sender_and_answers_the_letter(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, raw=RAW)
    with transaction(session):
        held.origin(session, letter.id).message_id = "<first@mail.example>"  # type: ignore[union-attr]
        triage.dismiss(session, letter.comments[0].id, reason="x", version=1, actor=clerk, now=now)
    mail = reply(session, letter, clerk, now)
    assert (mail.to_address, mail.in_reply_to) == ("zhou@mail.example", "<first@mail.example>")
    assert (mail.state, mail.author_id, letter.state) == ("queued", clerk.user_id, "answered")
    assert respond.replies_to(session, letter.id) == [mail]
    assert [e.action for e in audit.for_submission(session, letter.id)] == ["dismiss", "reply"]


def test_what_a_reply_needs(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation)
    nameless = add_letter(session, consultation, minutes_ago=1, email="")
    for code, who, words in (
        ("no_address", nameless, {}),
        ("nothing_said", letter, {"body": " "}),
        ("subject_broken", letter, {"subject": "x\r\nBcc: evil@x.example"}),
    ):
        with pytest.raises(Invalid, match=code):
            reply(session, who, clerk, now, **words)
    assert session.scalars(select(OutboundMail)).all() == []
    with pytest.raises(NotFound):
        respond.one(session, 10_000)


def test_a_person_resolves_what_the_machine_cannot(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation)
    given = {"actor": clerk, "now": now}
    first = put(session, reply(session, letter, clerk, now), OutboundState.UNCERTAIN)
    second = put(session, reply(session, letter, clerk, now, body="二"), OutboundState.FAILED)
    third = put(session, reply(session, letter, clerk, now, body="三"), OutboundState.SENT)
    with transaction(session):
        first.attempts = 5
        respond.resolve(session, first.id, action="retry", **given)
        respond.resolve(session, second.id, action="cancel", **given)
    assert (first.state, first.attempts, second.state) == ("queued", 0, "cancelled")
    for mail, action, error in ((third, "retry", IllegalMove), (first, "explode", Invalid)):
        with pytest.raises(error), transaction(session):
            respond.resolve(session, mail.id, action=action, **given)
    page = respond.outbox(session, limit=2)
    assert [m.id for m in page] == [third.id, second.id]
    assert respond.outbox(session, after_id=page[-1].id) == [first]
    assert respond.outbox(session, state="cancelled") == [second]
    assert outbox.counts(session) == {"queued": 1, "cancelled": 1, "sent": 1}
    assert outbox.waiting(session) == [first]


def test_a_refusal_is_tried_again_until_it_is_final(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    mail = reply(session, add_letter(session, consultation), clerk, now)
    for number in range(1, SEND_TRIES + 1):
        put(session, mail, OutboundState.SENDING)
        with transaction(session):
            outbox.refused(session, mail.id, "451 later", permanent=False, now=now)
        assert mail.attempts == number
        if number < SEND_TRIES:
            assert mail.state == OutboundState.QUEUED
            assert mail.retry_at is not None
            assert mail.retry_at > now
    assert (mail.state, mail.retry_at, mail.last_error) == (OutboundState.FAILED, None, "451 later")


def test_sweep_takes_only_what_a_dead_sender_left(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation)
    mails = [
        put(session, reply(session, letter, clerk, now, body=body), OutboundState.SENDING) for body in "一二"
    ]
    with transaction(session):
        mails[0].lease_until, mails[1].lease_until = now, now + timedelta(seconds=1)
    with transaction(session):
        assert outbox.sweep(session, now) == 1
    assert [m.state for m in mails] == [OutboundState.UNCERTAIN, OutboundState.SENDING]
    assert mails[0].last_error == outbox.LEASE_ERROR


def add_mail(session: Session, number: int, now: datetime, state: MailState) -> InboundMail:
    """Store a mail that somebody has to look at."""
    mail = InboundMail(
        sha256=f"{number:064}",
        size=len(RAW),
        received_at=now,
        stored_at=now,
        state=state,
        reason="unreadable",
        attempts=3,
        raw=RawMail(content=RAW),
    )
    with transaction(session):
        session.add(mail)
    return mail


def test_held_mail_is_read_again_or_set_aside(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime, tmp_path: Path
) -> None:
    blobs = BlobStore(tmp_path)
    first, second, done = (
        add_mail(session, n, now, s)
        for n, s in enumerate((MailState.HELD, MailState.HELD, MailState.INGESTED))
    )
    assert held.page(session, limit=1) == [second]
    assert held.page(session, after_id=second.id) == [first]
    assert (held.count(session), held.raw(session, blobs, first.id)) == (2, RAW)
    given = {"actor": clerk, "now": now}
    with transaction(session):
        held.retry(session, first.id, consultation_id=consultation.id, **given)
        held.ignore(session, second.id, **given)
    assert (first.state, first.attempts, first.wanted) == (MailState.FETCHED, 0, True)
    assert (first.consultation_id, second.state) == (consultation.id, MailState.IGNORED)
    with transaction(session):
        held.retry(session, second.id, **given)
    for verb, mail in ((held.retry, done), (held.ignore, done), (held.ignore, first)):
        with pytest.raises(IllegalMove), transaction(session):
            verb(session, mail.id, **given)
    with pytest.raises(NotFound):
        held.one(session, 10_000)
    with pytest.raises(NotFound):
        held.raw(session, blobs, 10_000)


def test_same_words_again_are_the_same_answer(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, "请多种树。", minutes_ago=1)
    first = reply(session, letter, clerk, now).id
    assert reply(session, letter, clerk, now).id == first
    assert reply(session, letter, clerk, now, body="另一封。").id != first
    put(session, session.get_one(OutboundMail, first), OutboundState.CANCELLED)
    assert reply(session, letter, clerk, now).id != first


def test_answered_before_the_last_comment_is_dealt_with(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, "请多种树。", minutes_ago=1)
    letter_id, comment_id = letter.id, letter.comments[0].id
    reply(session, letter, clerk, now)
    assert session.get_one(Submission, letter_id).state == "received"
    trees = measure(session, "2.1.1.3").id
    with transaction(session):
        triage.assign(session, comment_id, trees, version=1, actor=clerk, now=now)
    assert session.get_one(Submission, letter_id).state == "answered"
