"""Where a writer writes: an open binary file, or a path that gets the whole file or nothing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

Target = str | os.PathLike[str] | BinaryIO


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """Give a binary file to write to; a path is replaced only when the block ends without an error.

    The file in the making lies beside the path, because a rename is atomic only within a file system.
    """
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
