"""The queue: what came in for one consultation, filtered, counted, page by page."""

from __future__ import annotations

from flask import render_template, request

from commentbox.core.rules.permissions import Act
from commentbox.core.states import Channel, SubmissionState
from commentbox.extensions import db
from commentbox.services import consultations, organisations, queue
from commentbox.web.security import require
from commentbox.web.staff import selection
from commentbox.web.staff.blueprint import bp

PAGE = 50


@bp.get("/<slug>/")
@require(Act.READ)
def index(slug: str) -> str:
    """Show the queue with its filters and counts."""
    consultation = consultations.get(db.session(), slug)
    filters = selection.read(request.args)
    page = queue.page(
        db.session(),
        consultation.id,
        filters,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
        limit=PAGE,
    )
    return render_template(
        "staff/queue.html",
        consultation=consultation,
        page=page,
        filters=filters,
        chosen=selection.args(filters),
        counts=queue.counts(db.session(), consultation.id),
        agencies=queue.agencies(db.session(), consultation.id),
        measures=consultations.tree(db.session(), consultation.id),
        organisation_names={one.id: one.name for one in organisations.listed(db.session(), consultation.id)},
        states=list(SubmissionState),
        channels=list(Channel),
    )
