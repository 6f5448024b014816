"""Campaigns: submissions that are copies of each other, found by keys and proved by comparison."""

from __future__ import annotations

from commentbox.services.campaigns.decisions import decide
from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.listing import Line, beyond, counts, get, listed, members, of_letter, tally
from commentbox.services.campaigns.waiting import waiting

__all__ = [
    "Line",
    "beyond",
    "counts",
    "decide",
    "get",
    "listed",
    "members",
    "of_letter",
    "store",
    "tally",
    "waiting",
]
