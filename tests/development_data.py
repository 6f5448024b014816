"""Where development data lies beside the checkout; tests that need it are skipped where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
REAL_DRAFT = FOLDER / "langfang-2023-draft.txt"
needs_data = pytest.mark.skipif(not REAL_DRAFT.exists(), reason=f"no development data in {FOLDER}")


def lines_of(name: str) -> list[dict[str, Any]]:
    """Return the items of a file of JSON lines."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
