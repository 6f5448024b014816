"""The names of a mail's files: as given, safe to show and to save under."""

from __future__ import annotations

import re
from dataclasses import replace

from commentbox.core.mail.fields import clean
from commentbox.core.mail.structure import Part
from commentbox.core.types import ParsedAttachment

MAX_NAME = 255
MAX_EXTENSION = 20
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/html": "html",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
    "text/csv": "csv",
    "text/calendar": "ics",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
}


def filename(part: Part, hint: str) -> str:
    """Return a part's file name as given, "" where it has none."""
    name = part.disposition.text("filename", hint) or part.content_type.text("name", hint)
    return safe_name(name)


def safe_name(name: str) -> str:
    """Return a name without folders and controls; bidi marks that disguise an extension go too."""
    name = clean(re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name))
    last = re.split(r"[/\\]", name)[-1].strip() or name.replace("/", "_").replace("\\", "_").strip()
    return "" if last in (".", "..") else _shortened(last)


def _shortened(name: str) -> str:
    """Return a name of bearable length with its extension kept."""
    stem, dot, extension = name.rpartition(".")
    if len(name) <= MAX_NAME or not stem or len(extension) > MAX_EXTENSION:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(dot + extension)] + dot + extension


def named(attachments: list[ParsedAttachment]) -> list[ParsedAttachment]:
    """Return attachments with a plain name for each that came without one."""
    found = []
    for number, item in enumerate(attachments, 1):
        extension = _EXTENSIONS.get(item.media_type, "bin")
        found.append(item if item.filename else replace(item, filename=f"attachment-{number}.{extension}"))
    return found
