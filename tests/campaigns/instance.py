"""An instance of the product as its operator runs it: commands and workers in processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.campaigns.cutter import Cutter

ROOT = Path(__file__).resolve().parents[2]
FLASK = [sys.executable, "-m", "flask"]
START_SECONDS = 90.0
REACH_SECONDS = 3.0

Process = tuple[int, int]
"""The id and the start time, so that a later process of the same id is not taken for it."""


class Instance:
    """Run the product's own commands with these settings."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.environ = {"PATH": os.environ["PATH"], "COMMENTBOX_POLL_SECONDS": "1", **settings}

    def flask(self, *words: str) -> str:
        """Run a command and return what it printed, whatever it ended with."""
        done = subprocess.run(
            [*FLASK, *words], cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        if not done.stdout and done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stderr}")
        return done.stdout


class Worker:
    """Hold a `flask worker` that reaches its mail server through a proxy of its own."""

    def __init__(self, instance: Instance, cutter: Cutter, errors: Path) -> None:
        self._cutter, self._opened = cutter, cutter.opened
        with errors.open("ab") as file:
            self._process = subprocess.Popen(
                [*FLASK, "worker"],
                cwd=ROOT,
                env=instance.environ | {"COMMENTBOX_IMAP_PORT": str(cutter.port)},
                stdout=file,
                stderr=file,
            )

    def began(self) -> None:
        """Wait until it works: it has started its second process, and reached for its mail server.

        One of two workers may find nothing to reach for, as the other is at it.
        """
        wait_until(self._has_second, START_SECONDS, "the worker does not begin")
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: self._cutter.opened > self._opened, REACH_SECONDS, "no connection")

    def _has_second(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"the worker ended by itself: {self._process.returncode}")
        return any(b"understand" in _command(pid) for pid, _ in descendants(self._process.pid))

    def kill(self) -> list[Process]:
        """Kill it alone, as a crash would; return what it had started."""
        started = descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        return started

    def end(self, seconds: float) -> list[Process]:
        """Ask it to end, and return what it had started; raise TimeoutExpired where it does not."""
        started = descendants(self._process.pid)
        self._process.terminate()
        self._process.wait(seconds)
        return started


def wait_until(done: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Wait until something holds; raise TimeoutError when it takes longer."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.05)


def descendants(pid: int) -> list[Process]:
    """Return the processes that a process started, and those that they started."""
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    found, looked_at = [pid], 0
    while looked_at < len(found):
        found += [child for child, stat in parents.items() if stat and int(stat[1]) == found[looked_at]]
        looked_at += 1
    return [(one, int(stat[19])) for one in found[1:] if (stat := parents[one])]


def lives(process: Process) -> bool:
    """Tell whether a process has not ended."""
    stat = _stat(process[0])
    return bool(stat) and int(stat[19]) == process[1] and stat[0] not in "ZX"


def _stat(pid: int) -> list[str]:
    """Return the fields of proc(5) from the state on; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
