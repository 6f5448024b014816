"""Look into the mailbox and store what is new: raw bytes first, everything else later."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import or_
from sqlalchemy.exc import SQLAlchemyError

from commentbox.adapters import imap
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime
from commentbox.models import MailFolder
from commentbox.services import mail_intake, mailboxes

log = structlog.get_logger()

INBOX = "INBOX"
LEASE = timedelta(minutes=2)
"""How long a folder is ours without a sign of life; each stored batch renews it."""


@dataclass(slots=True)
class Poll:
    """Hold what one look into the mailbox brought."""

    fetched: int = 0
    new: int = 0
    gone: int = 0
    error: str = ""
    folders: list[str] = field(default_factory=list)


def poll_step(runtime: Runtime) -> int:
    """Look into the mailbox; return how many mails were new."""
    result = poll(runtime)
    if result.error:
        log.error("poll failed", error=result.error)
    elif result.new:
        log.info("poll", new=result.new, fetched=result.fetched)
    return result.new


def account_of(settings: imap.ImapSettings) -> str:
    """Return the name under which a mailbox's folders are kept."""
    return f"{settings.user}@{settings.host}"


def poll(runtime: Runtime) -> Poll:
    """Store what is new in the folders that are due; an error is noted and tried again later."""
    result = Poll()
    for settings in runtime.mailboxes:
        _poll_mailbox(runtime, settings, result)
    return result


def _poll_mailbox(runtime: Runtime, settings: imap.ImapSettings, result: Poll) -> None:
    ids = _claim(runtime, settings, _folder_names(runtime, settings))
    if ids:
        _look(runtime, settings, ids, result)


def _folder_names(runtime: Runtime, settings: imap.ImapSettings) -> Sequence[str]:
    """Return the folders to poll: those that are set, else INBOX and what was found beside it."""
    known = mailboxes.folders(runtime.session, account_of(settings))
    runtime.session.rollback()
    return settings.folders or list(dict.fromkeys([INBOX, *(folder.name for folder in known)]))


def _claim(runtime: Runtime, settings: imap.ImapSettings, names: Sequence[str]) -> list[int]:
    """Return the ids of those folders that are due, now leased to us."""
    session, account, now = runtime.session, account_of(settings), runtime.clock()
    with transaction(session):
        mailboxes.ensure_folders(session, account, names)
    due = [
        MailFolder.account == account,
        MailFolder.name.in_(names),
        or_(MailFolder.retry_at.is_(None), MailFolder.retry_at <= now),
    ]
    return claim(session, MailFolder, due, now=now, lease=LEASE, limit=len(names))


def _look(runtime: Runtime, settings: imap.ImapSettings, ids: list[int], result: Poll) -> None:
    """Read the leased folders over one connection, which is thrown away at the first fault.

    A folder that cannot be read waits alone; those behind it are due again at once.
    """
    left, connected, refused, error, kind = list(ids), False, False, "", ""
    counts: dict[int, int] = {}
    try:
        with _connected(runtime, settings) as mailbox:
            connected = True
            junk = _junk(runtime, mailbox, settings)
            if not settings.folders:
                left += _claim(runtime, settings, junk) if junk else []
                gone = _gone(runtime, left, junk)
                left = [one for one in left if one not in gone]
                counts |= dict.fromkeys(gone, 0)
            while left:
                counts[left[0]] = _read_folder(runtime, mailbox, left[0], junk, result)
                left.pop(0)
    except (imap.MailboxUnavailable, imap.MailboxRefused) as fault:
        error, kind, refused = str(fault), fault.fault, isinstance(fault, imap.MailboxRefused)
        result.error = "; ".join(filter(None, (result.error, error)))
    except Exception:
        # The database, most likely: what can be given back is, so that the next look need not wait.
        with contextlib.suppress(SQLAlchemyError), transaction(runtime.session) as session:
            mailboxes.release(session, left)
        raise
    alone = connected and not refused
    faulty, untouched = (left[:1], left[1:]) if alone else (left, [])
    now = runtime.clock()
    with transaction(runtime.session) as session:
        mailboxes.done(session, counts, now)
        mailboxes.troubled(session, faulty, error, refused=refused, fault=kind, now=now)
        mailboxes.release(session, untouched)


@contextlib.contextmanager
def _connected(runtime: Runtime, settings: imap.ImapSettings) -> Iterator[imap.Mailbox]:
    """Yield a connection: the one that waited for mail, or a fresh one."""
    account, doorbell = account_of(settings), runtime.doorbell
    mailbox = (doorbell and doorbell.take(account)) or imap.connect(settings)
    try:
        yield mailbox
    except BaseException:
        mailbox.drop()
        raise
    if doorbell is None:
        mailbox.leave()
    else:
        doorbell.keep(account, mailbox, (settings.folders or (INBOX,))[0])


def _gone(runtime: Runtime, ids: Sequence[int], junk: Collection[str]) -> list[int]:
    """Return the junk folders that were found once and that the server has no more."""
    names = {one: runtime.session.get_one(MailFolder, one).name for one in ids}
    runtime.session.rollback()
    return [one for one in ids if names[one] != INBOX and names[one] not in junk]


def _junk(runtime: Runtime, mailbox: imap.Mailbox, settings: imap.ImapSettings) -> Sequence[str]:
    """Return the junk folders: letters land there too, and are not answered."""
    names: Sequence[str] = runtime.settings["IMAP_JUNK_FOLDERS"]
    return names if settings.folders else mailbox.junk_folders(names)


def _read_folder(
    runtime: Runtime, mailbox: imap.Mailbox, folder_id: int, junk: Collection[str], result: Poll
) -> int:
    """Store what is new in a folder; return how many mails the server holds there."""
    session = runtime.session
    name = session.get_one(MailFolder, folder_id).name
    session.rollback()
    opened = mailbox.examine(name)
    with transaction(session):
        last = mailboxes.begin(session, folder_id, opened.uidvalidity)
        # With more on the server than here, the whole folder is looked through: nothing stays behind.
        behind = opened.messages > mailboxes.stored(session, folder_id, opened.uidvalidity)
    uids = mailbox.uids(after=0 if behind else last)
    wanted = mailboxes.unknown(session, folder_id, opened.uidvalidity, uids)
    session.rollback()
    result.folders.append(name)
    place = _Place(folder_id, opened.uidvalidity, name, name in junk)
    for batch in mailbox.fetch(wanted, runtime.blobs.put_pieces):
        _store(runtime, place, batch, result)
    result.gone += len(mailbox.gone)
    if mailbox.refused:
        error = f"the server does not give mail {', '.join(map(str, mailbox.refused))} of {name}"
        result.error = "; ".join(filter(None, (result.error, error)))
    if uids:
        with transaction(session):
            mailboxes.advance(session, folder_id, max(uids))
    return len(uids) if behind else opened.messages


@dataclass(frozen=True, slots=True)
class _Place:
    folder_id: int
    uidvalidity: int
    name: str
    junk: bool


def _store(runtime: Runtime, place: _Place, batch: list[imap.Fetched], result: Poll) -> None:
    """Commit one batch: raw bytes, rows, places, and the lease renewed."""
    now = runtime.clock()
    arrived = [
        mail_intake.Arrived(
            raw=mail.raw,
            received_at=mail.internaldate or now,
            source=f"{place.name}/{mail.uid}",
            uid=mail.uid,
            junk=place.junk,
        )
        for mail in batch
    ]
    with transaction(runtime.session) as session:
        folder = session.get_one(MailFolder, place.folder_id, with_for_update=True)
        stored = mail_intake.store_mail(
            session, arrived, folder=folder, uidvalidity=place.uidvalidity, now=now
        )
        mailboxes.advance(session, place.folder_id, max(mail.uid for mail in batch))
        folder.lease_until = now + LEASE
    result.fetched += len(stored)
    result.new += sum(one.new for one in stored)


def reconcile(runtime: Runtime) -> dict[str, object]:
    """Hold the servers' UIDs against the stored ones; return what the command prints."""
    on_server, stored, missing = 0, 0, []
    for settings in runtime.mailboxes:
        for name, uids, have in _places(runtime, settings):
            on_server, stored = on_server + len(uids), stored + len(have)
            missing += [{"folder": name, "uid": uid} for uid in sorted(uids - have)]
    return {"server": on_server, "stored": stored, "missing": missing}


def _places(runtime: Runtime, settings: imap.ImapSettings) -> Iterator[tuple[str, set[int], set[int]]]:
    """Yield each folder's name, the UIDs on the server and those that are stored."""
    session, account = runtime.session, account_of(settings)
    with imap.connect(settings) as mailbox:
        names = settings.folders or [INBOX, *_junk(runtime, mailbox, settings)]
        with transaction(session):
            mailboxes.ensure_folders(session, account, names)
        known = {folder.name: folder.id for folder in mailboxes.folders(session, account)}
        for name in names:
            opened = mailbox.examine(name)
            uids = set(mailbox.uids(after=0))
            yield name, uids, mailboxes.stored_uids(session, known[name], opened.uidvalidity)
