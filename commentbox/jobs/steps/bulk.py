"""Go on with what staff accept in bulk, or take back, where it is more than their page did at once.

And note which samples of its audit a person has decided elsewhere.
"""

from __future__ import annotations

import secrets

from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services.bulk import acceptances, offers

CHANCE = secrets.SystemRandom()


def accept(runtime: Runtime) -> int:
    """Work on one portion of each acceptance that is under way."""
    session = runtime.session
    waiting, stale = acceptances.unfinished(session), offers.stale(session)
    session.rollback()
    for consultation_id in stale:
        with transaction(session):
            offers.sweep(session, consultation_id, runtime.clock())
    for acceptance_id in waiting:
        with transaction(session):
            acceptances.carry_on(session, acceptance_id, chance=CHANCE, now=runtime.clock())
    return len(waiting)
