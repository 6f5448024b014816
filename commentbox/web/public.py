"""The public site: the list of consultations, a draft with its notice, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, g, make_response, render_template, session
from flask.typing import ResponseReturnValue

from commentbox.core.rules.period import Phase, phase
from commentbox.core.states import ConsultationState
from commentbox.extensions import db
from commentbox.models import Consultation
from commentbox.services import consultations, queue
from commentbox.services.errors import NotFound
from commentbox.web.draft_view import draft_view

bp = Blueprint("public", __name__)

RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold where a consultation stands today; ``days_left`` is 1 on the last day, 0 unless it is open."""

    consultation: Consultation
    phase: Phase
    first_day: date
    last_day: date
    days_left: int


def standing(consultation: Consultation, now: datetime) -> Standing:
    """Return where a consultation stands at an instant."""
    zone = current_app.config["TIMEZONE"]
    period = consultations.period(consultation)
    where = phase(ConsultationState(consultation.state), period, now)
    last = period.last_day(zone)
    left = (last - now.astimezone(ZoneInfo(zone)).date()).days + 1
    return Standing(consultation, where, period.first_day(zone), last, left if where is Phase.OPEN else 0)


def published(slug: str) -> Standing:
    """Return a consultation that the public may see; raise NotFound for any other."""
    found = standing(consultations.get(db.session(), slug), g.now)
    if found.phase is Phase.HIDDEN:
        raise NotFound(slug)
    return found


@bp.get("/")
def index() -> str:
    """Show the consultations: open, to come, ended."""
    every = [standing(c, g.now) for c in consultations.listed(db.session())]
    groups = [(p, [s for s in every if s.phase is p]) for p in (Phase.OPEN, Phase.BEFORE, Phase.AFTER)]
    return render_template("public/index.html", groups=[(p, found) for p, found in groups if found])


@bp.get("/c/<slug>")
def notice(slug: str) -> str:
    """Show the notice and the draft."""
    here = published(slug)
    measures = consultations.tree(db.session(), here.consultation.id)
    return render_template(
        "public/notice.html", consultation=here.consultation, here=here, draft=draft_view(measures)
    )


@bp.get("/c/<slug>/receipt")
def receipt(slug: str) -> ResponseReturnValue:
    """Show the receipt of what this browser sent last."""
    here = published(slug)
    mine = session.get(RECEIPTS, {}).get(slug)
    if mine is None:
        return render_template("public/no_receipt.html", consultation=here.consultation), 404
    letter = queue.submission(db.session(), here.consultation.id, mine["receipt"])
    page = render_template("public/receipt.html", consultation=here.consultation, here=here, letter=letter)
    return _not_kept(make_response(page))


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
