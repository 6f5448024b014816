"""A letter on paper or a phone call, typed in by staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.core.rules.permissions import Act
from commentbox.core.states import Channel, RespondentKind
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Consultation
from commentbox.services import consultations, ingest
from commentbox.services.errors import Invalid
from commentbox.web import uploads
from commentbox.web.labels import invalid, label
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import to, words
from commentbox.web.staff.blueprint import bp

CHANNELS = (Channel.LETTER, Channel.PHONE)
_FORMAT = "%Y-%m-%dT%H:%M"


@bp.get("/<slug>/enter")
@require(Act.ENTER)
def enter(slug: str) -> str:
    """Show the empty form."""
    today = g.now.astimezone(_zone()).strftime(_FORMAT)
    return _page(consultations.get(db.session(), slug), {"received": today, "channel": Channel.LETTER}, {})


@bp.post("/<slug>/enter")
@require(Act.ENTER)
def enter_post(slug: str) -> ResponseReturnValue:
    """Take the letter in; what is wrong is said beside what was typed."""
    consultation = consultations.get(db.session(), slug)
    received = _received()
    problems = _problems(received)
    if problems or received is None:
        return _page(consultation, request.form, problems), 422
    taken, refused = uploads.receive(
        request.files.getlist("files"),
        most=current_app.config["MAX_UPLOAD_FILES"],
        most_bytes=current_app.config["MAX_UPLOAD_BYTES"],
    )
    if refused:
        return _page(consultation, request.form, {"files": " ".join(map(invalid, refused))}), 422
    entry, who = _entry(received, uploads.read(taken, current_app.extensions["reader"])), current_actor()
    try:
        with transaction(db.session()) as session:
            made = ingest.enter_letter(
                session,
                consultation,
                entry,
                blobs=current_app.extensions["blobs"],
                actor=who,
                now=g.now,
            )
            receipt = made.receipt
    except Invalid as error:
        return _page(consultation, request.form, {"body": invalid(error)}), 422
    flash(_("已录入，回执号 %(receipt)s。", receipt=receipt), "success")
    return to(url_for("staff.submission", slug=slug, receipt=receipt))


def _page(consultation: Consultation, values: Mapping[str, str], problems: dict[str, str]) -> str:
    return render_template(
        "staff/enter.html",
        consultation=consultation,
        values=values,
        problems=problems,
        channel_options=[(channel, label("channel", channel)) for channel in CHANNELS],
        kind_options=[(kind, label("respondent_kind", kind)) for kind in RespondentKind],
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])


def _received() -> datetime | None:
    """Return when the letter arrived, None where that cannot be read."""
    try:
        return datetime.strptime(words("received"), _FORMAT).replace(tzinfo=_zone())
    except ValueError:
        return None


def _problems(received: datetime | None) -> dict[str, str]:
    problems: dict[str, str] = {}
    if received is None:
        problems["received"] = _("请填写收到的日期和时间。")
    elif received > g.now:
        problems["received"] = _("收到时间不能晚于现在。")
    if words("channel") not in CHANNELS:
        problems["channel"] = _("请选择来信或来电。")
    if words("kind") and words("kind") not in set(RespondentKind):
        problems["kind"] = _("请选择列出的类别。")
    if not words("body") and not any(file.filename for file in request.files.getlist("files")):
        problems["body"] = _("请录入意见内容，或附上扫描件。")
    return problems


def _entry(received: datetime, files: tuple[ingest.Upload, ...]) -> ingest.StaffEntry:
    return ingest.StaffEntry(
        channel=Channel(words("channel")),
        received_at=received,
        body=words("body"),
        subject=words("subject"),
        respondent=words("respondent"),
        organisation=words("organisation"),
        kind=words("kind") or RespondentKind.UNKNOWN,
        email=words("email"),
        phone=words("phone"),
        uploads=files,
    )
