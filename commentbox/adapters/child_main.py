"""The reading child itself: takes bytes on standard input, answers on standard output, keeps within limits.

Started by `adapters.child` only. It ends when its input ends, as it does when the parent dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import sys
import tempfile
from typing import BinaryIO

from commentbox.adapters import wire
from commentbox.adapters.extraction import extract
from commentbox.adapters.wire import Message
from commentbox.core.mail import parse_mail
from commentbox.core.states import TextStatus
from commentbox.core.types import ExtractedText

_CONVERTER_BYTES = 4_000_000_000
_NEW_USER, _NEW_NET = 0x1000_0000, 0x4000_0000  # CLONE_NEWUSER, CLONE_NEWNET


def main(seconds: float, megabytes: int) -> None:
    """Answer messages until the input ends."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    left = _leave_network()
    _limit_memory(megabytes)
    _answer(sink, Message("ready", {"without_network": left}))
    try:
        while True:
            message = wire.receive(lambda size: _exactly(source, size))
            _limit_time(seconds)
            _serve(message, sink)
    except (EOFError, BrokenPipeError):
        # The parent is gone, so nobody else removes this; a converter has tidied up behind itself.
        with contextlib.suppress(OSError):
            os.rmdir(tempfile.gettempdir())
    except MemoryError:
        os._exit(3)


def _serve(message: Message, sink: BinaryIO) -> None:
    if message.kind == "read":
        mail = parse_mail(message.frames[0])
        _answer(sink, wire.mail_message(mail))
        for item in mail.attachments:
            _answer(sink, wire.text_message(_text(item.filename, item.media_type, item.content)))
    elif message.kind == "extract":
        fields = message.fields
        found = extract(str(fields["filename"]), str(fields["media_type"]), message.frames[0])
        _answer(sink, wire.text_message(found))


def _text(filename: str, media_type: str, content: bytes) -> ExtractedText:
    if media_type == "message/rfc822":
        # The text of a mail within the mail stands in the letter already, its files among the letter's.
        return ExtractedText(TextStatus.OK)
    return extract(filename, media_type, content)


def _answer(sink: BinaryIO, message: Message) -> None:
    for part in wire.parts(message):
        sink.write(part)
    sink.flush()


def _exactly(source: BinaryIO, size: int) -> bytes:
    content = source.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _limit_memory(megabytes: int) -> None:
    with open("/proc/self/statm", "rb") as stream:
        base = int(stream.read().split()[0]) * resource.getpagesize()
    soft = base + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (soft, max(soft, _CONVERTER_BYTES)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Allow this much processor time from now on; the child lives through many messages."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _leave_network() -> bool:
    """Give up the network where the kernel lets this process do so; tell whether it did.

    An ordinary user needs a user namespace for that; root may be refused one and allowed the other.
    """
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return unshare(_NEW_USER | _NEW_NET) == 0 or unshare(_NEW_NET) == 0
