"""How the product is measured: beside the bare limit, in turn with it, in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from commentbox import create_app
from commentbox.core.states import ConsultationState
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.models import Consultation
from commentbox.services import consultations

ROUNDS = 5


def show(
    what: str, count: int, ours: Callable[[], object], bare: Callable[[], object], rounds: int = ROUNDS
) -> None:
    """Time both in turn, so that a slow moment of the machine hits both, and print the medians."""
    pairs = [(clocked(ours), clocked(bare)) for _ in range(rounds)]
    mine, limit = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"{what:<44} {count / mine:>10.0f} {count / limit:>10.0f} {ratio:>7.2f}", flush=True)


def clocked(work: Callable[[], object]) -> float:
    """Return how many seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def make_app(folder: Path, name: str) -> Flask:
    """Return an app over a fresh SQLite database, its context pushed."""
    settings = {
        "COMMENTBOX_SECRET_KEY": "bench",
        "COMMENTBOX_DATA_DIR": str(folder / name),
        "COMMENTBOX_LOG_LEVEL": "ERROR",
    }
    app = create_app(settings)
    app.app_context().push()
    upgrade()
    return app


def app_session(folder: Path, name: str) -> Session:
    """Return the session of an app over a fresh SQLite database."""
    make_app(folder, name)
    return db.session()


def open_consultation(session: Session, draft: consultations.Draft) -> Consultation:
    """Return a consultation that is open now."""
    now = datetime.now(UTC)
    with transaction(session):
        made = consultations.create(
            session,
            draft,
            slug="bench",
            title=None,
            opens=now.date() - timedelta(days=1),
            closes=now.date() + timedelta(days=30),
            timezone="Asia/Shanghai",
            source=("", ""),
            actor=SYSTEM,
            now=now,
        )
        consultations.move(session, made, ConsultationState.OPEN, actor=SYSTEM, now=now)
    return made
