"""Look into the mailbox and store what is new: raw bytes first, everything else later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import or_

from commentbox.adapters import imap
from commentbox.db import claim, transaction
from commentbox.jobs.runtime import Runtime
from commentbox.models import MailFolder
from commentbox.services import mail_intake, mailboxes

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


def account_of(settings: imap.ImapSettings) -> str:
    """Return the name under which a mailbox's folders are kept."""
    return f"{settings.user}@{settings.host}"


def poll(runtime: Runtime) -> Poll:
    """Store what is new in the folders that are due; an error is noted and tried again later."""
    settings, session = runtime.mailbox, runtime.session
    result = Poll()
    if settings is None:
        return result
    with transaction(session):
        mailboxes.ensure_folders(session, account_of(settings), settings.folders)
    now = runtime.clock()
    due = [
        MailFolder.account == account_of(settings),
        MailFolder.name.in_(settings.folders),
        or_(MailFolder.retry_at.is_(None), MailFolder.retry_at <= now),
    ]
    ids = claim(session, MailFolder, due, now=now, lease=LEASE, limit=len(settings.folders))
    if ids:
        _look(runtime, settings, ids, result)
    return result


def _look(runtime: Runtime, settings: imap.ImapSettings, ids: list[int], result: Poll) -> None:
    """Read the leased folders over one connection, which is thrown away at the first fault.

    A folder that cannot be read waits alone; those behind it are due again at once.
    """
    left, connected, refused = list(ids), False, False
    try:
        with imap.connect(settings) as mailbox:
            connected = True
            while left:
                _read_folder(runtime, mailbox, left[0], result)
                left.pop(0)
    except (imap.MailboxUnavailable, imap.MailboxRefused) as error:
        result.error, refused = str(error), isinstance(error, imap.MailboxRefused)
    alone = connected and not refused
    faulty, untouched = (left[:1], left[1:]) if alone else (left, [])
    now = runtime.clock()
    with transaction(runtime.session) as session:
        mailboxes.done(session, [one for one in ids if one not in left], now)
        mailboxes.troubled(session, faulty, result.error, refused=refused, now=now)
        mailboxes.release(session, untouched)


def _read_folder(runtime: Runtime, mailbox: imap.Mailbox, folder_id: int, result: Poll) -> None:
    session = runtime.session
    name = session.get_one(MailFolder, folder_id).name
    session.rollback()
    uidvalidity = mailbox.examine(name)
    with transaction(session):
        last = mailboxes.begin(session, folder_id, uidvalidity)
    uids = mailbox.uids(after=last)
    wanted = mailboxes.unknown(session, folder_id, uidvalidity, uids)
    session.rollback()
    result.folders.append(name)
    for batch in mailbox.fetch(wanted):
        _store(runtime, folder_id, uidvalidity, name, batch, result)
    result.gone += len(mailbox.gone)
    if uids:
        with transaction(session):
            mailboxes.advance(session, folder_id, max(uids))


def _store(
    runtime: Runtime,
    folder_id: int,
    uidvalidity: int,
    name: str,
    batch: list[imap.Fetched],
    result: Poll,
) -> None:
    """Commit one batch: raw bytes, rows, places, and the lease renewed."""
    junk = name in runtime.settings["IMAP_JUNK_FOLDERS"]
    arrived = [
        mail_intake.Arrived(
            raw=mail.raw, received_at=mail.internaldate, source=f"{name}/{mail.uid}", uid=mail.uid, junk=junk
        )
        for mail in batch
    ]
    now = runtime.clock()
    with transaction(runtime.session) as session:
        folder = session.get_one(MailFolder, folder_id, with_for_update=True)
        stored = mail_intake.store_mail(session, arrived, folder=folder, uidvalidity=uidvalidity, now=now)
        mailboxes.advance(session, folder_id, max(mail.uid for mail in batch))
        folder.lease_until = now + LEASE
    result.fetched += len(stored)
    result.new += sum(one.new for one in stored)


def reconcile(runtime: Runtime, settings: imap.ImapSettings) -> dict[str, object]:
    """Hold the server's UIDs against the stored ones; return what the command prints."""
    session = runtime.session
    on_server, stored, missing = 0, 0, []
    account = account_of(settings)
    with transaction(session):
        mailboxes.ensure_folders(session, account, settings.folders)
    known = {folder.name: folder.id for folder in mailboxes.folders(session, account)}
    with imap.connect(settings) as mailbox:
        for name in settings.folders:
            uidvalidity = mailbox.examine(name)
            uids = mailbox.uids(after=0)
            have = mailboxes.stored_uids(session, known[name], uidvalidity)
            on_server, stored = on_server + len(uids), stored + len(have)
            missing += [{"folder": name, "uid": uid} for uid in sorted(set(uids) - have)]
    return {"server": on_server, "stored": stored, "missing": missing}
