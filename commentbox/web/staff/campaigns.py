"""Campaigns: their list, one of them with what each member adds, and what staff say of it."""

from __future__ import annotations

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from commentbox.core.rules.permissions import Act
from commentbox.core.states import CampaignState, IllegalMove
from commentbox.extensions import db
from commentbox.services import audit, campaigns, consultations
from commentbox.services.errors import Conflict
from commentbox.web.security import current_actor, require
from commentbox.web.staff.acting import change, number, words
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.conflict import conflict_page

PAGE = 50
MEMBERS = 20


@bp.get("/<slug>/campaigns")
@require(Act.READ)
def campaigns_page(slug: str) -> str:
    """List the campaigns, the largest first, all or those of one state."""
    consultation = consultations.get(db.session(), slug)
    state, after = request.args.get("state", ""), request.args.get("after", type=int)
    lines = campaigns.listed(db.session(), consultation.id, state=state, after_id=after, limit=PAGE + 1)
    return render_template(
        "staff/campaigns.html",
        consultation=consultation,
        lines=lines[:PAGE],
        following=lines[PAGE - 1].campaign.id if len(lines) > PAGE else None,
        after=after,
        state=state if state in set(CampaignState) else "",
        states=list(CampaignState),
        counts=campaigns.counts(db.session(), consultation.id),
    )


@bp.get("/<slug>/campaigns/<int:campaign_id>")
@require(Act.READ)
def campaign(slug: str, campaign_id: int) -> str:
    """Show a campaign: the letter that stands for all, then what each of the others says beyond it."""
    session = db.session()
    consultation = consultations.get(session, slug)
    line = campaigns.get(session, consultation.id, campaign_id)
    tally = campaigns.tally(session, line)
    after, shown = (
        request.args.get("after", type=int),
        request.args.get("texts") == "same" or not tally.reworded,
    )
    found = campaigns.members(session, line, same=shown, after_id=after, limit=MEMBERS + 1)
    return render_template(
        "staff/campaign.html",
        consultation=consultation,
        campaign=line.campaign,
        representative=line.representative,
        members=found[:MEMBERS],
        following=found[MEMBERS - 1].submission.id if len(found) > MEMBERS else None,
        after=after,
        texts="same" if shown else None,
        same=tally.same,
        reworded=tally.reworded,
        uncounted=tally.uncounted,
        history=audit.for_campaign(session, campaign_id),
    )


@bp.post("/<slug>/campaigns/<int:campaign_id>/decide")
@require(Act.TRIAGE)
def decide_campaign(slug: str, campaign_id: int) -> ResponseReturnValue:
    """Say that a campaign is one, or that it is none."""
    consultation = consultations.get(db.session(), slug)
    campaigns.get(db.session(), consultation.id, campaign_id)
    verdict, version, who = words("verdict"), number("version"), current_actor()
    back = url_for("staff.campaign", slug=slug, campaign_id=campaign_id)
    try:
        return change(
            lambda s: campaigns.decide(s, campaign_id, verdict, version=version, actor=who, now=g.now),
            _("已确认为同源意见。") if verdict == CampaignState.CONFIRMED else _("已标为不是同源意见。"),
            back,
        )
    except (Conflict, IllegalMove):
        consultation = consultations.get(db.session(), slug)
        line = campaigns.get(db.session(), consultation.id, campaign_id)
        history = audit.for_campaign(db.session(), campaign_id)
        return conflict_page(consultation, version=line.campaign.version, history=history, back=back)
