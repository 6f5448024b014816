"""What finding copies costs, that it does not depend on the batches, and that two workers share no text."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session

from commentbox.core.text import fingerprint
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Campaign, Consultation, SimilarityKey, Submission
from commentbox.services.campaigns.grouping import MOST_HOLDERS, MOST_VARIANTS, store
from commentbox.services.campaigns.waiting import Batch, waiting
from tests.fixtures.app import add_consultation
from tests.fixtures.copies import Writer

SAMPLE = (
    "我支持老旧小区加装充电桩，建议政府补贴一半费用，并且统一安排施工时间，避免扰民，另外电费应当按照居民电价执行。"
    "公园里的路灯坏了三个月没人修，晚上散步的老人摔了好几次，希望尽快派人检查，并把报修电话贴在灯杆上。"
)


def add(session: Session, consultation: Consultation, texts: Sequence[str], now: datetime) -> list[int]:
    """Store letters of these texts, each from another sender; return their ids."""
    before = session.scalar(select(func.max(Submission.id))) or 0
    rows: list[dict[str, Any]] = [
        {
            "consultation_id": consultation.id,
            "receipt": f"COPY-{before + n}",
            "channel": "mail",
            "received_at": now,
            "stored_at": now,
            "email": f"{n}@mail.example",
            "own_text": text,
            "sha256": hashlib.sha256(f"{before + n}".encode()).hexdigest(),
            "fingerprint": fingerprint(text),
        }
        for n, text in enumerate(texts)
    ]
    with transaction(session):
        session.execute(insert(Submission), rows)
    mine = select(Submission.id).where(Submission.id > before, Submission.consultation_id == consultation.id)
    return list(session.scalars(mine.order_by(Submission.id)))


def cluster(session: Session, now: datetime, limit: int) -> int:
    """Do the step's work once."""
    batch = waiting(session, limit)
    with transaction(session):
        return store(session, batch, now)


def partition(session: Session, ids: Sequence[int]) -> list[int]:
    """Return for each letter the place of the first of its campaign, -1 where it has none."""
    groups = select(Submission.campaign_id).where(Submission.id.in_(ids)).order_by(Submission.id)
    found = list(session.scalars(groups))
    return [-1 if group is None else found.index(group) for group in found]


def test_identical_letters_cost_one_key_and_no_statement_each(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    text = Writer(SAMPLE, seed=1).letter()
    add(session, consultation, [text] * 600, now)
    cluster(session, now, 100)
    keys, statements = session.scalar(select(func.count()).select_from(SimilarityKey)), 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    assert {letter.new for letter in waiting(session, 500).letters} == {None}
    event.listen(db.engine, "before_cursor_execute", count)
    assert cluster(session, now, 500) == 500
    event.remove(db.engine, "before_cursor_execute", count)
    assert statements < 20
    assert session.scalar(select(func.count()).select_from(SimilarityKey)) == keys
    assert session.scalars(select(Campaign)).one().size == 600


def test_few_variants_of_a_campaign_have_bands(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    writer = Writer(SAMPLE, seed=2)
    text = writer.letter()
    letters = add(session, consultation, [text, *(writer.near(text, 0.9) for _ in range(40))], now)
    cluster(session, now, 100)
    campaign = session.scalars(select(Campaign)).one()
    assert (campaign.size, campaign.variants) == (41, MOST_VARIANTS)
    having = (
        select(SimilarityKey.submission_id).group_by(SimilarityKey.submission_id).having(func.count() > 1)
    )
    assert len(session.scalars(having).all()) == MOST_VARIANTS
    assert partition(session, letters) == [0] * 41


def test_a_phrase_of_everybody_fills_its_keys_and_no_more(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    writer = Writer(SAMPLE, seed=3)
    phrase = writer.letter()[:80]
    letters = [phrase + writer.letter()[:70] for _ in range(MOST_HOLDERS * 6)]
    add(session, consultation, letters, now)
    cluster(session, now, 1000)
    holders = select(func.count()).select_from(SimilarityKey).group_by(SimilarityKey.key)
    assert max(session.scalars(holders)) == MOST_HOLDERS


LETTERS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["same", "near", "longer", "short"])),
    min_size=2,
    max_size=14,
)


def written(shape: Sequence[tuple[int, str]]) -> list[str]:
    """Return letters of a few origins, each copied in some way."""
    writer = Writer(SAMPLE, seed=4)
    origins = [writer.letter() for _ in range(5)]
    ways = {
        "same": lambda text: text,
        "near": lambda text: writer.near(text, 0.8),
        "longer": lambda text: text + writer.letter(),
        "short": lambda text: text[:12],
    }
    return [ways[way](origins[origin]) for origin, way in shape]


@given(shape=LETTERS, limit=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_size_of_a_batch_changes_nothing(
    session: Session, now: datetime, shape: list[tuple[int, str]], limit: int
) -> None:
    texts, found = written(shape), []
    for size in (limit, 100):
        number = session.scalar(select(func.count()).select_from(Consultation))
        ids = add(session, add_consultation(session, slug=f"parks-{number}"), texts, now)
        while cluster(session, now, size):
            pass
        sizes = select(Campaign.size).join(Submission, Submission.campaign_id == Campaign.id)
        members = sizes.where(Submission.id.in_(ids)).order_by(Submission.id)
        found.append((partition(session, ids), list(session.scalars(members))))
    assert found[0] == found[1]


def test_two_workers_make_one_campaign_of_one_text(
    app: Flask, session: Session, consultation: Consultation, now: datetime
) -> None:
    writer = Writer(SAMPLE, seed=5)
    origins = [writer.letter() for _ in range(6)]
    texts = [text for _ in range(10) for origin in origins for text in (origin, writer.near(origin, 0.9))]
    ids = add(session, consultation, texts, now)
    start = threading.Barrier(3)

    def work(limit: int) -> None:
        with app.app_context():
            start.wait()
            while cluster(db.session(), now, limit):
                pass
            db.session.remove()

    threads = [threading.Thread(target=work, args=(limit,)) for limit in (7, 11, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    while cluster(session, now, 50):
        pass
    assert sorted(session.scalars(select(Campaign.size))) == [20] * 6
    assert len(set(partition(session, ids))) == 6


def test_a_worker_waits_for_what_another_has_not_committed_yet(
    app: Flask, session: Session, consultation: Consultation, now: datetime
) -> None:
    text = Writer(SAMPLE, seed=6).letter()
    ids = add(session, consultation, [text] * 20, now)
    every = waiting(session, 20)
    first = replace(every, letters=every.letters[:10])
    # What a worker holds that looked before anything was known: each of the others' texts is new to it.
    second = replace(every, letters=[replace(x, new=every.letters[0].new) for x in every.letters[10:]])
    session.rollback()
    stored = threading.Event()

    def work(batch: Batch, before: Callable[[], object], after: Callable[[], object]) -> None:
        with app.app_context():
            before()
            with transaction(db.session()):
                store(db.session(), batch, now)
                after()
            db.session.remove()

    def hold() -> None:
        stored.set()
        time.sleep(0.5)

    threads = [
        threading.Thread(target=work, args=(first, lambda: None, hold)),
        threading.Thread(target=work, args=(second, stored.wait, lambda: None)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert partition(session, ids) == [0] * 20
    assert session.scalars(select(Campaign)).one().size == 20
