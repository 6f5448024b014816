"""A worker that is killed at any moment: every letter is one submission, none is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixtures.app import environment
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.dovecot, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
FLASK = [sys.executable, "-m", "flask"]
DRAFT = "一、主要任务\n（一）建设公园。每年建二十处。\n（二）种树。补种一万棵。\n"


def letter(number: int) -> bytes:
    """Return one of many letters, each with words of its own."""
    head = f"From: Sender {number} <s{number}@people.example>\r\nTo: yijian@yunqi.example\r\n"
    head += f"Subject: letter {number}\r\nMessage-ID: <kill{number}@people.example>\r\n"
    head += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return (head + f"第{number}封：建议多种树，种在第{number}号路口，不要飞絮。\r\n").encode()


class Instance:
    """Run the product's own commands in processes of their own."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._environ = {"PATH": os.environ["PATH"], "COMMENTBOX_POLL_SECONDS": "1", **settings}

    def flask(self, *words: str) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(
            [*FLASK, *words], cwd=ROOT, env=self._environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def worker(self) -> subprocess.Popen[bytes]:
        """Start the worker."""
        return subprocess.Popen(
            [*FLASK, "worker"],
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def subjects(self) -> list[str]:
        """Return the subjects of all submissions."""
        lines = self.flask("submissions", "list", "kill", "--json").splitlines()
        return [json.loads(line)["subject"] for line in lines]


def prepared(settings: dict[str, str], folder: Path) -> Instance:
    """Return an instance with an open consultation."""
    instance = Instance(settings)
    draft = folder / "draft.txt"
    draft.write_text(DRAFT, encoding="utf-8")
    instance.flask("db", "upgrade")
    days = ("--opens", "2026-01-01", "--closes", "2027-12-31")
    instance.flask("consultation", "import", str(draft), "--slug", "kill", *days)
    instance.flask("consultation", "open", "kill")
    return instance


def survive(instance: Instance, mailbox: DovecotMailbox, mails: int, kills: int, seed: int) -> list[str]:
    """Append mails while the worker runs and is killed; return the subjects once all are in."""
    chance = random.Random(seed)
    print(f"seed {seed}")
    share = mails // (kills + 1)
    for n in range(kills):
        worker = instance.worker()
        mailbox.append([letter(k) for k in range(n * share, (n + 1) * share)])
        # The worker needs some seconds to start; the moments that matter come after.
        time.sleep(3 + 3 * chance.random())
        worker.kill()
        worker.wait()
    mailbox.append([letter(k) for k in range(kills * share, mails)])
    worker = instance.worker()
    try:
        return _when_all_are_in(instance, mails)
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _when_all_are_in(instance: Instance, mails: int) -> list[str]:
    deadline = time.monotonic() + 240
    subjects = instance.subjects()
    while len(subjects) < mails and time.monotonic() < deadline:
        time.sleep(2)
        subjects = instance.subjects()
    return subjects


@pytest.mark.parametrize(
    ("mails", "kills"), [(60, 3), pytest.param(200, 5, marks=pytest.mark.slow)], ids=["short", "full"]
)
def test_every_letter_is_in_once(
    mailbox: DovecotMailbox, smtp_sink: SmtpSink, tmp_path: Path, mails: int, kills: int
) -> None:
    settings = environment(tmp_path) | mailbox.environment() | smtp_sink.environment()
    instance = prepared(settings, tmp_path)
    subjects = survive(instance, mailbox, mails, kills, seed=20260510)

    assert sorted(subjects) == sorted(f"letter {n}" for n in range(mails))
    assert json.loads(instance.flask("mail", "reconcile", "--json")) == {
        "server": mails,
        "stored": mails,
        "missing": [],
    }
    assert all(flags in ((), (b"\\Recent",)) for flags in mailbox.flags())
    answered = [message["To"] for message in smtp_sink.messages]
    assert len(answered) == len(set(answered))
