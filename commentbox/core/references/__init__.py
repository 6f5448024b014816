"""Explicit references in a letter to measures of one draft."""

from commentbox.core.references.finder import ReferenceFinder

__all__ = ["ReferenceFinder"]
