"""The proxy that cuts lines, and the mails of the campaign."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.campaigns.cutter import Cutter, cutting
from tests.campaigns.letters import made
from tests.servers import HOST

WORDS = b"0123456789" * 1000


class _Speaker(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(WORDS)


@pytest.fixture
def cutter() -> Iterator[Cutter]:
    """Return a proxy before a server that says its words and hangs up."""
    with socketserver.ThreadingTCPServer((HOST, 0), _Speaker) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        with cutting(server.server_address[1]) as proxy:
            yield proxy
        server.shutdown()


def heard(cutter: Cutter) -> bytes:
    """Return what a client hears until the line ends, however it ends."""
    words = b""
    with socket.create_connection((HOST, cutter.port), timeout=10) as client:
        while True:
            try:
                said = client.recv(1)
            except ConnectionResetError:
                said = b""
            if not said:
                return words
            words += said


def test_passes_everything_on_until_told_to_cut(cutter: Cutter) -> None:
    assert heard(cutter) == WORDS
    assert cutter.cuts == 0


# An even number: odd ones are resets, which may overtake what was said before.
@pytest.mark.parametrize("count", [0, 2, 9_998])
def test_cuts_at_the_byte_and_only_once(cutter: Cutter, count: int) -> None:
    cutter.cut_after(count)
    assert heard(cutter) == WORDS[:count]
    assert (cutter.cuts, cutter.armed) == (1, False)
    assert heard(cutter) == WORDS


def test_counts_over_several_connections(cutter: Cutter) -> None:
    cutter.cut_after(len(WORDS) + 4)
    assert [heard(cutter), heard(cutter)] == [WORDS, WORDS[:4]]


def test_a_reset_ends_the_line_too(cutter: Cutter) -> None:
    cutter.cut_after(5)
    assert WORDS[:5].startswith(heard(cutter))
    assert cutter.cuts == 1


def test_a_cut_can_be_brought_forward(cutter: Cutter) -> None:
    cutter.cut_soon(2)
    assert heard(cutter) == WORDS
    cutter.cut_after(50)
    cutter.cut_soon(2)
    assert heard(cutter) == WORDS[:2]


def test_the_mails_of_a_seed_are_so_many_submissions_and_more() -> None:
    letters = made(40, 5)
    fates = Counter({one.sha256: one.fate for one in letters}.values())
    assert fates == {"ingested": 40, "ignored": 1, "held": 3}
    assert len(letters) == 40 + 1 + 3 + 2
    assert len({one.subject for one in letters}) == 44
