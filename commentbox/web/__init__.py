"""The web: what every request goes through, whichever page it asks for."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Flask, g

from commentbox.web import (
    accounts,
    commenting,
    drafters,
    errors,
    filters,
    health,
    language,
    navigation,
    security,
    staff,
)

BLUEPRINTS = (commenting.bp, accounts.bp, staff.bp, drafters.bp, health.bp)


def register(app: Flask) -> None:
    """Give the app its pages, and what each request has and goes through."""
    # First of all: what other extensions do before a request may already end in an error page.
    app.before_request_funcs.setdefault(None, []).insert(0, _start)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    language.register(app)
    security.register(app)
    accounts.register(app)
    filters.register(app)
    navigation.register(app)
    errors.register(app)


def _start() -> None:
    """Fix the instant of the request: a deadline is judged by its start, not by when it was read."""
    g.now = datetime.now(UTC)
    g.request_id = secrets.token_hex(6)
