"""Find campaigns: which submissions are copies of each other; needs no model, so it loads none."""

from __future__ import annotations

from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services.campaigns.grouping import store
from commentbox.services.campaigns.waiting import waiting

BATCH = 1_000


def cluster(runtime: Runtime) -> int:
    """Compare a batch of submissions with those before them."""
    session = runtime.session
    batch = waiting(session, BATCH)
    session.rollback()
    if batch.letters:
        with transaction(session):
            store(session, batch, runtime.clock())
    return len(batch.letters)
