"""What comes with the program about the language: lists of words, and how often people use them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from commentbox.core.classifier.background import Background
from commentbox.core.classifier.thesaurus import BadWords, Thesaurus

FOLDER = Path(__file__).resolve().parent.parent / "words"
SPOKEN = FOLDER / "spoken.tsv"


@cache
def thesaurus() -> Thesaurus:
    """Return the thesaurus of all word lists; it is read once."""
    return Thesaurus(line for file in sorted(FOLDER.glob("*.txt")) for line in _lines(file))


@cache
def background() -> Background:
    """Return how often people use a word in comments at all: a line a feature, after the number of texts."""
    head, *rows = SPOKEN.read_text(encoding="utf-8").splitlines()
    return Background(
        int(head), {feature: int(often) for feature, often in (row.split("\t") for row in rows)}
    )


def _lines(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        Thesaurus(lines)
    except BadWords as error:
        raise BadWords(f"{file.name}: {error}") from None
    return lines
