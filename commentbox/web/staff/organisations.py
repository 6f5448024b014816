"""Who was asked and who has answered: the list, its state, and which organisation a letter is from."""

from __future__ import annotations

import tempfile

from flask import Response, current_app, flash, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.adapters.writers.csv import write_table
from commentbox.core.rules.permissions import Act
from commentbox.core.states import TextStatus
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Consultation
from commentbox.services import consultations, organisations
from commentbox.services.errors import Invalid
from commentbox.services.organisations import Answer, Line
from commentbox.web import uploads
from commentbox.web.filters import short_time
from commentbox.web.labels import invalid, label
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import change, number, to, words
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.submission import load
from commentbox.web.staff.triage import address

SHOWN_PROBLEMS = 10


@bp.get("/<slug>/organisations")
@require(Act.READ)
def organisations_page(slug: str) -> str:
    """Show each organisation that was asked with what came from it."""
    consultation = consultations.get(db.session(), slug)
    return _page(consultation, organisations.text(db.session(), consultation.id))


def _page(consultation: Consultation, typed: str, *, editing: bool = False) -> str:
    lines = organisations.tally(db.session(), consultation.id)
    chosen = request.args.get("answer", "")
    chosen = chosen if chosen in set(Answer) else ""
    return render_template(
        "staff/organisations.html",
        consultation=consultation,
        lines=[line for line in lines if not chosen or line.answer == chosen],
        total=len(lines),
        totals=organisations.totals(lines),
        answers=list(Answer),
        chosen=chosen,
        waiting=[line.organisation.name for line in lines if line.answer == Answer.WAITING],
        typed=typed,
        editing=editing or not lines,
    )


@bp.post("/<slug>/organisations")
@require(Act.ENTER)
def organisations_load(slug: str) -> ResponseReturnValue:
    """Take the list as typed, with the lines of an uploaded file at its end."""
    consultation, who = consultations.get(db.session(), slug), current_actor()
    typed = words("list")
    try:
        text = "\n".join([typed, *_uploaded()])
        with transaction(db.session()) as session:
            count, problems = organisations.load(session, consultation.id, text, actor=who, now=g.now)
    except Invalid as error:
        flash(invalid(error), "error")
        return _page(consultations.get(db.session(), slug), typed, editing=True), 422
    flash(_("名单已保存，共 %(n)d 个单位，已按名单重新认定来件。", n=count), "success")
    for one in problems[:SHOWN_PROBLEMS]:
        why = label("list_problem", one.code)
        flash(_("第 %(line)d 行“%(text)s”：%(why)s。", line=one.line, text=one.text, why=why), "info")
    return to(url_for("staff.organisations_page", slug=slug))


def _uploaded() -> list[str]:
    """Return the text of the file that came along, read where hostile files are read; raise Invalid."""
    most_bytes = current_app.config["MAX_UPLOAD_BYTES"]
    found = []
    for file in request.files.getlist("file"):
        if (file.filename or "").lower().endswith(".csv"):
            file.filename = f"{file.filename}.txt"
        taken, refused = uploads.receive([file], most=1, most_bytes=most_bytes)
        if refused:
            raise refused[0]
        for one in uploads.read(taken, current_app.extensions["reader"]):
            if one.extracted.status != TextStatus.OK:
                raise Invalid("file_unread", name=one.filename)
            found.append(one.extracted.text)
    return found


@bp.get("/<slug>/organisations.csv")
@require(Act.EXPORT)
def organisations_file(slug: str) -> Response:
    """Give the same table as a file for Excel."""
    consultation = consultations.get(db.session(), slug)
    head = [_("序号"), _("单位"), _("反馈情况"), _("来件"), _("意见"), _("最近来件")]
    lines = organisations.tally(db.session(), consultation.id)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_table(file, [head, *(_row(place, line) for place, line in enumerate(lines, 1))])
    file.seek(0)
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"{slug}-organisations.csv")


def _row(place: int, line: Line) -> list[str]:
    last = short_time(line.last) if line.last else ""
    answer = label("organisation_answer", line.answer)
    return [str(place), line.organisation.name, answer, str(line.submissions), str(line.comments), last]


@bp.post("/<slug>/s/<receipt>/organisation")
@require(Act.TRIAGE)
def letter_organisation(slug: str, receipt: str) -> ResponseReturnValue:
    """Say which of the organisations that were asked a letter is from."""
    letter_id, who = load(slug, receipt)[1].id, current_actor()
    chosen = number("organisation") if request.form.get("organisation") else None
    return change(
        lambda session: organisations.decide(session, letter_id, chosen, actor=who, now=g.now),
        _("所属单位已确认。"),
        address(slug, receipt),
    )
