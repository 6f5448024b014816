"""What a clerk sees of a letter that came by mail: read by the real child, shown on its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.jobs.runtime import make_runtime
from commentbox.jobs.steps.ingest import ingest
from commentbox.models import Consultation, Submission
from commentbox.services import mail_intake
from commentbox.services.mail_intake import Arrived
from tests.fixtures.desk import Desk

CORPUS = Path(__file__).parents[1] / "data" / "mail"
Show = Callable[[str], str]


@pytest.fixture
def queue(sign_in: Callable[[Role], FlaskClient]) -> Desk:
    return Desk(sign_in(Role.HANDLER), "/staff/parks/")


@pytest.fixture
def show(app: Flask, session: Session, consultation: Consultation, queue: Desk) -> Show:
    """Return a function that takes in a mail of the corpus and gives its page."""

    def taken_in(name: str) -> str:
        now = datetime.now(UTC)
        arrived = [Arrived((CORPUS / f"{name}.eml").read_bytes(), now, name)]
        with transaction(session):
            mail_intake.store_mail(session, arrived, folder=None, uidvalidity=0, now=now)
        ingest(make_runtime(app))
        receipt = session.scalars(select(Submission.receipt).order_by(Submission.id.desc())).first()
        return queue.get(f"/staff/parks/s/{receipt}")

    return taken_in


def test_intake_16_a_doubtful_letter_is_marked(show: Show, queue: Desk) -> None:
    assert "乱码存疑" in show("gbk-some-bytes-lost")
    assert "乱码存疑" in queue.get(queue.page)


def test_intake_16_a_doubtful_subject_is_marked(show: Show) -> None:
    assert "乱码存疑" in show("doubtful-subject")


def test_intake_16_a_sound_letter_is_not_marked(show: Show, queue: Desk) -> None:
    assert "乱码存疑" not in show("label-chinese")
    assert "乱码存疑" not in queue.get(queue.page)


@pytest.mark.parametrize("name", ["cloud-163-html", "cloud-163-text"])
def test_intake_24_a_cloud_file_is_shown_with_link_and_expiry(show: Show, queue: Desk, name: str) -> None:
    page = show(name)
    link = "https://mail.163.com/large-attachment-download/index.html?file=aW52ZW50ZWQ"
    assert f'<a href="{link}"' in page
    assert ">录像.mp4</a>" in page
    assert "2026年8月17日 0:49" in page
    assert "云附件，系统没有下载" in page
    assert "需人工阅读" in queue.get(queue.page)


def test_intake_24_a_cloud_file_is_no_download_of_ours(show: Show, session: Session, queue: Desk) -> None:
    page = show("cloud-beside-attachment")
    receipt = session.scalars(select(Submission.receipt)).one()
    assert f"/staff/parks/s/{receipt}/files/0" in page
    assert f"/staff/parks/s/{receipt}/files/1" not in page
    queue.get(f"/staff/parks/s/{receipt}/files/1", status=404)


def test_intake_24_what_outlook_packed_is_the_letter(show: Show) -> None:
    page = show("tnef-text-and-file")
    assert "第九条请写明验收时间。" in page
    assert "验收办法修改稿.pdf" in page
    assert "winmail.dat" not in page


def test_intake_24_a_forwarded_mail_is_the_letter(show: Show) -> None:
    page = show("forward-with-file-inside")
    assert "里面的正文。" in page
    assert "里面.pdf" in page
