"""docs/intake.md names the tests of each behaviour of intake, all of them and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEHAVIOURS = 26
NUMBERED = re.compile(r"def (test_intake_(\d\d)\w*)")


def test_every_behaviour_has_tests_and_the_list_names_them() -> None:
    written = [
        found for path in (ROOT / "tests").rglob("test_*.py") for found in NUMBERED.findall(path.read_text())
    ]
    assert {int(number) for _, number in written} == set(range(1, BEHAVIOURS + 1))
    listed = re.findall(r"`(test_intake_\w+)`", (ROOT / "docs" / "intake.md").read_text(encoding="utf-8"))
    assert set(listed) == {name for name, _ in written}
