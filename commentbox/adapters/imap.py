"""The consultation mailbox over IMAP: read-only, ascending, in batches.

Built for servers as they are: 163.com wants ID before the first EXAMINE of each connection and gives no
UIDNEXT, QQ refuses descending sets and odd fetches, a timeout leaves the connection unusable. So a
`Mailbox` lives for one look, fetches few items, and is thrown away at the first fault.
"""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

BATCH_MAILS = 50
BATCH_BYTES = 8_000_000
_CLIENT_ID = {"name": "commentbox", "version": "1"}
_UNSAFE = "unsafe login"
_FAULTS = (OSError, imaplib.IMAP4.error)
_BROKEN_ANSWER = (KeyError, TypeError, ValueError)
"""What IMAPClient, or we, trip over in an answer that does not follow the protocol."""


class MailboxUnavailable(Exception):
    """Say that the server could not be reached or broke off; trying again later may help."""


class MailboxRefused(Exception):
    """Say that the server refused the account; trying again soon would only lock it."""


class UnsafeLogin(MailboxRefused):
    """Say that Coremail (163.com) took the password and yet wants this client allowed by its user."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Hold how to reach a mailbox; ``security`` is "tls", "starttls" or "none", ``timeout`` in seconds."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folders: tuple[str, ...]
    timeout: float


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a mail as the server gave it."""

    uid: int
    raw: bytes
    internaldate: datetime
    flags: tuple[bytes, ...]


def connect(settings: ImapSettings) -> Mailbox:
    """Return a mailbox that is signed in; raise MailboxUnavailable or MailboxRefused."""
    try:
        client = _open(settings)
    except ssl.SSLCertVerificationError as error:
        raise MailboxUnavailable(
            f"the certificate of {settings.host} cannot be trusted ({error.verify_message}); "
            "check COMMENTBOX_IMAP_HOST and the machine's clock"
        ) from None
    except _FAULTS as error:
        raise MailboxUnavailable(
            f"cannot reach {settings.host}:{settings.port} ({_reason(error)}); check host, port and network"
        ) from None
    try:
        _sign_in(client, settings)
    except BaseException:
        _close(client)
        raise
    return Mailbox(client)


def _open(settings: ImapSettings) -> IMAPClient:
    context = ssl.create_default_context()
    tls = settings.security == "tls"
    client = IMAPClient(
        settings.host, settings.port, ssl=tls, ssl_context=context if tls else None, timeout=settings.timeout
    )
    try:
        if settings.security == "starttls":
            client.starttls(context)
    except BaseException:
        _close(client)
        raise
    client.normalise_times = False
    # IMAPClient sets imaplib's debug level to 5, which formats every body it fetches.
    client._imap.debug = 0
    return client


def _close(client: IMAPClient) -> None:
    """Drop a connection without a word to the server."""
    with contextlib.suppress(*_FAULTS):
        client.shutdown()


def _sign_in(client: IMAPClient, settings: ImapSettings) -> None:
    with _told(f"{settings.host} broke off while signing in"):
        _login(client, settings)
        _introduce(client)


def _login(client: IMAPClient, settings: ImapSettings) -> None:
    try:
        client.login(settings.user, settings.password)
    except LoginError as error:
        # IMAPClient says LoginError also when the connection breaks off, which is no wrong password.
        if isinstance(error.__context__, imaplib.IMAP4.abort) or _UNSAFE in _reason(error).lower():
            raise
        raise _refusal(_reason(error), settings) from None
    except UnicodeEncodeError:
        raise _refusal("IMAP takes only ASCII in a name or a password", settings) from None


def _refusal(reason: str, settings: ImapSettings) -> MailboxRefused:
    return MailboxRefused(
        f"{settings.host} refuses {settings.user} ({reason}); "
        "check COMMENTBOX_IMAP_USER and the authorisation code in COMMENTBOX_IMAP_PASSWORD"
    )


def _introduce(client: IMAPClient) -> None:
    """Say who we are where the server asks for it: Coremail refuses EXAMINE on a connection that has not."""
    if not client.has_capability("ID"):
        return
    try:
        client.id_(_CLIENT_ID)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # a server that lists ID and then refuses it lets us go on; if not, EXAMINE will tell


@contextlib.contextmanager
def _told(doing: str) -> Iterator[None]:
    """Turn a fault of the connection, the server or its answer into one of ours."""
    try:
        yield
    except (*_FAULTS, *_BROKEN_ANSWER) as error:
        reason = _reason(error)
        if _UNSAFE in reason.lower():
            raise UnsafeLogin(
                "the server says 'Unsafe Login': sign in to the mailbox's web site, allow IMAP clients there "
                f"and use an authorisation code ({reason})"
            ) from None
        raise MailboxUnavailable(f"{doing} ({reason})") from None


def _reason(error: Exception) -> str:
    """Return an error's words on one line."""
    words = error.args[0] if error.args else ""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__


class Mailbox:
    """Read one folder at a time of a mailbox, without changing anything on the server."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self.gone: list[int] = []
        """UIDs asked for that the server had no more, in the folder at hand."""

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            _close(self._client)
            return
        with contextlib.suppress(*_FAULTS):
            self._client.logout()  # the work is done; the next look opens a new connection anyway

    def examine(self, folder: str) -> int:
        """Open a folder read-only and return its UIDVALIDITY."""
        self.gone = []
        with _told(f"cannot open folder {folder}"):
            answer: Mapping[bytes, Any] = self._client.select_folder(folder, readonly=True)
            return int(answer[b"UIDVALIDITY"])

    def uids(self, after: int) -> list[int]:
        """Return all UIDs above a number, ascending.

        Asked as a range, whose end past the last UID gives the last mail again (RFC 3501): that one
        is left out here.
        """
        with _told("cannot list the folder"):
            found = self._client.search(["UID", f"{after + 1}:*"])
        return sorted(uid for uid in found if uid > after)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """Yield the mails in batches limited by number and bytes; `gone` counts those that left."""
        with _told("broke off while fetching"):
            for batch in self._batches(sorted(uids)):
                mails = self._fetch(batch)
                if mails:
                    yield mails

    def _batches(self, uids: Sequence[int]) -> Iterator[list[int]]:
        batch: list[int] = []
        total = 0
        for uid, size in self._sizes(uids):
            if batch and (len(batch) >= BATCH_MAILS or total + size > BATCH_BYTES):
                yield batch
                batch, total = [], 0
            batch.append(uid)
            total += size
        if batch:
            yield batch

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield each UID that is still there, with its size in bytes."""
        for start in range(0, len(uids), 500):
            chunk = list(uids[start : start + 500])
            answer = self._client.fetch(chunk, ["RFC822.SIZE"])
            self.gone += [uid for uid in chunk if uid not in answer]
            yield from ((uid, int(answer[uid].get(b"RFC822.SIZE", 0))) for uid in chunk if uid in answer)

    def _fetch(self, uids: Sequence[int]) -> list[Fetched]:
        items = ["FLAGS", "RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[]"]
        answer = self._client.fetch(list(uids), items)
        mails = []
        for uid in uids:
            # A mail expunged meanwhile comes back without its body, or not at all.
            raw = answer.get(uid, {}).get(b"BODY[]")
            if raw is None:
                self.gone.append(uid)
            else:
                mails.append(_fetched(uid, raw, answer[uid]))
        return mails


def _fetched(uid: int, raw: bytes, item: Mapping[bytes, Any]) -> Fetched:
    arrived = item.get(b"INTERNALDATE")
    if arrived is None:
        raise ValueError(f"no readable INTERNALDATE for UID {uid}")
    return Fetched(uid, raw, arrived.astimezone(UTC), tuple(item.get(b"FLAGS", ())))
