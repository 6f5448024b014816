"""One running reading child: its pipes, its folder for converters, and its end with all that it started.

Knows nothing of mails; `adapters.child` says what is asked of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from commentbox.adapters import wire
from commentbox.adapters.wire import BadMessageError, Message

FOLDER = "commentbox-reader-"
_START_SECONDS = 60.0
_OUT_OF_MEMORY = 3
_CHUNK = 1 << 18
_ROUNDS = 50

_PACKAGE = Path(__file__).resolve().parents[1]
# The package's own __init__ makes the web application; the child has no use for that, nor for the second
# that its imports take. So it gets a bare package of the same name.
_BOOT = """
import sys, types
package = types.ModuleType("commentbox")
package.__path__ = [sys.argv[1]]
sys.modules["commentbox"] = package
from commentbox.adapters.child_main import main
main(float(sys.argv[2]), int(sys.argv[3]))
"""
_Answer = TypeVar("_Answer")


class ChildFailed(Exception):
    """Say that a child could not read a message; ``reason`` is "timeout", "memory" or "crashed"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildProcess:
    """Hold one running process and talk to it, never waiting past a deadline."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self.served = 0
        self._folder = _Folder()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, str(_PACKAGE), str(seconds), str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(self._folder.path),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        self._received = bytearray()
        try:
            ready = self.answer(lambda message: message, time.monotonic() + _START_SECONDS)
        except ChildFailed:
            self.end()
            raise
        self.without_network = bool(ready.fields.get("without_network"))

    def send(self, message: Message, deadline: float) -> None:
        """Write a message."""
        for part in wire.parts(message):
            view = memoryview(part)
            while view:
                try:
                    view = view[os.write(self._input, view[:_CHUNK]) :]
                except BlockingIOError:
                    self._wait(self._input, select.POLLOUT, deadline)
                except OSError:
                    raise self._failure() from None

    def answer(self, read: Callable[[Message], _Answer], deadline: float) -> _Answer:
        """Return the next message, as ``read`` understands it."""
        try:
            return read(wire.receive(lambda size: self._exactly(size, deadline)))
        except BadMessageError as error:
            raise ChildFailed("crashed") from error

    def end(self) -> None:
        """Kill the process and all that it started, and remove what they left on the disk."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        _kill_session(self._process.pid)
        self._process.wait()
        self._folder.remove()

    def _exactly(self, size: int, deadline: float) -> bytes:
        """Return so many bytes; what came beyond them is kept for the next call."""
        while len(self._received) < size:
            self._wait(self._output, select.POLLIN, deadline)
            try:
                piece = os.read(self._output, _CHUNK)
            except BlockingIOError:
                continue
            if not piece:
                raise self._failure()
            self._received += piece
        content = bytes(memoryview(self._received)[:size])
        del self._received[:size]
        return content

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise ChildFailed("timeout")

    def _failure(self) -> ChildFailed:
        """Return why the process ended, as far as its exit tells."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        reasons = {_OUT_OF_MEMORY: "memory", -signal.SIGXCPU: "timeout"}
        return ChildFailed(reasons.get(self._process.returncode or 0, "crashed"))


class _Folder:
    """Hold the folder in which a child's converters work, locked for as long as this process lives.

    A child that is killed cannot tidy up, so its parent does; where both were killed, the next child's
    parent finds the folder without a lock and removes it.
    """

    def __init__(self) -> None:
        for left in _unlocked(Path(tempfile.gettempdir())):
            shutil.rmtree(left, ignore_errors=True)
        while True:
            self.path = tempfile.mkdtemp(prefix=FOLDER)
            with contextlib.suppress(OSError):
                self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if Path(self.path).exists():  # nobody took it for one left behind
                    return

    def remove(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def _unlocked(temporary: Path) -> Iterator[Path]:
    """Yield the folders of children whose parents are dead."""
    for folder in temporary.glob(f"{FOLDER}*"):
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield folder
        except OSError:
            continue
        finally:
            os.close(handle)


def _kill_session(session: int) -> None:
    """Kill all processes of a session: a converter has a process group, and children, of its own."""
    for _ in range(_ROUNDS):
        members = list(_members(session))
        if not members:
            return
        for process in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _members(session: int) -> Iterator[int]:
    """Yield the processes of a session that are not dead already."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(its_session) == session and state not in "ZX":
                    yield int(entry.name)


def _environment(folder: str) -> dict[str, str]:
    """Return what the child may know of our environment: no secret is among it."""
    known = ("PATH", "PYTHONPATH", "VIRTUAL_ENV")
    return {
        "LANG": "C.UTF-8",
        "TMPDIR": folder,
        **{name: os.environ[name] for name in known if name in os.environ},
    }
