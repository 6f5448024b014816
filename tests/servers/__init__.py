"""Real servers for tests, private to a run: each on a free loopback port and in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

HOST = "127.0.0.1"
START_SECONDS = 30


def program(name: str, package: str, *, beside: str = "") -> str:
    """Return the path of a program; skip the test where it is missing, or fail it in CI."""
    found = shutil.which(name) or _newest(beside, name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    return found or missing(f"{name} is missing: apt-get install --no-install-recommends {package}")


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where CI=true: there, everything has to be tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _newest(folder_pattern: str, name: str) -> str | None:
    found = sorted(Path("/").glob(f"{folder_pattern}/{name}")) if folder_pattern else []
    return str(found[-1]) if found else None


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Account:
    """Stand for the account that a server runs as: ourselves, or an ordinary one where we are root."""

    def __init__(self, wanted: str) -> None:
        known = pwd.getpwnam(wanted) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.name, self.uid, self.gid = known.pw_name, known.pw_uid, known.pw_gid

    @property
    def options(self) -> dict[str, Any]:
        """Return what `subprocess` has to be told."""
        if os.getuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Yield a temporary folder of the account's own, with a path short enough for sockets."""
        path = Path(tempfile.mkdtemp(prefix="cb-", dir="/tmp"))
        os.chown(path, self.uid, self.gid)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def descendants(process: int) -> list[int]:
    """Return the ids of a process and of all that it started and that still run."""
    family = [process]
    for one in family:
        try:
            family += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue  # it ended meanwhile
    return family


@contextmanager
def running(
    command: list[str], account: Account, folder: Path, ready: Callable[[], object]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; ``ready`` raises as long as it does not answer."""
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **account.options,
        )
    try:
        _wait(process, ready, folder / "output.log")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], object], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ready()
            return
        except Exception as error:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start ({error}):\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
