"""The worker of one machine: mail is taken in and answered here, understood in a second process beside it.

So a poller stays small, a long training delays no letter, and both cores have work.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from commentbox.adapters.lock import sole_owner
from commentbox.db import transaction
from commentbox.jobs import loop
from commentbox.jobs.doorbell import Doorbell
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps import INTAKE
from commentbox.services import leases

RESTART = timedelta(seconds=10)
STOP_SECONDS = 20.0
UNFINISHED_AFTER = timedelta(hours=1)
ROOT = Path(__file__).resolve().parents[2]

log = structlog.get_logger()


def run(runtime: Runtime, environ: Mapping[str, str], stop: threading.Event | None = None) -> None:
    """Run all steps until told to stop, by the event or by SIGTERM or SIGINT in the main thread.

    ``environ`` is what the second process is started with: the same settings as ours.
    """
    stop = stop or threading.Event()
    lock = Path(runtime.settings["DATA_DIR"]) / "worker.lock"
    with loop.stopped_by_signals(stop), sole_owner(lock) as alone:
        if alone:
            with contextlib.suppress(OperationalError):
                take_over(runtime)
        with _second(runtime, environ) as second, contextlib.closing(Doorbell()) as doorbell:
            loop.run(replace(runtime, doorbell=doorbell), INTAKE, stop, second.keep_running)


def take_over(runtime: Runtime) -> None:
    """End the leases of a worker that died, so that its work goes on at once.

    Only where all workers are on this machine: elsewhere another may hold them, and they run out.
    """
    runtime.blobs.remove_unfinished(runtime.clock() - UNFINISHED_AFTER)
    if runtime.session.get_bind().dialect.name == "sqlite":
        with transaction(runtime.session) as session:
            leases.release_all(session, runtime.clock())


class _Second:
    """Keep the process that understands what came in; it ends when its input does, as when we die."""

    def __init__(self, runtime: Runtime, environ: Mapping[str, str]) -> None:
        self._clock, self._environ = runtime.clock, dict(environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._due: datetime = self._clock()

    def keep_running(self) -> None:
        """Start the process, and start it again some time after it died."""
        if self._process is not None and self._process.poll() is None:
            return
        now = self._clock()
        if now < self._due:
            return
        if self._process is not None:
            log.error("understanding ended", code=self._process.returncode)
        self._due = now + RESTART
        command = [sys.executable, "-m", "flask", "understand", "--until-eof"]
        # A session of its own: Ctrl-C reaches the worker, which ends it in order.
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
        )

    def end(self) -> None:
        """Let the process finish its batch, but not for ever."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def _second(runtime: Runtime, environ: Mapping[str, str]) -> Iterator[_Second]:
    second = _Second(runtime, environ)
    try:
        yield second
    finally:
        second.end()


def ended_input(stream: Any, stop: threading.Event) -> None:
    """Set the event once a stream ends; returns at once."""

    def watch() -> None:
        while stream.read(4096):
            pass
        stop.set()

    threading.Thread(target=watch, name="input", daemon=True).start()
