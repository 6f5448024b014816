"""An IMAP server of a few lines that is as odd as some real ones, for what Dovecot never does."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator

import pytest

from commentbox.adapters.imap import ImapSettings
from tests.servers import HOST

DROP = "drop"
HANG = "hang"


class OddImap:
    """Answer each command from ``answers``: its words -> lines, of which the last gets the tag.

    The longest key that the command begins with decides. The answer DROP cuts the line, HANG keeps
    silent. `commands` are what clients sent. With ``tls`` the server speaks TLS, or STARTTLS where
    its capabilities list it.
    """

    def __init__(self, port: int) -> None:
        self.settings = ImapSettings(HOST, port, "none", "yijian", "code", ("INBOX",), 5)
        self.tls: ssl.SSLContext | None = None
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

    @property
    def starts_tls(self) -> bool:
        """Tell whether TLS begins only when the client asks for it."""
        return "STARTTLS" in self.answers["CAPABILITY"]


def _handler(server: OddImap) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                if server.tls and not server.starts_tls:
                    self._secure(server.tls)
                self._converse()

        def _converse(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline():
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                answer = server.answer(command)
                if answer == DROP:
                    return
                if answer != HANG:
                    *untagged, last = answer.split("\n")
                    self.wfile.write("".join(f"{one}\r\n" for one in [*untagged, f"{tag} {last}"]).encode())
                if command == "STARTTLS" and server.tls:
                    self._secure(server.tls)

        def _secure(self, context: ssl.SSLContext) -> None:
            self.request = context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

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
