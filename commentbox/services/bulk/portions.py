"""What accepting and taking back share: comments changed many at a time, as `triage` changes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.states import CommentState
from commentbox.models import BulkAcceptance, Comment
from commentbox.services import audit, triage

WAITING: dict[str, Any] = {
    **dict.fromkeys(triage.COMMENT_FIELDS),
    "state": CommentState.SUGGESTED,
    "dismissed_reason": "",
}
"""What `triage` would note of a comment that waits."""


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one comment that was changed: its measure, and its version since."""

    comment_id: int
    measure_id: int
    version: int


def moved(
    session: Session, ids: Sequence[int], version: int, old: CommentState, values: dict[str, Any]
) -> set[int]:
    """Change those of the comments that are as we saw them; return which."""
    states.check_move(old, values["state"])
    found = session.scalars(
        update(Comment)
        .where(Comment.id.in_(ids), Comment.version == version, Comment.state == old)
        .values(version=version + 1, **values)
        .returning(Comment.id)
        .execution_options(synchronize_session=False)
    )
    return set(found)


def given(one: BulkAcceptance, measure_id: int) -> dict[str, Any]:
    """Return what `triage` would note of a comment that the acceptance assigned."""
    by = {"state": CommentState.ASSIGNED, "measure_id": measure_id, "assigned_by_id": one.by_id}
    return {**WAITING, **by}


def note(
    session: Session, one: BulkAcceptance, changes: Sequence[Change], *, back: bool, now: datetime
) -> None:
    """Add each change to the audit trail as if it were a person's alone, and let the submissions follow."""
    entries = [
        {
            "at": now,
            "actor": one.undone_by_name if back else one.by_name,
            "action": "reopen" if back else "assign",
            "entity": "comment",
            "entity_id": change.comment_id,
            "detail": {
                "before": given(one, change.measure_id) if back else WAITING,
                "after": WAITING if back else given(one, change.measure_id),
                "version": change.version,
                "bulk": one.id,
            },
        }
        for change in changes
    ]
    audit.record_many(session, entries)
    ids = [change.comment_id for change in changes]
    letters = select(Comment.submission_id).where(Comment.id.in_(ids)).distinct()
    triage.settle(session, list(session.scalars(letters)))
