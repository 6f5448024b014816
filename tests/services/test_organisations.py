"""The organisations that were asked: their list, their letters, and who has not answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import Consultation, InboundMail, Submission
from commentbox.services import organisations, triage
from commentbox.services.errors import Invalid
from commentbox.services.ingest import Incoming, record_submission
from commentbox.services.organisations import Answer, Line
from tests.fixtures.app import add_consultation
from tests.fixtures.desk import add_letter

LIST = "云栖市科学技术局，@kjj.yunqi.gov.cn\n云栖市教育局\n云栖大学，yunqi.edu.cn"


def load(session: Session, consultation: Consultation, text: str, clerk: Actor, now: datetime) -> list[Line]:
    """Load a list and return the tally."""
    with transaction(session):
        organisations.load(session, consultation.id, text, actor=clerk, now=now)
    return organisations.tally(session, consultation.id)


def tally(session: Session, consultation: Consultation) -> dict[str, tuple[str, int]]:
    """Return what each organisation answered and with how many comments."""
    lines = organisations.tally(session, consultation.id)
    return {line.organisation.name: (line.answer, line.comments) for line in lines}


def test_intake_26_no_opinion_is_tallied_for_its_organisation(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    add_letter(session, consultation, "无意见", email="a@kjj.yunqi.gov.cn", no_opinion=True, minutes_ago=9)
    add_letter(session, consultation, "多种树。", "多装灯。", organisation="市教育局", minutes_ago=8)
    add_letter(session, consultation, "无意见", organisation="市教育局", no_opinion=True, minutes_ago=7)
    lines = load(session, consultation, LIST, clerk, now)
    assert tally(session, consultation) == {
        "云栖市科学技术局": ("no_opinion", 0),
        "云栖市教育局": ("comments", 2),
        "云栖大学": ("waiting", 0),
    }
    assert organisations.totals(lines) == {Answer.COMMENTS: 1, Answer.NO_OPINION: 1, Answer.WAITING: 1}
    assert [line.submissions for line in lines] == [1, 2, 0]
    assert lines[1].last == max(one.received_at for one in session.query(Submission))


def test_intake_26_a_new_letter_is_put_to_its_organisation_and_its_supplement_too(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    load(session, consultation, LIST, clerk, now)
    incoming = {"channel": "mail", "received_at": now, "comments": (), "sha256": "0"}

    def record(**given: object) -> Submission:
        with transaction(session):
            return record_submission(session, consultation, Incoming(**{**incoming, **given}), now=now)  # type: ignore[arg-type]

    first = record(own_text="无意见\n云栖市教育局", email="someone@163.com")
    more = record(own_text="又：多种树。", email="Someone@163.com", follows=first)
    other = record(own_text="又：多种树。", email="other@163.com", follows=first)
    forged = record(own_text="无意见", email="a@kjj.yunqi.gov.cn", forged=True)
    found = [
        (one.asked.name if one.asked else None, one.organisation_by) for one in (first, more, other, forged)
    ]
    assert found == [
        ("云栖市教育局", "signature"),
        ("云栖市教育局", "first_letter"),
        (None, None),
        (None, None),
    ]


def test_spam_and_dismissed_comments_do_not_count(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    spam = add_letter(session, consultation, "广告。", organisation="云栖大学", minutes_ago=3)
    letter = add_letter(
        session, consultation, "您好。", "多种树。", organisation="云栖市教育局", minutes_ago=2
    )
    load(session, consultation, LIST, clerk, now)
    comment_id, spam_id = letter.comments[0].id, spam.id
    with transaction(session):
        triage.dismiss(session, comment_id, reason="问候语", version=1, actor=clerk, now=now)
        triage.mark_spam(session, spam_id, reason="广告", version=1, actor=clerk, now=now)
    assert tally(session, consultation)["云栖市教育局"] == ("comments", 1)
    assert tally(session, consultation)["云栖大学"] == ("waiting", 0)


def test_a_person_s_word_outlives_a_new_list_and_a_machine_s_does_not(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    given = {"actor": clerk, "now": now}
    first = add_letter(session, consultation, "多种树。", organisation="市教育局", minutes_ago=2)
    second = add_letter(session, consultation, "多装灯。", organisation="市教育局", minutes_ago=1)
    lines = load(session, consultation, LIST, clerk, now)
    with transaction(session):
        organisations.decide(session, first.id, lines[2].organisation.id, **given)
        organisations.decide(session, second.id, None, **given)
    load(session, consultation, LIST + "\n云栖市卫健委", clerk, now)
    assert (first.asked.name if first.asked else None, first.organisation_by) == ("云栖大学", "staff")
    assert (second.organisation_id, second.organisation_by) == (None, "staff")
    load(session, consultation, "云栖市教育局", clerk, now)
    session.expire_all()
    assert first.asked is not None
    assert first.asked.name == "云栖市教育局"
    assert organisations.text(session, consultation.id) == "云栖市教育局"
    assert load(session, consultation, "", clerk, now) == []


def test_what_is_refused(session: Session, consultation: Consultation, clerk: Actor, now: datetime) -> None:
    given = {"actor": clerk, "now": now}
    letter_id = add_letter(session, consultation).id
    other = load(session, add_consultation(session, now, slug="other"), LIST, clerk, now)[0].organisation.id
    for wrong in (other, 10_000):
        with pytest.raises(Invalid, match="no_such_organisation"), transaction(session):
            organisations.decide(session, letter_id, wrong, **given)
    with pytest.raises(Invalid, match="no_organisation"), transaction(session):
        organisations.load(session, consultation.id, "a@b.example", **given)


def test_a_forged_address_is_not_believed_when_the_list_comes_later(
    session: Session, consultation: Consultation, clerk: Actor, now: datetime
) -> None:
    letter = add_letter(session, consultation, email="a@kjj.yunqi.gov.cn", raw=b"From: x\r\n\r\ny")
    with transaction(session):
        mail = session.query(InboundMail).one()
        mail.sender_check = "failed"
    assert load(session, consultation, LIST, clerk, now + timedelta(days=1))[0].submissions == 0
    session.expire_all()
    assert letter.organisation_id is None
