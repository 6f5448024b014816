"""The public site as a visitor meets it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import ConsultationState
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import limiter
from commentbox.models import Consultation, Measure, Submission
from commentbox.services import consultations
from commentbox.web.commenting import SUBMISSIONS
from tests.fixtures.app import add_consultation
from tests.web.conftest import Clock, Fields, Visitor, fields, page

FORM = "/c/parks/comment"
TEXT = "每个口袋公园都应当有无障碍坡道和座椅。"


@pytest.fixture
def measure(session: Session, consultation: Consultation) -> Measure:
    """Return one measure of the draft."""
    found = session.scalar(select(Measure).where(Measure.path == "2.1.1.2"))
    assert found is not None
    return found


@pytest.fixture
def filled(clock: Clock, visitor: Visitor, measure: Measure) -> Fields:
    """Return the form with one point, five seconds after it was opened."""
    typed = {**visitor.fields(f"{FORM}?m={measure.id}"), "text-0": TEXT}
    clock.forward(seconds=5)
    return typed


def _now() -> datetime:
    return datetime.now(UTC)


def stored(session: Session) -> list[Submission]:
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.id)))


# --- reading ---------------------------------------------------------------------------------------


def test_the_list_shows_what_is_published(
    visitor: Visitor, session: Session, consultation: Consultation
) -> None:
    hidden = add_consultation(session, slug="hidden")
    with transaction(session):
        hidden.state = ConsultationState.DRAFT
    answer = visitor.get("/")
    assert 'href="/c/parks"' in answer.text
    assert "/c/hidden" not in answer.text
    assert visitor.get("/c/hidden").status_code == 404
    assert visitor.get("/c/hidden/comment").status_code == 404


def test_an_empty_list_says_so(visitor: Visitor) -> None:
    assert "目前没有" in visitor.get("/").text


def test_the_draft_has_an_anchor_and_a_link_for_every_node(visitor: Visitor, measure: Measure) -> None:
    answer = visitor.get("/c/parks")
    shown = page(answer)
    assert shown.css_first(f'[id="m-{measure.path}"]') is not None
    assert shown.css_first(f'a[href="{FORM}?m={measure.id}"]') is not None
    assert "开放单位绿地" in answer.text
    assert len(shown.css(".node")) == 10
    annex = shown.css_first('[id="m-annex.2"]')
    assert annex is not None
    assert annex.css_first('a[href="#m-2.1.1.3"]') is not None


def test_contents_lead_to_anchors_that_exist(visitor: Visitor, consultation: Consultation) -> None:
    shown = page(visitor.get("/c/parks"))
    targets = [link.attributes["href"] for link in shown.css(".contents a")]
    assert len(targets) == 6
    assert all(shown.css_first(f'[id="{target[1:]}"]') for target in targets if target)


def test_the_last_day_counts(clock: Clock, visitor: Visitor, consultation: Consultation) -> None:
    clock.forward(seconds=(consultation.closes_at - _now()).total_seconds() - 1)
    assert "今天是最后一天" in visitor.get("/c/parks").text
    clock.forward(seconds=1)
    assert "已经结束" in visitor.get("/c/parks").text


# --- commenting ------------------------------------------------------------------------------------


def test_a_comment_on_one_measure_gets_a_receipt(
    visitor: Visitor, session: Session, filled: Fields, measure: Measure
) -> None:
    answer = visitor.post(FORM, {**filled, "proposal-0": "增加“无障碍”三字", "organisation": "云栖市残联"})
    assert answer.status_code == 303
    assert answer.location == "/c/parks/receipt"
    (letter,) = stored(session)
    assert [(c.chosen_measure_id, c.excerpt, c.proposal) for c in letter.comments] == [
        (measure.id, TEXT, "增加“无障碍”三字")
    ]
    assert letter.organisation == "云栖市残联"
    receipt = visitor.get(answer.location)
    assert letter.receipt in receipt.text
    assert hashlib.sha256(letter.body.encode()).hexdigest() in receipt.text
    assert TEXT in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store"


def test_several_measures_and_the_whole_in_one_form(
    visitor: Visitor, session: Session, filled: Fields
) -> None:
    grown = fields(visitor.post(FORM, {**filled, "add": "1"}))
    assert grown["text-0"] == TEXT
    assert grown["text-1"] == ""
    answer = visitor.post(FORM, {**grown, "text-1": "路灯太亮。", "whole": "总体赞成。"})
    assert answer.status_code == 303
    (letter,) = stored(session)
    assert [c.excerpt for c in letter.comments] == [TEXT, "路灯太亮。", "总体赞成。"]
    assert [c.chosen_measure_id is None for c in letter.comments] == [False, True, True]


def test_a_point_can_be_taken_out_again(visitor: Visitor, filled: Fields) -> None:
    grown = fields(visitor.post(FORM, {**filled, "add": "1"}))
    left = fields(visitor.post(FORM, {**grown, "text-1": "留下这条", "remove": "0"}))
    assert left["text-0"] == "留下这条"
    assert "text-1" not in left


def test_a_change_of_language_keeps_what_was_typed(visitor: Visitor, filled: Fields) -> None:
    answer = visitor.post(f"{FORM}?lang=en", {**filled, "language": "en"})
    assert fields(answer)["text-0"] == TEXT
    assert page(answer).css_first('html[lang="en"]') is not None


def test_a_double_click_gives_one_submission(visitor: Visitor, session: Session, filled: Fields) -> None:
    first, second = visitor.post(FORM, filled), visitor.post(FORM, filled)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(stored(session)) == 1


def test_a_form_changed_after_sending_becomes_another_one(
    clock: Clock, visitor: Visitor, session: Session, filled: Fields
) -> None:
    visitor.post(FORM, filled)
    answer = visitor.post(FORM, {**filled, "text-0": "改过的意见"})
    assert answer.status_code == 409
    assert stored(session)[0].receipt in answer.text
    clock.forward(seconds=5)
    assert visitor.post(FORM, fields(answer)).status_code == 303
    assert [letter.comments[0].excerpt for letter in stored(session)] == [TEXT, "改过的意见"]


def test_too_fast_asks_again_and_loses_nothing(clock: Clock, visitor: Visitor, measure: Measure) -> None:
    answer = visitor.post(FORM, {**visitor.fields(FORM), "text-0": TEXT})
    assert answer.status_code == 422
    again = fields(answer)
    assert again["text-0"] == TEXT
    clock.forward(seconds=3)
    assert visitor.post(FORM, again).status_code == 303


@pytest.mark.parametrize("spoilt", ["csrf_token", "token"])
def test_a_lost_token_loses_nothing(
    clock: Clock, visitor: Visitor, session: Session, filled: Fields, spoilt: str
) -> None:
    answer = visitor.post(FORM, {**filled, spoilt: "x"})
    assert answer.status_code == 400
    assert stored(session) == []
    clock.forward(seconds=5)
    assert visitor.post(FORM, fields(answer)).status_code == 303


def test_a_form_a_day_old_is_shown_again(clock: Clock, visitor: Visitor, filled: Fields) -> None:
    clock.forward(hours=25)
    answer = visitor.post(FORM, filled)
    assert answer.status_code == 400
    clock.forward(seconds=5)
    assert visitor.post(FORM, fields(answer)).status_code == 303


def test_over_the_limit_the_text_stays(visitor: Visitor, session: Session, filled: Fields) -> None:
    for _ in range(SUBMISSIONS.amount):
        limiter.limiter.hit(SUBMISSIONS, "submit", "127.0.0.1")
    answer = visitor.post(FORM, filled)
    assert answer.status_code == 429
    assert fields(answer)["text-0"] == TEXT
    assert stored(session) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text-0", " \n"),
        ("text-0", "长" * 20_001),
        ("measure-0", "999999"),
        ("email", "not an address"),
        ("kind", "emperor"),
        ("respondent", "名" * 101),
        ("website", "https://spam.example"),
    ],
)
def test_a_problem_is_named_and_linked(
    visitor: Visitor, session: Session, filled: Fields, field: str, value: str
) -> None:
    answer = visitor.post(FORM, {**filled, "phone": "0000-5678", field: value})
    assert answer.status_code == 422
    shown = page(answer)
    assert shown.css_first(f'.error-summary a[href="#{field}"]') is not None
    assert shown.css_first(f'[id="{field}"]') is not None
    assert fields(answer)["phone"] == "0000-5678"
    assert stored(session) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60))
def test_whatever_is_typed_comes_back_as_it_was(visitor: Visitor, filled: Fields, typed: str) -> None:
    again = fields(visitor.post(FORM, {**filled, "text-0": typed, "whole": typed, "add": "1"}))
    assert (again["text-0"], again["whole"]) == (typed, typed)


def test_what_is_typed_is_never_markup(visitor: Visitor, filled: Fields) -> None:
    answer = visitor.post(FORM, {**filled, "text-0": "</textarea><script>x()</script>", "add": "1"})
    assert "<script>x" not in answer.text


# --- files -----------------------------------------------------------------------------------------


def test_a_file_comes_along(visitor: Visitor, session: Session, filled: Fields) -> None:
    data = {**filled, "files": (BytesIO("座椅太少。".encode()), "../‮意见.txt")}
    assert visitor.post(FORM, data).status_code == 303
    (file,) = stored(session)[0].attachments
    assert (file.filename, file.media_type, file.size) == ("意见.txt", "text/plain", 15)
    assert "意见.txt" in visitor.get("/c/parks/receipt").text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"MZ not a pdf"),
        ("x.exe", b"MZ"),
        ("pdf", b"%PDF-1.7"),
        ("empty.txt", b""),
        ("x.txt", b"a\0b"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    visitor: Visitor, session: Session, filled: Fields, name: str, content: bytes
) -> None:
    answer = visitor.post(FORM, {**filled, "files": (BytesIO(content), name)})
    assert answer.status_code == 422
    assert page(answer).css_first('.error-summary a[href="#files"]') is not None
    assert fields(answer)["text-0"] == TEXT
    assert "重新选择附件" in answer.text
    assert stored(session) == []


def test_too_many_files_are_refused(visitor: Visitor, filled: Fields) -> None:
    files = [(BytesIO(b"a"), f"{n}.txt") for n in range(6)]
    assert visitor.post(FORM, {**filled, "files": files}).status_code == 422


# --- before and after ------------------------------------------------------------------------------


def test_after_the_last_day_nothing_is_taken_and_nothing_lost(
    clock: Clock, visitor: Visitor, session: Session, filled: Fields
) -> None:
    clock.forward(days=40)
    answer = visitor.post(FORM, filled)
    assert answer.status_code == 403
    assert TEXT in answer.text
    assert "yijian@yunqi.example" in answer.text
    assert stored(session) == []
    assert visitor.get(FORM).status_code == 403
    assert "对本条提意见" not in visitor.get("/c/parks").text


def test_closed_by_hand_is_closed(visitor: Visitor, session: Session, filled: Fields) -> None:
    with transaction(session):
        found = consultations.get(session, "parks")
        consultations.move(session, found, ConsultationState.CLOSED, actor=SYSTEM, now=_now())
    assert visitor.post(FORM, filled).status_code == 403


def test_before_the_first_day_the_page_says_when(visitor: Visitor, session: Session) -> None:
    add_consultation(session, _now() + timedelta(days=30))
    assert "尚未开始" in visitor.get("/c/parks").text
    assert visitor.get(FORM).status_code == 403


def test_a_receipt_is_for_the_browser_that_sent(app: Flask, visitor: Visitor, filled: Fields) -> None:
    visitor.post(FORM, filled)
    assert visitor.get("/c/parks/receipt").status_code == 200
    assert Visitor(app).get("/c/parks/receipt").status_code == 404


# --- accessibility ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [FORM, "/staff/login"])
def test_every_field_has_a_label(visitor: Visitor, consultation: Consultation, path: str) -> None:
    shown = page(visitor.get(path))
    visible = [n for n in shown.css("input, select, textarea") if n.attributes.get("type") != "hidden"]
    assert len(visible) >= 2
    assert all(shown.css_first(f'label[for="{node.attributes["id"]}"]') for node in visible)


def test_the_enter_key_submits(visitor: Visitor, filled: Fields) -> None:
    """The first button of the form is the one that Enter presses: not one that takes a point out."""
    shown = page(visitor.post(FORM, {**filled, "add": "1"}))
    buttons = shown.css('button[form="comment-form"], #comment-form button')
    assert buttons[0].attributes.get("name") is None
