"""Measure the product against the bare limit of the same work in the same run; ratios, not rates, count.

Run by `make bench`; everything is written to a temporary folder.
"""

from __future__ import annotations

import io
import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import xlsxwriter  # noqa: E402
from sqlalchemy import insert, text  # noqa: E402

from bench import campaigns, fetch, intake, understanding  # noqa: E402
from bench.measure import app_session, open_consultation, show  # noqa: E402
from commentbox.adapters.child import ReaderChild  # noqa: E402
from commentbox.adapters.drafts import read_blocks  # noqa: E402
from commentbox.adapters.writers import write_sheet  # noqa: E402
from commentbox.core import sheets  # noqa: E402
from commentbox.core.drafts import read_draft  # noqa: E402
from commentbox.core.mail import parse_mail  # noqa: E402
from commentbox.db import transaction  # noqa: E402
from commentbox.models import Submission  # noqa: E402
from commentbox.services import consultations, mail_intake, queue  # noqa: E402

MAILS = 500
TEXTS = 1000
SHEET_ROWS = 5000
STORED = 50_000


def main() -> None:
    """Print one line a measurement."""
    letters = [p.read_bytes() for p in sorted((ROOT / "demo" / "letters").glob("*.eml"))]
    draft = read_draft(read_blocks(ROOT / "demo" / "draft.docx"))
    print(f"{'what':<44} {'ours/s':>10} {'bare/s':>10} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder:
        store(letters, Path(folder))
        fetch.measure(letters)
        intake.measure(letters, draft, Path(folder))
        read(letters)
        understanding.measure()
        sheet(Path(folder))
        pages(draft, Path(folder))
        campaigns.measure("".join(parse_mail(raw).text for raw in letters), draft, Path(folder))


def store(letters: list[bytes], folder: Path) -> None:
    """Store raw mails in batches of 50, beside bare inserts of the same bytes with the same durability."""
    session = app_session(folder, "store")
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE raw (content BLOB)")
    number = iter(range(10**9))

    def fresh() -> list[bytes]:
        return [b"X-Bench: %d\r\n" % next(number) + letters[n % len(letters)] for n in range(MAILS)]

    def ours() -> None:
        now = datetime.now(UTC)
        mails = [mail_intake.Arrived(raw, now, "bench") for raw in fresh()]
        for start in range(0, MAILS, 50):
            with transaction(session):
                mail_intake.store_mail(
                    session, mails[start : start + 50], folder=None, uidvalidity=0, now=now
                )

    def limit() -> None:
        raws = fresh()
        for start in range(0, MAILS, 50):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany("INSERT INTO raw VALUES (?)", [(raw,) for raw in raws[start : start + 50]])
            bare.execute("COMMIT")

    show("store raw mails", MAILS, ours, limit)


def read(letters: list[bytes]) -> None:
    """Read the sample letters in the limited child, attachments too, beside parsing alone in this process."""
    with ReaderChild() as child:
        child.read(letters[0])
        show(
            "read letters with attachments",
            len(letters),
            lambda: [child.read(raw) for raw in letters],
            lambda: [parse_mail(raw) for raw in letters],
        )


def sheet(folder: Path) -> None:
    """Write the comment sheet as xlsx, beside bare XlsxWriter cells."""
    comment = sheets.SheetComment(
        excerpt="建议补贴标准提高一倍，并写明到账时间。" * 3,
        received_on=date(2026, 5, 1),
        channel="mail",
        receipt="7K3Q-M9TD-2X4V",
        path="1",
        label="（1）",
        title="某项措施",
        text="措施的原文。" * 10,
    )
    head = sheets.head("某办法", "某局", date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1))
    columns = sheets.columns(sheets.INTERNAL)

    def ours() -> None:
        rows = sheets.sheet_rows(comment for _ in range(SHEET_ROWS))
        write_sheet("xlsx", folder / "ours.xlsx", head, columns, rows)

    def limit() -> None:
        book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
        page = book.add_worksheet()
        row = sheets.sheet_row(1, comment, sheets.INTERNAL)
        for number in range(SHEET_ROWS):
            for place, column in enumerate(columns):
                page.write_string(number, place, str(getattr(row, column.key)))
        book.close()

    show("write sheet rows (xlsx)", SHEET_ROWS, ours, limit)


def pages(draft: consultations.Draft, folder: Path) -> None:
    """Show pages deep in a long queue, beside the bare query for the same rows."""
    session = app_session(folder, "pages")
    now = datetime.now(UTC)
    made = open_consultation(session, draft)
    with transaction(session):
        rows = [_row(made.id, n, now) for n in range(STORED)]
        session.execute(insert(Submission), rows)
    start = queue.page(session, made.id, queue.Filters(), limit=50).next
    query = text(
        "SELECT * FROM submission WHERE consultation_id = :c AND received_at < :t "
        "ORDER BY received_at DESC, id DESC LIMIT 50"
    ).bindparams(c=made.id, t=now - timedelta(seconds=STORED // 2))
    show(
        f"queue pages among {STORED:,}",
        50,
        lambda: queue.page(session, made.id, queue.Filters(), after=start, limit=50),
        lambda: session.execute(query).all(),
    )


def _row(consultation_id: int, number: int, now: datetime) -> dict[str, object]:
    at = now - timedelta(seconds=number)
    return {
        "consultation_id": consultation_id,
        "receipt": f"BNCH-{number:09d}",
        "channel": "mail",
        "received_at": at,
        "stored_at": at,
        "own_text": "建议补贴标准提高一倍。" * 5,
        "sha256": f"{number:064x}",
    }


if __name__ == "__main__":
    main()
