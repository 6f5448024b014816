"""A child process, kept warm, that reads hostile bytes under limits of time and memory.

The parent never unpickles what the child sends: frames of JSON and raw bytes only, checked as they come. A
child that hangs, dies or runs out of memory is ended, and the next message gets a new one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

import structlog

from commentbox.adapters import wire
from commentbox.adapters.child_process import ChildFailed, ChildProcess
from commentbox.adapters.wire import Message
from commentbox.core.states import TextStatus
from commentbox.core.types import ExtractedText, ParsedAttachment, ReadLetter

__all__ = ["ChildFailed", "ReaderChild"]

log = structlog.get_logger()

SECONDS = 20.0
"""For one message, by the clock and by the processor; as long again for the files that it did not get to."""
MEGABYTES = 512
"""Above what the child needs when idle."""
_MAX_FAILURES = 3
"""After so many attachments of one letter that ended a child, the rest are given up."""
_Answer = TypeVar("_Answer")


class ReaderChild:
    """Read mails and attachments in a child process.

    Threads may share one: they take turns. The child starts with the first message.
    """

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: ChildProcess | None = None
        self._lock = threading.Lock()
        self._told = False

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

    def _asked(self, ask: Callable[[ChildProcess, float], _Answer], seconds: float | None = None) -> _Answer:
        """Return what a child answers; one that served before may be worn out, so it gets a second try."""
        child = self._running()
        worn = child.served > 0
        child.served += 1
        try:
            return ask(child, time.monotonic() + (self._seconds if seconds is None else seconds))
        except ChildFailed as failure:
            self._end()
            if not worn or failure.reason == "timeout":
                raise
        except BaseException:
            self._end()  # an answer half read would be taken for the next one's
            raise
        return self._asked(ask, seconds)

    def _read(self, child: ChildProcess, deadline: float, raw: bytes) -> ReadLetter:
        child.send(Message("read", {}, (raw,)), deadline)
        mail = child.answer(wire.mail_of, deadline)
        texts: list[ExtractedText] = []
        began = time.monotonic()
        try:
            for _ in mail.attachments:
                began = time.monotonic()
                texts.append(child.answer(wire.text_of, deadline))
        except ChildFailed as failure:
            self._end()
            # The one at which the letter's time ran out need not be the one that took it.
            slow = time.monotonic() - began > self._seconds / 2
            if failure.reason != "timeout" or slow:
                texts.append(_unread(failure))
            texts += self._rest(mail.attachments[len(texts) :])
        return ReadLetter(mail, tuple(texts))

    def _rest(self, items: tuple[ParsedAttachment, ...]) -> list[ExtractedText]:
        """Return the texts of the attachments after one that ended the child, each asked for by itself."""
        until = time.monotonic() + self._seconds
        failures = 1
        texts: list[ExtractedText] = []
        for item in items:
            left = until - time.monotonic()
            if failures >= _MAX_FAILURES or left <= 0:
                texts.append(ExtractedText(TextStatus.FAILED))
                continue
            try:
                texts.append(self._one_of_rest(item, left))
            except ChildFailed as failure:
                failures += 1
                texts.append(_unread(failure))
        return texts

    def _one_of_rest(self, item: ParsedAttachment, seconds: float) -> ExtractedText:
        if item.media_type == "message/rfc822":
            return ExtractedText(TextStatus.OK)
        return self._extract(item.filename, item.media_type, item.content, seconds)

    def _extract(
        self, filename: str, media_type: str, content: bytes, seconds: float | None = None
    ) -> ExtractedText:
        def ask(child: ChildProcess, deadline: float) -> ExtractedText:
            fields = {"filename": filename, "media_type": media_type}
            child.send(Message("extract", fields, (content,)), deadline)
            return child.answer(wire.text_of, deadline)

        return self._asked(ask, seconds)

    def _running(self) -> ChildProcess:
        if self._child is None:
            self._child = ChildProcess(self._seconds, self._megabytes)
            if not (self._child.without_network or self._told):
                self._told = True
                log.warning("reader_keeps_network", reason="the kernel allows no network namespace")
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def _unread(failure: ChildFailed) -> ExtractedText:
    """Return what is said of a file that ended a child."""
    return ExtractedText(TextStatus.TOO_LARGE if failure.reason == "memory" else TextStatus.FAILED)
