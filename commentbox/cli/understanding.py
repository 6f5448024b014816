"""Commands about the machine's suggestions: suggest, train, evaluate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from commentbox.cli import console
from commentbox.core.types import Point, Suggestions
from commentbox.extensions import db
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps.understand import learned_understanding, train_one
from commentbox.services import consultations
from commentbox.services import suggest as suggesting

BATCH = 200


@click.command("suggest")
@click.argument("slug")
@with_appcontext
@console.tidy
def suggest(slug: str) -> None:
    """Suggest measures for texts: JSON lines in, JSON lines out; stores nothing."""
    known = _known(slug)
    batch: list[dict[str, Any]] = []
    for item in _items(sys.stdin):
        batch.append(item)
        if len(batch) == BATCH:
            _answer(known, batch)
            batch = []
    _answer(known, batch)


def _known(slug: str) -> suggesting.Understanding:
    runtime = make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]
    return learned_understanding(runtime, consultations.get(db.session(), slug).id)


def _items(stream: Any) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            yield {"id": item["id"], "text": str(item["text"])}
        except (ValueError, KeyError, TypeError):
            raise console.fail(f'line {number} is not {{"id", "text"}} as JSON') from None


def _answer(known: suggesting.Understanding, batch: list[dict[str, Any]]) -> None:
    answers = suggesting.letters(known, [item["text"] for item in batch])
    for item, points in zip(batch, answers, strict=True):
        console.line({"id": item["id"], "points": [_point(known, *pair) for pair in points]})


def _point(known: suggesting.Understanding, point: Point, answer: Suggestions) -> dict[str, Any]:
    return {
        "start": point.start,
        "end": point.end,
        "excerpt": point.excerpt,
        "measures": [
            {
                "path": s.path,
                "number": known.numbers.get(s.path),
                "score": round(s.score, 4),
                "source": s.source,
                "reason": s.reason,
                "spans": [[point.start + start, point.start + end] for start, end in s.spans],
            }
            for s in answer.measures
        ],
        "confidence": round(answer.confidence, 4),
        "ambiguous": answer.ambiguous,
        "flag": answer.flag,
    }


@click.command("train")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
@console.tidy
def train(slug: str, as_json: bool) -> None:
    """Train on what staff decided."""
    session = db.session()
    found = consultations.get(session, slug).id
    if not suggesting.decided(session, found):
        raise console.fail("nothing to learn from: no comment is assigned yet")
    runtime = make_runtime(current_app._get_current_object())  # type: ignore[attr-defined]
    learned = train_one(runtime, found)
    if as_json:
        console.document({"decisions": learned.decisions, "version": learned.version})
    console.say(f"trained on {learned.decisions} decisions: version {learned.version}")


@click.command("evaluate")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
@console.tidy
def evaluate(slug: str, file: Path, as_json: bool) -> None:
    """Score a labelled file: JSON lines with "text" and "measures" (numbers, "general" or "none")."""
    with file.open(encoding="utf-8") as stream:
        try:
            items = [json.loads(line) for line in stream if line.strip()]
            texts = [(str(item["text"]), list(item["measures"])) for item in items]
        except (ValueError, KeyError, TypeError):
            raise console.fail(f'{file}: each line must be JSON with "text" and "measures"') from None
    result = asdict(suggesting.evaluated(_known(slug), texts))
    if as_json:
        console.document(result)
        return
    for name, value in result.items():
        click.echo(f"{name:<24} {_figure(value)}")


def _figure(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]:.3f} to {value[1]:.3f}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
