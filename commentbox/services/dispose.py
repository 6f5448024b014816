"""What drafters decide about a comment: whether it was adopted, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.states import CommentState, Disposition
from commentbox.core.types import Actor
from commentbox.models import Comment
from commentbox.services import audit
from commentbox.services.errors import Conflict, Invalid, NotFound

_FIELDS = ("state", "disposition", "reason", "revised_text", "note", "disposed_by_id")


def dispose(
    session: Session,
    comment_id: int,
    *,
    disposition: str,
    reason: str,
    revised_text: str,
    note: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Record a disposition; a later one replaces it, and the audit trail keeps both."""
    if disposition not in set(Disposition):
        raise Invalid("no_such_disposition")
    if states.reason_required(Disposition(disposition)) and not reason.strip():
        raise Invalid("reason_missing")
    comment = session.get(Comment, comment_id, with_for_update=True)
    if comment is None:
        raise NotFound(str(comment_id))
    if comment.version != version:
        raise Conflict(str(comment_id))
    before = {name: getattr(comment, name) for name in _FIELDS}
    if comment.state != CommentState.DISPOSED:
        states.check_move(CommentState(comment.state), CommentState.DISPOSED)
    comment.state, comment.disposition = CommentState.DISPOSED, disposition
    comment.reason, comment.revised_text, comment.note = reason.strip(), revised_text.strip(), note.strip()
    comment.disposed_by_id, comment.disposed_at = actor.user_id, now
    comment.version += 1
    session.flush()
    # What `triage.undo` needs to take it back.
    detail = {"before": before, "version": comment.version, "disposition": disposition}
    return audit.record(session, actor, "dispose", "comment", comment.id, now, **detail)
