"""The queue's filters as they stand in an address, the same for the list and for one letter of it."""

from __future__ import annotations

from collections.abc import Mapping

from commentbox.core.states import Channel, SubmissionState
from commentbox.services.queue import Filters

LATE = {"yes": True, "no": False}


def read(args: Mapping[str, str]) -> Filters:
    """Return the filters that an address names; what it says wrongly is left out."""
    return Filters(
        state=_one_of(SubmissionState, args.get("state", "")),
        measure_id=_number(args.get("measure", "")),
        agency=args.get("agency", "").strip(),
        channel=_one_of(Channel, args.get("channel", "")),
        late=LATE.get(args.get("late", "")),
        search=args.get("q", "").strip()[:100],
        campaign_id=_number(args.get("campaign", "")),
        organisation_id=_number(args.get("organisation", "")),
    )


def args(filters: Filters) -> dict[str, str]:
    """Return the filters as arguments of an address, without those that are not set."""
    late = {True: "yes", False: "no", None: ""}[filters.late]
    named = {
        "state": filters.state,
        "measure": str(filters.measure_id or ""),
        "agency": filters.agency,
        "channel": filters.channel,
        "late": late,
        "q": filters.search,
        "campaign": str(filters.campaign_id or ""),
        "organisation": str(filters.organisation_id or ""),
    }
    return {name: value for name, value in named.items() if value}


def _one_of(enum: type[Channel] | type[SubmissionState], word: str) -> str:
    return word if word in {member.value for member in enum} else ""


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else None
