"""Tests of services.campaigns: the sample's letters hold two campaigns."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.mail import parse_mail
from commentbox.core.quoting import own_text
from commentbox.db import transaction
from commentbox.models import Campaign, Consultation, Submission
from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.waiting import waiting
from tests.fixtures.desk import add_letter

DEMO = Path(__file__).resolve().parents[2] / "demo"
TEXT = "建议在老城区增加口袋公园，配足座椅、饮水点和公共厕所，并请写明每年的数量和位置，方便老人和孩子。"


def cluster(session: Session, now: datetime, limit: int = 100) -> int:
    """Do the step's work once."""
    batch = waiting(session, limit)
    with transaction(session):
        return store(session, batch, now)


def groups(session: Session) -> list[int]:
    """Return the sizes of the campaigns as their members are counted, the largest first."""
    rows = session.execute(
        select(Submission.campaign_id, func.count())
        .where(Submission.campaign_id.is_not(None))
        .group_by(Submission.campaign_id)
    ).all()
    stored = dict(session.execute(select(Campaign.id, Campaign.size)).all())
    counted = [(key, number) for key, number in rows]
    assert dict(counted) == stored
    return sorted(stored.values(), reverse=True)


def test_sample_letters_have_two_campaigns(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    labels = json.loads((DEMO / "labels.json").read_text(encoding="utf-8"))
    expected = Counter(label["campaign"] for label in labels if label.get("campaign"))
    assert len(expected) == 2
    for n, label in enumerate(labels, 1):
        text = own_text(parse_mail((DEMO / "letters" / label["file"]).read_bytes()).text)
        add_letter(session, consultation, text, minutes_ago=n)
    while cluster(session, now, limit=7):
        pass
    assert groups(session) == sorted(expected.values(), reverse=True)


def test_copies_are_found_whether_they_come_together_or_not(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    for n, text in enumerate(
        (
            TEXT,
            TEXT + "谢谢。",
            "另一件完全不同的事：请把路灯的亮度在夜里十点以后减半，省电也护眼，居民多次反映过。",
        ),
        1,
    ):
        add_letter(session, consultation, text, minutes_ago=n)
    assert cluster(session, now) == 3
    assert groups(session) == [2]
    add_letter(session, consultation, TEXT + "盼复。", minutes_ago=9)
    assert cluster(session, now) == 1
    assert groups(session) == [3]
    assert cluster(session, now) == 0


def test_short_texts_are_nobody_s_copies(session: Session, consultation: Consultation, now: datetime) -> None:
    for n in (1, 2):
        add_letter(session, consultation, "同意。", minutes_ago=n)
    cluster(session, now)
    assert groups(session) == []


def test_the_same_batch_twice_counts_once(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    for n in (1, 2):
        add_letter(session, consultation, TEXT, minutes_ago=n)
    batch = waiting(session, 100)
    for expected in (2, 0):
        with transaction(session):
            assert store(session, batch, now) == expected
    assert groups(session) == [2]
