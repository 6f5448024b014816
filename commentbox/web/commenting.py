"""The form by which the public comments: shown, added to, taken in.

Whatever keeps a form from being taken in, the page that says so holds all that was typed.
"""

from __future__ import annotations

from dataclasses import replace

from flask import current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError
from limits import parse

from commentbox.core.rules.period import Phase
from commentbox.db import transaction
from commentbox.extensions import csrf, db, limiter
from commentbox.models import Measure
from commentbox.services import consultations, ingest
from commentbox.services.errors import Closed, Invalid
from commentbox.web import form_token, forms, uploads
from commentbox.web.draft_view import choices
from commentbox.web.forms import CommentForm, PointFields
from commentbox.web.labels import invalid
from commentbox.web.public import RECEIPTS, Standing, bp, published

# High enough for a whole office behind one address.
SUBMISSIONS = parse("60/minute")
ADD, REMOVE, LANGUAGE = "add", "remove", "language"


@bp.get("/c/<slug>/comment")
def comment(slug: str) -> ResponseReturnValue:
    """Show the empty form, with the measure that was picked in the draft."""
    here = published(slug)
    form = CommentForm(points=(PointFields(measure=request.args.get("m", "")),))
    if here.phase is not Phase.OPEN:
        return _closed(here, None)
    return _page(here, _with_slip(form, slug, form_token.new(g.now)))


@bp.post("/c/<slug>/comment")
@csrf.exempt  # _refusal checks the token itself, so that nothing typed is lost
def comment_post(slug: str) -> ResponseReturnValue:
    """Take the form in and go to the receipt, or show it again with what stands in the way."""
    here = published(slug)
    form = forms.read(request.form)
    if here.phase is not Phase.OPEN:
        return _closed(here, form)
    slip = form_token.read(form.token, slug, _key())
    if _is_edit():
        return _page(here, _edited(_with_slip(form, slug, slip or form_token.new(g.now))))
    refused = _refusal(form, slug, slip)
    if refused is not None:
        return _page(here, refused[0], refused[1])
    assert slip is not None
    return _take_in(here, form, slip)


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _with_slip(form: CommentForm, slug: str, slip: form_token.Slip) -> CommentForm:
    return replace(form, token=form_token.write(slip, slug, _key()))


def _is_edit() -> bool:
    """Tell whether a button was pressed that only changes the form."""
    return any(name in request.form for name in (ADD, REMOVE, LANGUAGE))


def _edited(form: CommentForm) -> CommentForm:
    if ADD in request.form:
        return form.with_point()
    return form.without_point(request.form.get(REMOVE, ""))


def _refusal(form: CommentForm, slug: str, slip: form_token.Slip | None) -> tuple[CommentForm, int] | None:
    """Return the form to show again and the status, None where the form may be taken in."""
    if slip is None or slip.too_old(g.now):
        words = _("页面打开得太久，请核对后再按一次“提交意见”。填写的内容都在。")
        fresh = _with_slip(form, slug, form_token.new(g.now, slip.nonce if slip else None))
        return fresh.with_problems({"": words}), 400
    try:
        csrf.protect()
    except CSRFError:
        words = _("浏览器没有带回本站的 Cookie。请允许本站使用 Cookie，再按一次“提交意见”。填写的内容都在。")
        return form.with_problems({"": words}), 400
    if slip.too_fast(g.now):
        words = _("提交得太快了，系统要确认不是程序在填写。请再按一次“提交意见”。填写的内容都在。")
        return form.with_problems({"": words}), 422
    if not limiter.limiter.hit(SUBMISSIONS, "submit", get_remote_address()):
        words = _("同一网络在一分钟内提交过多。请等一分钟，再按一次“提交意见”。填写的内容都在。")
        return form.with_problems({"": words}), 429
    return None


def _take_in(here: Standing, form: CommentForm, slip: form_token.Slip) -> ResponseReturnValue:
    """Check the fields and the files, store, and go to the receipt."""
    slug = here.consultation.slug
    files, refused = uploads.receive(
        request.files.getlist("files"),
        most=current_app.config["MAX_UPLOAD_FILES"],
        most_bytes=current_app.config["MAX_UPLOAD_BYTES"],
    )
    found = forms.problems(
        form,
        _measure_ids(here),
        has_files=bool(files or refused),
        files_refused=" ".join(invalid(error) for error in refused),
    )
    if found:
        return _page(here, form.with_problems(found), 422)
    mark = forms.digest(form, files)
    earlier = session.get(RECEIPTS, {}).get(slug)
    if earlier and earlier["nonce"] == slip.nonce and earlier["mark"] != mark:
        return _page(here, _as_another(form, slug, earlier["receipt"]), 409)
    entry = forms.entry(form, slip.nonce, uploads.read(files, current_app.extensions["reader"]))
    try:
        receipt = _store(here, entry)
    except Closed:
        return _closed(here, form)
    except Invalid as error:
        return _page(here, form.with_problems({"text-0": invalid(error)}), 422)
    session[RECEIPTS] = {
        **session.get(RECEIPTS, {}),
        slug: {"receipt": receipt, "nonce": slip.nonce, "mark": mark},
    }
    return redirect(url_for("public.receipt", slug=slug), 303)


def _store(here: Standing, entry: ingest.FormEntry) -> str:
    blobs = current_app.extensions["blobs"]
    with transaction(db.session()) as open_session:
        return ingest.submit_form(open_session, here.consultation, entry, blobs=blobs, now=g.now).receipt


def _as_another(form: CommentForm, slug: str, receipt: str) -> CommentForm:
    """Return a form that was sent and then changed, ready to be sent as one of its own."""
    words = _(
        "前一份意见已经收到（回执号 %(receipt)s）。要把改动后的内容作为新的一份，请再按一次“提交意见”。",
        receipt=receipt,
    )
    return _with_slip(form, slug, form_token.new(g.now)).with_problems({"": words})


def _measure_ids(here: Standing) -> frozenset[str]:
    return frozenset(str(m.id) for m in consultations.tree(db.session(), here.consultation.id))


def _page(here: Standing, form: CommentForm, status: int = 200) -> ResponseReturnValue:
    measures = consultations.tree(db.session(), here.consultation.id)
    page = render_template(
        "public/comment.html",
        consultation=here.consultation,
        here=here,
        form=form,
        chosen=_chosen(form, measures),
        groups=choices(measures, _("附件")),
        kinds=forms.KINDS,
        most_points=forms.MOST_POINTS,
        most_files=current_app.config["MAX_UPLOAD_FILES"],
        most_bytes=current_app.config["MAX_UPLOAD_BYTES"],
        accept=uploads.ACCEPT,
        extensions=_("、").join(uploads.TYPES),
        had_files=any(file.filename for file in request.files.getlist("files")),
    )
    return page, status


def _chosen(form: CommentForm, measures: list[Measure]) -> list[Measure | None]:
    """Return each point's measure, for its wording beside the field."""
    by_id = {str(measure.id): measure for measure in measures}
    return [by_id.get(point.measure) for point in form.points]


def _closed(here: Standing, form: CommentForm | None) -> ResponseReturnValue:
    """Return the page of a form that takes nothing now, with what was typed, for another way."""
    page = render_template("public/closed.html", consultation=here.consultation, here=here, form=form)
    return page, 403
