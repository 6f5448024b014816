"""Show with simulated models, good and bad, how accepting in bulk opens and switches itself off.

Prints one table; `python bench/bulk.py`.

Each day so many comments come. While nothing is offered some are drawn and decided blindly; while it is,
everything above the threshold is accepted and its samples are audited, all on the same day. A model is right
with one probability above a confidence of .9 and with another below; a planted one turns bad one day.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from commentbox.core.rules import acceptance  # noqa: E402
from commentbox.core.rules.acceptance import GRID, Audited, Kind  # noqa: E402

A_DAY = 200
DRAWN = 40
DAYS = 60
RUNS = 40
KEPT = 3000
SURE = 0.9
BELOW_SURE = 0.7


@dataclass(frozen=True)
class Planted:
    """Hold how often a model is right where it is sure, before a day and from then on."""

    name: str
    right: float
    later: float
    turns: int = DAYS
    kind: Kind = Kind.SCORE


@dataclass
class Run:
    """Hold what came of one simulated office.

    ``days`` are those since it was first offered, ``offered`` those of them on which it was. Since the turn:
    ``wrong`` are acceptances let through, their audited samples left out; ``audits`` the decisions up to the
    end of the offer, where it ended.
    """

    days: int = 0
    offered: int = 0
    wrong: int = 0
    audits: int = 0
    ended: bool = False


MODELS = (
    Planted("score: good, .98", 0.98, 0.98),
    Planted("score: good, .99", 0.99, 0.99),
    Planted("score: .98 turns to .80", 0.98, 0.80, 30),
    Planted("score: .98 turns to .90", 0.98, 0.90, 30),
    Planted("score: bad from the start, .80", 0.80, 0.80, 0),
    Planted("score: bad from the start, .90", 0.90, 0.90, 0),
    Planted("score: just below, .94", 0.94, 0.94, 0),
    Planted("reference: good, .99", 0.99, 0.99, kind=Kind.REFERENCE),
    Planted("reference: .99 turns to .80", 0.99, 0.80, 30, Kind.REFERENCE),
    Planted("reference: bad from the start, .80", 0.80, 0.80, 0, Kind.REFERENCE),
)


def main() -> None:
    """Print a line a model: the median of all runs, and the worst."""
    print(f"{RUNS} runs of {DAYS} days, {A_DAY} comments a day; median (worst)")
    print(f"{'model':<36}{'ever offered':>13}{'days offered':>14}{'audits to off':>15}{'wrong let by':>15}")
    for model in MODELS:
        print(line(model, [simulate(model, seed) for seed in range(RUNS)]), flush=True)


def line(model: Planted, runs: Sequence[Run]) -> str:
    """Return a model's line; what concerns its end is left out for a good one."""
    opened = [run for run in runs if run.offered]
    share = f"{statistics.median(run.offered / run.days for run in opened):.2f}" if opened else "-"
    bad = model.later < acceptance.STANDARD
    audits = spread([run.audits for run in opened if run.ended]) if bad else "-"
    wrong = spread([run.wrong for run in runs]) if bad else "-"
    return f"{model.name:<36}{len(opened):>10}/{len(runs)}{share:>14}{audits:>15}{wrong:>15}"


def spread(values: Sequence[int]) -> str:
    """Return the median and the worst, "-" where there is none."""
    if not values:
        return "-"
    return f"{statistics.median(values):.0f} ({max(values)})"


def simulate(model: Planted, seed: int) -> Run:
    """Run one office from its first day."""
    chance, run = random.Random(seed), Run()
    evidence: list[Audited] = []
    for day in range(DAYS):
        comments = [_comment(model, day, chance) for _ in range(A_DAY)]
        verdict = acceptance.judge(model.kind, evidence[-KEPT:][::-1])
        run.days += bool(verdict.offered or run.offered)
        if verdict.offered:
            run.offered += 1
            _accept(model, verdict.threshold or 0.0, comments, evidence, run, chance, day >= model.turns)
        else:
            floor = GRID[-1] if model.kind is Kind.SCORE else 0.0
            evidence += [Audited(right, score, floor) for right, score in comments[:DRAWN]]
    return run


def _comment(model: Planted, day: int, chance: random.Random) -> tuple[bool, float]:
    """Return whether the machine is right about a comment, and how sure it is."""
    right, score = model.later if day >= model.turns else model.right, chance.uniform(GRID[-1], 1)
    if model.kind is Kind.SCORE and score < SURE:
        right = min(right, BELOW_SURE)
    return chance.random() < right, score


def _accept(
    model: Planted,
    threshold: float,
    comments: Sequence[tuple[bool, float]],
    evidence: list[Audited],
    run: Run,
    chance: random.Random,
    turned: bool,
) -> None:
    """Accept what is above the threshold, and audit its samples one by one."""
    taken = [one for one in comments if one[1] >= threshold]
    places = set(chance.sample(range(len(taken)), acceptance.samples(len(taken))))
    run.wrong += sum(not right for n, (right, _) in enumerate(taken) if turned and n not in places)
    for place in sorted(places):
        right, score = taken[place]
        evidence.append(Audited(right, score, threshold))
        if turned and not run.ended:
            run.audits += 1
            run.ended = not acceptance.judge(model.kind, evidence[-KEPT:][::-1]).offered


if __name__ == "__main__":
    main()
