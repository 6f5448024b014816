"""Typing in a letter or a phone call."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Channel, Role
from commentbox.models import Consultation, Submission
from tests.fixtures.desk import Desk

SignIn = Callable[[Role], FlaskClient]
PATH = "/staff/parks/enter"
LETTER = {
    "channel": "phone",
    "received": "2026-01-02T10:30",
    "kind": "person",
    "respondent": "何静",
    "body": "来电反映公园路灯太暗，建议增加照明。",
}


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PATH)


def test_a_call_becomes_a_submission_with_the_time_of_the_office(desk: Desk, session: Session) -> None:
    answer = desk.post(PATH, **LETTER)
    made = session.scalars(select(Submission)).one()
    assert answer.location == f"/staff/parks/s/{made.receipt}"
    assert (made.channel, made.respondent, len(made.comments)) == (Channel.PHONE, "何静", 1)
    assert made.received_at.isoformat() == "2026-01-02T02:30:00+00:00"


def test_a_scan_is_kept_with_the_letter(desk: Desk, session: Session) -> None:
    scan = (BytesIO("建议多种树。".encode()), "来信.txt")
    desk.post(PATH, **{**LETTER, "channel": "letter"}, files=scan)
    made = session.scalars(select(Submission)).one()
    assert [file.filename for file in made.attachments] == ["来信.txt"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"received": "yesterday"}, "请填写收到的日期和时间"),
        ({"received": "2999-01-01T00:00"}, "不能晚于现在"),
        ({"channel": "mail"}, "请选择来信或来电"),
        ({"kind": "robot"}, "请选择列出的类别"),
        ({"body": "  "}, "请录入意见内容"),
        ({"files": (BytesIO(b"MZ"), "program.exe")}, "不能接收"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    desk: Desk, session: Session, wrong: dict[str, Any], words: str
) -> None:
    answer = desk.post(PATH, status=422, **{**LETTER, **wrong})
    assert words in answer.text
    assert "何静" in answer.text
    assert session.scalars(select(Submission)).all() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DRAFTER])
def test_others_may_not(sign_in: SignIn, consultation: Consultation, role: Role) -> None:
    desk = Desk(sign_in(role), "/staff/parks/")
    desk.get(PATH, status=403)
    desk.post(PATH, status=403, **LETTER)
