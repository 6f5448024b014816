"""What staff do with a submission and its comments: assign, dismiss, reopen, cut out, mark as spam, undo."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from commentbox.core.rules.permissions import Act
from commentbox.core.states import IllegalMove
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import audit, triage
from commentbox.services.errors import Conflict, NotFound
from commentbox.web.security import current_actor, require
from commentbox.web.staff import selection
from commentbox.web.staff.acting import Change, change, number, own_path, to, words
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.conflict import conflict_page
from commentbox.web.staff.submission import load


@bp.post("/<slug>/s/<receipt>/c/<int:comment_id>/assign")
@require(Act.TRIAGE)
def assign(slug: str, receipt: str, comment_id: int) -> ResponseReturnValue:
    """Assign a comment to a measure: one that was suggested, or any other."""
    measure, version, who = number("measure"), number("version"), current_actor()
    return _on_comment(
        slug,
        receipt,
        comment_id,
        _("意见已分办。"),
        lambda s: triage.assign(s, comment_id, measure, version=version, actor=who, now=g.now),
    )


@bp.post("/<slug>/s/<receipt>/c/<int:comment_id>/dismiss")
@require(Act.TRIAGE)
def dismiss(slug: str, receipt: str, comment_id: int) -> ResponseReturnValue:
    """Set a comment aside, with a reason."""
    reason, version, who = words("reason"), number("version"), current_actor()
    return _on_comment(
        slug,
        receipt,
        comment_id,
        _("意见已列为不予列入。"),
        lambda s: triage.dismiss(s, comment_id, reason=reason, version=version, actor=who, now=g.now),
    )


@bp.post("/<slug>/s/<receipt>/c/<int:comment_id>/reopen")
@require(Act.TRIAGE)
def reopen(slug: str, receipt: str, comment_id: int) -> ResponseReturnValue:
    """Take a comment up again."""
    version, who = number("version"), current_actor()
    return _on_comment(
        slug,
        receipt,
        comment_id,
        _("意见已重新打开。"),
        lambda s: triage.reopen(s, comment_id, version=version, actor=who, now=g.now),
    )


@bp.post("/<slug>/s/<receipt>/comments")
@require(Act.TRIAGE)
def add_comment(slug: str, receipt: str) -> ResponseReturnValue:
    """Cut one more point out of the letter."""
    letter_id, excerpt, who = load(slug, receipt)[1].id, words("excerpt"), current_actor()
    measure = number("measure") if request.form.get("measure") else None

    def act(session: Session) -> None:
        triage.add_comment(session, letter_id, excerpt=excerpt, measure_id=measure, actor=who, now=g.now)

    return _on_letter(slug, receipt, _("已增加一条意见。"), act)


@bp.post("/<slug>/s/<receipt>/spam")
@require(Act.TRIAGE)
def mark_spam(slug: str, receipt: str) -> ResponseReturnValue:
    """Mark a whole submission as spam, with a reason."""
    letter_id, reason, version, who = (
        load(slug, receipt)[1].id,
        words("reason"),
        number("version"),
        current_actor(),
    )
    return _on_letter(
        slug,
        receipt,
        _("来件已标为垃圾来件。"),
        lambda s: triage.mark_spam(s, letter_id, reason=reason, version=version, actor=who, now=g.now),
    )


@bp.post("/<slug>/s/<receipt>/restore")
@require(Act.TRIAGE)
def restore(slug: str, receipt: str) -> ResponseReturnValue:
    """Take a submission back from spam."""
    letter_id, version, who = load(slug, receipt)[1].id, number("version"), current_actor()
    return _on_letter(
        slug,
        receipt,
        _("来件已恢复。"),
        lambda s: triage.restore(s, letter_id, version=version, actor=who, now=g.now),
    )


@bp.post("/undo")
@require(Act.TRIAGE)
def undo() -> ResponseReturnValue:
    """Take back one act, unless something happened since."""
    audit_id, who = number("audit"), current_actor()
    try:
        with transaction(db.session()) as session:
            triage.undo(session, audit_id, actor=who, now=g.now)
    except (Conflict, IllegalMove, NotFound):
        flash(_("无法撤销：此后已有其他操作。请在当前页面上直接修改。"), "error")
    else:
        flash(_("已撤销。"), "success")
    return to(own_path(request.form.get("back", ""), url_for("accounts.home")))


def address(slug: str, receipt: str, anchor: str | None = None) -> str:
    """Return the address of a submission in the queue that the reader has chosen."""
    chosen: dict[str, Any] = {**selection.args(selection.read(request.args))}
    return url_for("staff.submission", slug=slug, receipt=receipt, **chosen, _anchor=anchor)


def _on_comment(slug: str, receipt: str, comment_id: int, message: str, act: Change) -> ResponseReturnValue:
    try:
        return change(act, message, address(slug, receipt, f"c{comment_id}"))
    except (Conflict, IllegalMove):
        return _overtaken(slug, receipt, comment_id)


def _on_letter(slug: str, receipt: str, message: str, act: Change) -> ResponseReturnValue:
    try:
        return change(act, message, address(slug, receipt))
    except (Conflict, IllegalMove):
        return _overtaken(slug, receipt)


def _overtaken(slug: str, receipt: str, comment_id: int | None = None) -> ResponseReturnValue:
    consultation, letter = load(slug, receipt)
    comment = next((c for c in letter.comments if c.id == comment_id), None)
    history = [
        entry
        for entry in audit.for_submission(db.session(), letter.id)
        if (entry.entity == "comment" and entry.entity_id == comment_id)
        or (entry.entity != "comment" and comment is None)
    ]
    return conflict_page(
        consultation,
        version=comment.version if comment else letter.version,
        history=history,
        back=address(slug, receipt, f"c{comment_id}" if comment else None),
    )
