"""What keeps strangers out, on every page and every answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, request

from commentbox import create_app
from commentbox.models import Consultation
from commentbox.web import form_token
from tests.fixtures.app import environment
from tests.web.conftest import Visitor

TEMPLATES = Path(__file__).parents[2] / "templates"
INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.w3\.org)", re.I
)
NOW = datetime(2026, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/c/parks",
        "/c/parks/comment",
        "/staff/login",
        "/staff/",
        "/nowhere",
        "/healthz",
        "/static/theme.css",
    ],
)
def test_every_answer_carries_the_headers(visitor: Visitor, consultation: Consultation, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


def test_over_tls_the_browser_is_told_to_stay(tmp_path: Path) -> None:
    app = create_app({**environment(tmp_path), "COMMENTBOX_SECURE_COOKIES": "true"})
    answer = app.test_client().get("/staff/login")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_form_over_tls_needs_no_referer(tmp_path: Path) -> None:
    """Our own policy sends none: a check of the Referer would refuse every form."""
    client = create_app({**environment(tmp_path), "COMMENTBOX_SECURE_COOKIES": "true"}).test_client()
    base = "https://localhost"
    token = client.get("/staff/login", base_url=base).text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/staff/logout", data={"csrf_token": token}, base_url=base).status_code == 303


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_needs_what_the_policy_forbids(template: Path) -> None:
    assert not INLINE.search(template.read_text(encoding="utf-8"))


def test_a_view_that_declares_nothing_is_refused(app: Flask) -> None:
    app.add_url_rule("/staff/forgotten", "staff.forgotten", lambda: "secret")
    answer = Visitor(app).get("/staff/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.parametrize(("hops", "seen"), [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_only_as_many_proxies_are_believed_as_there_are(tmp_path: Path, hops: str, seen: str) -> None:
    app = create_app({**environment(tmp_path), "COMMENTBOX_PROXY_HOPS": hops})
    app.add_url_rule("/who", "public.who", lambda: str(request.remote_addr))
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert answer.text == seen


def test_a_slip_is_read_back_for_its_own_consultation_and_key() -> None:
    slip = form_token.new(NOW)
    text = form_token.write(slip, "parks", "key")
    assert form_token.read(text, "parks", "key") == slip
    assert form_token.read(text, "roads", "key") is None
    assert form_token.read(text, "parks", "other") is None
    assert form_token.read(text[:-1], "parks", "key") is None


@pytest.mark.parametrize(
    ("age", "fast", "old"),
    [
        (timedelta(seconds=2, milliseconds=999), True, False),
        (timedelta(seconds=3), False, False),
        (timedelta(hours=24), False, False),
        (timedelta(hours=24, seconds=1), False, True),
    ],
)
def test_a_slip_knows_its_age(age: timedelta, fast: bool, old: bool) -> None:
    slip = form_token.new(NOW)
    assert (slip.too_fast(NOW + age), slip.too_old(NOW + age)) == (fast, old)
