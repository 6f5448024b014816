"""One mailbox, read folder by folder: ascending, in batches, few items, nothing changed on the server.

Built for servers as they are: 163.com gives no UIDNEXT and no IDLE, QQ refuses descending sets and odd
fetches. A `Mailbox` is thrown away at the first fault.
"""

from __future__ import annotations

import contextlib
import imaplib
import select
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from imapclient import IMAPClient

from commentbox.adapters.imap.session import FAULTS, ImapSettings, close, signed_in, told
from commentbox.core.types import FileRef

BATCH_MAILS = 200
BATCH_BYTES = 4_000_000
LARGE = 4_000_000
"""Bytes from which on a mail is fetched in pieces, never held in memory as a whole."""
PIECE = 1_000_000
_SIZES = 500
"""UIDs of ten digits to a command; RFC 7162 keeps a command within 8,192 octets."""
_MOST_REFUSED = 5
"""Mails that a server may fail to give before it is the server that fails."""
_NEWS = {b"EXISTS", b"RECENT"}

Keep = Callable[[Iterable[bytes]], FileRef]
"""Takes the pieces of a large mail and says where they are kept."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a mail as the server gave it; a large one lies in a file."""

    uid: int
    raw: bytes | FileRef
    internaldate: datetime | None
    flags: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold what the server says of a folder that was opened."""

    uidvalidity: int
    messages: int


def connect(settings: ImapSettings) -> Mailbox:
    """Return a mailbox that is signed in; raise MailboxUnavailable or MailboxRefused."""
    return Mailbox(signed_in(settings))


def wait_for_mail(mailboxes: Sequence[Mailbox], seconds: float) -> list[Mailbox]:
    """Return those idling mailboxes that have news, or are broken, within this time."""
    sockets = {mailbox.socket: mailbox for mailbox in mailboxes}
    try:
        ready, _, _ = select.select(list(sockets), [], [], seconds)
    except (OSError, ValueError):
        return list(mailboxes)  # one of them is closed; asking it for mail will tell which
    return [sockets[one] for one in ready if sockets[one].has_news()]


class Mailbox:
    """Read one folder at a time of a mailbox, without changing anything on the server."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self.gone: list[int] = []
        """UIDs asked for that the server had no more, in the folder at hand."""
        self.refused: list[int] = []
        """UIDs that the server lists and does not give, in the folder at hand."""
        self.broken = False
        """Whether an idling connection turned out to be dead."""
        self._silences = 0

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.leave()
        else:
            self.drop()

    def leave(self) -> None:
        """Say goodbye to the server."""
        with contextlib.suppress(*FAULTS):
            self._client.logout()  # the work is done; the next look opens a new connection anyway

    def drop(self) -> None:
        """Close the connection without a word, as after a fault."""
        close(self._client)

    def examine(self, folder: str) -> Opened:
        """Open a folder read-only."""
        self.gone, self.refused = [], []
        with told(f"cannot open folder {folder}"):
            answer: Mapping[bytes, Any] = self._client.select_folder(folder, readonly=True)
            return Opened(int(answer[b"UIDVALIDITY"]), int(answer.get(b"EXISTS", 0)))

    def junk_folders(self, names: Sequence[str]) -> list[str]:
        """Return the folders that the server marks as junk (RFC 6154) or that bear one of these names."""
        with told("cannot list the folders"):
            found = self._client.list_folders()
        junk = []
        for flags, delimiter, name in found:
            last = name.rsplit(delimiter.decode("ascii", "replace"), 1)[-1] if delimiter else name
            marked = any(flag.lower() == b"\\junk" for flag in flags)
            if (marked or last in names) and b"\\Noselect" not in flags:
                junk.append(name)
        return junk

    def uids(self, after: int) -> list[int]:
        """Return all UIDs above a number, ascending.

        Asked as a range, whose end past the last UID gives the last mail again (RFC 3501): that one
        is left out here.
        """
        with told("cannot list the folder"):
            found = self._client.search(["UID", f"{after + 1}:*"])
        return sorted(uid for uid in found if uid > after)

    def fetch(self, uids: Sequence[int], keep: Keep) -> Iterator[list[Fetched]]:
        """Yield the mails in batches limited by number and bytes; `gone` counts those that left."""
        with told("broke off while fetching"):
            for batch, size in self._batches(sorted(uids)):
                mails = (
                    self._given(batch) if len(batch) > 1 or size <= LARGE else self._large(batch, size, keep)
                )
                if mails:
                    yield mails

    def _given(self, uids: Sequence[int]) -> list[Fetched]:
        """Return those mails that the server gives; one that it cannot give stops no other."""
        try:
            return self._fetch(uids)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            half = len(uids) // 2
            if half:
                return self._given(uids[:half]) + self._given(uids[half:])
            if len(self.refused) >= _MOST_REFUSED:
                raise
            self.refused += uids
            return []

    def _batches(self, uids: Sequence[int]) -> Iterator[tuple[list[int], int]]:
        """Yield batches in ascending order with their bytes; a large mail is one of its own."""
        batch: list[int] = []
        total = 0
        for uid, size in self._sizes(uids):
            if batch and (len(batch) >= BATCH_MAILS or total + size > BATCH_BYTES):
                yield batch, total
                batch, total = [], 0
            if size > LARGE:
                yield [uid], size
                continue
            batch.append(uid)
            total += size
        if batch:
            yield batch, total

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield each UID that is still there, with its size in bytes."""
        for start in range(0, len(uids), _SIZES):
            chunk = list(uids[start : start + _SIZES])
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
            elif not raw and answer[uid].get(b"RFC822.SIZE"):
                self.refused.append(uid)
            else:
                mails.append(_fetched(uid, raw, answer[uid]))
        return mails

    def _large(self, uids: Sequence[int], size: int, keep: Keep) -> list[Fetched]:
        """Return a large mail, whose bytes are kept piece by piece as they come."""
        uid = uids[0]
        try:
            kept = keep(self._pieces(uid, size))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return self._given(uids)  # a server that gives no pieces
        answer = self._client.fetch([uid], ["FLAGS", "INTERNALDATE"])
        if not kept.size or uid not in answer:
            self.gone.append(uid)  # perhaps between two pieces
            return []
        return [_fetched(uid, kept, answer[uid])]

    def _pieces(self, uid: int, size: int) -> Iterator[bytes]:
        """Yield a mail's bytes; a server may give less at a time than asked for, or count sizes wrong."""
        at = 0
        while True:
            answer = self._client.fetch([uid], [f"BODY.PEEK[]<{at}.{PIECE}>"])
            piece = answer.get(uid, {}).get(b"BODY[]<%d>" % at) or b""
            yield piece
            at += len(piece)
            if not piece or (len(piece) < PIECE and at >= size):
                return

    @property
    def can_idle(self) -> bool:
        """Tell whether the server can say by itself that mail has come (RFC 2177)."""
        return bool(self._client.has_capability("IDLE"))

    @property
    def socket(self) -> Any:
        """Return the connection's socket, to wait on."""
        return self._client.socket()

    def idle(self, folder: str) -> None:
        """Let the server tell of new mail in a folder from now on."""
        self.examine(folder)
        with told("cannot wait for mail"):
            self._client.idle()

    def has_news(self) -> bool:
        """Tell whether the server has told of mail; call it when there is something to read."""
        try:
            answers = self._client.idle_check(timeout=0)
        except (*FAULTS, ValueError):
            self.broken = True
            return False
        # IMAPClient says nothing of a line that was cut. Once may be half a record of TLS.
        self._silences = 0 if answers else self._silences + 1
        self.broken = self._silences > 1 or any(answer[0] == b"BYE" for answer in answers)
        return any(word in _NEWS for answer in answers for word in answer[:2])

    def stop_idle(self) -> None:
        """Go back to commands."""
        with told("broke off while waiting for mail"):
            self._client.idle_done()


def _fetched(uid: int, raw: bytes | FileRef, item: Mapping[bytes, Any]) -> Fetched:
    arrived = item.get(b"INTERNALDATE")
    return Fetched(uid, raw, arrived.astimezone(UTC) if arrived else None, tuple(item.get(b"FLAGS", ())))
