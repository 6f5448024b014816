"""Tests of the real `flask` program: wrong settings and a missing database end in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IMAP_PORT", "abc", "whole number"),
        ("IMAP_SECURITY", "perhaps", "starttls"),
        ("DATABASE_URL", "s3cret nonsense", "COMMENTBOX_DATABASE_URL"),
        ("DATABASE_URL", "postgresql://x:s3cret@127.0.0.1:1/x", "database"),
        ("DATA_DIR", "/proc/nowhere", "COMMENTBOX_DATA_DIR"),
        ("LOG_LEVEL", "ERROR", "flask db upgrade"),
    ],
)
def test_one_line(tmp_path: Path, name: str, value: str, says: str) -> None:
    settings = {"COMMENTBOX_DATA_DIR": str(tmp_path), f"COMMENTBOX_{name}": value, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "submissions", "list", "x", "--json"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "s3cret" not in done.stderr
