"""Tests of core.rules.acceptance: the bounds, what each kind must show, how a bad model ends its offer."""

from __future__ import annotations

from random import Random

import pytest
from scipy.stats import beta

from bench.bulk import Planted, simulate
from commentbox.core.rules import acceptance
from commentbox.core.rules.acceptance import Audited, Kind, Standing, judge, lower_bound, upper_bound

RIGHT, WRONG = Audited(True), Audited(False)


def said(wrong: int, right: int, score: float = 1.0, floor: float = 0.0) -> list[Audited]:
    """Return so many decisions, the wrong ones the latest."""
    return [Audited(n >= wrong, score, floor) for n in range(wrong + right)]


@pytest.mark.parametrize(("count", "wrong"), [(1, 0), (50, 0), (59, 0), (60, 7), (600, 21), (9, 8)])
def test_bounds_are_those_of_clopper_and_pearson(count: int, wrong: int) -> None:
    assert lower_bound(count, wrong) == pytest.approx(beta.ppf(0.05, count - wrong, wrong + 1), abs=1e-9)
    assert lower_bound(count, wrong, 4) == pytest.approx(beta.ppf(0.0125, count - wrong, wrong + 1), abs=1e-9)
    expected = beta.ppf(0.95, count - wrong + 1, wrong) if wrong else 1.0
    assert upper_bound(count, wrong) == pytest.approx(expected, abs=1e-9)


def test_bounds_of_nothing_and_of_nothing_right() -> None:
    assert (lower_bound(0, 0), upper_bound(0, 0), lower_bound(5, 5)) == (0.0, 1.0, 0.0)
    assert upper_bound(5, 5) == pytest.approx(beta.ppf(0.95, 1, 5), abs=1e-9)


def test_scores_must_prove_themselves() -> None:
    standings = [judge(Kind.SCORE, said(0, count)).standing for count in (0, 49, 50, 58, 59)]
    few, unsure, offered = Standing.TOO_FEW, Standing.UNSURE, Standing.OFFERED
    assert standings == [few, few, unsure, unsure, offered]
    assert judge(Kind.SCORE, said(7, 53)).standing is Standing.BELOW


def test_the_lowest_threshold_that_holds_is_offered() -> None:
    sure = said(0, 100, 0.97, 0.7)
    unsure = said(20, 80, 0.85, 0.7)
    verdict = judge(Kind.SCORE, [*unsure, *sure])
    assert (verdict.threshold, verdict.audited, verdict.wrong) == (0.9, 100, 0)
    assert judge(Kind.SCORE, [*said(0, 80, 0.85, 0.7), *sure]).threshold == 0.7


def test_each_threshold_has_its_part_of_the_risk() -> None:
    one = said(0, 59, 0.99, 0.7)
    assert judge(Kind.SCORE, one).offered
    with_another_set = [*one, *said(0, 1, 0.75, 0.7)]
    assert judge(Kind.SCORE, with_another_set).standing is Standing.UNSURE


def test_samples_from_above_a_threshold_say_nothing_of_a_lower_one() -> None:
    audits_of_the_offer = said(0, 400, 0.99, 0.95)
    drawn = said(9, 51, 0.75, 0.7)
    assert judge(Kind.SCORE, [*audits_of_the_offer, *drawn]).threshold == 0.95
    unfloored = [Audited(one.agreed, one.score, 0.7) for one in audits_of_the_offer]
    assert judge(Kind.SCORE, [*unfloored, *drawn]).threshold == 0.7, "which is what the floor prevents"


def test_explicit_kinds_stand_until_the_audit_speaks_against_them() -> None:
    for right, wrong, offered in ((0, 0, True), (50, 0, True), (49, 1, True), (1, 1, True), (0, 2, False)):
        assert judge(Kind.REFERENCE, said(wrong, right)).offered is offered, (right, wrong)
    assert judge(Kind.CAMPAIGN, said(3, 47)).standing is Standing.BELOW
    assert judge(Kind.CAMPAIGN, said(2, 48)).offered


def test_a_turn_shows_in_the_latest_decisions() -> None:
    for kind in (Kind.SCORE, Kind.REFERENCE):
        verdict = judge(kind, [*said(6, 44), *said(0, 550)])
        assert (verdict.standing, verdict.audited, verdict.wrong) == (Standing.TURNED, 50, 6)
        assert judge(kind, [*said(5, 45), *said(0, 550)]).offered


def test_the_window_forgets() -> None:
    assert judge(Kind.REFERENCE, [*said(0, acceptance.WINDOW), *said(300, 0)]).wrong == 0
    assert judge(Kind.SCORE, [*said(0, acceptance.WINDOW), *said(300, 0)]).offered


def test_nothing_more_before_the_last_is_audited() -> None:
    assert [acceptance.owed(*one) for one in ((0, 0), (3, 0), (3, 3), (500, 10), (500, 50))] == [
        0,
        3,
        0,
        40,
        0,
    ]
    verdict = judge(Kind.SCORE, said(0, 100), owed=3)
    assert (verdict.standing, verdict.owed, verdict.offered) == (Standing.OWED, 3, False)
    assert judge(Kind.SCORE, said(9, 51), owed=3).standing is Standing.BELOW


def test_no_more_at_once_than_is_vouched_for() -> None:
    assert acceptance.most(judge(Kind.REFERENCE, said(0, 49))) == 1000
    assert acceptance.samples(1000) == acceptance.NEEDED
    assert acceptance.most(judge(Kind.REFERENCE, said(0, 50))) is None


def test_at_least_one_in_twenty_is_audited() -> None:
    assert [acceptance.samples(n) for n in (0, 1, 20, 21, 500)] == [0, 1, 1, 2, 25]


def test_chance_alone_seldom_opens_an_offer() -> None:
    chance, passed = Random(4), 0
    for _ in range(200):
        decisions = [Audited(chance.random() < 0.949, chance.uniform(0.7, 1), 0.7) for _ in range(600)]
        passed += judge(Kind.SCORE, decisions).offered
    assert passed <= 16, "one look at a model below the standard: five in a hundred, and chance's margin"


# --- planted models ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_good_model_keeps_its_offer(seed: int) -> None:
    run = simulate(Planted("", 0.98, 0.98), seed)
    assert run.offered / run.days > 0.7


@pytest.mark.parametrize("seed", range(4))
def test_a_bad_model_is_never_offered(seed: int) -> None:
    assert simulate(Planted("", 0.8, 0.8, 0), seed).offered == 0


@pytest.mark.parametrize("kind", [Kind.SCORE, Kind.REFERENCE, Kind.CAMPAIGN])
@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_turns_bad_switches_itself_off(kind: Kind, seed: int) -> None:
    run = simulate(Planted("", 0.99, 0.8, 30, kind), seed)
    assert run.ended
    assert 0 < run.audits <= 60
    assert run.offered <= run.days - 25, "it stays off"
