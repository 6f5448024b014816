"""A private PostgreSQL cluster, and fresh databases on it."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.servers import HOST, Account, free_port, program, running

BINARIES = "usr/lib/postgresql/*/bin"
USER = "commentbox"
_numbers = itertools.count(1)


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a fresh cluster, without a database's name."""
    initdb = program("initdb", "postgresql", beside=BINARIES)
    binary = program("postgres", "postgresql", beside=BINARIES)
    account, port = Account("postgres"), free_port()
    with account.folder() as folder:
        data = str(folder / "data")
        make = [initdb, "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account.options)
        serve = [binary, "-D", data, "-p", str(port), "-k", str(folder), "-h", HOST]
        for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
            serve += ["-c", setting]  # a crash may lose this cluster, so let it be quick
        address = f"postgresql://{USER}@{HOST}:{port}"
        with running(serve, account, folder, lambda: psycopg.connect(f"{address}/postgres").close()):
            yield address


@contextmanager
def new_database(cluster: str, template: str = "template0") -> Iterator[str]:
    """Yield the address of a database, empty or a copy of another, which is gone afterwards."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{cluster}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a running cluster, without a database's name."""
    with running_postgres() as address:
        yield address
