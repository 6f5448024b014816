"""One mail and one web comment, from the sender's hand to the exported row and back to the sender."""

from __future__ import annotations

import csv
import json
import time
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

import docx
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import limiter
from commentbox.jobs.runtime import Runtime
from commentbox.jobs.steps import work_off
from commentbox.jobs.steps.poll import poll, reconcile
from commentbox.models import Comment, Consultation, Measure, ReplyTemplate, Submission
from commentbox.services import dispose, respond, triage, users
from commentbox.web.form_token import LEAST_AGE
from tests.fixtures.app import PASSWORD
from tests.servers.dovecot import DovecotMailbox
from tests.servers.smtp_sink import SmtpSink
from tests.web.conftest import Visitor

pytestmark = pytest.mark.dovecot

LETTER = (
    b"From: =?gb18030?B?zfXEvA==?= <wang@people.example>\r\n"
    b"To: yijian@yunqi.example\r\n"
    b"Subject: =?gb18030?B?ttSjqDOjqczstcTS4rz7?=\r\n"
    b"Message-ID: <first@people.example>\r\n"
    b"Date: Mon, 04 May 2026 09:00:00 +0800\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=gb18030\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n"
) + "园林局：\r\n第（3）条说补种一万棵行道树，建议写明每个区各种多少棵。\r\n谢谢\r\n".encode("gb18030")


def run_steps(runtime: Runtime) -> None:
    """Do all that the worker does until nothing is left to do."""
    assert not poll(runtime).error
    work_off(runtime)


def text_of(message: Message) -> str:
    """Return the words of a mail that the sink got."""
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def subject_of(message: Message) -> str:
    """Return a subject as people read it."""
    return str(make_header(decode_header(message["Subject"])))


def exported(runner: FlaskCliRunner, folder: Path) -> list[list[list[str]]]:
    """Return the texts of all rows in each of the four formats."""
    for form in ("xlsx", "docx", "csv", "json"):
        done = runner.invoke(args=["export", "parks", "-o", str(folder / f"sheet.{form}")])
        assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(folder / "sheet.xlsx").active
    assert book is not None
    table = docx.Document(str(folder / "sheet.docx")).tables[-1]
    with (folder / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    found = json.loads((folder / "sheet.json").read_text(encoding="utf-8"))
    return [
        [[str(cell or "") for cell in row] for row in book.iter_rows(values_only=True)],
        [[cell.text for cell in row.cells] for row in table.rows],
        lines,
        [[str(value) for value in row.values()] for row in found["rows"]],
    ]


def row_with(rows: list[list[str]], words: str) -> str:
    """Return the one row that holds some words, as one line."""
    found = [" | ".join(row) for row in rows if any(words in cell for cell in row)]
    assert len(found) == 1, found
    return found[0]


def decide(session: Session, number: int, reason: str) -> Submission:
    """Assign the only waiting comment to a measure, adopt it in part, and return its submission."""
    comment = session.scalars(select(Comment).where(Comment.state == "suggested")).one()
    assert comment.suggestions[0].measure.number == number
    measure = session.scalars(select(Measure).where(Measure.path == f"2.1.1.{number}")).one()
    ids, now = (comment.id, measure.id, comment.submission_id), datetime.now(UTC)
    with transaction(session):
        triage.assign(session, ids[0], ids[1], version=1, actor=SYSTEM, now=now)
        dispose.dispose(
            session,
            ids[0],
            disposition="partly_accepted",
            reason=reason,
            revised_text="",
            note="",
            version=2,
            actor=SYSTEM,
            now=now,
        )
    return session.get_one(Submission, ids[2])


def test_mail_to_exported_row_and_answer(
    app: Flask,
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    mailbox: DovecotMailbox,
    smtp_sink: SmtpSink,
    runner: FlaskCliRunner,
    tmp_path: Path,
) -> None:
    mailbox.append(LETTER)
    run_steps(runtime)

    assert mailbox.flags() == [(b"\\Recent",)] or mailbox.flags() == [()]
    acknowledgement = smtp_sink.messages[0]
    assert acknowledgement["To"] == "wang@people.example"
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["In-Reply-To"] == "<first@people.example>"

    submission = decide(session, 3, "各区数量写入年度计划")
    receipt, submission_id = submission.receipt, submission.id
    assert receipt in subject_of(acknowledgement)

    template = session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.position)).first()
    assert template is not None
    now = datetime.now(UTC)
    draft = respond.preview(session, submission_id, template.id, now=now)
    with transaction(session):
        respond.reply(
            session,
            submission_id,
            subject=draft.subject,
            body=draft.body,
            template_id=template.id,
            actor=SYSTEM,
            now=now,
        )
    run_steps(runtime)
    answer = smtp_sink.messages[1]
    assert answer["In-Reply-To"] == "<first@people.example>"
    assert "Auto-Submitted" not in answer
    assert "各区数量写入年度计划" in text_of(answer)
    assert session.get_one(Submission, submission_id).state == "answered"

    for rows in exported(runner, tmp_path):
        row = row_with(rows, "建议写明每个区各种多少棵")
        for expected in ("种植行道树", "部分采纳", "各区数量写入年度计划", "市城管局", receipt, "电子邮件"):
            assert expected in row

    run_steps(runtime)
    assert len(smtp_sink.messages) == 2
    assert reconcile(runtime) == {"server": 1, "stored": 1, "missing": []}


def test_web_comment_to_exported_row_and_answer(
    app: Flask,
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    smtp_sink: SmtpSink,
    runner: FlaskCliRunner,
    tmp_path: Path,
) -> None:
    limiter.reset()
    visitor = Visitor(app)
    measure = session.scalars(select(Measure).where(Measure.path == "2.1.1.1")).one()
    form = visitor.fields(f"/c/parks/comment?m={measure.id}")
    form |= {"text-0": "口袋公园请配公共厕所。", "respondent": "李梅", "email": "li@people.example"}
    time.sleep(LEAST_AGE.total_seconds())  # nobody types faster
    answer = visitor.post("/c/parks/comment", form)
    assert answer.status_code == 303
    receipt_page = visitor.get(answer.headers["Location"]).text

    run_steps(runtime)
    submission = decide(session, 1, "视场地条件设置")
    receipt = submission.receipt
    assert receipt in receipt_page
    assert submission.sha256 in receipt_page
    assert submission.channel == "web"
    assert smtp_sink.messages[0]["To"] == "li@people.example"
    assert receipt in subject_of(smtp_sink.messages[0])

    for rows in exported(runner, tmp_path):
        row = row_with(rows, "口袋公园请配公共厕所")
        for expected in ("新建口袋公园", "部分采纳", "视场地条件设置", receipt, "网上表单", "李梅"):
            assert expected in row


def test_clerk_sees_what_the_sheet_counts(
    app: Flask,
    session: Session,
    consultation: Consultation,
    runtime: Runtime,
    mailbox: DovecotMailbox,
    runner: FlaskCliRunner,
    tmp_path: Path,
) -> None:
    letters = [LETTER.replace(b"first@", b"no%d@" % n).replace(b"wang@", b"wang%d@" % n) for n in range(3)]
    mailbox.append(letters)
    run_steps(runtime)
    with transaction(session):
        users.create(session, "clerk", Role.ADMIN, PASSWORD, actor=SYSTEM, now=datetime.now(UTC))
    limiter.reset()
    visitor = Visitor(app)
    assert visitor.sign_in("clerk").status_code == 303
    page = visitor.get("/staff/parks/export").text
    rows = exported(runner, tmp_path)[3]
    assert len(rows) == 3
    assert f">{len(rows)}<" in page or f" {len(rows)} " in page
