"""Go on with what staff accept in bulk, or take back, where it is more than their page did at once."""

from __future__ import annotations

import secrets

from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services.bulk import acceptances

CHANCE = secrets.SystemRandom()


def accept(runtime: Runtime) -> int:
    """Work on one portion of each acceptance that is under way."""
    session = runtime.session
    waiting = acceptances.unfinished(session)
    session.rollback()
    for acceptance_id in waiting:
        with transaction(session):
            acceptances.carry_on(session, acceptance_id, chance=CHANCE, now=runtime.clock())
    return len(waiting)
