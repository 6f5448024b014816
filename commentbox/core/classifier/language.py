"""What the program knows of the language, whatever the draft."""

from __future__ import annotations

from dataclasses import dataclass, field

from commentbox.core.classifier.background import Background
from commentbox.core.classifier.phrasebook import Phrasebook
from commentbox.core.classifier.thesaurus import Thesaurus


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Hold which words mean the same, what people say for what texts say, and how often they use a word."""

    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    phrasebook: Phrasebook = field(default_factory=Phrasebook)
    background: Background = field(default_factory=Background)


NO_LANGUAGE = Language()
"""Knows nothing but the draft."""
