"""The respondent's own words in a letter, and whether they say no more than that there is nothing to say."""

from __future__ import annotations

from commentbox.core.quoting.folding import fold, own_text
from commentbox.core.quoting.no_opinion import is_no_opinion
from commentbox.core.types import Kind, Span

__all__ = ["Kind", "Span", "fold", "is_no_opinion", "own_text"]
