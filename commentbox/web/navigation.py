"""What stands in the bar above the staff's pages: the consultations and the links of the chosen one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_login import current_user

from commentbox.core.rules.health import silence
from commentbox.core.rules.permissions import Act
from commentbox.extensions import db
from commentbox.services import consultations, health
from commentbox.web.security import allowed

LAST = "consultation"
HEALTH = "staff.health_page"
STAFF_BLUEPRINTS = frozenset({"staff", "drafters"})


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold a link of the bar; ``within`` are the words that its pages' endpoints start with."""

    endpoint: str
    name: LazyString
    act: Act
    within: tuple[str, ...]
    of_consultation: bool = True


ENTRIES = (
    Entry("staff.index", _("来件"), Act.READ, ("staff.index", "staff.submission", "staff.reply")),
    Entry("staff.bulk", _("批量确认"), Act.TRIAGE, ("staff.bulk", "staff.audit")),
    Entry("staff.campaigns_page", _("同源意见"), Act.READ, ("staff.campaign",)),
    Entry("drafters.overview", _("条款与意见"), Act.READ, ("drafters.overview", "drafters.measure")),
    Entry("staff.organisations_page", _("单位反馈情况"), Act.READ, ("staff.organisations",)),
    Entry("drafters.export", _("导出汇总表"), Act.EXPORT, ("drafters.export",)),
    Entry("staff.enter", _("录入来信、来电"), Act.ENTER, ("staff.enter",)),
    Entry("staff.held_mail", _("待核邮件"), Act.READ, ("staff.held",), of_consultation=False),
    Entry("staff.outbox", _("发件箱"), Act.READ, ("staff.outbox",), of_consultation=False),
    Entry(HEALTH, _("运行状况"), Act.WATCH, (HEALTH,), of_consultation=False),
)


@dataclass(frozen=True, slots=True)
class Link:
    """Hold one link as a template shows it."""

    href: str
    name: str
    current: bool
    alarm: bool = False


def register(app: Flask) -> None:
    """Give the staff's pages their bar."""
    app.context_processor(_template_values)


def _template_values() -> dict[str, object]:
    if request.blueprint not in STAFF_BLUEPRINTS or not current_user.is_authenticated:
        return {}
    every = consultations.everything(db.session())
    slug = _slug({one.slug for one in every})
    return {"staff_consultations": every, "staff_links": links(slug, request.endpoint or "")}


def _slug(known: set[str]) -> str | None:
    """Return the consultation of the page; on pages of none, the one looked at last, or the only one."""
    asked = (request.view_args or {}).get("slug")
    if asked in known and session.get(LAST) != asked:
        session[LAST] = asked
    last = asked or session.get(LAST)
    return last if last in known else next(iter(known)) if len(known) == 1 else None


def links(slug: str | None, endpoint: str) -> list[Link]:
    """Return the links that whoever is signed in may follow; without a slug, those of no consultation."""
    return [
        Link(
            url_for(entry.endpoint, **({"slug": slug} if entry.of_consultation else {})),
            str(entry.name),
            endpoint.startswith(entry.within),
            entry.endpoint == HEALTH and _on_alarm(),
        )
        for entry in ENTRIES
        if allowed(entry.act) and (slug or not entry.of_consultation)
    ]


def _on_alarm() -> bool:
    """Tell whether the last look of the worker found an alarm, or there was none for long."""
    settings = current_app.config
    span = silence(settings["ALARM_SILENCE_MINUTES"], settings["POLL_SECONDS"])
    return health.marked(db.session(), span, polling=bool(settings["MAILBOXES"]), now=g.now)
