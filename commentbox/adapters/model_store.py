"""Learned models on disk: arrays and JSON with a checksum, never pickle."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from commentbox.core.classifier import MeasureModel

_ROWS = ("data", "indices", "indptr", "shape")


class ModelChanged(Exception):
    """Say that a model's file is not what this version of the program wrote."""


class ModelStore:
    """Keep the models of each consultation in a folder, one file a version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[Path, MeasureModel] = {}

    def save(self, key: str, model: MeasureModel) -> str:
        """Write a model and return its version."""
        version = f"{max((int(_version(file)) for file in self._files(key)), default=0) + 1:04d}"
        content = _packed(model)
        digest = hashlib.sha256(content).hexdigest().encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(digest + b"\n" + content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, self._folder / f"{key}-{version}.model")
        return version

    def latest(self, key: str) -> MeasureModel | None:
        """Return the newest model of a consultation, None before the first; raise ModelChanged."""
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


def _packed(model: MeasureModel) -> bytes:
    words = {
        "vocabulary": model.vocabulary,
        "paths": model.paths,
        "beside": model.beside,
        "documents": model.documents,
        "learned_paths": model.learned_paths,
    }
    arrays: dict[str, Any] = {
        "words": np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8),
        "frequency": model.frequency,
        **_arrays("counted", model.counted),
    }
    if model.learned_counted is not None:
        arrays |= _arrays("learned", model.learned_counted)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _arrays(name: str, rows: sparse.csr_matrix) -> dict[str, Any]:
    return {f"{name}_{part}": np.asarray(getattr(rows, part)) for part in _ROWS}


def _unpacked(path: Path) -> MeasureModel:
    digest, _, content = path.read_bytes().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ModelChanged(f"{path.name} was changed after it was written; delete it and run `flask train`")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        try:
            return _model(arrays, _version(path))
        except KeyError as missing:
            raise ModelChanged(f"{path.name} holds no {missing}; delete it and run `flask train`") from None


def _model(arrays: Any, version: str) -> MeasureModel:
    words = json.loads(arrays["words"].tobytes())
    return MeasureModel(
        vocabulary=tuple(words["vocabulary"]),
        documents=words["documents"],
        frequency=arrays["frequency"],
        paths=tuple(words["paths"]),
        beside=tuple(words["beside"]),
        counted=_sparse("counted", arrays),
        learned_paths=tuple(words["learned_paths"]),
        learned_counted=_sparse("learned", arrays) if "learned_data" in arrays else None,
        version=version,
    )


def _sparse(name: str, arrays: Any) -> sparse.csr_matrix:
    data, indices, indptr, shape = (arrays[f"{name}_{part}"] for part in _ROWS)
    return sparse.csr_matrix((data, indices, indptr), shape=tuple(shape))
