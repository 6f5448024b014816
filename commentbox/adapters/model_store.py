"""What models learned, on disk: arrays and JSON with a checksum, never pickle."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from commentbox.core.classifier import Calibration, Learned

_ROWS = ("data", "indices", "indptr", "shape")
_ARRAYS = ("stress", "owners")
_MATRICES = ("said",)
_PLAIN = ("features", "paths", "share", "decisions")


class ModelChanged(Exception):
    """Say that a model's file is not what this version of the program wrote."""


class ModelStore:
    """Keep what was learned in each consultation in a folder, one file a version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[Path, Learned] = {}

    def save(self, key: str, learned: Learned) -> str:
        """Write what was learned and return its version."""
        version = f"{max((int(_version(file)) for file in self._files(key)), default=0) + 1:04d}"
        content = _packed(learned)
        digest = hashlib.sha256(content).hexdigest().encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(digest + b"\n" + content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, self._folder / f"{key}-{version}.model")
        return version

    def latest(self, key: str) -> Learned | None:
        """Return what was last learned in a consultation, None before the first; raise ModelChanged."""
        files = self._files(key)
        if not files:
            return None
        newest = files[-1]
        if newest not in self._loaded:
            self._loaded = {newest: _unpacked(newest)}
        return self._loaded[newest]

    def _files(self, key: str) -> list[Path]:
        return sorted(self._folder.glob(f"{key}-[0-9]*.model"))


def _version(file: Path) -> str:
    return file.stem.rpartition("-")[2]


def _packed(learned: Learned) -> bytes:
    words = {name: getattr(learned, name) for name in _PLAIN} | {"calibration": asdict(learned.calibration)}
    arrays: dict[str, Any] = {
        "words": np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    }
    arrays |= {name: getattr(learned, name) for name in _ARRAYS}
    for name in _MATRICES:
        arrays |= _arrays(name, getattr(learned, name))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _arrays(name: str, rows: sparse.csr_matrix) -> dict[str, Any]:
    return {f"{name}_{part}": np.asarray(getattr(rows, part)) for part in _ROWS}


def _unpacked(path: Path) -> Learned:
    digest, _, content = path.read_bytes().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ModelChanged(f"{path.name} was changed after it was written; delete it and run `flask train`")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        try:
            return _learned(arrays, _version(path))
        except (KeyError, TypeError) as error:
            raise ModelChanged(
                f"{path.name} is of another form ({error}); delete it and run `flask train`"
            ) from None


def _learned(arrays: Any, version: str) -> Learned:
    words = json.loads(arrays["words"].tobytes())
    return Learned(
        features=tuple(words["features"]),
        paths=tuple(words["paths"]),
        share=words["share"],
        decisions=words["decisions"],
        calibration=Calibration(**words["calibration"]),
        version=version,
        **{name: arrays[name] for name in _ARRAYS},
        **{name: _sparse(name, arrays) for name in _MATRICES},
    )


def _sparse(name: str, arrays: Any) -> sparse.csr_matrix:
    data, indices, indptr, shape = (arrays[f"{name}_{part}"] for part in _ROWS)
    return sparse.csr_matrix((data, indices, indptr), shape=tuple(shape))
