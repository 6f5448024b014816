"""The distributed way of running the same steps: Celery messages carry a step's name, nothing else.

The rows are the queue, so a broker that loses a message loses nothing: beat sends the next one.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from flask import Flask

from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps import NAMES, step

FOLLOWS = {"poll": ("ingest",), "ingest": ("suggest", "index", "cluster", "deliver"), "train": ("reread",)}
"""What a step wakes when it did something; beat wakes everything anyway."""
IDLE_SECONDS = 15.0


def make_celery(app: Flask) -> Celery:
    """Return the Celery app whose tasks run the steps inside the Flask app's context."""
    celery = Celery("commentbox", broker=app.config["CELERY_BROKER_URL"] or None)
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        beat_schedule={name: _beat(name, _seconds(name, app)) for name in NAMES},
    )
    for name in NAMES:
        _add_task(celery, app, name)
    return celery


def _beat(name: str, seconds: float) -> dict[str, Any]:
    """Return when a step is called; a call that nobody heard in time gives way to the next one."""
    return {"task": f"commentbox.{name}", "schedule": seconds, "options": {"expires": seconds}}


def _seconds(name: str, app: Flask) -> float:
    return float(app.config["POLL_SECONDS"]) if name in {"poll", "train", "watch"} else IDLE_SECONDS


def _add_task(celery: Celery, app: Flask, name: str) -> None:
    def run() -> int:
        with app.app_context():
            done = step(name)(make_runtime(app))
        if done:
            _wake(celery, (name, *FOLLOWS.get(name, ())))
        return done

    celery.task(run, name=f"commentbox.{name}")


def _wake(celery: Any, names: tuple[str, ...]) -> None:
    for name in names:
        celery.send_task(f"commentbox.{name}")
