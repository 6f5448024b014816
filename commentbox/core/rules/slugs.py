"""Short names of consultations, as they stand in addresses."""

from __future__ import annotations

import re

_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_TAKEN = frozenset({"login", "logout", "held", "outbox", "undo", "health"})
"""Words that stand in the same place of the staff's addresses."""


def slug_allowed(slug: str) -> bool:
    """Tell whether a short name can stand in an address."""
    return _FORM.fullmatch(slug) is not None and slug not in _TAKEN
