"""Mail arrives while workers are killed and cut off at random; told apart from the books held afterwards."""

from __future__ import annotations

import contextlib
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.campaigns.cutter import Cutter
from tests.campaigns.instance import Instance, Process, Worker, lives, wait_until
from tests.campaigns.letters import Letter
from tests.servers.dovecot import DovecotMailbox

FIRST, LAST = 0.1, 4.0
"""Seconds after a worker began to work between which it is killed, more often early than late."""
MOST_BYTES = 100_000
"""A cut comes after so many bytes at most; what is said with each look is some hundred."""
END_SECONDS = 20.0
"""How long what a worker started may outlive it: it ends as its input does, after the batch at hand."""
DRAIN_SECONDS = 420.0
WORKER_LOG = "worker.log"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Hold what is to happen."""

    letters: list[Letter]
    kills: int
    cuts: int
    workers: int
    seed: int


@dataclass
class Told:
    """Hold what happened, and what should not have."""

    kills: int = 0
    cuts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """Why a look into the mailbox failed, each time that the database said so."""
    slowest_end: float = 0.0
    violations: list[str] = field(default_factory=list)


class Operator:
    """Do in the database what time would do, so that a campaign takes minutes and not hours.

    After a cut line the worker waits a minute or more before it tries again, and on PostgreSQL the
    leases of a dead worker run out after two minutes and more. An operator in a hurry would do the same.
    """

    def __init__(self, url: str) -> None:
        options = {"timeout": 60} if url.startswith("sqlite") else {}
        url = url.replace("postgresql://", "postgresql+psycopg://")
        self.engine: Engine = create_engine(url, poolclass=NullPool, connect_args=options)

    def end_pauses(self) -> list[str]:
        """Have folders looked into again at once; return why they were paused."""
        if not self.all("SELECT fault FROM mail_folder WHERE retry_at IS NOT NULL"):
            return []
        with self.engine.begin() as connection:
            update = "UPDATE mail_folder SET retry_at = NULL WHERE retry_at IS NOT NULL RETURNING fault"
            return [fault for (fault,) in connection.execute(text(update))]

    def end_folder_leases(self) -> None:
        """Let the folders be looked into again; other workers may be at it, as when a lease runs out."""
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE mail_folder SET lease_until = NULL"))

    def end_leases(self) -> None:
        """End the leases that dead workers hold on mails; only while no worker lives."""
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE inbound_mail SET lease_until = NULL"))
            past = "UPDATE outbound_mail SET lease_until = '2026-01-01 00:00:00' WHERE state = 'sending'"
            connection.execute(text(past))

    def all(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def counts(self, table: str) -> Counter[str]:
        """Return how many rows of a table are in each state."""
        rows = self.all(f"SELECT state, count(*) FROM {table} GROUP BY state")
        return Counter({str(state): int(str(number)) for state, number in rows})


class Survival:
    """Play a plan; each worker has a proxy of its own."""

    def __init__(
        self,
        instance: Instance,
        mailbox: DovecotMailbox,
        cutters: list[Cutter],
        operator: Operator,
        plan: Plan,
        say: Say,
    ) -> None:
        self._instance, self._mailbox, self._operator = instance, mailbox, operator
        self._plan, self._say, self._cutters = plan, say, cutters
        self._chance = random.Random(plan.seed)
        self._errors = Path(instance.environ["COMMENTBOX_DATA_DIR"]) / WORKER_LOG
        self._dead: list[tuple[float, Process]] = []
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self.told = Told()

    def run(self) -> Told:
        """Let it all happen; return when everything has come to rest and no worker lives."""
        with self._disturbed():
            try:
                self._workers = [self._start(slot) for slot in range(self._plan.workers)]
                for number in range(self._plan.kills):
                    self._kill_one(number)
                self._append(self._plan.kills)
                for slot in range(self._plan.workers):
                    self._bury(slot)
                self._operator.end_folder_leases()
                self._operator.end_leases()
                self._workers = [self._start(slot) for slot in range(self._plan.workers)]
                self._drain()
                self._end()
            finally:
                for worker in self._workers:
                    worker.kill()
        return self.told

    def _start(self, slot: int) -> Worker:
        return Worker(self._instance, self._cutters[slot], self._errors)

    def _kill_one(self, number: int) -> None:
        slot = self._chance.randrange(self._plan.workers)
        self._workers[slot].began()
        self._append(number)
        # The second power: most of what can go wrong happens while the mails just come in.
        time.sleep(FIRST + (LAST - FIRST) * self._chance.random() ** 2)
        self._bury(slot)
        self.told.kills += 1
        self._operator.end_folder_leases()
        self._workers[slot] = self._start(slot)
        if self.told.kills % 10 == 0:
            self._progress()

    def _bury(self, slot: int) -> None:
        died = time.monotonic()
        started = self._workers[slot].kill()
        with self._lock:
            self._dead += [(died, one) for one in started]

    def _look_after_the_dead(self) -> None:
        """Note which processes of killed workers live on, and which for too long."""
        now = time.monotonic()
        with self._lock:
            living = [(died, one) for died, one in self._dead if lives(one)]
            self._dead = [(died, one) for died, one in living if now - died <= END_SECONDS]
        for died, one in living:
            self.told.slowest_end = max(self.told.slowest_end, now - died)
            if now - died > END_SECONDS:
                self.told.violations.append(f"process {one[0]} lives {now - died:.0f} s after its worker")

    def _append(self, number: int) -> None:
        """Put the next share of the mails on the server."""
        letters, parts = self._plan.letters, self._plan.kills + 1
        share = letters[len(letters) * number // parts : len(letters) * (number + 1) // parts]
        # In runs of the same flags and folder, which go over one connection.
        for (folder, flags), run in groupby(share, key=lambda one: (one.folder, one.flags)):
            self._mailbox.append([one.raw for one in run], folder, flags=flags)

    @contextlib.contextmanager
    def _disturbed(self) -> Iterator[None]:
        """Cut lines beside the killing, and end the pauses that follow."""
        stop = threading.Event()

        def disturb() -> None:
            chance = random.Random(self._plan.seed + 1)
            while not stop.wait(0.2):
                self._cut(chance)
                self._look_after_the_dead()
                self.told.faults.update(self._operator.end_pauses())

        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _cut(self, chance: random.Random) -> None:
        """Arm a proxy for the next cut, at the pace of the kills."""
        self.told.cuts = sum(cutter.cuts for cutter in self._cutters)
        kills, cuts = self._plan.kills, self._plan.cuts
        due = cuts if self.told.kills >= kills else cuts * (self.told.kills + 1) // (kills + 1)
        if self.told.cuts >= due or any(cutter.armed for cutter in self._cutters):
            return
        # Evenly over the powers of ten: the first line as often as the middle of a batch.
        most = MOST_BYTES if self.told.kills < kills else 1_000
        chance.choice(self._cutters).cut_after(int(math.exp(chance.uniform(0, math.log(most)))) - 1)

    def _drain(self) -> None:
        """Wait until every mail is in and every answer out."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while not self._at_rest():
            if time.monotonic() > deadline:
                self.told.violations.append("not at rest in time")
                return
            for cutter in self._cutters:
                cutter.cut_soon(self._chance.randrange(300))
            time.sleep(1)
            self._progress()

    def _at_rest(self) -> bool:
        outbox = self._operator.counts("outbound_mail")
        mails = self._operator.counts("inbound_mail")
        return (
            self.told.cuts >= self._plan.cuts
            and mails.total() >= len({one.sha256 for one in self._plan.letters})
            and not mails["fetched"]
            and not outbox["queued"] + outbox["sending"]
        )

    def _end(self) -> None:
        """End the workers in order; nothing of ours may live on."""
        for worker in self._workers:
            started = worker.end(60)
            with self._lock:
                self._dead += [(time.monotonic(), one) for one in started]
        self._workers = []
        wait_until(lambda: not self._dead, END_SECONDS + 5, "the dead are not looked after")

    def _progress(self) -> None:
        mails = self._operator.counts("inbound_mail")
        self._say(f"{self.told.kills} kills, {self.told.cuts} cuts, {mails.total()} mails: {dict(mails)}")
