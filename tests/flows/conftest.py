"""A whole instance: app, real mailbox, real SMTP server, on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from commentbox.jobs.runtime import Runtime, make_runtime
from tests.fixtures.app import environment, running_app
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def app(
    request: pytest.FixtureRequest, tmp_path: Path, mailbox: DovecotMailbox, smtp_sink: SmtpSink
) -> Iterator[Flask]:
    """Return an app that polls a Dovecot of its own and sends to an SMTP sink."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = environment(tmp_path, url) | mailbox.environment() | smtp_sink.environment()
    yield from running_app(settings)


@pytest.fixture
def runtime(app: Flask) -> Runtime:
    """Return what the steps work with."""
    return make_runtime(app)
