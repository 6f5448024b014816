"""The reading child itself: takes bytes on standard input, answers on standard output, keeps within limits.

Started by `adapters.child` only. It ends when its input ends, as it does when the parent dies.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import sys
from typing import BinaryIO

from commentbox.adapters import wire
from commentbox.adapters.extraction import extract
from commentbox.adapters.wire import Message
from commentbox.core.mail import parse_mail
from commentbox.core.states import TextStatus
from commentbox.core.types import ExtractedText

_CONVERTER_BYTES = 4_000_000_000
_NEW_USER_AND_NET = 0x1000_0000 | 0x4000_0000  # CLONE_NEWUSER | CLONE_NEWNET


def main(seconds: float, megabytes: int) -> None:
    """Answer messages until the input ends."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    _leave_network()
    _limit_memory(megabytes)
    _answer(sink, Message("ready", {}))
    try:
        while True:
            message = wire.receive(lambda size: _exactly(source, size))
            _limit_time(seconds)
            _serve(message, sink)
    except (EOFError, BrokenPipeError):
        return
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
    sink.write(wire.encode(message))
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


def _leave_network() -> None:
    """Give up the network where the kernel lets an ordinary process do so."""
    ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER_AND_NET)
