"""The steps by their names; each is loaded when it is first asked for.

Taking mail in and understanding it are two processes on one machine: scikit-learn, which the second needs,
would more than double the memory of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from commentbox.jobs.runtime import Runtime

Step = Callable[[Runtime], int]
"""A bounded, repeatable batch of work; returns how much was done."""

_WHERE = {
    "poll": "poll:poll_step",
    "watch": "watch:watch",
    "ingest": "ingest:ingest",
    "deliver": "deliver:deliver",
    "accept": "bulk:accept",
    "suggest": "understand:suggest_measures",
    "index": "understand:index_texts",
    "cluster": "cluster:cluster",
    "train": "understand:train",
    "reread": "understand:reread",
}
INTAKE = ("poll", "watch", "ingest", "deliver")
UNDERSTANDING = ("accept", "suggest", "index", "cluster", "train", "reread")
NAMES = INTAKE + UNDERSTANDING


def step(name: str) -> Step:
    """Return the step of this name; raise KeyError where there is none."""
    module, _, function = _WHERE[name].partition(":")
    found: Step = getattr(import_module(f"{__name__}.{module}"), function)
    return found


def work_off(runtime: Runtime, *names: str) -> None:
    """Run these steps in turn, all where none is named, until there is nothing left to do but to poll."""
    chosen = [step(name) for name in names or NAMES if name not in ("poll", "watch")]
    while sum(one(runtime) for one in chosen):
        pass
