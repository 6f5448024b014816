"""Every refusal and failure is a page of ours, and tells no stranger more than it should."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from commentbox.core.states import IllegalMove
from commentbox.extensions import db
from commentbox.models import Consultation
from commentbox.services.errors import Closed, Conflict, Invalid, NotFound
from tests.web.conftest import Visitor, page

CANARY = "canary-13800138000"


def failing(app: Flask, error: Exception) -> Visitor:
    """Return a visitor to a site with a page that fails."""

    def view() -> str:
        raise error

    app.add_url_rule("/fails", "public.fails", view)
    return Visitor(app)


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429, 500])
def test_every_status_says_what_happened_and_where_to_go(app: Flask, code: int) -> None:
    app.add_url_rule("/aborts", "public.aborts", lambda: abort(code))
    answer = Visitor(app).get("/aborts")
    assert answer.status_code == code
    shown = page(answer)
    heading = shown.css_first("h1")
    assert heading is not None
    assert heading.text() in answer.text.split("<title>")[1].split("</title>")[0]
    main = shown.css_first("main")
    assert main is not None
    assert main.css_first('a[href="/"]') is not None
    assert "The " not in main.text(), "werkzeug's English says nothing to a visitor"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(CANARY), 404),
        (Conflict(CANARY), 409),
        (IllegalMove(CANARY), 409),
        (Closed(CANARY), 403),
        (Invalid("nothing_said"), 422),
        (RuntimeError(CANARY), 500),
    ],
)
def test_what_services_raise_becomes_a_page(app: Flask, error: Exception, code: int) -> None:
    answer = failing(app, error).get("/fails")
    assert answer.status_code == code
    assert CANARY not in answer.text


def test_no_log_repeats_what_somebody_wrote(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    failing(app, RuntimeError(CANARY)).get(f"/fails?q={CANARY}")
    assert "RuntimeError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert CANARY not in caplog.text


def test_a_failure_has_a_number_to_report(app: Flask) -> None:
    answer = failing(app, RuntimeError(CANARY)).get("/fails")
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_failure_after_which_the_database_refuses_even_a_rollback_is_a_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = failing(app, RuntimeError(CANARY))
    refusing = Mock(side_effect=OperationalError("ROLLBACK", None, Exception("in progress")))
    monkeypatch.setattr(Session, "rollback", refusing)
    answer = visitor.get("/fails")
    assert refusing.called
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_refusal_says_which(app: Flask) -> None:
    assert "没有填写意见" in failing(app, Invalid("nothing_said")).get("/fails").text


def test_a_wrong_method_names_the_right_one(visitor: Visitor) -> None:
    answer = visitor.post("/", {"csrf_token": visitor.fields("/staff/login")["csrf_token"]})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_expired_page_says_so(visitor: Visitor) -> None:
    answer = visitor.post("/staff/login", {"name": "x", "password": "y"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


def test_too_large_a_form_says_so(app: Flask, visitor: Visitor, consultation: Consultation) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = visitor.post("/c/parks/comment", {"text-0": "a" * 2000})
    assert answer.status_code == 413
    assert "内容太大" in answer.text


def test_without_its_database_the_site_says_so(app: Flask, visitor: Visitor) -> None:
    assert visitor.get("/healthz").status_code == 200
    db.engine.dispose()
    database = Path(app.config["DATA_DIR"]) / "test.sqlite3"
    database.unlink()
    database.mkdir()
    assert visitor.get("/healthz").status_code == 503
    assert visitor.get("/").status_code == 500
