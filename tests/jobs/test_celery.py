"""Tests of jobs.celery with a real Redis and a real worker process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from celery import Celery
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.jobs.celery import make_celery
from commentbox.jobs.steps import NAMES
from commentbox.models import Consultation, Submission
from tests.fixtures.app import environment
from tests.jobs.test_mail_steps import mail
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink

ROOT = Path(__file__).resolve().parents[2]


def test_messages_carry_a_name_and_nothing_else(app: Flask, redis_url: str) -> None:
    app.config["CELERY_BROKER_URL"] = redis_url
    celery = make_celery(app)
    for name in NAMES:
        celery.send_task(f"commentbox.{name}")
    seen = [json.loads(raw) for raw in redis.Redis.from_url(redis_url).lrange("celery", 0, -1)]
    assert {message["headers"]["task"] for message in seen} == {f"commentbox.{name}" for name in NAMES}
    for message in seen:
        args, kwargs, _ = json.loads(base64.b64decode(message["body"]))
        assert (args, kwargs) == ([], {})


def test_beat_calls_every_step_and_lets_unheard_calls_go(app: Flask) -> None:
    schedule = make_celery(app).conf.beat_schedule
    assert set(schedule) == set(NAMES)
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in schedule.values())


@pytest.mark.dovecot
def test_a_worker_takes_mail_in(
    app: Flask,
    session: Session,
    consultation: Consultation,
    mailbox: DovecotMailbox,
    smtp_sink: SmtpSink,
    redis_url: str,
    tmp_path: Path,
) -> None:
    mailbox.append([mail(n) for n in range(3)])
    url = app.config["DATABASE_URL"]
    settings = environment(tmp_path, url) | mailbox.environment() | smtp_sink.environment()
    settings |= {"COMMENTBOX_CELERY_BROKER_URL": redis_url, "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "celery", "-A", "wsgi:celery", "worker", "-c", "2", "-l", "WARNING"]
    log = tmp_path / "celery.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=output)
        try:
            app.config["CELERY_BROKER_URL"] = redis_url
            assert wait_for(session, smtp_sink, make_celery(app)), log.read_text(encoding="utf-8")
        finally:
            worker.terminate()
            worker.wait(timeout=60)


def wait_for(session: Session, smtp_sink: SmtpSink, celery: Celery) -> bool:
    """Wait until all letters are read, suggested and acknowledged: a poll wakes all that follows.

    Called again as beat does, since Redis drops what comes before the first worker.
    """
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        session.rollback()
        letters = session.scalars(select(Submission)).all()
        ready = [s for s in letters if s.indexed_at and all(c.state == "suggested" for c in s.comments)]
        if len(ready) == len(smtp_sink.messages) == 3:
            return True
        if not letters:
            celery.send_task("commentbox.poll")
        time.sleep(0.5)
    return False
