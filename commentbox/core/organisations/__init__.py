"""The organisations that were asked: their list as text, and which of them a letter is from."""

from __future__ import annotations

from commentbox.core.organisations.lists import Entry, Problem, as_text, read_list
from commentbox.core.organisations.matching import Asked, Sign, closing, find

__all__ = ["Asked", "Entry", "Problem", "Sign", "as_text", "closing", "find", "read_list"]
