"""Tests of services.text_index: what a clerk finds, before and after the indexing step."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.db import transaction
from commentbox.models import Attachment, Consultation, Submission
from commentbox.services import queue, text_index
from commentbox.services.queue import Filters
from tests.fixtures.desk import add_letter

LETTERS = {
    "trees": "建议补种行道树，避免飛絮。",
    "lamps": "夜间照明太暗，Park lights 應當用 5G 控制。",
    "odd": '增长100%_以上 can\'t "wait" a\\b c++ C&D <b>',
    "company": "无意见。",
}


@pytest.fixture
def letters(session: Session, consultation: Consultation) -> dict[int, str]:
    """Return letters by the ids under which they are stored."""
    return {
        add_letter(
            session, consultation, text, minutes_ago=n, organisation="云栖光伏公司" * (name == "company")
        ).id: (name)
        for n, (name, text) in enumerate(LETTERS.items(), 1)
    }


def index(session: Session, now: datetime) -> int:
    """Do the indexing step's work."""
    batch = text_index.waiting(session, 100)
    with transaction(session):
        text_index.store(session, batch, now)
    return len(batch)


def found(session: Session, consultation: Consultation, letters: dict[int, str], query: str) -> set[str]:
    """Return the names of the letters that a search finds."""
    return {letters[row.id] for row in queue.page(session, consultation.id, Filters(search=query)).rows}


SEARCHES = [
    ("种树", set()),
    ("行道", {"trees"}),
    ("行道树", {"trees"}),
    ("树", {"trees"}),
    ("飛絮", {"trees"}),
    ("應當", {"lamps"}),
    ("park", {"lamps"}),
    ("PARK 照明", {"lamps"}),
    ("ligh", {"lamps"}),
    ("5g", {"lamps"}),
    ("５Ｇ控制", set()),
    ("用 5G", {"lamps"}),
    ("park 行道", set()),
    ("100%", {"odd"}),
    ("%", {"odd"}),
    ("_", {"odd"}),
    ("100%_以", {"odd"}),
    ("can't", {"odd"}),
    ('"wait"', {"odd"}),
    ("a\\b", {"odd"}),
    ("c++", {"odd"}),
    ("c&d", {"odd"}),
    ("' OR 1=1 --", set()),
    ("树\x00", {"trees"}),
    ("光伏", {"company"}),
    ("   ", set(LETTERS)),
]


@pytest.mark.parametrize("indexed", [True, False], ids=["indexed", "waiting"])
def test_search(
    session: Session, consultation: Consultation, letters: dict[int, str], now: datetime, indexed: bool
) -> None:
    if indexed:
        assert index(session, now) == len(LETTERS)
        assert index(session, now) == 0
    wrong = {
        query: names
        for query, expected in SEARCHES
        if (names := found(session, consultation, letters, query)) != expected
    }
    assert wrong == {}


def test_index_knows_both_scripts(
    session: Session, consultation: Consultation, letters: dict[int, str], now: datetime
) -> None:
    index(session, now)
    assert found(session, consultation, letters, "飞絮") == {"trees"}
    assert found(session, consultation, letters, "应当用") == {"lamps"}
    assert found(session, consultation, letters, "应当 ＰＡＲＫ") == {"lamps"}


def test_files_are_found_by_name_and_text(
    session: Session, consultation: Consultation, now: datetime
) -> None:
    letter = add_letter(session, consultation)
    with transaction(session):
        session.add(
            Attachment(
                submission_id=letter.id,
                position=0,
                filename="盖章函.pdf",
                media_type="application/pdf",
                size=1,
                sha256="a",
                text_status="ok",
                text="增设游乐设施",
            )
        )
    index(session, now)
    for query in ("盖章", "游乐设施", letter.receipt, letter.receipt[:6], "周明远"):
        assert found(session, consultation, {letter.id: "it"}, query) == {"it"}


def test_no_text_stops_the_index(session: Session, consultation: Consultation, now: datetime) -> None:
    wild = "".join(random.Random(1).choices([chr(n) for n in range(0x4E00, 0x9FA0)], k=300_000))
    texts = ("A" * 5000 + "。", "\U00030edd 𠮷野家", wild, "e\u0301te\u0301 ⅷ ﷺ", "末尾的一封")
    ids = [add_letter(session, consultation, t, minutes_ago=n).id for n, t in enumerate(texts, 1)]
    assert index(session, now) == len(texts)
    assert session.scalar(select(func.count()).where(Submission.indexed_at.is_not(None))) == len(texts)
    names = {one: str(n) for n, one in enumerate(ids)}
    for number, query in enumerate(("a" * 5000, "𠮷野", wild[:8], "e\u0301te\u0301", "末尾")):
        assert found(session, consultation, names, query) == {str(number)}
