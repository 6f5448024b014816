"""The page for the second of two people: what the other one did, and what was typed meanwhile."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from commentbox.extensions import db
from commentbox.models import AuditEntry, Consultation
from commentbox.services import consultations

SHOWN = 3
_OURS = frozenset({"csrf_token", "version"})


def conflict_page(
    consultation: Consultation, *, version: int, history: list[AuditEntry], back: str
) -> ResponseReturnValue:
    """Return the 409 page; ``version`` is the row's present one, for those who send their form again."""
    typed = [(name, value) for name, value in request.form.items() if name not in _OURS]
    measures = consultations.tree(db.session(), consultation.id)
    page = render_template(
        "staff/conflict.html",
        consultation=consultation,
        typed=typed,
        version=version,
        measure=next((m for m in measures if str(m.id) == request.form.get("measure")), None),
        history=_since(history, request.form.get("version", type=int)) or history[-SHOWN:],
        measures=measures,
        back=back,
    )
    return page, 409


def _since(history: list[AuditEntry], seen: int | None) -> list[AuditEntry]:
    """Return what happened after the version that was on the page."""
    known = [
        place for place, entry in enumerate(history) if 0 < entry.detail.get("version", 0) <= (seen or 0)
    ]
    return history[known[-1] + 1 :] if known else history
