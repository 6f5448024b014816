"""A visitor to the site: a browser without JavaScript that fills in the forms it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

from commentbox.extensions import limiter
from tests.fixtures.app import PASSWORD

Fields = dict[str, Any]


class Visitor:
    """Ask for pages as a browser does; each request has a context of its own, as on a server."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def get(self, path: str, **rest: Any) -> TestResponse:
        """Open a page."""
        return Context().run(self._client.get, path, **rest)

    def post(self, path: str, data: Fields, **rest: Any) -> TestResponse:
        """Send a form."""
        return Context().run(self._client.post, path, data=data, **rest)

    def fields(self, path: str) -> Fields:
        """Open a page and return what its form would send as it stands."""
        return fields(self.get(path))

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in through the form."""
        return self.post(
            "/staff/login", {**self.fields("/staff/login"), "name": name, "password": password, **more}
        )


class Clock:
    """Hold the time still until it is moved on."""

    def __init__(self, travelled: time_machine.Traveller) -> None:
        self._travelled = travelled

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self._travelled.shift(timedelta(**span))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Return a clock that stands still at a time of today."""
    with time_machine.travel(datetime.now(UTC), tick=False) as travelled:
        yield Clock(travelled)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Return somebody who has not been here before."""
    limiter.reset()
    return Visitor(app)


def page(answer: TestResponse) -> LexborHTMLParser:
    """Return an answer's page, parsed."""
    return LexborHTMLParser(answer.text)


def fields(answer: TestResponse) -> Fields:
    """Return what the form in the page would send as it stands, without its buttons."""
    form = page(answer).css_first("main form")
    assert form is not None, answer.text
    return {
        name: _value(node)
        for node in form.css("input, textarea, select")
        if (name := node.attributes.get("name")) and node.attributes.get("type") != "file"
    }


def _value(node: LexborNode) -> str:
    if node.tag == "textarea":
        return node.text()  # the parser leaves out the line break at the head, as browsers do
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return (chosen.attributes.get("value") or "") if chosen else ""
    return node.attributes.get("value") or ""
