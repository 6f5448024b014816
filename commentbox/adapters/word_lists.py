"""What comes with the program about the language: lists of words, phrases, and how often words are said."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from commentbox.core.classifier import Background, BadPhrase, BadWords, Language, Phrasebook, Thesaurus

FOLDER = Path(__file__).resolve().parent.parent / "words"
SPOKEN = FOLDER / "spoken.tsv"
PHRASES = FOLDER / "phrases"


@cache
def language() -> Language:
    """Return all that the program knows of the language; it is read once."""
    return Language(thesaurus(), phrasebook(), background())


@cache
def thesaurus() -> Thesaurus:
    """Return the thesaurus of all word lists; it is read once."""
    return Thesaurus(line for file in sorted(FOLDER.glob("*.txt")) for line in _lines(file, Thesaurus))


@cache
def background() -> Background:
    """Return how often people use a word in comments at all: a line a feature, after the number of texts."""
    head, *rows = SPOKEN.read_text(encoding="utf-8").splitlines()
    return Background(
        int(head), {feature: int(often) for feature, often in (row.split("\t") for row in rows)}
    )


@cache
def phrasebook() -> Phrasebook:
    """Return the phrasebook of all files of phrases; it is read once."""
    return Phrasebook(line for file in sorted(PHRASES.glob("*.tsv")) for line in _lines(file, Phrasebook))


def _lines(file: Path, kind: Callable[[list[str]], object]) -> list[str]:
    """Return the lines of a file which that kind of list can be made of."""
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        kind(lines)
    except (BadPhrase, BadWords) as error:
        raise type(error)(f"{file.name}: {error}") from None
    return lines
