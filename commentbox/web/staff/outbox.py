"""What goes out: its state, each mail as it is sent, and what to do when sending failed."""

from __future__ import annotations

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.core.rules.permissions import Act
from commentbox.core.states import IllegalMove, OutboundState
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import bounces, respond
from commentbox.services import outbox as outbox_counts
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import to, words
from commentbox.web.staff.blueprint import bp

PAGE = 50


@bp.get("/outbox")
@require(Act.READ)
def outbox() -> str:
    """List what goes out, newest first, all or those of one state."""
    state, after = request.args.get("state", ""), request.args.get("after", type=int)
    mails = respond.outbox(db.session(), state=state, after_id=after, limit=PAGE)
    return render_template(
        "staff/outbox.html",
        mails=mails,
        state=state if state in {*OutboundState, respond.BOUNCED} else "",
        bounced=bounces.count(db.session()),
        states=list(OutboundState),
        counts=outbox_counts.counts(db.session()),
        after=after,
        following=mails[-1].id if len(mails) == PAGE else None,
    )


@bp.get("/outbox/<int:mail_id>")
@require(Act.READ)
def outbox_one(mail_id: int) -> str:
    """Show one mail as it is sent."""
    return render_template("staff/outbox_one.html", mail=respond.one(db.session(), mail_id))


@bp.post("/outbox/<int:mail_id>/resolve")
@require(Act.REPLY)
def outbox_resolve(mail_id: int) -> ResponseReturnValue:
    """Send a mail again, or not at all."""
    action, who = words("action"), current_actor()
    try:
        with transaction(db.session()) as session:
            respond.resolve(session, mail_id, action=action, actor=who, now=g.now)
    except IllegalMove:
        flash(_("这封邮件已被处理过，下面是它现在的状态。"), "error")
        return outbox_one(mail_id), 409
    flash(_("已重新排队，稍后发送。") if action == "retry" else _("已取消发送。"), "success")
    return to(url_for("staff.outbox_one", mail_id=mail_id))
