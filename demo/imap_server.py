"""A mailbox on loopback that holds the sample letters, for the demo: pymap, in memory.

    python demo/imap_server.py --port 0 --letters demo/letters --password ...

Prints {"port": ...} as one line when it is ready. Ends on SIGTERM, and when its parent process is gone.
Letters come back byte for byte, and keep their UIDs from one run to the next, so that nothing is fetched twice.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import email.utils
import json
import os
import signal
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

HOST = "127.0.0.1"
USER = "demo"
PARENT_CHECK_SECONDS = 0.5


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="serve sample letters over IMAP")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--letters", type=Path, required=True, help="a folder of .eml files")
    parser.add_argument("--password", required=True, help=f"of the user {USER!r}")
    with suppress(asyncio.CancelledError):
        asyncio.run(serve(parser.parse_args(), os.getppid()))


async def serve(options: argparse.Namespace, parent: int) -> None:
    """Fill the mailbox and serve it as long as the parent lives."""
    backend, config = await DictBackend.init(_pymap_options(options))
    config.apply_context()
    await _fill(config, sorted(options.letters.glob("*.eml")))
    # Connections end with the process: a client that is still there must not hold it up.
    answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(answer, HOST, options.port)
    _end_on(signal.SIGTERM, signal.SIGINT)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK_SECONDS)


def _pymap_options(options: argparse.Namespace) -> argparse.Namespace:
    """Return what pymap would read from its own command line."""
    return argparse.Namespace(
        host=HOST,
        port=options.port,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        passlib_cfg=None,
        proxy_protocol=None,
        inherited_sockets=None,
        demo_data=False,
        demo_user=USER,
        demo_password=options.password,
    )


def _end_on(*signals: signal.Signals) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def _fill(config: Config, letters: list[Path]) -> None:
    """Put the letters into the user's inbox."""
    mailboxes = MailboxSet()
    inbox = await mailboxes.get_mailbox("INBOX")
    digest = 0
    for letter in letters:
        raw = letter.read_bytes()
        digest = zlib.crc32(raw, digest)
        await inbox.append(AppendMessage(raw, _arrival(raw), frozenset()))
    _keep_uids(inbox, digest)
    config.set_cache[USER] = (mailboxes, FilterSet())


def _keep_uids(inbox: MailboxData, digest: int) -> None:
    """Give the same letters the same UIDVALIDITY at every start: pymap would make up a new one."""
    inbox._uid_validity = digest or 1


def _arrival(raw: bytes) -> datetime:
    """Return the Date header's instant, which stands for the one at which a server took the letter in."""
    header = email.message_from_bytes(raw, policy=email.policy.compat32)["Date"]
    return email.utils.parsedate_to_datetime(str(header)).astimezone(UTC)


if __name__ == "__main__":
    main()
