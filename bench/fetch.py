"""Letters from the mailbox over a slow line, beside one bare FETCH of them all over the same line."""

from __future__ import annotations

import imaplib
from collections.abc import Iterable, Sequence

from bench.measure import show
from commentbox.adapters import imap
from commentbox.core.types import FileRef
from tests.servers import HOST
from tests.servers.dovecot import PASSWORD, new_mailbox, running_dovecot
from tests.servers.faults import faulty

LETTERS = 1_000
SMALL = 4_000
ROUND_TRIP_SECONDS = 0.04


def measure(letters: Sequence[bytes]) -> None:
    """Print the rate at a round trip of 40 ms; needs Dovecot."""
    small = [raw for raw in letters if len(raw) < SMALL]
    with running_dovecot() as server, faulty(server.port) as line:
        mailbox = new_mailbox(server)
        mailbox.append([b"X-Bench: %d\r\n" % n + small[n % len(small)] for n in range(LETTERS)])
        line.delay_to_server = line.delay_to_client = ROUND_TRIP_SECONDS / 2
        settings = imap.ImapSettings(HOST, line.port, "none", mailbox.settings.user, PASSWORD, ("INBOX",), 60)

        def ours() -> None:
            with imap.connect(settings) as box:
                box.examine("INBOX")
                batches = box.fetch(box.uids(after=0), _never)
                assert sum(len(batch) for batch in batches) == LETTERS

        def bare() -> None:
            client = imaplib.IMAP4(HOST, line.port)
            client.login(settings.user, settings.password)
            client.select("INBOX", readonly=True)
            _, answer = client.uid("FETCH", "1:*", "(INTERNALDATE BODY.PEEK[])")
            assert sum(isinstance(part, tuple) for part in answer) == LETTERS
            client.logout()

        show("fetch small letters at a round trip of 40 ms", LETTERS, ours, bare)


def _never(pieces: Iterable[bytes]) -> FileRef:
    raise AssertionError("no letter here is large")
