"""Who may see a page, and what every response carries to keep strangers out of it.

Deny by default: a view outside the open blueprints is refused unless `require` names its act.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from commentbox.core.rules.permissions import Act, may
from commentbox.core.states import Role
from commentbox.core.types import Actor

OPEN_BLUEPRINTS = frozenset({"public", "accounts", "health"})
OPEN_ENDPOINTS = frozenset({"static"})

# data: is for the arrows and ticks that Bootstrap's own style sheet draws.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR = 365 * 24 * 3600

View = TypeVar("View", bound=Callable[..., Any])


def register(app: Flask) -> None:
    """Guard all pages of the app and give its responses their headers."""
    # Browsers send no Referer under our own policy, so Flask-WTF must not insist on one over TLS.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.before_request(_guard)
    app.after_request(_add_headers)
    app.add_template_global(allowed, "allowed")
    hops = app.config["PROXY_HOPS"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def require(act: Act) -> Callable[[View], View]:
    """Declare what a member of staff must be allowed to do to reach a view."""

    def declare(view: View) -> View:
        view.required_act = act  # type: ignore[attr-defined]
        return view

    return declare


def allowed(act: Act | str) -> bool:
    """Tell whether whoever is signed in may do an act."""
    return bool(current_user.is_authenticated) and may(Role(current_user.role), Act(act))


def current_actor() -> Actor:
    """Return who is signed in, as the services know them."""
    if not current_user.is_authenticated:
        abort(403)
    return Actor(current_user.name, current_user.id, current_user.role)


def declared_act(app: Flask, endpoint: str) -> Act | None:
    """Return the act that a view asks for, None where it declares none."""
    return getattr(app.view_functions[endpoint], "required_act", None)


def is_open(endpoint: str) -> bool:
    """Tell whether an endpoint that declares no act is for everyone."""
    return endpoint in OPEN_ENDPOINTS or endpoint.partition(".")[0] in OPEN_BLUEPRINTS


def _guard() -> AnyResponse | None:
    """Let a request through only where its view is open or its act is allowed."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    act = declared_act(current_app, endpoint)
    if act is None:
        return None if is_open(endpoint) else abort(403)
    if not current_user.is_authenticated:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login_page", next=back), 303)
    if not allowed(act):
        abort(403)
    return None


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SECURE_COOKIES"]:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    response.headers.setdefault("Cache-Control", _keeping())
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response


def _keeping() -> str:
    """Return how long a browser may keep an answer: files with a fingerprint for ever, staff's pages never.

    Public pages are kept for the way back, so that a form that was left still holds what was typed.
    """
    if request.endpoint == "static":
        return f"public, max-age={ONE_YEAR}, immutable" if "v" in request.args else "no-cache"
    return "private, no-cache" if request.blueprint == "public" else "no-store"
