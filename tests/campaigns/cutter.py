"""A TCP proxy that cuts a connection at a given byte of the server's answers."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator

from tests.servers import HOST

_RESET = struct.pack("ii", 1, 0)


class Cutter:
    """Pass on what a client and the server at a port say, until told to cut.

    `opened` counts the connections and `cuts` those that were cut.
    """

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.port = 0
        self.opened = 0
        self.cuts = 0
        self._left: int | None = None
        self._lock = threading.Lock()

    @property
    def armed(self) -> bool:
        """Tell whether a cut is still to come."""
        return self._left is not None

    def cut_after(self, count: int) -> None:
        """Cut whichever connection the server says one byte more on, after so many bytes from now on."""
        with self._lock:
            self._left = count

    def cut_soon(self, count: int) -> None:
        """Let a cut that is still to come come after so many bytes at most."""
        with self._lock:
            if self._left is not None:
                self._left = min(self._left, count)

    def granted(self, said: int) -> int:
        """Return how many of the server's bytes may pass; fewer than it said where the line is to be cut."""
        with self._lock:
            if self._left is None:
                return said
            if said > self._left:
                granted, self._left, self.cuts = self._left, None, self.cuts + 1
                return granted
            self._left -= said
            return said


@contextlib.contextmanager
def cutting(server_port: int) -> Iterator[Cutter]:
    """Yield a proxy before a server of this machine."""
    cutter = Cutter(server_port)
    with _Server((HOST, 0), _handler(cutter)) as server:
        cutter.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield cutter
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


def _handler(cutter: Cutter) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            cutter.opened += 1
            # Either side may be gone at any moment: that is what the proxy is for.
            with (
                contextlib.suppress(OSError),
                socket.create_connection((HOST, cutter.server_port)) as server,
            ):
                while self._relayed(server):
                    pass

        def _relayed(self, server: socket.socket) -> bool:
            """Pass on what one side said; tell whether the line still stands."""
            ready, _, _ = select.select([self.request, server], [], [])
            if self.request in ready:
                asked = self.request.recv(65536)
                server.sendall(asked)
                return bool(asked)
            said = server.recv(65536)
            granted = cutter.granted(len(said))
            self.request.sendall(said[:granted])
            if granted < len(said):
                self._cut(granted)
                return False
            return bool(said)

        def _cut(self, granted: int) -> None:
            # Half of the cuts are resets, the others look like a server that hangs up.
            if granted % 2:
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.request.close()

    return Handler
