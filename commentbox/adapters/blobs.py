"""Files by their sha256 in a folder; knows nothing of what they mean."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from commentbox.core.types import FileRef

UNFINISHED = "unfinished-"
"""Begins the names of files that were being written when the machine stopped."""


class BlobStore:
    """Keep bytes once, under the sha256 of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store bytes durably and return their sha256; storing them again does nothing."""
        digest = hashlib.sha256(content).hexdigest()
        if not self._path(digest).exists():
            self.put_pieces([content])
        return digest

    def put_pieces(self, pieces: Iterable[bytes]) -> FileRef:
        """Store bytes durably as they come, none held longer than its own piece.

        They are written beside their place and renamed, so that a half-written file never has its name.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            target = self._path(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(name, target)
            # A name is durable only with the folder that holds it.
            _sync(target.parent)
            _sync(self._folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
        return FileRef(digest.hexdigest(), size)

    def remove_unfinished(self, before: datetime) -> None:
        """Remove what was being written when the machine stopped, untouched since an instant."""
        for path in self._folder.glob(f"{UNFINISHED}*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def read(self, digest: str) -> bytes:
        """Return the bytes of a sha256; raise FileNotFoundError where there are none."""
        return self._path(digest).read_bytes()

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise FileNotFoundError(digest)
        return self._folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
