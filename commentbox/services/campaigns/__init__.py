"""Campaigns: submissions that are copies of each other, found by keys and proved by comparison."""

from __future__ import annotations

from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.waiting import Letter, waiting

__all__ = ["Letter", "store", "waiting"]
