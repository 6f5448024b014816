"""Serve the sample letters over IMAP on loopback, as the mailbox that the demo polls.

Prints one JSON line, {"port": ...}, when it accepts connections, and runs until it is ended or its
parent process is gone. Each letter has arrived when its Date says, and has the same UID at every start.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

HOST = "127.0.0.1"
USER = "demo"
UIDVALIDITY = 1
"""Constant, because the mailbox is made anew at every start with the same mails, oldest first."""
PARENT_CHECK_SECONDS = 1.0


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--letters", type=Path, required=True, help="folder of .eml files")
    parser.add_argument("--password", required=True, help=f"password of the account {USER}")
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.letters, given.password))


async def serve(port: int, letters: Path, password: str) -> None:
    """Fill the mailbox, listen, say so, and wait for the end."""
    backend, config = await DictBackend.init(_pymap_settings(password))
    config.apply_context()
    await _fill(backend, sorted(letters.glob("*.eml")))
    callback = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    async with await asyncio.start_server(callback, HOST, port) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await _ended()


def _pymap_settings(password: str) -> argparse.Namespace:
    """Return what pymap would read from its own command line."""
    return argparse.Namespace(
        host=HOST,
        port=0,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        proxy_protocol=None,
        passlib_cfg=None,
        demo_data=False,
        demo_user=USER,
        demo_password=password,
    )


async def _fill(backend: DictBackend, files: list[Path]) -> None:
    async with backend.login.demo_user_identity.new_session() as session:
        inbox = await session.mailbox_set.get_mailbox("INBOX")
    inbox._uid_validity = UIDVALIDITY
    for arrived, raw in _due([file.read_bytes() for file in files], datetime.now(UTC)):
        await inbox.append(AppendMessage(raw, arrived, frozenset()))


def _due(letters: list[bytes], now: datetime) -> list[tuple[datetime, bytes]]:
    """Return the letters that have arrived by now, in that order, so that later ones get later UIDs.

    One sample letter comes after the last day. A clock set before all of them gets all of them.
    """
    dated = sorted((parsedate_to_datetime(message_from_bytes(raw)["Date"]), raw) for raw in letters)
    return [one for one in dated if one[0] <= now] or dated


async def _ended() -> None:
    ended = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, ended.set)
    parent = os.getppid()
    while os.getppid() == parent and not ended.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), PARENT_CHECK_SECONDS)


if __name__ == "__main__":
    main()
