"""What a step is given: the session, the outside world, the settings and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from commentbox.adapters import imap, smtp
from commentbox.adapters.blobs import BlobStore
from commentbox.adapters.child import ReaderChild
from commentbox.adapters.model_store import ModelStore
from commentbox.extensions import db, mail


@dataclass(frozen=True, slots=True)
class Runtime:
    """Hold what the steps work with; ``mailbox`` is None where no mail server is configured."""

    session: Session
    settings: dict[str, Any]
    blobs: BlobStore
    reader: ReaderChild
    models: ModelStore
    mailbox: imap.ImapSettings | None
    send: Callable[[smtp.Outgoing], None] | None
    clock: Callable[[], datetime]

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Return the addresses that we write from."""
        return tuple(filter(None, (self.settings["IMAP_USER"], self.settings["MAIL_DEFAULT_SENDER"])))


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
        models=ModelStore(Path(settings["DATA_DIR"]) / "models"),
        mailbox=_mailbox(settings),
        send=_sender(settings),
        clock=now,
    )


def _mailbox(settings: dict[str, Any]) -> imap.ImapSettings | None:
    if not settings["IMAP_HOST"]:
        return None
    return imap.ImapSettings(
        host=settings["IMAP_HOST"],
        port=settings["IMAP_PORT"],
        security=settings["IMAP_SECURITY"],
        user=settings["IMAP_USER"],
        password=settings["IMAP_PASSWORD"],
        folders=settings["IMAP_FOLDERS"],
        timeout=settings["IMAP_TIMEOUT"],
    )


def _sender(settings: dict[str, Any]) -> Callable[[smtp.Outgoing], None] | None:
    if not settings["MAIL_SERVER"] and not settings["MAIL_SUPPRESS_SEND"]:
        return None
    return partial(smtp.send, mail)
