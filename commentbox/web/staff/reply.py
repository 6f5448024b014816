"""The answer to a respondent: choose a template, read and change the text, send."""

from __future__ import annotations

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.core.rules.permissions import Act
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import respond
from commentbox.services.errors import Invalid
from commentbox.web.labels import invalid
from commentbox.web.security import current_actor, require
from commentbox.web.staff import selection
from commentbox.web.staff.acting import number, to, words
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.submission import load
from commentbox.web.staff.triage import address


@bp.get("/<slug>/s/<receipt>/reply")
@require(Act.REPLY)
def reply(slug: str, receipt: str) -> ResponseReturnValue:
    """Show the answer as the chosen template makes it, to be changed and sent."""
    consultation, letter = load(slug, receipt)
    templates = respond.templates(db.session(), consultation.id)
    asked = request.args.get("template", "")
    chosen = next((t for t in templates if str(t.id) == asked), templates[0] if templates else None)
    preview = respond.preview(db.session(), letter.id, chosen.id, now=g.now) if chosen else None
    return _page(
        slug,
        receipt,
        template_id=chosen.id if chosen else None,
        subject=preview.subject if preview else "",
        body=preview.body if preview else "",
        unknown=preview.unknown if preview else (),
    )


@bp.post("/<slug>/s/<receipt>/reply")
@require(Act.REPLY)
def send(slug: str, receipt: str) -> ResponseReturnValue:
    """Queue the answer as typed."""
    letter_id, who = load(slug, receipt)[1].id, current_actor()
    subject, body = words("subject"), words("body")
    template_id = number("template") if request.form.get("template") else None
    try:
        with transaction(db.session()) as session:
            respond.reply(
                session, letter_id, subject=subject, body=body, template_id=template_id, actor=who, now=g.now
            )
    except Invalid as error:
        flash(invalid(error), "error")
        return _page(slug, receipt, template_id=template_id, subject=subject, body=body, unknown=()), 422
    flash(_("答复已放入发件箱，稍后自动发出。"), "success")
    return to(address(slug, receipt))


def _page(
    slug: str, receipt: str, *, template_id: int | None, subject: str, body: str, unknown: tuple[str, ...]
) -> str:
    consultation, letter = load(slug, receipt)
    return render_template(
        "staff/reply.html",
        consultation=consultation,
        letter=letter,
        templates=respond.templates(db.session(), consultation.id),
        template_id=template_id,
        subject=subject,
        body=body,
        unknown=unknown,
        chosen=selection.args(selection.read(request.args)),
        back=address(slug, receipt),
    )
