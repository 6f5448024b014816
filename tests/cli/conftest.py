"""A person at a terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner


class Terminal:
    """Type commands."""

    def __init__(self, runner: FlaskCliRunner) -> None:
        self._runner = runner

    def run(self, *words: str, code: int = 0, given: str | None = None) -> Result:
        """Run a command that has to end with a code."""
        done = self._runner.invoke(args=[str(word) for word in words], input=given)
        assert done.exit_code == code, (words, done.output, done.exception)
        assert "Traceback" not in done.output
        return done

    def document(self, *words: str, code: int = 0) -> Any:
        """Return the one JSON document of a command."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def lines(self, *words: str, given: str | None = None, flag: str = "--json") -> list[dict[str, Any]]:
        """Return the JSON lines of a command."""
        done = self.run(*words, *filter(None, (flag,)), given=given)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def refused(self, *words: str, code: int = 1, given: str | None = None) -> str:
        """Return the one line with which a command refuses."""
        done = self.run(*words, code=code, given=given)
        assert done.stdout == ""
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        assert code == 2 or len(lines) == 1, lines
        return lines[-1]


@pytest.fixture
def terminal(runner: FlaskCliRunner) -> Terminal:
    return Terminal(runner)
