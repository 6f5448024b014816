"""Mails with files, from bytes to comments: names as given, bytes by their sha256, one comment a row."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.db import transaction
from commentbox.jobs.runtime import make_runtime, now
from commentbox.jobs.steps.ingest import ingest
from commentbox.models import Consultation, Submission
from commentbox.services import mail_intake
from tests.adapters.test_attachments import returned_docx, returned_xlsx, scanned

HTML = (
    "<p>现将意见反馈如下：</p><table><tr><th>条款</th><th>修改意见</th></tr>"
    "<tr><td>第三条</td><td>改为三十日</td></tr><tr><td>第五条</td><td>删去</td></tr></table><p>某某局</p>"
)


def taken_in(app: Flask, session: Session, mail: EmailMessage) -> Submission:
    """Return the submission that a mail becomes."""
    arrived = mail_intake.Arrived(mail.as_bytes(), now(), "test")
    with transaction(session):
        mail_intake.store_mail(session, [arrived], folder=None, uidvalidity=0, now=now())
    runtime = make_runtime(app)
    with runtime.reader:
        ingest(runtime)
    session.rollback()
    return session.scalars(select(Submission)).one()


def letter(text: str = "意见见附件。", **files: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "张三 <a@people.example>", "yijian@yunqi.example", "意见"
    mail.set_content(text)
    for name, content in files.items():
        mail.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name.replace("_dot_", ".")
        )
    return mail


def test_intake_23_files_are_kept_as_they_came(
    app: Flask, session: Session, consultation: Consultation
) -> None:
    files = {
        "盖章_dot_pdf": scanned(),
        "压缩_dot_rar": b"Rar!\x1a\x07\x00",
        "说明_dot_txt": "拓宽桥面吧。".encode("gbk"),
    }
    made = taken_in(app, session, letter(**files))
    assert [(a.filename, a.text_status) for a in made.attachments] == [
        ("盖章.pdf", "empty"),
        ("压缩.rar", "unsupported"),
        ("说明.txt", "ok"),
    ]
    for attachment, content in zip(made.attachments, files.values(), strict=True):
        assert attachment.sha256 == hashlib.sha256(content).hexdigest()
        assert app.extensions["blobs"].read(attachment.sha256) == content
    assert [c.excerpt for c in made.comments] == ["拓宽桥面吧。"]


def test_a_letter_that_covers_what_nobody_can_read_is_left_to_a_person(
    app: Flask, session: Session, consultation: Consultation
) -> None:
    made = taken_in(app, session, letter(压缩_dot_rar=b"Rar!"))
    assert [c.excerpt for c in made.comments] == ["意见见附件。"]


@pytest.mark.parametrize(
    ("name", "content"), [("反馈表_dot_docx", returned_docx), ("反馈表_dot_xlsx", returned_xlsx)]
)
def test_intake_25_a_returned_file_is_one_comment_a_row(
    app: Flask, session: Session, consultation: Consultation, name: str, content: object
) -> None:
    assert callable(content)
    made = taken_in(app, session, letter(**{name: content()}))
    rows = [(c.reference, c.proposal) for c in made.comments if c.proposal]
    assert rows == [("第三条", "改为三十日 并写明起算日"), ("第三条", "删去第二款")]
    text = made.attachments[0].text
    assert all(text[c.start : c.end] == c.excerpt for c in made.comments)
    if name.endswith("docx"):
        assert (made.organisation, made.kind) == ("某某局", "agency")


def test_intake_25_a_table_in_the_mail_itself(
    app: Flask, session: Session, consultation: Consultation
) -> None:
    mail = letter()
    mail.set_content(HTML, subtype="html")
    made = taken_in(app, session, mail)
    assert [(c.reference, c.proposal) for c in made.comments] == [
        ("第三条", "改为三十日"),
        ("第五条", "删去"),
    ]


@pytest.mark.parametrize("word", ["无", "无意见", "无修改意见。"])
def test_intake_25_and_26_a_form_without_opinion_is_tallied(
    app: Flask, session: Session, consultation: Consultation, word: str
) -> None:
    table = f"反馈单位：某某局\n条款,修改意见\n第三条,{word}\n第四条,{word}\n,\n".encode()
    made = taken_in(app, session, letter(反馈表_dot_csv=table))
    assert made.no_opinion
    assert [c.excerpt for c in made.comments] == [word]
