"""Tests of commentbox.adapters.model_store, besides those of what all stores of files share."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

from commentbox.adapters.model_store import ModelChanged, ModelStore
from commentbox.core.classifier import Learned


def test_a_version_is_never_given_twice(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert [store.save("7", Learned()) for _ in range(3)] == ["0001", "0002", "0003"]
    (tmp_path / "7-0001.model").unlink()
    assert store.save("7", Learned()) == "0004"


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    ModelStore(tmp_path).save("7", Learned())
    assert [file.name for file in tmp_path.iterdir()] == ["7-0001.model"]


def test_a_model_of_another_form_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, weights=np.zeros(3))
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest().encode()
    (tmp_path / "7-0001.model").write_bytes(digest + b"\n" + content)
    with pytest.raises(ModelChanged, match="flask train"):
        ModelStore(tmp_path).latest("7")
