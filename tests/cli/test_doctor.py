"""`flask doctor` and `flask watch`: what is wrong, what to do, the exit code, and never a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy.orm import Session

from commentbox.cli.doctor import ADVICE
from commentbox.core.rules.health import Code
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.jobs.runtime import make_runtime, now
from commentbox.jobs.steps.poll import poll
from commentbox.jobs.steps.watch import watch
from commentbox.models import Consultation, MailFolder
from tests.cli.conftest import Terminal
from tests.servers import HOST, free_port
from tests.servers.odd_imap import OddImap
from tests.servers.smtp_sink import SmtpSink, running_sink

ROOT = Path(__file__).resolve().parents[2]
SECRET = "hush-hush-42"


def by_check(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings of the doctor by check."""
    return {one["check"]: one for one in document["findings"]}


def mailbox(app: Flask, port: int) -> None:
    """Set a mailbox on this machine."""
    set_so = {"HOST": HOST, "PORT": port, "SECURITY": "none", "USER": "yijian", "PASSWORD": SECRET}
    values = {**set_so, "FOLDERS": ("INBOX",)}
    app.config.update(IMAP_TIMEOUT=5, MAILBOXES=({f"IMAP_{name}": value for name, value in values.items()},))


def test_an_instance_in_order(app: Flask, terminal: Terminal, consultation: Consultation) -> None:
    watch(make_runtime(app))
    done = terminal.run("doctor")
    assert "tests only" not in done.output
    assert "ALARM " not in done.output
    assert [line for line in done.stdout.splitlines() if line.startswith("LOOK") and ".doc" not in line] == []
    assert "COMMENTBOX_SECRET_KEY = (secret)" in done.stdout
    seen = by_check(terminal.document("doctor"))
    assert {one["severity"] for check, one in seen.items() if check != "converters"} == {"ok"}


def test_json_is_one_document_with_settings_and_findings(
    app: Flask, terminal: Terminal, consultation: Consultation
) -> None:
    app.config.update(IMAP_PASSWORD="abc", RATE_LIMIT_STORAGE="redis://:p%40ssword@redis/1")
    document = terminal.document("doctor")
    assert (document["settings"]["IMAP_PASSWORD"], document["settings"]["MAIL_PASSWORD"]) == ("(secret)", "")
    assert document["settings"]["RATE_LIMIT_STORAGE"] == "redis://:(secret)@redis/1"
    worker = by_check(document)["worker"]
    assert set(worker) == {
        "check", "code", "severity", "subject", "figures", "since", "says", "advice"
    }  # fmt: skip
    assert (worker["code"], worker["severity"]) == ("worker_never", "look")
    assert "flask worker" in worker["advice"]


def test_a_mailbox_that_is_not_read_ends_in_1_with_what_to_do(
    app: Flask, terminal: Terminal, session: Session, consultation: Consultation
) -> None:
    mailbox(app, free_port())
    with transaction(session):
        polled = now() - timedelta(hours=7)
        session.add(MailFolder(account=f"yijian@{HOST}", name="INBOX", polled_at=polled, server_count=2))
    done = terminal.run("doctor", code=1)
    assert (
        "ALARM mailbox: INBOX not read for 7 hours\n      -> look at the log of `flask worker`" in done.stdout
    )
    assert "ALARM letters: 2 of 2 in INBOX are not stored" in done.stdout
    assert "ALARM imap: cannot reach" in done.stdout
    seen = by_check(terminal.document("doctor", code=1))
    assert seen["count"]["figures"] == {"server": 2, "stored": 0, "missing": 2}


def test_both_servers_are_tried_and_nothing_is_sent(
    app: Flask, terminal: Terminal, consultation: Consultation, smtp_sink: SmtpSink
) -> None:
    app.extensions["mail"].server, app.extensions["mail"].port = HOST, smtp_sink.port
    app.config.update(MAIL_SERVER=HOST)
    assert by_check(terminal.document("doctor"))["smtp"]["severity"] == "ok"
    assert smtp_sink.envelopes == []
    app.extensions["mail"].port = free_port()
    seen = by_check(terminal.document("doctor", code=1))
    assert (seen["smtp"]["severity"], "COMMENTBOX_MAIL_" in seen["smtp"]["advice"]) == ("alarm", True)


def test_a_schema_that_is_behind_or_missing(terminal: Terminal, session: Session) -> None:
    for revision in ("0001", "base"):
        db.session.remove()
        downgrade(revision=revision)
        assert "flask db upgrade" in terminal.run("doctor", code=1).stdout
        assert "flask db upgrade" in terminal.refused("watch")


def test_a_folder_that_cannot_be_written(app: Flask, terminal: Terminal, consultation: Consultation) -> None:
    app.config["DATA_DIR"] = "/proc"
    seen = by_check(terminal.document("doctor", code=1))
    assert seen["data"]["severity"] == "alarm"


def test_what_is_wrong_has_advice() -> None:
    assert set(Code) - set(ADVICE) == {
        code for code in Code if code.rpartition("_")[2] in {"fine", "alive", "equal", "unknown", "set"}
    } | {Code.POLL_NONE, Code.POLL_READING, Code.HELD_NONE, Code.UNSENT_NONE}


@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_no_secret_is_ever_printed(tmp_path: Path, flag: tuple[str, ...]) -> None:
    """A real program, all secrets set, against servers that repeat in their answers what they were sent."""
    with running_sink(auth_require_tls=False) as sink:
        settings = {
            "COMMENTBOX_DATA_DIR": str(tmp_path),
            "COMMENTBOX_SECRET_KEY": f"{SECRET}-key",
            "COMMENTBOX_IMAP_HOST": HOST,
            "COMMENTBOX_IMAP_PORT": str(free_port()),
            "COMMENTBOX_IMAP_USER": "yijian@x.example",
            "COMMENTBOX_IMAP_PASSWORD": f"{SECRET}-imap",
            "COMMENTBOX_MAIL_SERVER": HOST,
            "COMMENTBOX_MAIL_PORT": str(sink.port),
            "COMMENTBOX_MAIL_USERNAME": "yijian@x.example",
            "COMMENTBOX_MAIL_PASSWORD": f"{SECRET}-smtp",
            "COMMENTBOX_CELERY_BROKER_URL": f"redis://:{SECRET}-redis@127.0.0.1:1/0",
            "PATH": os.environ["PATH"],
        }
        flask = [sys.executable, "-m", "flask"]
        given: dict[str, Any] = {"cwd": ROOT, "env": settings, "capture_output": True, "text": True}
        subprocess.run([*flask, "db", "upgrade"], check=True, **given)
        done = subprocess.run([*flask, "doctor", *flag], check=False, **given)
    assert done.returncode == 1
    assert "(secret)" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_a_server_that_repeats_the_password_does_not_get_it_printed(
    app: Flask, terminal: Terminal, consultation: Consultation, odd_imap: OddImap, flag: tuple[str, ...]
) -> None:
    mailbox(app, odd_imap.settings.port)
    odd_imap.answers["LOGIN"] = f"NO [AUTHENTICATIONFAILED] LOGIN yijian {SECRET}"
    poll(make_runtime(app))
    done = terminal.run("doctor", *flag, code=1)
    assert done.stdout.count("LOGIN yijian (secret)") == 2  # the worker's try and the doctor's
    assert SECRET not in done.output


def test_intake_10_unsafe_login_and_a_missing_folder_have_lines_of_their_own(
    app: Flask, terminal: Terminal, consultation: Consultation, odd_imap: OddImap
) -> None:
    mailbox(app, odd_imap.settings.port)
    odd_imap.answers["EXAMINE"] = "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
    poll(make_runtime(app))
    done = terminal.run("doctor", code=1)
    assert "ALARM mailbox: INBOX refused as an unsafe login" in done.stdout
    assert "allow IMAP clients there" in done.stdout
    odd_imap.answers["EXAMINE"] = "NO no such folder"
    assert "ALARM imap: cannot open folder INBOX" in terminal.run("doctor", code=1).stdout


def test_watch_is_quiet_and_ends_in_0_when_all_is_well(
    app: Flask, terminal: Terminal, consultation: Consultation
) -> None:
    assert terminal.run("watch").output == ""


def test_watch_mails_for_a_dead_worker_once_an_hour_and_tells_cron_each_time(
    app: Flask, terminal: Terminal, session: Session, consultation: Consultation, smtp_sink: SmtpSink
) -> None:
    mailbox(app, free_port())
    app.extensions["mail"].server, app.extensions["mail"].port = HOST, smtp_sink.port
    app.extensions["mail"].default_sender = "yijian@yunqi.example"
    app.config.update(MAIL_SERVER=HOST, OPERATOR_EMAIL="operator@yunqi.example")
    for _ in range(2):
        assert "INBOX never read" in terminal.run("watch", code=1).stdout
    assert [mail["To"] for mail in smtp_sink.messages] == ["operator@yunqi.example"]
    assert terminal.run("doctor", code=1).stdout.count(SECRET) == 0
