"""Campaigns among many letters, beside bare signatures of the same texts; how many copies are found.

`python -m bench.campaigns FOLDER` compares what lies in the folder's database, in a process of its own, so
that its memory is known; `measure` makes the letters, runs it and holds what it found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rensa import RMinHash
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.measure import app_session, clocked, make_app, open_consultation
from commentbox.core.text import fingerprint
from commentbox.core.types import Draft
from commentbox.db import transaction
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps import step
from commentbox.models import Submission
from tests.fixtures.copies import Made, Writer

ROOT = Path(__file__).resolve().parent.parent
COUNT = 100_000
NAME = "campaigns"
PORTION = 5_000
PERMUTATIONS, SHINGLE = 72, 4
LINE = "{:<44} {:>10}  {}"


def measure(sample: str, draft: Draft, folder: Path, count: int = COUNT) -> None:
    """Print seconds and memory for all letters, then what was found of each kind of copy."""
    session = app_session(folder, NAME)
    consultation_id = open_consultation(session, draft).id
    made = [*Writer(sample, seed=1).mixture(count)]
    for start in range(0, count, PORTION):
        with transaction(session):
            rows = [_row(consultation_id, n, made[n]) for n in range(start, min(start + PORTION, count))]
            session.execute(insert(Submission), rows)
    ran = json.loads(_alone(folder))
    bare = clocked(lambda: _signatures([one.text for one in made]))
    ratio = bare / ran["seconds"]
    told = f"ours {ran['seconds']:.1f} s, {ran['cpu']:.1f} of it work  bare {bare:.1f} s  ratio {ratio:.2f}"
    print(LINE.format("campaigns: find copies", count, told))
    print(LINE.format("  memory of the process", "", f"{ran['mb']} MB, {ran['before']} MB of it before"))
    print(LINE.format("  seconds of each tenth", "", "  ".join(f"{one:.1f}" for one in ran["tenths"])))
    _found(session, made)


def _row(consultation_id: int, number: int, one: Made) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "consultation_id": consultation_id,
        "receipt": f"COPY-{number:09d}",
        "channel": "mail",
        "received_at": now,
        "stored_at": now,
        "email": f"{number}@mail.example",
        "own_text": one.text,
        "sha256": f"{number:064x}",
        "fingerprint": fingerprint(one.text),
    }


def _alone(folder: Path) -> bytes:
    command = [sys.executable, "-m", "bench.campaigns", str(folder)]
    return subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout


def _signatures(texts: Sequence[str]) -> None:
    """Work out signatures and nothing else: no normal form, no keys, no comparison, nothing stored."""
    for start in range(0, len(texts), PORTION):
        tokens = [
            [text[n : n + SHINGLE] for n in range(len(text) - SHINGLE + 1)]
            for text in texts[start : start + PORTION]
        ]
        RMinHash.digest_matrix_from_token_sets(tokens, PERMUTATIONS, 1)


def _found(session: Session, made: Sequence[Made]) -> None:
    """Print the recall of each kind of copy, and how many letters are with one of another origin."""
    groups = list(session.scalars(select(Submission.campaign_id).order_by(Submission.id)))
    origins: dict[int, Counter[int]] = defaultdict(Counter)
    home: dict[int, int | None] = {}
    right, every = Counter[str](), Counter[str]()
    for one, group in zip(made, groups, strict=True):
        if group is not None:
            origins[group][one.origin] += 1
        if one.origin in home:
            every[one.way] += 1
            right[one.way] += group is not None and group == home[one.origin]
        else:
            home[one.origin] = group
    for way in sorted(every):
        print(LINE.format(f"  copies found: {way}", every[way], f"recall {right[way] / every[way]:.4f}"))
    wrong = sum(found.total() - max(found.values()) for found in origins.values())
    print(LINE.format("  letters in another's campaign", wrong, ""), flush=True)


def main(folder: Path) -> None:
    """Compare all letters; print seconds, megabytes, and the dearest tenth beside the cheapest, as JSON."""
    runtime = make_runtime(make_app(folder, NAME))
    compare, before = step("cluster"), _peak()
    spent: list[float] = []
    used = time.process_time()
    done = 1
    while done:
        start = time.perf_counter()
        done = compare(runtime)
        spent.append(time.perf_counter() - start)
    tenth = max(1, len(spent) // 10)
    tenths = [sum(spent[n : n + tenth]) for n in range(0, len(spent) - tenth, tenth)]
    runtime.reader.close()
    print(
        json.dumps(
            {
                "seconds": sum(spent),
                "cpu": time.process_time() - used,
                "before": before,
                "mb": _peak(),
                "tenths": tenths,
            }
        )
    )


def _peak() -> int:
    """Return the most memory that this program had, in megabytes; rusage would count its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
