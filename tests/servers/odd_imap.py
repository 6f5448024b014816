"""An IMAP server of a few lines that behaves as INTAKE's real ones do, for what Dovecot never does."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from commentbox.adapters.imap import ImapSettings
from tests.servers import HOST

DROP = "drop"


class OddImap:
    """Answer each command from ``answers``: its words -> lines, of which the last gets the tag.

    The longest key that the command begins with decides. `commands` are what clients sent.
    """

    def __init__(self, port: int) -> None:
        self.settings = ImapSettings(HOST, port, "none", "yijian", "code", ("INBOX",), 5)
        self.commands: list[str] = []
        self.answers: dict[str, str] = {
            "CAPABILITY": "* CAPABILITY IMAP4rev1\nOK done",
            "LOGIN": "OK done",
            "ID": "* ID NIL\nOK done",
            "EXAMINE": "* 2 EXISTS\n* OK [UIDVALIDITY 7] ok\nOK [READ-ONLY] done",
            "LOGOUT": "* BYE\nOK done",
        }

    def answer(self, command: str) -> str:
        """Return what to say to a command without its tag."""
        self.commands.append(command)
        fitting = [key for key in self.answers if command.startswith(key)]
        return self.answers[max(fitting, key=len)] if fitting else "BAD unknown"


def _handler(server: OddImap) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                answer = server.answer(command)
                if answer == DROP:
                    return
                *untagged, last = answer.split("\n")
                self.wfile.write("".join(f"{one}\r\n" for one in [*untagged, f"{tag} {last}"]).encode())

    return Handler


@pytest.fixture
def odd_imap() -> Iterator[OddImap]:
    """Return a server whose answers the test may change."""
    with socketserver.ThreadingTCPServer((HOST, 0), socketserver.StreamRequestHandler) as server:
        server.daemon_threads = True
        odd = OddImap(server.server_address[1])
        server.RequestHandlerClass = _handler(odd)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield odd
        server.shutdown()
        thread.join()
