"""Mail as it comes from the server: stored before anything is read, each once, with its places."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from commentbox.core.types import FileRef
from commentbox.models import (
    InboundMail,
    MailFolder,
    MailLocation,
    RawMail,
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Hold a mail as fetched; ``uid`` is None for one that came from a file.

    A large one lies in the blob store already, under its sha256.
    """

    raw: bytes | FileRef
    received_at: datetime
    source: str
    uid: int | None = None
    junk: bool = False
    consultation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """Hold where a mail was stored; ``new`` is false when its bytes were there already."""

    mail_id: int
    sha256: str
    new: bool


def store_mail(
    session: Session,
    arrived: Sequence[Arrived],
    *,
    folder: MailFolder | None,
    uidvalidity: int,
    now: datetime,
) -> list[Stored]:
    """Store raw bytes and rows before anything is parsed; the same bytes are stored once."""
    digests = [_digest(a.raw) for a in arrived]
    known = _ids(session, digests)
    fresh = {d: one for one, d in zip(arrived, digests, strict=True) if d not in known}
    known |= _insert(session, fresh, now)
    stored = []
    for digest in digests:
        # The first of several alike in one batch is the new one.
        stored.append(Stored(known[digest], digest, fresh.pop(digest, None) is not None))
    if folder is not None:
        _locate(session, folder, uidvalidity, zip(arrived, stored, strict=True))
    return stored


def _digest(raw: bytes | FileRef) -> str:
    return raw.sha256 if isinstance(raw, FileRef) else hashlib.sha256(raw).hexdigest()


def _ids(session: Session, digests: Sequence[str]) -> dict[str, int]:
    """Return the ids of those mails that are stored."""
    found = session.execute(select(InboundMail.sha256, InboundMail.id).where(InboundMail.sha256.in_(digests)))
    return {row.sha256: row.id for row in found}


def _insert(session: Session, fresh: dict[str, Arrived], now: datetime) -> dict[str, int]:
    """Insert rows and bytes in two statements, whatever their number; return the new ids."""
    if not fresh:
        return {}
    rows = [
        {
            "consultation_id": one.consultation_id,
            "sha256": digest,
            "size": one.raw.size if isinstance(one.raw, FileRef) else len(one.raw),
            "received_at": one.received_at,
            "stored_at": now,
            "source": one.source,
            "junk": one.junk,
        }
        for digest, one in fresh.items()
    ]
    found = session.execute(insert(InboundMail).returning(InboundMail.sha256, InboundMail.id), rows)
    ids = {row.sha256: row.id for row in found}
    raws = [
        {"mail_id": ids[digest], "content": one.raw}
        for digest, one in fresh.items()
        if isinstance(one.raw, bytes)
    ]
    if raws:
        session.execute(insert(RawMail), raws)
    return ids


def _locate(
    session: Session, folder: MailFolder, uidvalidity: int, pairs: Iterable[tuple[Arrived, Stored]]
) -> None:
    """Note the places on the server that are not noted yet."""
    places = {arrived.uid: stored.mail_id for arrived, stored in pairs if arrived.uid is not None}
    here = (MailLocation.folder_id == folder.id, MailLocation.uidvalidity == uidvalidity)
    seen = set(session.scalars(select(MailLocation.uid).where(*here, MailLocation.uid.in_(places))))
    rows = [
        {"folder_id": folder.id, "uidvalidity": uidvalidity, "uid": uid, "mail_id": mail_id}
        for uid, mail_id in places.items()
        if uid not in seen
    ]
    if rows:
        session.execute(insert(MailLocation), rows)
