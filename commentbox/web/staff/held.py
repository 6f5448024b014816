"""Mail that a person must look at, and mail that was set aside."""

from __future__ import annotations

from flask import Response, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.core.rules.permissions import Act
from commentbox.core.states import IllegalMove, MailState
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import bounces, consultations, held
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import number, to
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.download import as_file

PAGE = 50
TABS = (MailState.HELD, MailState.IGNORED)


@bp.get("/held")
@require(Act.READ)
def held_mail() -> str:
    """List held mail, or mail that was set aside."""
    state = MailState.IGNORED if request.args.get("state") == MailState.IGNORED else MailState.HELD
    after = request.args.get("after", type=int)
    mails = held.page(db.session(), state=state, after_id=after, limit=PAGE)
    return render_template(
        "staff/held.html",
        mails=mails,
        state=state,
        counts={tab: held.count(db.session(), tab) for tab in TABS},
        after=after,
        following=mails[-1].id if len(mails) == PAGE else None,
    )


@bp.get("/held/<int:mail_id>")
@require(Act.READ)
def held_one(mail_id: int) -> str:
    """Show what is known of one such mail."""
    return render_template(
        "staff/held_one.html",
        mail=held.one(db.session(), mail_id),
        ours=bounces.about(db.session(), mail_id),
        consultations=consultations.everything(db.session()),
    )


@bp.get("/held/<int:mail_id>/mail.eml")
@require(Act.READ)
def held_raw(mail_id: int) -> Response:
    """Give the mail, byte for byte."""
    return as_file(held.raw(db.session(), current_app.extensions["blobs"], mail_id), f"mail-{mail_id}.eml")


@bp.post("/held/<int:mail_id>/retry")
@require(Act.TRIAGE)
def held_retry(mail_id: int) -> ResponseReturnValue:
    """Have a mail read again, for a consultation if one was chosen."""
    chosen = number("consultation") if request.form.get("consultation") else None
    who = current_actor()
    try:
        with transaction(db.session()) as session:
            held.retry(session, mail_id, consultation_id=chosen, actor=who, now=g.now)
    except IllegalMove:
        return _overtaken(mail_id)
    flash(_("已交回系统重新读取，稍后出现在来件列表中。"), "success")
    return to(url_for("staff.held_mail"))


@bp.post("/held/<int:mail_id>/ignore")
@require(Act.TRIAGE)
def held_ignore(mail_id: int) -> ResponseReturnValue:
    """Set a held mail aside."""
    who = current_actor()
    try:
        with transaction(db.session()) as session:
            held.ignore(session, mail_id, actor=who, now=g.now)
    except IllegalMove:
        return _overtaken(mail_id)
    flash(_("邮件已忽略，原件仍保存，可在“已忽略”中恢复。"), "success")
    return to(url_for("staff.held_mail"))


def _overtaken(mail_id: int) -> ResponseReturnValue:
    """Return the mail as it stands now, for someone whose page was old."""
    flash(_("这封邮件已被处理过，下面是它现在的状态。"), "error")
    return held_one(mail_id), 409
