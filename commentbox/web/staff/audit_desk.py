"""The audit desk: one comment that chance chose, decided before anything of the machine's is shown."""

from __future__ import annotations

from flask import abort, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.core.rules.permissions import Act
from commentbox.core.states import IllegalMove
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import AuditSample
from commentbox.services import consultations
from commentbox.services.bulk import desk, offers
from commentbox.services.errors import Conflict, Invalid
from commentbox.web.filters import measure_name
from commentbox.web.labels import invalid
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import number, to, words
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.bulk import CHANCE

DRAWN = 20
"""Comments that are drawn from those that wait at a time."""


@bp.get("/<slug>/audit")
@require(Act.TRIAGE)
def audit_desk(slug: str) -> str:
    """Show the comment that is to be decided next, and nothing of what the machine thinks."""
    session = db.session()
    consultation = consultations.get(session, slug)
    return render_template(
        "staff/audit_desk.html",
        consultation=consultation,
        sample=desk.next_sample(session, consultation.id),
        waiting=offers.waiting_samples(session, consultation.id),
        measures=consultations.tree(session, consultation.id),
        offers=offers.offers(session, consultation.id),
        drawn=DRAWN,
    )


@bp.post("/<slug>/audit")
@require(Act.TRIAGE)
def audit_draw(slug: str) -> ResponseReturnValue:
    """Draw some of the comments that wait."""
    consultation_id, word = consultations.get(db.session(), slug).id, request.form.get("kind", "")
    kind = Kind(word) if word in set(Kind) else abort(400)
    with transaction(db.session()) as session:
        drawn = offers.draw(session, consultation_id, kind, DRAWN, chance=CHANCE, now=g.now)
    if drawn:
        flash(ngettext("已随机抽出 %(num)d 条意见。", "已随机抽出 %(num)d 条意见。", drawn), "success")
    else:
        flash(_("这一类没有待分办的意见可以抽查。"), "error")
    return to(url_for("staff.audit_desk", slug=slug))


@bp.post("/<slug>/audit/<int:sample_id>")
@require(Act.TRIAGE)
def audit_decide(slug: str, sample_id: int) -> ResponseReturnValue:
    """Store what a person says of a sample, then tell whether the machine had said the same."""
    consultation_id, who = consultations.get(db.session(), slug).id, current_actor()
    aside = "aside" in request.form
    measure, version = None if aside else number("measure"), number("version")
    reason = words("reason") if aside else ""
    try:
        with transaction(db.session()) as session:
            sample = desk.decide(
                session,
                consultation_id,
                sample_id,
                measure,
                reason=reason,
                version=version,
                actor=who,
                now=g.now,
            )
    except Invalid as error:
        flash(invalid(error), "error")
    except (Conflict, IllegalMove):
        flash(_("这条意见刚由他人办理，没有重复记录。"), "error")
    else:
        _tell(sample)
    return to(url_for("staff.audit_desk", slug=slug))


def _tell(sample: AuditSample) -> None:
    name = measure_name(sample.measure)
    if sample.outcome == Outcome.AGREED:
        flash(_("与系统建议一致：%(name)s。", name=name), "success")
    else:
        flash(_("与系统建议不一致：系统建议为“%(name)s”，已按您的判断办理。", name=name), "info")
