"""What a step is given: the session, the outside world, the settings and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from commentbox.adapters import imap, smtp
from commentbox.adapters.blobs import BlobStore
from commentbox.adapters.child import ReaderChild
from commentbox.extensions import db, mail
from commentbox.jobs.doorbell import Doorbell


@dataclass(frozen=True, slots=True)
class Runtime:
    """Hold what the steps work with; ``mailboxes`` is empty where no mail server is configured."""

    session: Session
    settings: dict[str, Any]
    blobs: BlobStore
    reader: ReaderChild
    mailboxes: tuple[imap.ImapSettings, ...]
    send: Callable[[smtp.Outgoing], None] | None
    clock: Callable[[], datetime]
    doorbell: Doorbell | None = None
    """Where connections are kept between two looks; None: each look makes its own."""

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Return the addresses that we write from."""
        users = [mailbox.user for mailbox in self.mailboxes]
        return tuple(filter(None, (*users, self.settings["MAIL_DEFAULT_SENDER"])))


def now() -> datetime:
    """Return this instant; the only clock of the jobs."""
    return datetime.now(UTC)


def make_runtime(app: Flask) -> Runtime:
    """Return the runtime of an app; call it inside its context, and close its reader in the end."""
    settings = app.config
    return Runtime(
        session=db.session(),
        settings=settings,
        blobs=app.extensions["blobs"],
        reader=app.extensions["reader"],
        mailboxes=tuple(_mailbox(one, settings["IMAP_TIMEOUT"]) for one in settings["MAILBOXES"]),
        send=_sender(settings),
        clock=now,
    )


def _mailbox(one: dict[str, Any], timeout: int) -> imap.ImapSettings:
    return imap.ImapSettings(
        host=one["IMAP_HOST"],
        port=one["IMAP_PORT"],
        security=one["IMAP_SECURITY"],
        user=one["IMAP_USER"],
        password=one["IMAP_PASSWORD"],
        folders=one["IMAP_FOLDERS"],
        timeout=timeout,
    )


def _sender(settings: dict[str, Any]) -> Callable[[smtp.Outgoing], None] | None:
    if not settings["MAIL_SERVER"] and not settings["MAIL_SUPPRESS_SEND"]:
        return None
    return partial(smtp.send, mail)
