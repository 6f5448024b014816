"""Tests of the commands: exit codes, JSON alone on standard output, one line for an error."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.jobs.runtime import now
from commentbox.models import Consultation, User
from commentbox.services import triage
from tests.cli.conftest import Terminal
from tests.fixtures.app import PASSWORD
from tests.fixtures.desk import add_letter, measure

DRAFT = "一、主要任务\n（一）建设公园。每年建二十处。\n（二）种树。补种一万棵。\n"
LETTER = "From: a@people.example\nSubject: s\n\n请在河边多种一些树。\n"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    return path


def test_consultation_from_file_to_closed(terminal: Terminal, draft: Path) -> None:
    given = (
        "consultation",
        "import",
        draft,
        "--slug",
        "x",
        "--opens",
        "2026-01-01",
        "--closes",
        "2026-03-01",
    )
    assert terminal.document(*given, "--dry-run")["recognised"]["measure"] == 2
    assert terminal.lines("consultation", "list") == []
    assert terminal.document(*given, "--title", "方案")["unplaced"] == []
    shown = terminal.document("consultation", "show", "x")
    assert (shown["slug"], shown["title"], shown["state"]) == ("x", "方案", "draft")
    assert {"path", "label", "number", "kind", "title", "text", "parent", "lead_agencies"} <= set(
        shown["measures"][0]
    )
    assert shown["closes_at"] == "2026-03-02T00:00:00+08:00"
    for word, state in (("open", "open"), ("close", "closed")):
        terminal.run("consultation", word, "x")
        assert terminal.lines("consultation", "list") == [{"slug": "x", "title": "方案", "state": state}]
    assert "closed" in terminal.refused("consultation", "close", "x")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--slug", "x"), "--opens"),
        (("--slug", "X y", "--opens", "2026-01-01", "--closes", "2026-03-01"), "--slug"),
        (("--slug", "x", "--opens", "2026-03-02", "--closes", "2026-03-01"), "before"),
    ],
)
def test_import_says_what_is_wrong(
    terminal: Terminal, draft: Path, words: tuple[str, ...], says: str
) -> None:
    done = terminal.run("consultation", "import", str(draft), *words, code=1)
    assert says in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("consultation", "show", "no"),
        ("consultation", "open", "no"),
        ("submissions", "list", "no", "--json"),
        ("export", "no", "-o", "x.xlsx"),
        ("export", "parks", "--measure", "99", "-o", "x.xlsx"),
        ("export", "parks", "-o", "/nonexistent/x.xlsx"),
        ("export", "parks", "-o", "/proc/x.csv"),
        ("mail", "ingest", ".", "--consultation", "no"),
        ("mail", "poll", "--once"),
        ("mail", "reconcile", "--json"),
        ("outbox", "deliver", "--once"),
        ("suggest", "no"),
        ("train", "parks"),
        ("user", "create", " ", "--role", "viewer"),
    ],
)
def test_one_line_says_why_not(
    terminal: Terminal, consultation: Consultation, words: tuple[str, ...]
) -> None:
    line = terminal.refused(*words, given=PASSWORD + "\n")
    assert line.removeprefix("rows").strip().startswith("Error: ")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("export", "parks"),
        ("export", "parks", "-o", "x.pdf"),
        ("export", "parks", "-o", "x.csv", "--preset", "secret"),
        ("consultation", "import", "/nonexistent", "--slug", "x"),
        ("mail", "ingest", "--consultation", "x"),
        ("mail", "ingest", "/nonexistent", "--consultation", "x"),
        ("outbox", "deliver"),
        ("user", "create", "x", "--role", "king"),
        ("evaluate", "parks", "/nonexistent"),
    ],
)
def test_wrong_words_of_a_call(
    terminal: Terminal, consultation: Consultation, words: tuple[str, ...]
) -> None:
    terminal.refused(*words, code=2)


def test_mail_from_files(
    terminal: Terminal, session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "1.eml").write_text(LETTER)
    (folder / "2.eml").write_text(LETTER)
    (folder / "3.eml").write_text(
        "Auto-Submitted: auto-replied\nSubject: 自动回复: 您好\nFrom: b@x.example\n\n我在休假。\n"
    )
    (folder / "4.eml").write_bytes(b"\xff\x00 no mail at all")
    seen = terminal.lines("mail", "ingest", str(folder), "--consultation", "parks")
    assert [line["outcome"] for line in seen][:3] == ["submission", "duplicate", "ignored"]
    assert len(seen) == 4
    keys = {"source", "sha256", "outcome", "reason", "receipt", "subject", "from_name", "from_address"}
    assert all(keys | {"body", "own_text", "comments", "attachments"} <= set(line) for line in seen)
    assert seen[0]["own_text"] == "请在河边多种一些树。"
    (listed,) = [x for x in terminal.lines("submissions", "list", "parks") if x["subject"] == "s"]
    assert (listed["receipt"], listed["channel"], listed["late"]) == (seen[0]["receipt"], "mail", False)
    assert {"id", "excerpt", "state", "measure", "suggestions", "disposition", "reason"} <= set(
        listed["comments"][0]
    )


def test_intake_26_who_was_asked_and_who_has_answered(
    terminal: Terminal, session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    first = add_letter(
        session, consultation, "无意见", organisation="市科技局", no_opinion=True, minutes_ago=9
    )
    add_letter(session, consultation, "多种树。", "多装灯。", email="a@yunqi.edu.cn", minutes_ago=8)
    add_letter(session, consultation, "再补充一点。", email="a@b.example", follows_id=first.id)
    assert terminal.lines("consultation", "organisations", "parks") == []
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ("单位名称", "域名"),
        ("云栖市科学技术局", "qq.com"),
        ("云栖大学", "yunqi.edu.cn"),
        ("云栖医院", ""),
    ):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    done = terminal.run("consultation", "organisations", "parks", tmp_path / "list.xlsx", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["name"], one["answer"], one["comments"]) for one in found] == [
        ("云栖市科学技术局", "no_opinion", 0),
        ("云栖大学", "comments", 2),
        ("云栖医院", "waiting", 0),
    ]
    assert "qq.com" in done.stderr
    listed = terminal.lines("submissions", "list", "parks")
    assert [one["organisation"] for one in listed] == ["云栖市科学技术局", "云栖大学", None]
    assert [one["follows"] for one in listed] == [None, None, first.receipt]
    (tmp_path / "none.csv").write_text("a@b.example", encoding="utf-8")
    assert "organisation" in terminal.refused("consultation", "organisations", "parks", tmp_path / "none.csv")


@pytest.mark.parametrize("form", ["xlsx", "docx", "csv", "json"])
def test_export(
    terminal: Terminal, session: Session, consultation: Consultation, tmp_path: Path, form: str
) -> None:
    letter = add_letter(session, consultation, "请多种树。", "=1+1")
    with transaction(session):
        trees = measure(session, "2.1.1.3").id
        triage.assign(session, letter.comments[0].id, trees, version=1, actor=SYSTEM, now=now())
    target = tmp_path / "out"
    done = terminal.run("export", "parks", "--format", form, "--measure", "3", "-o", str(target))
    assert done.stdout == ""
    assert "1 rows" in done.stderr
    assert target.stat().st_size > 0
    terminal.run("export", "parks", "--preset", "public", "-o", str(tmp_path / f"sheet.{form}"))


def test_export_writes_no_formula(
    terminal: Terminal, session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    add_letter(session, consultation, "=1+1")
    terminal.run("export", "parks", "-o", str(tmp_path / "s.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_suggest_train_evaluate(
    terminal: Terminal, session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    given = json.dumps({"id": 7, "text": "请补种行道树，避免飞絮。"}, ensure_ascii=False)
    (answer,) = terminal.lines("suggest", "parks", given=given + "\n\n", flag="")
    (point,) = answer["points"]
    assert answer["id"] == 7
    assert {"start", "end", "excerpt", "measures", "confidence", "ambiguous", "flag"} == set(point)
    assert point["measures"][0]["number"] == 3
    assert "line 2" in terminal.run("suggest", "parks", code=1, given=given + "\n{}\n").stderr
    letter = add_letter(session, consultation, "请补种行道树。")
    with transaction(session):
        trees = measure(session, "2.1.1.3").id
        triage.assign(session, letter.comments[0].id, trees, version=1, actor=SYSTEM, now=now())
    assert terminal.document("train", "parks")["decisions"] == 1
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps({"text": "请补种行道树。", "measures": [3]}), encoding="utf-8")
    assert terminal.document("evaluate", "parks", str(labelled))["top1"] == 1.0
    labelled.write_text("{}")
    assert "labelled" in terminal.refused("evaluate", "parks", str(labelled))


def test_user(terminal: Terminal, session: Session) -> None:
    done = terminal.run("user", "create", "clerk", "--role", "handler", given=PASSWORD + "\n")
    assert PASSWORD not in done.output
    assert session.scalars(select(User.name)).all() == ["clerk"]
    assert "taken" in terminal.refused("user", "create", "clerk", "--role", "handler", given=PASSWORD)
    assert "10" in terminal.refused("user", "create", "two", "--role", "handler", given="short\n")
