"""How far each folder of the mailbox has been read, and whether all that lies there is stored."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commentbox.core.rules.retry import REFUSED_DELAY, poll_delay
from commentbox.models import MailFolder, MailLocation


def ensure_folders(session: Session, account: str, names: Sequence[str]) -> None:
    """Make a row for each folder that has none yet."""
    known = set(session.scalars(select(MailFolder.name).where(MailFolder.account == account)))
    for name in dict.fromkeys(names):
        if name not in known:
            # Another worker may be making the same row.
            with contextlib.suppress(IntegrityError), session.begin_nested():
                session.add(MailFolder(account=account, name=name))


def folders(session: Session, account: str) -> list[MailFolder]:
    """Return an account's folders."""
    return list(session.scalars(select(MailFolder).where(MailFolder.account == account)))


def begin(session: Session, folder_id: int, uidvalidity: int) -> int:
    """Return the UID up to which a folder is read; 0 where the server counts anew."""
    folder = session.get_one(MailFolder, folder_id, with_for_update=True)
    if folder.uidvalidity != uidvalidity:
        folder.uidvalidity, folder.last_uid = uidvalidity, 0
        session.flush()
    return folder.last_uid


def unknown(session: Session, folder_id: int, uidvalidity: int, uids: Collection[int]) -> list[int]:
    """Return those UIDs that are not stored, ascending."""
    return sorted(set(uids) - stored_uids(session, folder_id, uidvalidity))


def stored_uids(session: Session, folder_id: int, uidvalidity: int) -> set[int]:
    """Return the UIDs of a folder that are stored."""
    here = (MailLocation.folder_id == folder_id, MailLocation.uidvalidity == uidvalidity)
    return set(session.scalars(select(MailLocation.uid).where(*here)))


def stored(session: Session, folder_id: int, uidvalidity: int) -> int:
    """Return how many of a folder's mails are stored."""
    here = (MailLocation.folder_id == folder_id, MailLocation.uidvalidity == uidvalidity)
    return session.scalar(select(func.count()).select_from(MailLocation).where(*here)) or 0


def advance(session: Session, folder_id: int, last_uid: int) -> None:
    """Note how far a folder is read."""
    folder = session.get_one(MailFolder, folder_id, with_for_update=True)
    folder.last_uid = max(folder.last_uid, last_uid)
    session.flush()


def done(session: Session, counts: Mapping[int, int], now: datetime) -> None:
    """Note a look that went well: the folders' ids, and how many mails the server holds in each."""
    for folder_id, held in counts.items():
        folder = session.get_one(MailFolder, folder_id, with_for_update=True)
        folder.polled_at, folder.failures, folder.last_error, folder.fault = now, 0, "", ""
        folder.retry_at = folder.lease_until = None
        folder.server_count = held
    session.flush()


def troubled(
    session: Session, folder_ids: Sequence[int], error: str, *, refused: bool, fault: str, now: datetime
) -> None:
    """Note a look that failed, and when to try again."""
    for folder_id in folder_ids:
        folder = session.get_one(MailFolder, folder_id, with_for_update=True)
        folder.failures, folder.last_error, folder.lease_until = folder.failures + 1, error, None
        folder.fault = fault
        folder.retry_at = now + (REFUSED_DELAY if refused else poll_delay(folder.failures))
    session.flush()


def release(session: Session, folder_ids: Sequence[int]) -> None:
    """Give back folders that were leased and not looked into."""
    session.execute(update(MailFolder).where(MailFolder.id.in_(folder_ids)).values(lease_until=None))


def count(session: Session, account: str) -> int:
    """Return how many places on the server are stored for an account."""
    return (
        session.scalar(
            select(func.count())
            .select_from(MailLocation)
            .join(MailFolder, MailFolder.id == MailLocation.folder_id)
            .where(MailFolder.account == account)
        )
        or 0
    )
