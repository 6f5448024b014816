"""Tests of commentbox.core.rules (the mail rules have a file of their own) and of the states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from commentbox.core.rules.letters import language, respondent_kind
from commentbox.core.rules.period import (
    Period,
    Phase,
    accepts,
    late_minutes,
    phase,
    takes_mail,
    too_early,
    too_short,
)
from commentbox.core.rules.permissions import MATRIX, Act, may
from commentbox.core.rules.retry import ingest_delay, poll_delay, send_delay, sign_in_delay
from commentbox.core.rules.routing import Destination, destination
from commentbox.core.rules.slugs import slug_allowed
from commentbox.core.states import (
    TRANSITIONS,
    CommentState,
    ConsultationState,
    Disposition,
    IllegalMove,
    Role,
    check_move,
    reason_required,
)

PERIOD = Period.of_days(date(2023, 4, 28), date(2023, 5, 27), "Asia/Shanghai")
LAST = datetime(2023, 5, 27, 15, 59, 59, tzinfo=UTC)


def test_the_last_day_counts_to_its_last_second() -> None:
    assert accepts(ConsultationState.OPEN, PERIOD, LAST)
    assert not accepts(ConsultationState.OPEN, PERIOD, LAST + timedelta(seconds=1))
    assert PERIOD.opens == datetime(2023, 4, 27, 16, tzinfo=UTC)
    assert PERIOD.last_day("Asia/Shanghai") == date(2023, 5, 27)


def test_what_came_a_month_before_the_first_day_is_another_letter() -> None:
    assert not too_early(PERIOD, PERIOD.opens - timedelta(days=30))
    assert too_early(PERIOD, PERIOD.opens - timedelta(days=30, seconds=1))
    assert not too_early(PERIOD, PERIOD.closes + timedelta(days=900))


def test_phases() -> None:
    before = PERIOD.opens - timedelta(seconds=1)
    assert phase(ConsultationState.DRAFT, PERIOD, LAST) is Phase.HIDDEN
    assert phase(ConsultationState.OPEN, PERIOD, before) is Phase.BEFORE
    assert phase(ConsultationState.OPEN, PERIOD, LAST) is Phase.OPEN
    assert phase(ConsultationState.CLOSED, PERIOD, LAST) is Phase.AFTER
    assert takes_mail(ConsultationState.CLOSED)
    assert not takes_mail(ConsultationState.ARCHIVED)


def test_lateness_in_minutes() -> None:
    assert late_minutes(PERIOD, LAST) == 0
    assert late_minutes(PERIOD, PERIOD.closes) == 1
    assert late_minutes(PERIOD, PERIOD.closes + timedelta(hours=2)) == 120


def test_thirty_days_are_enough() -> None:
    assert not too_short(PERIOD)
    assert too_short(Period.of_days(date(2023, 4, 28), date(2023, 5, 26), "Asia/Shanghai"))
    with pytest.raises(ValueError, match="before"):
        Period.of_days(date(2023, 5, 2), date(2023, 5, 1), "Asia/Shanghai")


def test_retries_grow_and_end() -> None:
    assert ingest_delay(1) is not None
    assert ingest_delay(3) is None
    delays = [send_delay(n) for n in range(1, 8)]
    assert delays == sorted(d for d in delays if d)
    assert send_delay(8) is None
    assert poll_delay(1) >= timedelta(minutes=1)
    assert poll_delay(99) == poll_delay(5)
    assert sign_in_delay(2) == timedelta(0)
    assert sign_in_delay(50) == timedelta(minutes=1)


ONE, TWO = Destination(1, "a@x.example", "公园"), Destination(2, "b@x.example", "道路")


@pytest.mark.parametrize(
    ("candidates", "addresses", "subject", "expected"),
    [
        ([ONE], [], "whatever", 1),
        ([ONE, TWO], ["B@x.example"], "", 2),
        ([ONE, TWO], [], "关于道路的意见", 2),
        ([ONE, TWO], ["c@x.example"], "你好", None),
        ([ONE, TWO], ["a@x.example", "b@x.example"], "公园", 1),
        ([], ["a@x.example"], "", None),
    ],
)
def test_routing(
    candidates: list[Destination], addresses: list[str], subject: str, expected: int | None
) -> None:
    assert destination(candidates, addresses, subject) == expected


def test_letters() -> None:
    assert respondent_kind("某某科技有限公司") == "company"
    assert respondent_kind("市财政局") == "agency"
    assert respondent_kind("市第二中学") == "institution"
    assert respondent_kind("王小明") == "unknown"
    assert language("Please plant more trees in the park.") == "en"
    assert language("请多种树 OK") == "zh"


def test_slugs() -> None:
    assert slug_allowed("lf-2023")
    for slug in ("", "-a", "A", "a b", "held", "outbox", "../x", "中"):
        assert not slug_allowed(slug)


def test_every_role_is_in_the_matrix_and_denied_by_default() -> None:
    assert set(MATRIX) == set(Role)
    assert not may(Role.VIEWER, Act.TRIAGE)
    assert not may(Role.DRAFTER, Act.REPLY)
    assert not may(Role.HANDLER, Act.DISPOSE)
    assert all(may(Role.ADMIN, act) for act in Act)


def test_moves() -> None:
    check_move(CommentState.SUGGESTED, CommentState.ASSIGNED)
    with pytest.raises(IllegalMove):
        check_move(CommentState.NEW, CommentState.DISPOSED)
    for kind, moves in TRANSITIONS.items():
        assert set(moves) == set(kind)


def test_reasons() -> None:
    assert reason_required(Disposition.NOT_ACCEPTED)
    assert not reason_required(Disposition.ACCEPTED)
