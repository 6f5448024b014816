"""The pages of those who draft the answers: per measure all comments, their dispositions, the export."""

from __future__ import annotations

import tempfile
from typing import IO

from flask import Blueprint, Response, flash, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from commentbox.adapters.writers import MEDIA_TYPES, WRITERS, write_sheet
from commentbox.core.rules.permissions import Act
from commentbox.core.sheets import PRESETS, columns
from commentbox.core.states import Disposition, IllegalMove, MeasureKind, reason_required
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Comment, Consultation, Measure
from commentbox.services import audit, consultations, dispose, measures, sheet
from commentbox.services.errors import Conflict, Invalid, NotFound
from commentbox.services.measures import MeasureLine
from commentbox.web.labels import invalid
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import change, number, to, words
from commentbox.web.staff.conflict import conflict_page

bp = Blueprint("drafters", __name__, url_prefix="/staff")

PAGE = 100
UNASSIGNED = "unassigned"


@bp.get("/<slug>/measures")
@require(Act.READ)
def overview(slug: str) -> str:
    """Show each measure with what was said of it and how far the answers are."""
    consultation = consultations.get(db.session(), slug)
    figures = measures.overview(db.session(), consultation.id)
    agency, only_with = request.args.get("agency", "").strip(), "with" in request.args
    return render_template(
        "drafters/overview.html",
        consultation=consultation,
        lines=_chosen_lines(figures.lines, agency, only_with),
        total=sum(line.comments for line in figures.lines) + figures.unassigned,
        undisposed=sum(line.undisposed for line in figures.lines),
        unassigned=figures.unassigned,
        agency=agency,
        agencies=list(dict.fromkeys(name for line in figures.lines for name in line.measure.lead_agencies)),
        only_with=only_with,
        dispositions=list(Disposition),
    )


def _chosen_lines(lines: list[MeasureLine], agency: str, only_with: bool) -> list[MeasureLine]:
    """Return the lines asked for in the order of the sheet: the whole draft last."""
    return [
        line
        for line in sorted(lines, key=lambda line: line.measure.kind == MeasureKind.WHOLE)
        if (not agency or agency in line.measure.lead_agencies) and (line.comments or not only_with)
    ]


@bp.get("/<slug>/measures/<path>")
@require(Act.READ)
def measure(slug: str, path: str) -> str:
    """Show a measure and all that was said of it; ``unassigned`` is what no measure has yet."""
    return _page(consultations.get(db.session(), slug), path)


@bp.post("/<slug>/measures/<path>/keywords")
@require(Act.TRIAGE)
def keywords(slug: str, path: str) -> ResponseReturnValue:
    """Save what people call a measure."""
    consultation, who = consultations.get(db.session(), slug), current_actor()
    consultation_id = consultation.id

    def save(session: Session) -> None:
        chosen = _find(consultations.tree(session, consultation_id), path)
        if chosen is None:
            raise NotFound(path)
        measures.set_keywords(session, chosen, words("keywords"), actor=who, now=g.now)

    return change(save, _("群众说法已保存，系统正在按它重读尚未分办的意见。"), _address(slug, path))


@bp.post("/<slug>/measures/<path>/<int:comment_id>")
@require(Act.DISPOSE)
def disposition(slug: str, path: str, comment_id: int) -> ResponseReturnValue:
    """Save what was decided about one comment."""
    consultation, version, who = consultations.get(db.session(), slug), number("version"), current_actor()
    try:
        with transaction(db.session()) as session:
            audit_id = dispose.dispose(
                session,
                comment_id,
                disposition=words("disposition"),
                reason=words("reason"),
                revised_text=words("revised_text"),
                note=words("note"),
                version=version,
                actor=who,
                now=g.now,
            )
    except Invalid as error:
        return _page(consultation, path, refused=(comment_id, invalid(error))), 422
    except (Conflict, IllegalMove):
        return _overtaken(consultation, path, comment_id)
    flash(_("采纳情况已保存。"), f"undo:{audit_id}")
    return to(_address(slug, path, f"c{comment_id}"))


@bp.get("/<slug>/export")
@require(Act.EXPORT)
def export(slug: str) -> str:
    """Show what can be exported, and how many rows that makes."""
    consultation = consultations.get(db.session(), slug)
    tree = consultations.tree(db.session(), consultation.id)
    chosen = _find(tree, request.args.get("measure", ""))
    return render_template(
        "drafters/export.html",
        consultation=consultation,
        measures=tree,
        chosen=chosen,
        rows=sheet.count(db.session(), consultation.id, chosen.id if chosen else None),
        presets=PRESETS,
        formats=list(WRITERS),
    )


@bp.post("/<slug>/export")
@require(Act.EXPORT)
def export_post(slug: str) -> ResponseReturnValue:
    """Give the comment sheet as a file; that it was taken out is on record."""
    consultation, who = consultations.get(db.session(), slug), current_actor()
    form, preset, path = words("format"), words("preset"), words("measure")
    chosen = _find(consultations.tree(db.session(), consultation.id), path)
    if form not in WRITERS or preset not in PRESETS or (path and chosen is None):
        raise NotFound(path)
    consultation_id, measure_id = consultation.id, chosen.id if chosen else None
    file, rows = _written(consultation, form, preset, measure_id)
    with transaction(db.session()) as session:
        detail = {"format": form, "preset": preset, "measure": measure_id, "rows": rows}
        audit.record(session, who, "export", "consultation", consultation_id, g.now, **detail)
    return _download(file, form, f"{slug}-{path or 'all'}-{preset}.{form}")


def _written(
    consultation: Consultation, form: str, preset: str, measure_id: int | None
) -> tuple[IO[bytes], int]:
    """Return the sheet in a temporary file, which is gone once it is closed, and its number of rows."""
    head = sheet.head(consultation, now=g.now, preset=preset)
    rows = sheet.rows(db.session(), consultation, preset=preset, measure_id=measure_id)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    count = write_sheet(form, file, head, columns(preset), rows)
    file.seek(0)
    return file, count


def _download(file: IO[bytes], form: str, name: str) -> Response:
    return send_file(file, mimetype=MEDIA_TYPES[form], as_attachment=True, download_name=name)


def _page(consultation: Consultation, path: str, refused: tuple[int, str] | None = None) -> str:
    """Return the page of a measure; ``refused`` is a comment's id and why it was not saved."""
    session, after = db.session(), request.args.get("after", type=int)
    chosen = _find(consultations.tree(session, consultation.id), path)
    if chosen is None and path != UNASSIGNED:
        raise NotFound(path)
    measure_id = chosen.id if chosen else None
    found = measures.comments(session, consultation.id, measure_id, after_id=after, limit=PAGE)
    return render_template(
        "drafters/measure.html",
        consultation=consultation,
        measure=chosen,
        path=path,
        comments=found,
        count=measures.count(session, consultation.id, measure_id),
        next_undisposed=_first_open(found),
        next_measure=_next_open_measure(consultation, chosen),
        after=after,
        following=found[-1].id if len(found) == PAGE else None,
        dispositions=[(d, reason_required(d)) for d in Disposition],
        refused=refused,
        typed=request.form,
    )


def _find(tree: list[Measure], path: str) -> Measure | None:
    return next((one for one in tree if one.path == path), None)


def _first_open(comments: list[Comment]) -> int | None:
    return next((comment.id for comment in comments if comment.disposition is None), None)


def _next_open_measure(consultation: Consultation, chosen: Measure | None) -> Measure | None:
    """Return the next measure that has comments without a disposition; the first one after the last."""
    place = chosen.position if chosen else 0
    waiting = [
        line.measure for line in measures.overview(db.session(), consultation.id).lines if line.undisposed
    ]
    others = [one for one in waiting if chosen is None or one.id != chosen.id]
    return next((one for one in others if one.position > place), others[0] if others else None)


def _address(slug: str, path: str, anchor: str | None = None) -> str:
    after = request.args.get("after", type=int)
    return url_for("drafters.measure", slug=slug, path=path, after=after, _anchor=anchor)


def _overtaken(consultation: Consultation, path: str, comment_id: int) -> ResponseReturnValue:
    """Return the 409 page with what happened to the comment since."""
    comment = measures.comment(db.session(), consultation.id, comment_id)
    return conflict_page(
        consultation,
        version=comment.version,
        history=audit.for_comment(db.session(), comment_id),
        back=_address(consultation.slug, path, f"c{comment_id}"),
    )
