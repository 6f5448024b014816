"""Find campaigns: which submissions are copies of each other; needs no model, so it loads none."""

from __future__ import annotations

from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services import campaigns

BATCH = 1_000


def cluster(runtime: Runtime) -> int:
    """Compare a batch of submissions with those before them."""
    session = runtime.session
    batch = campaigns.waiting(session, BATCH)
    session.rollback()
    if batch.letters:
        with transaction(session):
            campaigns.store(session, batch, runtime.clock())
    return len(batch.letters)
