"""Campaigns: submissions that are copies of each other, found by keys and proved by comparison.

Here is what pages ask for; finding them (grouping, waiting) loads numpy, and is the understanding process's.
"""

from __future__ import annotations

from commentbox.services.campaigns.decisions import decide
from commentbox.services.campaigns.listing import Line, beyond, counts, get, listed, members, of_letter, tally

__all__ = [
    "Line",
    "beyond",
    "counts",
    "decide",
    "get",
    "listed",
    "members",
    "of_letter",
    "tally",
]
