"""Downloads of a submission: its attachments and the mail as it came. Never shown in the page."""

from __future__ import annotations

from flask import Response, current_app

from commentbox.core.rules.permissions import Act
from commentbox.extensions import db
from commentbox.services import held
from commentbox.services.errors import NotFound
from commentbox.web.security import require
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.download import as_file
from commentbox.web.staff.submission import load


@bp.get("/<slug>/s/<receipt>/files/<int:position>")
@require(Act.READ)
def attachment(slug: str, receipt: str, position: int) -> Response:
    """Give an attachment's bytes to be saved."""
    _, letter = load(slug, receipt)
    for file in letter.attachments:
        if file.position == position and not file.link:
            return as_file(current_app.extensions["blobs"].read(file.sha256), file.filename)
    raise NotFound("attachment")


@bp.get("/<slug>/s/<receipt>/mail.eml")
@require(Act.READ)
def letter_mail(slug: str, receipt: str) -> Response:
    """Give the mail that a submission came in, byte for byte."""
    _, letter = load(slug, receipt)
    mail = held.origin(db.session(), letter.id)
    if mail is None:
        raise NotFound("mail")
    return as_file(held.raw(db.session(), current_app.extensions["blobs"], mail.id), f"{receipt}.eml")
