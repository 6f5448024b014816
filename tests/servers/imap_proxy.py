"""A proxy that speaks IMAP before another server: it notes each command and may answer as it likes.

What a provider does differently is a `Manners`; tests/servers/providers.py has those of 163.com and QQ.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from tests.servers import HOST

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
_SECONDS = 60


@dataclass(frozen=True)
class Command:
    """Hold what a client said, without its tag; ``at`` is in seconds of `time.monotonic`."""

    connection: int
    at: float
    words: str

    @property
    def name(self) -> str:
        """Return the command's name, of a UID command with that."""
        first, _, rest = self.words.upper().partition(" ")
        return f"UID {rest.split(' ', 1)[0]}" if first == "UID" else first


@dataclass
class Dialogue:
    """Hold what a provider remembers of one connection."""

    number: int
    signed_in: bool = False
    introduced: bool = False


@dataclass
class Manners:
    """Say how a provider differs from the server behind it; as it is here, not at all."""

    commands: list[Command] = field(default_factory=list)

    def greeting(self, line: bytes) -> bytes:
        """Return the first line to a client."""
        return line

    def answer(self, command: Command, dialogue: Dialogue) -> str | None:
        """Return what is said at once, lines of which the last gets the tag; None: ask the server."""
        return None

    def relay(self, command: Command, line: bytes) -> bytes:
        """Return what a client gets of an answer's line, which ends in CRLF and may hold literals."""
        return line

    @property
    def names(self) -> list[str]:
        """Return the names of all commands, in their order."""
        return [command.name for command in self.commands]

    def said(self, name: str) -> list[str]:
        """Return the words of all commands of a name."""
        return [command.words for command in self.commands if command.name == name]


def _line(stream: BinaryIO, sink: socket.socket | None = None) -> bytes:
    """Return a line with its literals; ``sink`` is told to go on where a client waits for that."""
    whole = b""
    while True:
        line = stream.readline()
        if not line:
            raise ConnectionError("the other side is gone")
        whole += line
        literal = _LITERAL.search(line)
        if literal is None:
            return whole
        if sink is not None and not literal[2]:
            sink.sendall(b"+ go on\r\n")
        whole += stream.read(int(literal[1]))


class _Talk:
    """Carry one connection's commands to the server and its answers back, one at a time."""

    def __init__(self, client: socket.socket, server: socket.socket, manners: Manners, number: int) -> None:
        self._client, self._server, self._manners = client, server, manners
        self._dialogue = Dialogue(number)
        self._from_client, self._from_server = client.makefile("rb"), server.makefile("rb")

    def run(self) -> None:
        self._client.sendall(self._manners.greeting(_line(self._from_server)))
        while True:
            tag, _, words = _line(self._from_client, self._client).partition(b" ")
            command = Command(
                self._dialogue.number, time.monotonic(), words.decode("utf-8", "replace").rstrip("\r\n")
            )
            self._manners.commands.append(command)
            answer = self._manners.answer(command, self._dialogue)
            if answer is not None:
                *untagged, last = answer.split("\n")
                lines = [*untagged, f"{tag.decode()} {last}"]
                self._client.sendall("".join(f"{line}\r\n" for line in lines).encode())
            else:
                self._ask(tag, words, command)
            if command.name == "LOGOUT":
                return

    def _ask(self, tag: bytes, words: bytes, command: Command) -> None:
        # The client has been told to go on already: {9} becomes {9+}, for which nobody waits.
        self._server.sendall(tag + b" " + re.sub(rb"\{(\d+)\}\r\n", rb"{\1+}\r\n", words))
        while True:
            line = _line(self._from_server)
            if line.startswith(tag + b" ") and b" OK" in line[:40]:
                self._remember(command)
            self._client.sendall(self._manners.relay(command, line))
            if line.startswith(tag + b" "):
                return

    def _remember(self, command: Command) -> None:
        self._dialogue.signed_in |= command.name == "LOGIN"
        self._dialogue.introduced |= command.name == "ID" and self._dialogue.signed_in


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def proxied(upstream: int, manners: Manners) -> Iterator[int]:
    """Yield the port of a proxy with these manners before a server's port."""
    numbers = iter(range(1, 1_000_000))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, upstream), _SECONDS) as server:
                self.request.settimeout(_SECONDS)
                _Talk(self.request, server, manners, next(numbers)).run()

    with _Server((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
