"""Which words mean the same: official ones, those that people use, and English, a concept a line.

A line of a word list holds official words first, after ``=`` what people say for the same, after ``~`` what
only hints at it, after ``|`` English. Knows no draft and no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from commentbox.core.text import even

SAME, HINT = 1.0, 0.5
"""What a word counts that means the concept, and one that only hints at it."""
LEAST = 2
"""Characters; a single one means too much."""
_LINE = re.compile(
    r"(?P<official>[^=~|]*)(?:=(?P<lay>[^=~|]*))?(?:~(?P<hint>[^=~|]*))?(?:\|(?P<english>[^=~|]*))?"
)


class BadWords(ValueError):
    """Say which line of a word list cannot be read."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Hold the words of one line with what each counts, in even form; English apart."""

    chinese: dict[str, float]
    english: tuple[str, ...]


class Thesaurus:
    """Hold the concepts of word lists."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self.concepts: list[Concept] = []
        for number, line in enumerate(lines, 1):
            said = line.strip()
            if said and not said.startswith("#"):
                self.concepts.append(_concept(said, number))

    def words(self) -> list[str]:
        """Return the Chinese words of all concepts, each once."""
        return list(dict.fromkeys(word for concept in self.concepts for word in concept.chinese))


def _concept(line: str, number: int) -> Concept:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise BadWords(f"line {number}: the order is official = lay ~ hints | english: {line[:60]}")
    words = {
        name: [w for w in even(group or "").split() if len(w) >= LEAST]
        for name, group in parts.groupdict().items()
    }
    chinese = dict.fromkeys(words["hint"], HINT) | dict.fromkeys([*words["official"], *words["lay"]], SAME)
    return Concept(chinese, tuple(word.replace("_", " ") for word in words["english"]))
