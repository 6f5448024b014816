"""The embedded loop: all steps in one process, for one machine."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import OperationalError

from commentbox.adapters.lock import sole_owner
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps.deliver import deliver
from commentbox.jobs.steps.ingest import ingest
from commentbox.jobs.steps.poll import poll
from commentbox.jobs.steps.understand import cluster, index_texts, suggest_measures, train
from commentbox.services import leases

IDLE_SECONDS = 1.0
TRAIN_EVERY = timedelta(minutes=1)

log = structlog.get_logger()

STEPS: tuple[Callable[[Runtime], int], ...] = (ingest, suggest_measures, index_texts, cluster, deliver)


def run(runtime: Runtime, stop: threading.Event | None = None) -> None:
    """Run all steps until told to stop, by the event or by SIGTERM or SIGINT in the main thread."""
    stop = stop or threading.Event()
    due: dict[str, datetime] = {}
    lock = Path(runtime.settings["DATA_DIR"]) / "worker.lock"
    with _signals(stop), sole_owner(lock) as alone:
        if alone:
            _guarded(take_over, runtime)
        while not stop.is_set():
            if cycle(runtime, due) == 0:
                stop.wait(IDLE_SECONDS)


def take_over(runtime: Runtime) -> int:
    """End the leases of a worker that died, so that its work goes on at once.

    Only where all workers are on this machine: elsewhere another may hold them, and they run out.
    """
    if runtime.session.get_bind().dialect.name == "sqlite":
        with transaction(runtime.session) as session:
            leases.release_all(session, runtime.clock())
    return 0


def cycle(runtime: Runtime, due: dict[str, datetime]) -> int:
    """Run each step once, those with a rhythm only when due; return how much was done."""
    every = timedelta(seconds=runtime.settings["POLL_SECONDS"])
    done = _rhythm(runtime, due, "poll", every, poll_step)
    for step in STEPS:
        done += _guarded(step, runtime)
    return done + _rhythm(runtime, due, "train", TRAIN_EVERY, train)


def poll_step(runtime: Runtime) -> int:
    """Look into the mailbox; return how many mails were new."""
    result = poll(runtime)
    if result.error:
        log.error("poll failed", error=result.error)
    elif result.new:
        log.info("poll", new=result.new, fetched=result.fetched)
    return result.new


def _rhythm(
    runtime: Runtime,
    due: dict[str, datetime],
    name: str,
    every: timedelta,
    step: Callable[[Runtime], int],
) -> int:
    now = runtime.clock()
    if now < due.get(name, now):
        return 0
    due[name] = now + every
    return _guarded(step, runtime)


def _guarded(step: Callable[[Runtime], int], runtime: Runtime) -> int:
    """Run a step; a fault is logged and met again at the next round, never the end of the loop."""
    try:
        return step(runtime)
    except OperationalError as error:
        # The text of a database error holds the row's contents: letters do not belong in logs.
        log.error("database trouble", step=step.__name__, error=type(error.orig).__name__)
    except Exception as error:
        log.error("step failed", step=step.__name__, error=type(error).__name__, exc_info=False)
    runtime.session.rollback()
    return 0


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
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
