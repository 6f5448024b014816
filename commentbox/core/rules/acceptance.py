"""When many comments may be accepted at once, and what an audit must show for it to stay so.

**What is offered.** Explicit references that are not ambiguous, members of a confirmed campaign that say
the same as its letter that a person decided, and suggestions of the model above a threshold of confidence.

**What counts as audited.** Only blind decisions: a person says which measure a comment is about without
seeing what the machine thinks; it agrees where that is the machine's first suggestion. Decisions made on the
ordinary pages do not count: there the suggestion stands first, one key away, and whoever is tired agrees with
it, so that a bad model would earn its offer from them. Blind decisions come from two draws, both at random
and by nothing that a clerk can foresee or choose: of the comments that wait (each decided once, as it would
have to be anyway), and of what was accepted in bulk (one in `ONE_IN`, at least one in each portion).
A comment accepted in bulk that a person corrects elsewhere before its audit counts as a disagreement. One
drawn from those that wait and then decided elsewhere lapses, since the suggestion was seen.

**Scores** must prove themselves. The precision above a threshold is tested by the exact one-sided lower bound
of Clopper and Pearson over the latest `WINDOW` audited decisions, `NEEDED` at least; with none wrong a single
threshold takes 59. There are several thresholds, so several chances to pass by luck: each gets an equal part
of the risk (Bonferroni), so that the lowest that passes is at `CONFIDENCE`. Only thresholds that hold
different decisions count; how many do depends on scores alone, not on outcomes. (Testing from the top down
and stopping at the first failure, which spares the division, was tried: the highest thresholds have the
fewest decisions, fail for want of them, and shut good models out: see bench/bulk.py.) A decision speaks for
a threshold only if it was drawn from all comments above it: those drawn above a higher ``floor`` would
flatter a lower threshold.

**References and campaigns** are explicit, so they are offered from the start, and it is the audit that must
speak against them: when it proves them to be below the standard (the upper bound is), or when of `NEEDED`
audited decisions and more the share that agreed is. A lower bound would shut a faultless kind at 50 of 50.

**Time.** Each decision is a new look, for which nothing is corrected: a model at the standard's edge comes
and goes. What protects is that looking never ends. The window is long so that a good model (.98) stays; so
that one that turns bad goes soon, the latest `RECENT` decisions alone must never prove it to be below.
Nothing more is accepted before the samples of the last acceptance are audited, `NEEDED` of them at most; and
before so many of a kind are, no more at once than gives so many samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

STANDARD = 0.95
CONFIDENCE = 0.95
NEEDED = 50
WINDOW = 600
RECENT = 50
ONE_IN = 20
GRID = (0.98, 0.95, 0.9, 0.8, 0.7)
"""Thresholds of confidence, highest first; the last is also the floor of what is drawn to be audited."""
_HALVINGS = 40


class Kind(StrEnum):
    """Name the kinds of what is accepted in bulk."""

    REFERENCE = "reference"
    CAMPAIGN = "campaign"
    SCORE = "score"


class Outcome(StrEnum):
    """Name what became of a sample: it waits, a person said the same, or another, or it tells nothing."""

    WAITING = "waiting"
    AGREED = "agreed"
    DIFFERED = "differed"
    LAPSED = "lapsed"


class Standing(StrEnum):
    """Name where a kind stands: offered, or why not."""

    OFFERED = "offered"
    TOO_FEW = "too_few"
    UNSURE = "unsure"
    BELOW = "below"
    TURNED = "turned"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Audited:
    """Hold one blind decision: what the machine was sure of, what it was drawn from, who was right."""

    agreed: bool
    score: float = 1.0
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold where a kind stands, with the figures; ``bound`` is the lower one of its precision.

    They are those of the window, or of the latest decisions alone where these speak against it. ``threshold``
    is that of the offer, or the one that failed; None for a kind that has none. ``owed`` is how many samples
    must be audited before more is accepted.
    """

    kind: Kind
    standing: Standing
    audited: int
    wrong: int
    bound: float
    threshold: float | None = None
    owed: int = 0

    @property
    def offered(self) -> bool:
        """Tell whether the kind may be accepted in bulk."""
        return self.standing is Standing.OFFERED


def lower_bound(count: int, wrong: int, tests: int = 1) -> float:
    """Return the precision that decisions with so many wrong prove, as one of several tests; 0 for none.

    All tests together are at `CONFIDENCE`.
    """
    return 1 - _error_bound(count, wrong, (1 - CONFIDENCE) / tests) if wrong < count else 0.0


def upper_bound(count: int, wrong: int) -> float:
    """Return the precision that they leave possible at `CONFIDENCE`; 1 for none wrong."""
    return 1 - _error_bound(count, wrong - 1, CONFIDENCE) if wrong else 1.0


def _error_bound(count: int, wrong: int, tail: float) -> float:
    """Return the rate of error at which so many wrong or fewer have the probability ``tail``.

    This is the quantile of a beta distribution; by halving, since the web server loads no scipy.
    """
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        rate = (low + high) / 2
        low, high = (rate, high) if _at_most(wrong, count, rate) > tail else (low, rate)
    return high


def _at_most(wrong: int, count: int, rate: float) -> float:
    """Return the probability of that many errors or fewer."""
    term = total = (1 - rate) ** count
    for n in range(wrong):
        term *= (count - n) / (n + 1) * rate / (1 - rate)
        total += term
    return total


def judge(kind: Kind, audited: Sequence[Audited], owed: int = 0) -> Verdict:
    """Return where a kind stands by its blind decisions, the latest first."""
    verdict = _by_score(audited) if kind is Kind.SCORE else _explicit(kind, audited[:WINDOW])
    if verdict.offered and owed:
        return replace(verdict, standing=Standing.OWED, owed=owed)
    return verdict


def owed(drawn: int, audited: int) -> int:
    """Return how many samples of the last acceptance must be audited before the next."""
    return max(0, min(NEEDED, drawn) - audited)


def most(verdict: Verdict) -> int | None:
    """Return how many comments may be accepted at once; None for all."""
    return NEEDED * ONE_IN if verdict.audited < NEEDED else None


def samples(accepted: int) -> int:
    """Return how many of what was accepted in one portion go to audit."""
    return math.ceil(accepted / ONE_IN)


def _explicit(kind: Kind, mine: Sequence[Audited]) -> Verdict:
    below = len(mine) >= NEEDED and _share(mine) < STANDARD
    proved = upper_bound(len(mine), _wrong(mine)) < STANDARD
    if below or proved:
        return _verdict(kind, Standing.BELOW, mine)
    if _turned(mine):
        return _verdict(kind, Standing.TURNED, mine[:RECENT])
    return _verdict(kind, Standing.OFFERED, mine)


def _by_score(audited: Sequence[Audited]) -> Verdict:
    held = [(threshold, _above(audited, threshold)) for threshold in GRID]
    enough = [(threshold, mine) for threshold, mine in held if len(mine) >= NEEDED]
    if not enough:
        return _verdict(Kind.SCORE, Standing.TOO_FEW, held[-1][1], GRID[-1])
    tests = len({tuple(map(id, mine)) for _, mine in enough})
    verdicts = [_tested(mine, threshold, tests) for threshold, mine in enough]
    passed = [verdict for verdict in verdicts if verdict.offered]
    return passed[-1] if passed else max(reversed(verdicts), key=lambda verdict: verdict.bound)


def _above(audited: Sequence[Audited], threshold: float) -> list[Audited]:
    return [one for one in audited if one.score >= threshold and one.floor <= threshold][:WINDOW]


def _tested(mine: Sequence[Audited], threshold: float, tests: int) -> Verdict:
    whole = _verdict(Kind.SCORE, Standing.OFFERED, mine, threshold, tests)
    if _share(mine) < STANDARD:
        return replace(whole, standing=Standing.BELOW)
    if _turned(mine):
        return _verdict(Kind.SCORE, Standing.TURNED, mine[:RECENT], threshold, tests)
    return whole if whole.bound >= STANDARD else replace(whole, standing=Standing.UNSURE)


def _turned(mine: Sequence[Audited]) -> bool:
    """Tell whether the latest decisions alone prove it to be below the standard."""
    latest = mine[:RECENT]
    return upper_bound(len(latest), _wrong(latest)) < STANDARD


def _wrong(mine: Sequence[Audited]) -> int:
    return sum(not one.agreed for one in mine)


def _share(mine: Sequence[Audited]) -> float:
    return 1 - _wrong(mine) / len(mine)


def _verdict(
    kind: Kind,
    standing: Standing,
    mine: Sequence[Audited],
    threshold: float | None = None,
    tests: int = 1,
) -> Verdict:
    wrong = _wrong(mine)
    return Verdict(kind, standing, len(mine), wrong, lower_bound(len(mine), wrong, tests), threshold)
