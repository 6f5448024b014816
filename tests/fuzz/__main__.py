"""`python -m tests.fuzz [NUMBER] [SEED]`: run a campaign in a temporary folder; exit 1 after any fault."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from commentbox.adapters.child import SECONDS
from commentbox.extensions import db
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps.ingest import BATCH
from commentbox.models import InboundMail
from tests.fixtures.app import add_consultation, environment, running_app
from tests.fuzz.campaign import Result, run

CORPUS = Path(__file__).parents[1] / "data" / "mail"
NUMBER = 20_000
SHOWN = 20


def main(words: list[str]) -> int:
    """Run a campaign and print what became of it."""
    number = int(words[0]) if words else NUMBER
    seed = int(words[1]) if len(words) > 1 else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}: {number} damaged mails", flush=True)
    start = time.monotonic()

    def progress(done: int) -> None:
        if done % 500 == 0 or done == number:
            rate = done / (time.monotonic() - start)
            print(f"\r{done:>7} {rate:6.1f}/s", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for app in running_app(environment(Path(folder))):
            add_consultation(db.session())
            corpus = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
            result = run(make_runtime(app), corpus, number, seed, progress)
            keep(result, Path(tempfile.gettempdir()) / f"fuzz-{seed}")
    print(file=sys.stderr)
    show(result, time.monotonic() - start)
    return 1 if result.faults else 0


def keep(result: Result, folder: Path) -> None:
    """Save the mails that had a fault, each under its sha256."""
    for sha256 in {fault.partition(":")[0] for fault in result.faults}:
        mail = db.session.scalar(select(InboundMail).where(InboundMail.sha256 == sha256))
        if mail is not None:
            folder.mkdir(exist_ok=True)
            (folder / f"{sha256}.eml").write_bytes(mail.raw.content)
            print(f"kept {folder / sha256}.eml")


def show(result: Result, seconds: float) -> None:
    """Print the figures, and the first faults."""
    repeated = result.sent - result.outcomes.total()
    print(f"sent {result.sent}: {result.outcomes.total()} mails, {repeated} of bytes that were there already")
    print(", ".join(f"{state} {count}" for state, count in sorted(result.outcomes.items())))
    print(f"{seconds:.0f} s, {result.sent / seconds:.0f} a second")
    print(f"the slowest {BATCH} mails took {result.slowest_batch:.1f} s; one may take {SECONDS:.0f} s")
    print(f"faults {len(result.faults)}")
    for fault in result.faults[:SHOWN]:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
