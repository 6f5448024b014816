"""A private Redis, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.servers import HOST, Account, free_port, program, running


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Return the address of a running Redis that keeps nothing on disk."""
    binary = program("redis-server", "redis-server")
    account, port = Account("nobody"), free_port()
    address = f"redis://{HOST}:{port}/0"
    with account.folder() as folder:
        command = [binary, "--port", str(port), "--bind", HOST, "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "no"]
        with running(command, account, folder, redis.Redis.from_url(address).ping):
            yield address


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Return the address of an empty Redis database."""
    redis.Redis.from_url(redis_server).flushdb()
    return redis_server
