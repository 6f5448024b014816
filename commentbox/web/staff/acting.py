"""What every act of staff shares on its way through the web: one transaction, a message, the way back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, abort, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services.errors import Invalid
from commentbox.web.labels import invalid

Change = Callable[[Session], int | None]
"""An act inside a transaction; the audit id that it gives is what can be undone."""


def change(act: Change, message: str, back: str) -> Response:
    """Do an act, then send the browser back with a message that offers to undo it.

    A refusal of what was given becomes the message; Conflict and IllegalMove are the caller's.
    """
    try:
        with transaction(db.session()) as session:
            audit_id = act(session)
    except Invalid as error:
        flash(invalid(error), "error")
    else:
        flash(message, f"undo:{audit_id}" if audit_id else "success")
    return to(back)


def to(address: str) -> Response:
    """Return the answer to a POST that sends the browser to a page of ours."""
    answer = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer


def own_path(address: str, otherwise: str) -> str:
    """Return an address that was handed to us if it is a staff page of this site."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/staff/") and "\\" not in address
    return address if ours else otherwise


def number(field: str) -> int:
    """Return a whole number from the form; a form that lacks it was not ours: 400."""
    value = request.form.get(field, "")
    if not (value.isascii() and value.isdecimal() and len(value) < 18):
        abort(400, _("表单缺少必要的内容，请刷新页面后再试。"))
    return int(value)


def words(field: str) -> str:
    """Return a text from the form, without blanks around it and with one kind of line end."""
    return request.form.get(field, "").replace("\r\n", "\n").strip()
