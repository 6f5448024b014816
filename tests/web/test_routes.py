"""Every route and method with who may use it: one reviewed list, and each role tried on each line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from commentbox.core.rules.permissions import Act, may
from commentbox.core.states import Role
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import limiter
from commentbox.models import Consultation
from commentbox.services import users
from commentbox.web.security import declared_act, is_open
from tests.fixtures.app import PASSWORD
from tests.web.conftest import Visitor, page

OPEN = None

ROUTES: dict[tuple[str, str], Act | None] = {
    ("GET", "/"): OPEN,
    ("GET", "/c/<slug>"): OPEN,
    ("GET", "/c/<slug>/comment"): OPEN,
    ("POST", "/c/<slug>/comment"): OPEN,
    ("GET", "/c/<slug>/receipt"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
    ("GET", "/staff/login"): OPEN,
    ("POST", "/staff/login"): OPEN,
    ("POST", "/staff/logout"): OPEN,
    ("GET", "/staff/"): Act.READ,
    ("GET", "/staff/<slug>/"): Act.READ,
    ("GET", "/staff/<slug>/audit"): Act.TRIAGE,
    ("POST", "/staff/<slug>/audit"): Act.TRIAGE,
    ("POST", "/staff/<slug>/audit/<int:sample_id>"): Act.TRIAGE,
    ("GET", "/staff/<slug>/bulk"): Act.TRIAGE,
    ("POST", "/staff/<slug>/bulk/<int:acceptance_id>/undo"): Act.TRIAGE,
    ("GET", "/staff/<slug>/bulk/<kind>"): Act.TRIAGE,
    ("POST", "/staff/<slug>/bulk/<kind>"): Act.TRIAGE,
    ("GET", "/staff/<slug>/campaigns"): Act.READ,
    ("GET", "/staff/<slug>/campaigns/<int:campaign_id>"): Act.READ,
    ("POST", "/staff/<slug>/campaigns/<int:campaign_id>/decide"): Act.TRIAGE,
    ("GET", "/staff/<slug>/enter"): Act.ENTER,
    ("POST", "/staff/<slug>/enter"): Act.ENTER,
    ("GET", "/staff/<slug>/export"): Act.EXPORT,
    ("POST", "/staff/<slug>/export"): Act.EXPORT,
    ("GET", "/staff/<slug>/measures"): Act.READ,
    ("GET", "/staff/<slug>/measures/<path>"): Act.READ,
    ("POST", "/staff/<slug>/measures/<path>/<int:comment_id>"): Act.DISPOSE,
    ("POST", "/staff/<slug>/measures/<path>/keywords"): Act.TRIAGE,
    ("GET", "/staff/<slug>/organisations"): Act.READ,
    ("POST", "/staff/<slug>/organisations"): Act.ENTER,
    ("GET", "/staff/<slug>/organisations.csv"): Act.EXPORT,
    ("GET", "/staff/<slug>/s/<receipt>"): Act.READ,
    ("POST", "/staff/<slug>/s/<receipt>/c/<int:comment_id>/assign"): Act.TRIAGE,
    ("POST", "/staff/<slug>/s/<receipt>/c/<int:comment_id>/dismiss"): Act.TRIAGE,
    ("POST", "/staff/<slug>/s/<receipt>/c/<int:comment_id>/reopen"): Act.TRIAGE,
    ("POST", "/staff/<slug>/s/<receipt>/comments"): Act.TRIAGE,
    ("GET", "/staff/<slug>/s/<receipt>/files/<int:position>"): Act.READ,
    ("GET", "/staff/<slug>/s/<receipt>/mail.eml"): Act.READ,
    ("POST", "/staff/<slug>/s/<receipt>/organisation"): Act.TRIAGE,
    ("GET", "/staff/<slug>/s/<receipt>/reply"): Act.REPLY,
    ("POST", "/staff/<slug>/s/<receipt>/reply"): Act.REPLY,
    ("POST", "/staff/<slug>/s/<receipt>/restore"): Act.TRIAGE,
    ("POST", "/staff/<slug>/s/<receipt>/spam"): Act.TRIAGE,
    ("GET", "/staff/health"): Act.WATCH,
    ("GET", "/staff/held"): Act.READ,
    ("GET", "/staff/held/<int:mail_id>"): Act.READ,
    ("POST", "/staff/held/<int:mail_id>/ignore"): Act.TRIAGE,
    ("GET", "/staff/held/<int:mail_id>/mail.eml"): Act.READ,
    ("POST", "/staff/held/<int:mail_id>/retry"): Act.TRIAGE,
    ("GET", "/staff/outbox"): Act.READ,
    ("GET", "/staff/outbox/<int:mail_id>"): Act.READ,
    ("POST", "/staff/outbox/<int:mail_id>/resolve"): Act.REPLY,
    ("POST", "/staff/undo"): Act.TRIAGE,
}
STAFF_ROUTES = [(method, rule, act) for (method, rule), act in ROUTES.items() if act is not OPEN]
VALUES = {"<slug>": "parks", "<receipt>": "0000-0000-0000", "<path>": "2.1.1.2", "<kind>": "score"}


def signed_in(app: Flask, session: Session, role: Role) -> Visitor:
    """Return a visitor who is signed in with a role."""
    limiter.reset()
    with transaction(session):
        users.create(session, "someone", role, PASSWORD, actor=SYSTEM, now=datetime.now(UTC))
    visitor = Visitor(app)
    assert visitor.sign_in("someone").status_code == 303
    return visitor


def address(rule: str) -> str:
    """Return an address of a rule; ids are those of nothing."""
    for part, value in VALUES.items():
        rule = rule.replace(part, value)
    return re.sub("<int:[a-z_]+>", "987654", rule)


def served(app: Flask) -> dict[tuple[str, str], Act | None]:
    """Return what the app really serves."""
    found: dict[tuple[str, str], Act | None] = {}
    for rule in app.url_map.iter_rules():
        act = declared_act(app, rule.endpoint)
        assert act is not None or is_open(rule.endpoint), rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[method, rule.rule] = act
    return found


def test_the_list_is_complete(app: Flask) -> None:
    assert served(app) == ROUTES


@pytest.mark.parametrize(("method", "rule", "act"), STAFF_ROUTES)
def test_a_stranger_reaches_nothing_of_the_staff(
    app: Flask, visitor: Visitor, consultation: Consultation, method: str, rule: str, act: Act
) -> None:
    if method == "GET":
        answer = visitor.get(address(rule))
    else:
        answer = visitor.post(address(rule), {"csrf_token": visitor.fields("/staff/login")["csrf_token"]})
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/login")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_it_may_and_nothing_else(
    app: Flask, session: Session, consultation: Consultation, role: Role
) -> None:
    visitor = signed_in(app, session, role)
    token = page(visitor.get("/staff/held")).css_first('form[action="/staff/logout"] input')
    assert token is not None
    data = {"csrf_token": token.attributes["value"]}
    for method, rule, act in STAFF_ROUTES:
        answer = visitor.get(address(rule)) if method == "GET" else visitor.post(address(rule), data)
        line = f"{role} {method} {rule}: {answer.status_code}"
        assert (answer.status_code == 403) is not may(role, act), line
        assert answer.status_code < 500, line
        assert not answer.headers.get("Location", "").startswith("/staff/login"), line


@pytest.mark.parametrize(("method", "rule"), [key for key in ROUTES if key[0] == "POST"])
def test_no_post_is_taken_without_the_token(
    app: Flask, session: Session, consultation: Consultation, method: str, rule: str
) -> None:
    assert signed_in(app, session, Role.ADMIN).post(address(rule), {}).status_code == 400
