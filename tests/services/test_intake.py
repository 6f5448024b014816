"""Tests of services.ingest, services.consultations and services.suggest: from what was sent to its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.adapters.blobs import BlobStore
from commentbox.core.states import Channel, ConsultationState, IllegalMove
from commentbox.core.types import SYSTEM, Actor, ExtractedText
from commentbox.db import transaction
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps.understand import suggest_measures
from commentbox.models import Consultation, OutboundMail, Submission
from commentbox.services import consultations, ingest
from commentbox.services.errors import Closed, Invalid, NotFound
from commentbox.services.ingest import FormEntry, FormPoint, StaffEntry, Upload
from tests.fixtures.app import small_draft
from tests.fixtures.desk import measure

ENTRY = FormEntry(nonce="n1", points=(FormPoint(None, "总体赞成。"),), email="li@people.example")


@pytest.fixture
def blobs(app: Flask) -> BlobStore:
    return app.extensions["blobs"]


def send(
    session: Session, consultation: Consultation, entry: FormEntry, blobs: BlobStore, now: datetime
) -> Submission:
    """Send the web form."""
    with transaction(session):
        return ingest.submit_form(session, consultation, entry, blobs=blobs, now=now)


def test_form_sent_twice_is_one_submission(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    first = send(session, consultation, ENTRY, blobs, now)
    again = send(session, consultation, replace(ENTRY, points=()), blobs, now + timedelta(days=365))
    assert again.receipt == first.receipt
    assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert session.scalars(select(OutboundMail.to_address)).all() == ["li@people.example"]


def test_intake_18_a_form_writes_to_an_address_three_times_a_day_at_most(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    made = [
        send(session, consultation, replace(ENTRY, nonce=f"n{n}", email=email), blobs, now)
        for n, email in enumerate(["li@people.example"] * 3 + ["LI@people.example", ""])
    ]
    assert [one.silence for one in made] == ["", "", "", "too_many", "no_address"]
    assert session.scalar(select(func.count()).select_from(OutboundMail)) == 3


def test_each_point_is_a_comment_with_its_span(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    trees = measure(session, "2.1.1.3").id
    upload = Upload("附.txt", "text/plain", b"x", ExtractedText("ok", "附件里建议增加公厕。"))
    points = (FormPoint(trees, " 多种银杏。\n", "改为三万棵"), FormPoint(None, "", "删去第二段"))
    made = send(session, consultation, replace(ENTRY, points=points, uploads=(upload,)), blobs, now)
    first, second, third = made.comments
    assert [made.own_text[c.start : c.end] for c in (first, second)] == ["多种银杏。", "删去第二段"]
    assert (first.proposal, first.chosen_measure_id) == ("改为三万棵", trees)
    assert (third.excerpt, third.start is not None) == ("附件里建议增加公厕。", True)
    assert third.attachment_id == made.attachments[0].id
    assert blobs.read(made.attachments[0].sha256) == b"x"


def test_what_the_form_refuses(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    with pytest.raises(Invalid, match="nothing_said"):
        send(session, consultation, replace(ENTRY, points=(FormPoint(None, "  "),)), blobs, now)
    for instant in (now - timedelta(days=20), now + timedelta(days=40)):
        with pytest.raises(Closed):
            send(session, consultation, ENTRY, blobs, instant)
    with transaction(session):
        consultations.move(session, consultation, ConsultationState.CLOSED, actor=SYSTEM, now=now)
    with pytest.raises(Closed):
        send(session, consultation, ENTRY, blobs, now)


def test_measure_of_another_draft_is_not_kept(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    entry = replace(ENTRY, points=(FormPoint(10_000, "种树。"),))
    made = send(session, consultation, entry, blobs, now)
    assert [c.chosen_measure_id for c in made.comments] == [None]


@pytest.mark.parametrize("odd", ["\x00", "\ud800"], ids=ascii)
def test_characters_that_no_table_holds_are_marked(
    session: Session, consultation: Consultation, blobs: BlobStore, now: datetime, odd: str
) -> None:
    upload = Upload(f"附{odd}.txt", "text/plain", b"x", ExtractedText("ok", f"附件{odd}说增加公厕。"))
    entry = replace(
        ENTRY, points=(FormPoint(None, f"种{odd}树。"),), respondent=f"李{odd}梅", uploads=(upload,)
    )
    made = send(session, consultation, entry, blobs, now)
    assert (made.respondent, made.comments[0].excerpt) == ("李�梅", "种�树。")
    assert made.own_text[made.comments[0].start : made.comments[0].end] == "种�树。"
    assert (made.attachments[0].filename, made.comments[1].excerpt) == ("附�.txt", "附件�说增加公厕。")


def test_letter_typed_in(
    session: Session, consultation: Consultation, blobs: BlobStore, clerk: Actor, now: datetime
) -> None:
    came = now + timedelta(days=30)
    entry = StaffEntry(
        Channel.PHONE,
        came,
        "一、请在河边多种一些树，最好是本地的树种。\n二、请在公园的主要道路多装路灯，夜里太暗。",
        organisation="云栖商会",
    )
    with transaction(session):
        made = ingest.enter_letter(session, consultation, entry, blobs=blobs, actor=clerk, now=came)
    assert (made.channel, made.entered_by_id, len(made.comments)) == ("phone", clerk.user_id, 2)
    assert made.late_minutes > 0
    assert session.scalar(select(func.count()).select_from(OutboundMail)) == 0
    with pytest.raises(Invalid, match="nothing_said"), transaction(session):
        ingest.enter_letter(
            session, consultation, replace(entry, body=" "), blobs=blobs, actor=clerk, now=now
        )


def test_suggestions_start_with_the_respondent_s_choice(
    app: Flask, session: Session, consultation: Consultation, blobs: BlobStore, now: datetime
) -> None:
    lamps = measure(session, "2.1.1.4").id
    points = (FormPoint(lamps, "请补种行道树。"), FormPoint(None, "第（3）条补种行道树，避免飞絮。"))
    made = send(session, consultation, replace(ENTRY, points=points), blobs, now)
    bare = send(
        session, consultation, replace(ENTRY, nonce="n2", points=(FormPoint(None, "无意见"),)), blobs, now
    )
    runtime = make_runtime(app)
    assert suggest_measures(runtime) == 3
    assert suggest_measures(runtime) == 0
    chosen, named = ([s.measure.path for s in c.suggestions] for c in made.comments)
    assert chosen[0] == "2.1.1.4"
    assert named[0] == "2.1.1.3"
    assert len(chosen) == len(set(chosen)) <= 3
    assert [s.rank for s in made.comments[0].suggestions] == [1, 2, 3][: len(chosen)]
    assert made.comments[0].top_measure_id == lamps
    assert bare.no_opinion
    assert bare.comments == [] or bare.comments[0].suggestions[0].measure.kind == "whole"


def create(session: Session, now: datetime, **given: Any) -> Consultation:
    """Store the small draft."""
    words = {"slug": "x", "title": None, "opens": None, "closes": None, "timezone": "Asia/Shanghai"}
    with transaction(session):
        return consultations.create(
            session, small_draft(), source=("d", ""), actor=SYSTEM, now=now, **{**words, **given}
        )


def test_consultation_is_stored_and_moved(session: Session, now: datetime) -> None:
    made = create(session, now)
    assert consultations.period(made).last_day(made.timezone) == date(2026, 5, 31)
    measures = consultations.tree(session, made.id)
    assert consultations.nodes(measures) == small_draft().nodes
    assert consultations.annex(measures) == small_draft().annex
    assert consultations.listed(session) == []
    with pytest.raises(IllegalMove), transaction(session):
        consultations.move(session, made, ConsultationState.CLOSED, actor=SYSTEM, now=now)
    with transaction(session):
        consultations.move(session, made, ConsultationState.OPEN, actor=SYSTEM, now=now)
    assert consultations.listed(session) == [consultations.get(session, "x")]


def test_what_a_consultation_must_have(session: Session, now: datetime) -> None:
    create(session, now)
    for code, given in {
        "slug_taken": {},
        "slug_form": {"slug": "A/b"},
        "period_reversed": {"slug": "y", "opens": date(2026, 6, 2)},
    }.items():
        with pytest.raises(Invalid, match=code):
            create(session, now, **given)
    with pytest.raises(NotFound):
        consultations.get(session, "y")
