"""The step that reads open comments again once the machine knows more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps import understand
from commentbox.models import Comment, Consultation
from commentbox.services import measures, triage
from commentbox.services.errors import Invalid
from tests.fixtures.app import add_consultation
from tests.fixtures.desk import add_letter, measure

LIGHT, TREES = "2.1.1.4", "2.1.1.3"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def parks(runtime: Runtime) -> Consultation:
    """Return a consultation in the step's own database."""
    with transaction(runtime.session):
        return add_consultation(runtime.session)


def first(session: Session, comment_id: int) -> tuple[str, str]:
    """Return the path first suggested for a comment, and the version of the model that did."""
    session.expire_all()
    comment = session.get_one(Comment, comment_id)
    assert comment.suggestions[0].measure_id == comment.top_measure_id
    return comment.suggestions[0].measure.path, comment.suggestions[0].model_version


def test_training_has_open_comments_read_again_and_changes_no_decision(
    runtime: Runtime, parks: Consultation
) -> None:
    session, said = runtime.session, "夜跑的人看不见台阶"
    decided, left, later = (
        add_letter(session, parks, text).comments[0].id for text in (said, said + "。", "种树")
    )
    with transaction(session):
        for comment_id, path in ((decided, LIGHT), (later, TREES)):
            triage.assign(session, comment_id, measure(session, path).id, version=1, actor=SYSTEM, now=NOW)
    before = first(session, decided), first(session, later)
    learned = understand.train_one(runtime, parks.id)
    assert understand.reread(runtime) == 1
    assert first(session, left) == (LIGHT, learned.version)
    assert (first(session, decided), first(session, later)) == before
    assert session.get_one(Comment, decided).measure_id == measure(session, LIGHT).id
    assert [understand.reread(runtime) for _ in range(2)] == [0, 0]
    assert session.get_one(Consultation, parks.id).reread_after_id is None


def test_reading_again_goes_on_where_it_stopped(
    runtime: Runtime, parks: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [add_letter(runtime.session, parks, f"路灯{n}").comments[0].id for n in range(5)]
    with transaction(runtime.session):
        measures.set_keywords(
            runtime.session, measure(runtime.session, TREES), "路灯，灯", actor=SYSTEM, now=NOW
        )
    monkeypatch.setattr(understand, "SUGGEST_BATCH", 2)
    assert [understand.reread(runtime) for _ in range(5)] == [2, 2, 1, 0, 0]
    assert {first(runtime.session, one)[0] for one in ids} == {TREES}


def test_training_waits_for_news(runtime: Runtime, parks: Consultation) -> None:
    session = runtime.session
    ids = [add_letter(session, parks, f"随便说说{n}").comments[0].id for n in range(understand.LEARN_EVERY)]
    whole = measure(session, "whole").id
    with transaction(session):
        for comment_id in ids[1:]:
            triage.assign(session, comment_id, whole, version=1, actor=SYSTEM, now=NOW)
    assert understand.train(runtime) == 0
    with transaction(session):
        triage.assign(session, ids[0], whole, version=1, actor=SYSTEM, now=NOW)
    assert [understand.train(runtime) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("said", [" ".join(f"词{n}" for n in range(31)), "长" * 21])
def test_too_many_keywords_are_refused(runtime: Runtime, parks: Consultation, said: str) -> None:
    with pytest.raises(Invalid, match="keywords"):
        measures.set_keywords(runtime.session, measure(runtime.session, TREES), said, actor=SYSTEM, now=NOW)
