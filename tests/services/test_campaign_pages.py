"""What staff read of a campaign, and what they say of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.sheets import INTERNAL
from commentbox.core.states import CampaignState, IllegalMove, SubmissionState
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import Campaign, Consultation, Submission
from commentbox.services import audit, campaigns, queue, sheet, triage
from commentbox.services.errors import Conflict, Invalid, NotFound
from tests.fixtures.desk import add_letter
from tests.services.test_campaigns import TEXT, cluster

OWN = "我家有老人，走不远。"


@pytest.fixture
def letters(session: Session, consultation: Consultation, now: datetime) -> list[Submission]:
    """Return a letter, one that says the same, one with a sentence of its own; all compared."""
    texts = (TEXT, TEXT, TEXT + OWN)
    made = [add_letter(session, consultation, text, minutes_ago=9 - n) for n, text in enumerate(texts)]
    cluster(session, now)
    return made


def line_of(session: Session, letter: Submission) -> campaigns.Line:
    """Return the campaign of a letter."""
    line = campaigns.of_letter(session, letter)
    assert line is not None
    return line


def decide(session: Session, letters: list[Submission], verdict: str, who: Actor, now: datetime) -> int:
    """Say what the only campaign is."""
    campaign = session.scalars(select(Campaign)).one()
    with transaction(session):
        return campaigns.decide(session, campaign.id, verdict, version=campaign.version, actor=who, now=now)


def test_the_earliest_stands_for_all_and_each_says_what_is_its_own(
    session: Session, letters: list[Submission]
) -> None:
    line = line_of(session, letters[2])
    assert line.representative.id == letters[0].id
    assert campaigns.tally(session, line) == (1, 1, 0)
    (same,) = campaigns.members(session, line, same=True)
    (other,) = campaigns.members(session, line, same=False)
    assert (same.submission.id, same.beyond) == (letters[1].id, None)
    assert other.beyond is not None
    assert [one.text for one in other.beyond.own] == [OWN]
    assert other.beyond.missing == []


def test_spam_is_a_member_that_is_not_counted(
    session: Session, letters: list[Submission], clerk: Actor, now: datetime
) -> None:
    with transaction(session):
        triage.mark_spam(session, letters[1].id, reason="广告", version=1, actor=clerk, now=now)
    assert campaigns.tally(session, line_of(session, letters[0])) == (1, 1, 1)


def test_members_come_page_by_page(
    session: Session, consultation: Consultation, letters: list[Submission], now: datetime
) -> None:
    more = [add_letter(session, consultation, TEXT, minutes_ago=n).id for n in range(20, 25)]
    cluster(session, now)
    line = line_of(session, letters[0])
    found: list[int] = []
    while page := campaigns.members(session, line, same=True, after_id=found[-1] if found else None, limit=4):
        found += [one.submission.id for one in page]
    assert found == [letters[1].id, *more]


def test_the_largest_come_first_page_by_page(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    kinds = (
        "这座公园的围墙应当拆掉，让路过的人都能进去坐一坐，早晚各开放两个小时也是好的。",
        TEXT,
        TEXT[::-1],
    )
    for n, text in enumerate(kinds, 2):
        for minutes in range(n):
            add_letter(session, consultation, text, minutes_ago=100 * n + minutes)
    cluster(session, now)
    first = campaigns.listed(session, consultation.id, limit=2)
    rest = campaigns.listed(session, consultation.id, after_id=first[-1].campaign.id)
    assert [line.campaign.size for line in (*first, *rest)] == [4, 3, 2]
    assert campaigns.counts(session, consultation.id) == {CampaignState.FOUND: 3}


def test_a_person_confirms_and_takes_it_back(
    session: Session, letters: list[Submission], clerk: Actor, now: datetime
) -> None:
    done = decide(session, letters, "confirmed", clerk, now)
    campaign = session.scalars(select(Campaign)).one()
    assert (campaign.state, campaign.decided_by_id, campaign.decided_at) == ("confirmed", clerk.user_id, now)
    assert [entry.action for entry in audit.for_campaign(session, campaign.id)] == ["confirm_campaign"]
    with transaction(session):
        triage.undo(session, done, actor=clerk, now=now)
    assert (campaign.state, campaign.decided_by_id, campaign.decided_at) == ("found", None, None)
    with pytest.raises(Conflict), transaction(session):
        triage.undo(session, done, actor=clerk, now=now)


def test_one_that_is_none_is_shown_nowhere_and_not_found_again(
    session: Session, consultation: Consultation, letters: list[Submission], clerk: Actor, now: datetime
) -> None:
    assert any("同源意见 3 件" in str(row) for row in sheet.rows(session, consultation, preset=INTERNAL))
    decide(session, letters, "rejected", clerk, now)
    late = add_letter(session, consultation, TEXT + "盼复。", minutes_ago=1)
    cluster(session, now)
    rows = queue.page(session, consultation.id, queue.Filters()).rows
    assert {row.campaign_size for row in rows} == {1}
    assert not any("同源" in str(row) for row in sheet.rows(session, consultation, preset=INTERNAL))
    assert campaigns.of_letter(session, late) is None
    assert session.scalars(select(Campaign)).one().size == 4
    assert [line.campaign.state for line in campaigns.listed(session, consultation.id)] == ["rejected"]
    assert campaigns.listed(session, consultation.id, state="found") == []


def test_what_is_refused(session: Session, letters: list[Submission], clerk: Actor, now: datetime) -> None:
    campaign = session.scalars(select(Campaign)).one()
    for error, campaign_id, verdict, version in (
        (Invalid, campaign.id, "found", 1),
        (Conflict, campaign.id, "confirmed", 2),
        (NotFound, campaign.id + 1, "confirmed", 1),
    ):
        with pytest.raises(error), transaction(session):
            campaigns.decide(session, campaign_id, verdict, version=version, actor=clerk, now=now)
    decide(session, letters, "confirmed", clerk, now)
    with pytest.raises(IllegalMove):
        decide(session, letters, "confirmed", clerk, now)


def test_what_was_withdrawn_draws_nobody_in(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    gone = add_letter(session, consultation, TEXT, minutes_ago=9)
    cluster(session, now)
    with transaction(session):
        gone.state = SubmissionState.WITHDRAWN
    for minutes in (8, 7):
        add_letter(session, consultation, TEXT, minutes_ago=minutes)
        cluster(session, now)
    campaign = session.scalars(select(Campaign)).one()
    assert (campaign.size, gone.campaign_id) == (2, None)


def test_a_shared_quotation_of_the_draft_makes_no_campaign(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    quoted = "".join(f"{m.label}{m.title}{m.text}" for m in consultation.measures)
    for n, own in enumerate(
        (
            "上面各条都好，只是钱从哪里来没有讲清楚，建议逐项列出预算，每年向社会公布一次花了多少。",
            "我只谈种树这一条：杨树飞絮扰人，请改种槐树和银杏，并在栽后三年内包活，死了要补种。",
            "同意。",
            "同意。",
        )
    ):
        add_letter(session, consultation, f"方案写道：“{quoted}”", own, minutes_ago=n + 1)
    cluster(session, now)
    assert session.scalars(select(Campaign)).all() == []


def test_who_sends_the_same_again_is_one_voice(
    session: Session, consultation: Consultation, letters: list[Submission], now: datetime
) -> None:
    for minutes, sender in ((3, letters[0].email), (2, letters[0].email.upper()), (1, "li@mail.example")):
        add_letter(session, consultation, TEXT, minutes_ago=minutes, email=sender, follows_id=letters[0].id)
    cluster(session, now)
    line = line_of(session, letters[0])
    assert line.campaign.size == 4
    assert sum(campaigns.tally(session, line)[:2]) == 5
