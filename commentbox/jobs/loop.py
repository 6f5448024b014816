"""The embedded loop: steps in turn in one process, for one machine."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from commentbox.db import give_up
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps import step

IDLE_SECONDS = 1.0
TRAIN_EVERY = timedelta(minutes=1)
WATCH_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


def run(
    runtime: Runtime, names: Sequence[str], stop: threading.Event, beside: Callable[[], None] = lambda: None
) -> None:
    """Run the steps of these names until told to stop; ``beside`` is called once a round."""
    due: dict[str, datetime] = {}
    while not stop.is_set():
        beside()
        if cycle(runtime, names, due) == 0 and _rung(runtime, stop):
            due.pop("poll", None)


def _rung(runtime: Runtime, stop: threading.Event) -> bool:
    """Wait a moment; tell whether a mail server has said that mail has come."""
    if runtime.doorbell is not None:
        return runtime.doorbell.wait(IDLE_SECONDS, stop)
    stop.wait(IDLE_SECONDS)
    return False


def cycle(runtime: Runtime, names: Sequence[str], due: dict[str, datetime]) -> int:
    """Run each step once, those with a rhythm only when due; return how much was done."""
    seconds = timedelta(seconds=runtime.settings["POLL_SECONDS"])
    every = {"poll": seconds, "watch": WATCH_EVERY, "train": TRAIN_EVERY}
    done = 0
    for name in names:
        now = runtime.clock()
        if now >= due.get(name, now):
            due[name] = now + every.get(name, timedelta())
            done += guarded(name, runtime)
    return done


def guarded(name: str, runtime: Runtime) -> int:
    """Run a step; a fault is logged and met again at the next round, never the end of the loop."""
    try:
        return step(name)(runtime)
    except OperationalError as error:
        # The text of a database error holds the row's contents: letters do not belong in logs.
        log.error("database trouble", step=name, error=type(error.orig).__name__)
    except Exception as error:
        log.error("step failed", step=name, error=type(error).__name__, exc_info=False)
    give_up(runtime.session)
    return 0


@contextlib.contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the loop after the step at hand; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
