"""A private Dovecot: `dovecot` runs for the session, `mailbox` is a fresh account on it for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from commentbox.adapters.imap import ImapSettings
from tests.servers import HOST, Account, free_port, program, running

PASSWORD = "secret"
_numbers = itertools.count(1)

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {account.name}
default_internal_group = {group}
default_login_user = {account.name}
ssl = no
disable_plaintext_auth = no
mail_fsync = never
mail_location = maildir:~/Maildir
mail_max_userip_connections = 50
imap_id_log = *
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account.uid} gid={account.gid} home={folder}/home/%u
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Hold a running server; it lets any user in who knows the password."""

    port: int
    folder: Path
    account: Account

    @property
    def log(self) -> str:
        """Return what the server has written so far, the clients' ID parameters among it."""
        return (self.folder / "dovecot.log").read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class DovecotMailbox:
    """Stand for one account, and for the people who put mail into it and read it."""

    server: Dovecot
    settings: ImapSettings

    @contextmanager
    def client(self, folder: str | None = None) -> Iterator[IMAPClient]:
        """Yield somebody else's mail program, which may write."""
        with IMAPClient(HOST, self.server.port, ssl=False) as client:
            client.login(self.settings.user, PASSWORD)
            if folder is not None:
                client.select_folder(folder)
            yield client

    def append(
        self,
        raw: bytes | Iterable[bytes],
        folder: str = "INBOX",
        internaldate: datetime | None = None,
        flags: tuple[bytes, ...] = (),
    ) -> None:
        """Put one mail, or several, into a folder, which is made where it is missing."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for one in [raw] if isinstance(raw, bytes) else raw:
                client.append(folder, one, flags, internaldate)

    def flags(self, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        """Return each mail's flags, in the order of the UIDs."""
        with self.client(folder) as client:
            found = client.get_flags(client.search())
        return [tuple(found[uid]) for uid in sorted(found)]

    def start_uids_at(self, number: int) -> None:
        """Let the UIDs of INBOX begin high; only before its first mail."""
        maildir = self.server.folder / "home" / self.settings.user / "Maildir"
        with self.client("INBOX"):
            pass  # the server makes the folder when it is first looked into
        (maildir / "dovecot-uidlist").write_text(f"3 V1700000000 N{number} G{'ab' * 16}\n")

    def environment(self) -> dict[str, str]:
        """Return the settings with which the product polls this mailbox."""
        return {
            "COMMENTBOX_IMAP_HOST": HOST,
            "COMMENTBOX_IMAP_PORT": str(self.server.port),
            "COMMENTBOX_IMAP_SECURITY": "none",
            "COMMENTBOX_IMAP_USER": self.settings.user,
            "COMMENTBOX_IMAP_PASSWORD": PASSWORD,
            "COMMENTBOX_IMAP_FOLDERS": ",".join(self.settings.folders),
        }

    def with_folders(self, *folders: str) -> DovecotMailbox:
        """Return the same account, polled in these folders."""
        return replace(self, settings=replace(self.settings, folders=folders))


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Yield a running Dovecot."""
    binary = program("dovecot", "dovecot-imapd")
    account, port = Account("nobody"), free_port()
    with account.folder() as folder:
        config = folder / "dovecot.conf"
        group = folder.group()
        config.write_text(
            _CONFIG.format(folder=folder, account=account, group=group, password=PASSWORD, port=port)
        )
        with running([binary, "-F", "-c", str(config)], account, folder, lambda: _sign_in(port)):
            yield Dovecot(port, folder, account)


def _sign_in(port: int) -> None:
    with IMAPClient(HOST, port, ssl=False, timeout=5) as client:
        client.login("ready", PASSWORD)


def new_mailbox(server: Dovecot) -> DovecotMailbox:
    """Return an empty mailbox that nobody else uses."""
    user = f"yijian{next(_numbers)}"
    settings = ImapSettings(HOST, server.port, "none", user, PASSWORD, ("INBOX",), 20)
    return DovecotMailbox(server, settings)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Return a running Dovecot."""
    with running_dovecot() as server:
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> DovecotMailbox:
    """Return an empty mailbox of the test's own."""
    return new_mailbox(dovecot)
