"""What staff say of a campaign: that it is one, or that it is none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.states import CampaignState
from commentbox.core.types import Actor
from commentbox.models import Campaign
from commentbox.services import audit
from commentbox.services.errors import Conflict, Invalid, NotFound

_ACTIONS = {CampaignState.CONFIRMED: "confirm_campaign", CampaignState.REJECTED: "reject_campaign"}


def decide(
    session: Session, campaign_id: int, verdict: str, *, version: int, actor: Actor, now: datetime
) -> int:
    """Say what a campaign is; return the audit id that `triage.undo` takes.

    One that is none keeps its members and goes on taking in what is like them, so that it is not found again.
    """
    if verdict not in set(_ACTIONS):
        raise Invalid("no_such_action")
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise NotFound(str(campaign_id))
    if campaign.version != version:
        raise Conflict(str(campaign_id))
    state = CampaignState(verdict)
    states.check_move(CampaignState(campaign.state), state)
    before = {"state": campaign.state, "decided_by_id": campaign.decided_by_id}
    campaign.state, campaign.decided_by_id, campaign.decided_at = state, actor.user_id, now
    campaign.version += 1
    session.flush()
    detail = {"before": before, "version": campaign.version, "size": campaign.size}
    return audit.record(session, actor, _ACTIONS[state], "campaign", campaign.id, now, **detail)
