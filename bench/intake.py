"""Mail on its way in: from raw bytes to submissions with their comments, beside the same work done barely."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import func, insert
from sqlalchemy.orm import Session

from bench.measure import clocked, make_app, open_consultation, show
from commentbox.adapters.extraction import extract
from commentbox.core.mail import parse_mail
from commentbox.core.quoting import own_text
from commentbox.core.splitting import split
from commentbox.core.types import Draft
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime, make_runtime
from commentbox.jobs.steps import work_off
from commentbox.models import Comment, InboundMail, MailLocation, OutboundMail, Submission
from commentbox.services import mail_intake, mailboxes

LETTERS = 400
BATCH = 200
FEW, MANY = 1_000, 100_000
GROWTH_ROUNDS = 7
_BARE = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE mail (id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE, raw BLOB, subject TEXT, sender TEXT, h TEXT);
CREATE TABLE submission (id INTEGER PRIMARY KEY, mail INTEGER, body TEXT, own TEXT);
CREATE TABLE attachment (submission INTEGER, name TEXT, sha256 TEXT, text TEXT);
CREATE TABLE comment (submission INTEGER, start INTEGER, excerpt TEXT);
CREATE INDEX comment_submission ON comment (submission);
CREATE TABLE outbox (submission INTEGER, recipient TEXT, body TEXT)
"""


def measure(letters: Sequence[bytes], draft: Draft, folder: Path) -> None:
    """Print the whole way in as a ratio, then what a letter costs when many are stored already."""
    app = make_app(folder, "intake")
    runtime = make_runtime(app)
    open_consultation(runtime.session, draft)
    fresh = _fresh(letters)
    bare = _Bare(folder)
    list(map(runtime.reader.read, letters[:2]))  # the child is warm, as it is all day
    show(
        "take in letters: store, read, split, answer",
        LETTERS,
        lambda: take_in(runtime, list(islice(fresh, LETTERS))),
        lambda: bare.take_in(list(islice(fresh, LETTERS))),
    )
    _growth(runtime, fresh)
    runtime.reader.close()


def _fresh(letters: Sequence[bytes]) -> Iterator[bytes]:
    """Yield letters without end, no two alike."""
    number = 0
    while True:
        for raw in letters:
            number += 1
            yield b"X-Bench: %d\r\n" % number + raw.replace(b"@", b"%d@" % number, 1)


def take_in(runtime: Runtime, raws: Sequence[bytes]) -> None:
    """Take letters in as the worker does once they are fetched."""
    session, now = runtime.session, datetime.now(UTC)
    with transaction(session):
        mailboxes.ensure_folders(session, "bench", ["INBOX"])
        folder = mailboxes.folders(session, "bench")[0]
        first = folder.last_uid + 1
    for start in range(0, len(raws), BATCH):
        batch = [
            mail_intake.Arrived(raw, now, "INBOX", uid=first + start + n)
            for n, raw in enumerate(raws[start : start + BATCH])
        ]
        with transaction(session):
            folder = mailboxes.folders(session, "bench")[0]
            mail_intake.store_mail(session, batch, folder=folder, uidvalidity=1, now=now)
            mailboxes.advance(session, folder.id, first + start + len(batch) - 1)
    work_off(runtime, "ingest")


class _Bare:
    """Do the same work in one process with nothing between: no child, no rules, no lists, no history."""

    def __init__(self, folder: Path) -> None:
        self._files = folder / "bare-files"
        self._files.mkdir()
        self._db = sqlite3.connect(folder / "bare-intake.sqlite3", isolation_level=None)
        self._db.executescript(_BARE)

    def take_in(self, raws: Sequence[bytes]) -> None:
        """Parse, read the attachments, split and store, in batches of the same size."""
        for start in range(0, len(raws), BATCH):
            self._batch(raws[start : start + BATCH])

    def _batch(self, raws: Sequence[bytes]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for raw in raws:
            mail = parse_mail(raw)
            own = own_text(mail.text, mail.marked)
            done = self._db.execute(
                "INSERT INTO mail (sha256, raw, subject, sender, h) VALUES (?, ?, ?, ?, ?)",
                (
                    hashlib.sha256(raw).hexdigest(),
                    raw,
                    mail.subject,
                    mail.from_address,
                    json.dumps(mail.headers),
                ),
            )
            row = self._db.execute(
                "INSERT INTO submission (mail, body, own) VALUES (?, ?, ?)", (done.lastrowid, mail.text, own)
            )
            texts = [own]
            for item in mail.attachments:
                digest = hashlib.sha256(item.content).hexdigest()
                (self._files / digest).write_bytes(item.content)
                text = extract(item.filename, item.media_type, item.content).text
                texts.append(text)
                self._db.execute(
                    "INSERT INTO attachment VALUES (?, ?, ?, ?)", (row.lastrowid, item.filename, digest, text)
                )
            points = [(row.lastrowid, point.start, point.excerpt) for text in texts for point in split(text)]
            self._db.executemany("INSERT INTO comment VALUES (?, ?, ?)", points)
            self._db.execute("INSERT INTO outbox VALUES (?, ?, ?)", (row.lastrowid, mail.from_address, own))
        self._db.execute("COMMIT")


def _growth(runtime: Runtime, fresh: Iterator[bytes]) -> None:
    """Print what a letter costs among many stored ones, as a multiple of its cost among few."""
    _fill(runtime.session, FEW)
    few = _cost(runtime, fresh)
    _fill(runtime.session, MANY)
    many = _cost(runtime, fresh)
    what = f"cost of a letter: {MANY:,} stored against {FEW:,}"
    print(f"{what:<44} {LETTERS / many:>10.0f} {LETTERS / few:>10.0f} {many / few:>7.2f}", flush=True)


def _cost(runtime: Runtime, fresh: Iterator[bytes]) -> float:
    rounds = [list(islice(fresh, LETTERS)) for _ in range(GROWTH_ROUNDS)]
    return statistics.median(clocked(lambda raws=raws: take_in(runtime, raws)) for raws in rounds)


def _fill(session: Session, until: int) -> None:
    """Store letters with their mails, places, comments and acknowledgements until there are so many."""
    have, last = session.query(func.count(Submission.id), func.max(Submission.id)).one()
    last = max(last, session.query(func.max(InboundMail.id)).scalar())
    now = datetime.now(UTC)
    consultation_id = session.query(Submission.consultation_id).first()[0]
    folder_id = mailboxes.folders(session, "bench")[0].id
    ids = range(last + 1, last + 1 + until - have)
    text = "建议补贴标准提高一倍，并写明到账时间。" * 5
    rows = {
        Submission: lambda n: {
            "id": n,
            "consultation_id": consultation_id,
            "receipt": f"BNCH-{n:09d}",
            "channel": "mail",
            "received_at": now,
            "stored_at": now,
            "email": f"a{n}@people.example",
            "body": text,
            "own_text": text,
            "sha256": f"{n:064x}",
            "indexed_at": now,
            "clustered_at": now,
        },
        InboundMail: lambda n: {
            "id": n,
            "consultation_id": consultation_id,
            "submission_id": n,
            "sha256": hashlib.sha256(str(n).encode()).hexdigest(),
            "size": 4000,
            "received_at": now,
            "stored_at": now,
            "state": "ingested",
            "message_id": f"<{n}@people.example>",
        },
        MailLocation: lambda n: {"folder_id": folder_id, "uidvalidity": 2, "uid": n, "mail_id": n},
        Comment: lambda n: {
            "consultation_id": consultation_id,
            "submission_id": n,
            "position": 1,
            "start": 0,
            "end": 20,
            "excerpt": text[:20],
            "state": "suggested",
        },
        OutboundMail: lambda n: {
            "consultation_id": consultation_id,
            "submission_id": n,
            "kind": "acknowledgement",
            "to_address": f"a{n}@people.example",
            "subject": "",
            "body": text,
            "message_id": f"<{n}@ours.example>",
            "state": "sent",
            "created_at": now,
            "sent_at": now,
        },
    }
    for start in range(0, len(ids), 5_000):
        with transaction(session):
            for table, row in rows.items():
                session.execute(insert(table), [row(n) for n in ids[start : start + 5_000]])
