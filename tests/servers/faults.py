"""A TCP proxy that is slow, cuts, resets or falls silent at a chosen byte of a server's answers.

It stands before any server; everything can be changed while it runs, from any thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import pytest

from tests.servers import HOST
from tests.servers.dovecot import Dovecot

CHUNK = 16_384
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER without time: closing sends RST."""

Queue = asyncio.Queue[tuple[float, bytes]]


class Break(StrEnum):
    """Name what happens at the chosen byte."""

    CUT = "cut"
    RESET = "reset"
    HANG = "hang"


@dataclass(frozen=True)
class Fault:
    """Say that the answers of a connection break after ``at`` bytes: of the next only, or of each."""

    kind: Break
    at: int
    once: bool = False


@dataclass
class FaultProxy:
    """Forward to ``upstream``; delays in seconds each way, ``rate`` in bytes a second of answers (0: any)."""

    upstream: int
    port: int = 0
    fault: Fault | None = None
    delay_to_server: float = 0
    delay_to_client: float = 0
    rate: float = 0
    opened: list[float] = field(default_factory=list)
    """When connections were opened, in seconds of `time.monotonic`."""
    carried: list[int] = field(default_factory=list)
    """Bytes of answers so far, a number for each connection."""
    broken: int = 0
    """How often a fault came about."""

    _live: set[asyncio.Task[None]] = field(default_factory=set)

    def end_all(self) -> None:
        """Cut all connections that are open now, as a router that restarts does."""
        for one in list(self._live):
            one.get_loop().call_soon_threadsafe(one.cancel)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        number = len(self.opened)
        self.carried.append(0)
        self.opened.append(time.monotonic())
        task = asyncio.current_task()
        assert task is not None
        self._live.add(task)
        try:
            from_server, to_server = await asyncio.open_connection(HOST, self.upstream)
            with contextlib.closing(to_server):
                await self._carry((reader, to_server), (from_server, writer), number)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._live.discard(task)
            writer.close()

    async def _carry(
        self,
        up: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        down: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        number: int,
    ) -> None:
        async def ask(chunk: bytes) -> None:
            up[1].write(chunk)
            await up[1].drain()

        async def answer(chunk: bytes) -> None:
            await self._answer(down[1], number, chunk)

        asked, answered = Queue(64), Queue(64)
        with contextlib.suppress(BaseExceptionGroup):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_read(up[0], asked, lambda: self.delay_to_server))
                tasks.create_task(_write(asked, ask))
                tasks.create_task(_read(down[0], answered, lambda: self.delay_to_client))
                tasks.create_task(_write(answered, answer))

    async def _answer(self, writer: asyncio.StreamWriter, number: int, chunk: bytes) -> None:
        """Give the client a piece of the answers, up to the fault if one is there."""
        fault = self.fault
        left = len(chunk) if fault is None else max(0, fault.at - self.carried[number])
        self.carried[number] += min(left, len(chunk))
        writer.write(chunk[:left])
        await writer.drain()
        if self.rate:
            await asyncio.sleep(len(chunk) / self.rate)
        if fault is not None and left < len(chunk):
            await self._break(fault, writer)

    async def _break(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault.once and self.fault is fault:
            self.fault = None
        self.broken += 1
        if fault.kind == Break.HANG:
            await asyncio.Event().wait()  # until the client gives up
        if fault.kind == Break.RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        raise ConnectionError(fault.kind)


async def _read(reader: asyncio.StreamReader, queue: Queue, delay: Callable[[], float]) -> None:
    while chunk := await reader.read(CHUNK):
        await queue.put((time.monotonic() + delay(), chunk))
    await queue.put((0, b""))


async def _write(queue: Queue, send: Callable[[bytes], Awaitable[None]]) -> None:
    while True:
        due, chunk = await queue.get()
        if not chunk:
            raise ConnectionError("the end")
        await asyncio.sleep(max(0, due - time.monotonic()))
        await send(chunk)


@contextmanager
def faulty(upstream: int) -> Iterator[FaultProxy]:
    """Yield a proxy before a server's port; it has no fault until it is given one."""
    proxy, ready = FaultProxy(upstream), threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with await asyncio.start_server(proxy.serve, HOST, 0) as server:
            proxy.port = server.sockets[0].getsockname()[1]
            loops.append((asyncio.get_running_loop(), asyncio.Event()))
            ready.set()
            await loops[0][1].wait()

    # All of the loop's life is in the thread: another may be running in this one.
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.fixture
def fault_proxy(dovecot: Dovecot) -> Iterator[FaultProxy]:
    """Return a proxy before the session's Dovecot."""
    with faulty(dovecot.port) as proxy:
        yield proxy
