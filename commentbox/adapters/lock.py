"""A lock that its owner's death releases, held on a file of this machine."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def sole_owner(path: Path) -> Iterator[bool]:
    """Hold the lock of a file while the block runs; yield whether it could be had."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
