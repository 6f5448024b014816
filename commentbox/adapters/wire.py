"""What parent and reading child say to each other: a JSON head and raw bytes, each counted.

Nothing here builds anything but texts, numbers and bytes, so a child that was taken over by a hostile file
can lie about that file and do no more.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from commentbox.core.states import TextStatus
from commentbox.core.types import CloudFile, ExtractedText, Kind, ParsedAttachment, ParsedMail, Span

MAX_HEAD = 128_000_000
MAX_FRAMES = 400_000_000
_PLAIN_FIELDS = (
    *("message_id", "in_reply_to", "references", "subject", "from_name", "from_address", "to_addresses"),
    *("headers", "text", "html", "warnings", "doubtful"),
)
_SMALL = 1 << 16
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_LENGTH = struct.Struct(">I")


class BadMessageError(Exception):
    """Say that what came is no message."""


class Message(NamedTuple):
    """Hold what kind of message this is, its fields, and its raw bytes."""

    kind: str
    fields: dict[str, Any]
    frames: tuple[bytes, ...] = ()


def parts(message: Message) -> list[bytes]:
    """Return a message as bytes to write one after the other; large frames are not copied."""
    head = {
        "kind": message.kind,
        "fields": message.fields,
        "frames": [len(frame) for frame in message.frames],
    }
    encoded = _ENCODER.encode(head).encode("utf-8", "surrogatepass")
    start = _LENGTH.pack(len(encoded)) + encoded
    if sum(map(len, message.frames)) <= _SMALL:
        return [b"".join([start, *message.frames])]
    return [start, *message.frames]


def receive(exactly: Callable[[int], bytes]) -> Message:
    """Return the next message; ``exactly`` returns that many bytes."""
    (length,) = _LENGTH.unpack(exactly(_LENGTH.size))
    if length > MAX_HEAD:
        raise BadMessageError
    try:
        head = json.loads(exactly(length).decode("utf-8", "surrogatepass"))
        kind, fields, sizes = str(head["kind"]), dict(head["fields"]), [int(size) for size in head["frames"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadMessageError from error
    if any(size < 0 for size in sizes) or sum(sizes) > MAX_FRAMES:
        raise BadMessageError
    return Message(kind, fields, tuple(exactly(size) for size in sizes))


def mail_message(mail: ParsedMail) -> Message:
    """Return a parsed mail as a message; its attachments' bytes are the frames."""
    fields: dict[str, Any] = {name: getattr(mail, name) for name in _PLAIN_FIELDS}
    fields["date"] = mail.date.isoformat() if mail.date else None
    fields["cloud_files"] = [(item.name, item.link, item.size, item.expires) for item in mail.cloud_files]
    fields["marked"] = [(span.start, span.end, span.kind) for span in mail.marked]
    fields["attachments"] = [(item.filename, item.media_type) for item in mail.attachments]
    return Message("mail", fields, tuple(item.content for item in mail.attachments))


def mail_of(message: Message) -> ParsedMail:
    """Return the parsed mail that a message holds."""
    fields = message.fields
    try:
        return ParsedMail(
            message_id=str(fields["message_id"]),
            in_reply_to=_texts(fields["in_reply_to"]),
            references=_texts(fields["references"]),
            subject=str(fields["subject"]),
            from_name=str(fields["from_name"]),
            from_address=str(fields["from_address"]),
            to_addresses=_texts(fields["to_addresses"]),
            headers=tuple((str(name), str(value)) for name, value in fields["headers"]),
            text=str(fields["text"]),
            html=None if fields["html"] is None else str(fields["html"]),
            date=None if fields["date"] is None else datetime.fromisoformat(fields["date"]),
            attachments=tuple(
                ParsedAttachment(str(name), str(media_type), content)
                for (name, media_type), content in zip(fields["attachments"], message.frames, strict=True)
            ),
            cloud_files=tuple(
                CloudFile(str(name), str(link), int(size), str(expires))
                for name, link, size, expires in fields["cloud_files"]
            ),
            warnings=_texts(fields["warnings"]),
            doubtful=bool(fields["doubtful"]),
            marked=tuple(Span(int(start), int(end), Kind(kind)) for start, end, kind in fields["marked"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessageError from error


def text_message(found: ExtractedText) -> Message:
    """Return an attachment's text as a message."""
    return Message("text", {"status": found.status, "text": found.text})


def text_of(message: Message) -> ExtractedText:
    """Return the attachment's text that a message holds."""
    try:
        return ExtractedText(TextStatus(message.fields["status"]), str(message.fields["text"]))
    except (KeyError, ValueError) as error:
        raise BadMessageError from error


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
