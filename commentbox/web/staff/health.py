"""Is the intake in good order: the last poll, what is missing, held, unsent, and the machine itself."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, g, render_template

from commentbox.adapters import machine
from commentbox.core.rules.health import Severity
from commentbox.core.rules.permissions import Act
from commentbox.extensions import db
from commentbox.services import health
from commentbox.web.findings import row
from commentbox.web.security import require
from commentbox.web.staff.blueprint import bp


@bp.get("/health")
@require(Act.WATCH)
def health_page() -> str:
    """Show what is found, the worst first."""
    settings = current_app.config
    disk = machine.disk(Path(settings["DATA_DIR"]))
    newest = machine.newest_schema(Path(current_app.extensions["migrate"].directory))
    found = health.look(db.session(), health.surroundings(settings, disk, newest), g.now)
    badness = list(Severity)
    return render_template(
        "staff/health.html",
        rows=[row(one, g.now) for one in sorted(found, key=lambda one: -badness.index(one.severity))],
        counts={level: sum(one.severity is level for one in found) for level in Severity},
        now=g.now,
    )
