"""A child process, kept warm, that reads hostile bytes under limits of time and memory.

The parent never unpickles what the child sends: frames of JSON and raw bytes only, checked as they come. A
child that hangs, dies or runs out of memory is ended, and the next message gets a new one.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from commentbox.adapters import wire
from commentbox.adapters.wire import BadMessageError, Message
from commentbox.core.states import TextStatus
from commentbox.core.types import ExtractedText, ParsedAttachment, ParsedMail, ReadLetter

SECONDS = 20.0
"""For one message, by the clock and by the processor."""
MEGABYTES = 512
"""Above what the child needs when idle."""
_START_SECONDS = 60.0
_MAX_FAILURES = 3
"""After so many attachments of one letter that ended a child, the rest are given up."""
_OUT_OF_MEMORY = 3
_CHUNK = 1 << 16

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


class ReaderChild:
    """Read mails and attachments in a child process.

    Threads may share one: they take turns. The child starts with the first message.
    """

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> ReaderChild:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, raw: bytes) -> ReadLetter:
        """Return the letter that these bytes are, with its attachments' texts; may raise ChildFailed.

        An attachment that ends the child is marked failed; the letter is read all the same.
        """
        with self._lock:
            return self._asked(lambda child, deadline: self._read(child, deadline, raw))

    def extract(self, filename: str, media_type: str, content: bytes) -> ExtractedText:
        """Return the text of one file; may raise ChildFailed."""
        with self._lock:
            return self._extract(filename, media_type, content)

    def close(self) -> None:
        """End the child; a later call starts another."""
        with self._lock:
            self._end()

    def _asked(self, ask: Callable[[_Child, float], _Answer]) -> _Answer:
        """Return what a child answers; one that served before may be worn out, so it gets a second try."""
        child = self._running()
        worn = child.served > 0
        child.served += 1
        try:
            return ask(child, time.monotonic() + self._seconds)
        except ChildFailed as failure:
            self._end()
            if not worn or failure.reason == "timeout":
                raise
        except BaseException:
            self._end()  # an answer half read would be taken for the next one's
            raise
        return self._asked(ask)

    def _read(self, child: _Child, deadline: float, raw: bytes) -> ReadLetter:
        child.send(Message("read", {}, (raw,)), deadline)
        mail = child.answer(wire.mail_of, deadline)
        texts: list[ExtractedText] = []
        with contextlib.suppress(ChildFailed):
            for _ in mail.attachments:
                texts.append(child.answer(wire.text_of, deadline))
        if len(texts) < len(mail.attachments):
            texts += self._rest(mail, len(texts))
        return ReadLetter(mail, tuple(texts))

    def _rest(self, mail: ParsedMail, done: int) -> list[ExtractedText]:
        """Return the texts from the attachment on that ended the child, itself marked failed."""
        self._end()
        failures = 1
        texts = [ExtractedText(TextStatus.FAILED)]
        for item in mail.attachments[done + 1 :]:
            found = self._one_of_rest(item) if failures < _MAX_FAILURES else None
            failures += found is None
            texts.append(found or ExtractedText(TextStatus.FAILED))
        return texts

    def _one_of_rest(self, item: ParsedAttachment) -> ExtractedText | None:
        if item.media_type == "message/rfc822":
            return ExtractedText(TextStatus.OK)
        try:
            return self._extract(item.filename, item.media_type, item.content)
        except ChildFailed:
            return None

    def _extract(self, filename: str, media_type: str, content: bytes) -> ExtractedText:
        def ask(child: _Child, deadline: float) -> ExtractedText:
            fields = {"filename": filename, "media_type": media_type}
            child.send(Message("extract", fields, (content,)), deadline)
            return child.answer(wire.text_of, deadline)

        return self._asked(ask)

    def _running(self) -> _Child:
        if self._child is None:
            self._child = _Child(self._seconds, self._megabytes)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """Hold one running process and talk to it, never waiting past a deadline."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self.served = 0
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, str(_PACKAGE), str(seconds), str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        try:
            self.answer(lambda message: message, time.monotonic() + _START_SECONDS)
        except ChildFailed:
            self.end()
            raise

    def send(self, message: Message, deadline: float) -> None:
        """Write a message."""
        view = memoryview(wire.encode(message))
        while view:
            self._wait(self._input, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._input, view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._failure() from None

    def answer(self, read: Callable[[Message], _Answer], deadline: float) -> _Answer:
        """Return the next message, as ``read`` understands it."""
        try:
            return read(wire.receive(lambda size: self._exactly(size, deadline)))
        except BadMessageError as error:
            raise ChildFailed("crashed") from error

    def end(self) -> None:
        """Kill the process and all that it started in its session."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _exactly(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            self._wait(self._output, select.POLLIN, deadline)
            try:
                piece = os.read(self._output, min(size - len(content), 1 << 20))
            except BlockingIOError:
                continue
            if not piece:
                raise self._failure()
            content += piece
        return bytes(content)

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


def _environment() -> dict[str, str]:
    """Return what the child may know of our environment: no secret is among it."""
    known = ("PATH", "PYTHONPATH", "VIRTUAL_ENV")
    return {"LANG": "C.UTF-8", **{name: os.environ[name] for name in known if name in os.environ}}
