"""Accepting many suggestions at once: the offers with their reasons, examples of each, what was accepted."""

from __future__ import annotations

import secrets

from flask import abort, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from commentbox.core.rules import acceptance as rules
from commentbox.core.rules.acceptance import Kind
from commentbox.core.rules.permissions import Act
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import BulkAcceptance
from commentbox.services import consultations
from commentbox.services.bulk import acceptances, history, offers
from commentbox.services.errors import Conflict, Invalid
from commentbox.web.labels import invalid
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import to
from commentbox.web.staff.blueprint import bp

CHANCE = secrets.SystemRandom()
PORTIONS_AT_ONCE = 4
"""What is beyond them the worker goes on with, so that no page is waited for long."""
EXAMPLES = 10
SHOWN = 30


@bp.get("/<slug>/bulk")
@require(Act.TRIAGE)
def bulk(slug: str) -> str:
    """Show what is offered and why, or why not, and what was accepted so far."""
    session = db.session()
    consultation = consultations.get(session, slug)
    done = history.latest(session, consultation.id, SHOWN)
    ids = [one.id for one in done]
    return render_template(
        "staff/bulk.html",
        consultation=consultation,
        offers=offers.offers(session, consultation.id),
        rules=rules,
        samples=offers.waiting_samples(session, consultation.id),
        done=done,
        untouched=history.untouched(session, ids),
        audited=history.audited(session, ids),
        running=any(one.finished_at is None for one in done),
    )


@bp.get("/<slug>/bulk/<kind>")
@require(Act.TRIAGE)
def bulk_preview(slug: str, kind: str) -> str:
    """Show some of what would be accepted, and the button that accepts it."""
    session, wanted = db.session(), _kind(kind)
    consultation = consultations.get(session, slug)
    offer = offers.offer(session, consultation.id, wanted)
    return render_template(
        "staff/bulk_preview.html",
        consultation=consultation,
        offer=offer,
        rules=rules,
        examples=offers.preview(session, consultation.id, offer, EXAMPLES),
    )


@bp.post("/<slug>/bulk/<kind>")
@require(Act.TRIAGE)
def bulk_accept(slug: str, kind: str) -> ResponseReturnValue:
    """Accept what was offered, if it still is."""
    wanted, threshold, who = _kind(kind), _threshold(), current_actor()
    consultation_id = consultations.get(db.session(), slug).id
    try:
        with transaction(db.session()) as session:
            begun = acceptances.begin(session, consultation_id, wanted, threshold, actor=who, now=g.now)
    except Invalid as error:
        flash(invalid(error), "error")
    except Conflict:
        flash(_("没有执行：这一批量确认已不再提供，或另一次批量确认正在进行。请看下面的最新情况。"), "error")
    else:
        one = _work(begun)
        accepted = ngettext("已批量确认 %(num)d 条意见。", "已批量确认 %(num)d 条意见。", one.accepted)
        flash(_("正在进行，后台会接着做完。") if one.finished_at is None else accepted, "success")
    return to(url_for("staff.bulk", slug=slug))


@bp.post("/<slug>/bulk/<int:acceptance_id>/undo")
@require(Act.TRIAGE)
def bulk_undo(slug: str, acceptance_id: int) -> ResponseReturnValue:
    """Take back what an acceptance did and no person has touched since."""
    consultation_id, who = consultations.get(db.session(), slug).id, current_actor()
    try:
        with transaction(db.session()) as session:
            acceptances.take_back(session, consultation_id, acceptance_id, actor=who, now=g.now)
    except Conflict:
        flash(_("这一次批量确认已经撤销过了。"), "error")
    else:
        one = _work(acceptance_id)
        back = ngettext(
            "已撤销 %(num)d 条意见的批量确认。", "已撤销 %(num)d 条意见的批量确认。", one.taken_back
        )
        flash(_("正在进行，后台会接着做完。") if one.finished_at is None else back, "success")
    return to(url_for("staff.bulk", slug=slug))


def _work(acceptance_id: int) -> BulkAcceptance:
    """Do the first portions at once; most acceptances are no larger."""
    for _portion in range(PORTIONS_AT_ONCE):
        with transaction(db.session()) as session:
            if not acceptances.carry_on(session, acceptance_id, chance=CHANCE, now=g.now):
                break
    return acceptances.get(db.session(), acceptance_id)


def _kind(word: str) -> Kind:
    return Kind(word) if word in set(Kind) else abort(404)


def _threshold() -> float | None:
    """Return the threshold that the page showed; a form with another was not ours: 400."""
    word = request.form.get("threshold", "")
    if not word:
        return None
    return next((one for one in rules.GRID if str(one) == word), None) or abort(400)
