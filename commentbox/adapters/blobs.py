"""Files by their sha256 in a folder; knows nothing of what they mean."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class BlobStore:
    """Keep bytes once, under the sha256 of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store bytes durably and return their sha256; storing them again does nothing."""
        digest = hashlib.sha256(content).hexdigest()
        target = self._path(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            self._write(target, content)
        return digest

    def read(self, digest: str) -> bytes:
        """Return the bytes of a sha256; raise FileNotFoundError where there are none."""
        return self._path(digest).read_bytes()

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise FileNotFoundError(digest)
        return self._folder / digest[:2] / digest

    def _write(self, target: Path, content: bytes) -> None:
        """Write beside the target and rename, so that a half-written file never has its name."""
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
