"""Run the demo: database, sample consultation, sample letters over IMAP, web server and worker.

Called by `make run` inside the project's virtual environment. HOST and PORT come from the environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import func, select  # noqa: E402
from waitress.server import create_server  # noqa: E402

from commentbox import create_app  # noqa: E402
from commentbox.adapters.drafts import read_blocks  # noqa: E402
from commentbox.core.drafts import read_draft  # noqa: E402
from commentbox.core.states import ConsultationState, Role  # noqa: E402
from commentbox.core.types import SYSTEM  # noqa: E402
from commentbox.db import transaction  # noqa: E402
from commentbox.extensions import db  # noqa: E402
from commentbox.jobs import worker  # noqa: E402
from commentbox.jobs.runtime import make_runtime  # noqa: E402
from commentbox.jobs.steps import NAMES, step  # noqa: E402
from commentbox.jobs.steps.poll import poll  # noqa: E402
from commentbox.models import Submission, User  # noqa: E402
from commentbox.services import consultations, users  # noqa: E402
from commentbox.services.errors import NotFound  # noqa: E402

SLUG = "demo"
ACCOUNTS = {"clerk": Role.HANDLER, "drafter": Role.DRAFTER, "admin": Role.ADMIN}
OPEN_DAYS_LEFT = 20
PORTS_TRIED = 50


def main() -> None:
    """Set up what is missing, then serve until Ctrl-C."""
    host = os.environ.get("HOST", "127.0.0.1")
    port = _free_port(host, int(os.environ.get("PORT", "8000")))
    data_dir = ROOT / os.environ.get("COMMENTBOX_DATA_DIR", "instance")
    kept = _kept(data_dir)
    with _mail_server(kept["mail_password"]) as mail_port:
        settings = _settings(data_dir, kept, mail_port)
        app = create_app(settings)
        with app.app_context():
            _prepare(app, kept["password"])
        _serve(app, settings, host, port, kept["password"])


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that is free."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    sys.exit(f"no free port from {wanted} to {wanted + PORTS_TRIED - 1} on {host}; set PORT")


def _kept(data_dir: Path) -> dict[str, str]:
    """Return the secrets of this instance, made at its first run."""
    file = data_dir / "demo.json"
    if file.exists():
        return dict(json.loads(file.read_text(encoding="utf-8")))
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {
        "secret": secrets.token_urlsafe(32),
        "password": secrets.token_urlsafe(9),
        "mail_password": secrets.token_urlsafe(9),
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(kept), encoding="utf-8")
    return kept


def _settings(data_dir: Path, kept: dict[str, str], mail_port: int) -> dict[str, str]:
    """Return the settings of the demo; what the environment sets stands above them."""
    demo = {
        "COMMENTBOX_DEMO": "true",
        "COMMENTBOX_DATA_DIR": str(data_dir),
        "COMMENTBOX_SECRET_KEY": kept["secret"],
        "COMMENTBOX_IMAP_HOST": "127.0.0.1",
        "COMMENTBOX_IMAP_PORT": str(mail_port),
        "COMMENTBOX_IMAP_SECURITY": "none",
        "COMMENTBOX_IMAP_USER": "demo",
        "COMMENTBOX_IMAP_PASSWORD": kept["mail_password"],
        "COMMENTBOX_MAIL_SUPPRESS_SEND": "true",
        "COMMENTBOX_LOG_LEVEL": "WARNING",
    }
    return demo | {name: value for name, value in os.environ.items() if name.startswith("COMMENTBOX_")}


@contextlib.contextmanager
def _mail_server(password: str) -> Iterator[int]:
    """Run the sample mailbox in a process of its own; yield its port."""
    command = [sys.executable, str(ROOT / "demo" / "imap_server.py"), "--port", "0"]
    command += ["--letters", str(ROOT / "demo" / "letters"), "--password", password]
    # A session of its own: Ctrl-C reaches us first, and we end it in order.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            sys.exit("the sample mailbox did not start")
        yield int(json.loads(line)["port"])
    finally:
        process.terminate()
        process.wait(timeout=10)


def _prepare(app: Flask, password: str) -> None:
    """Bring up the schema, the sample consultation, the accounts and the letters."""
    print("database ...", flush=True)
    upgrade()
    session, now = db.session(), datetime.now(UTC)
    try:
        consultations.get(session, SLUG)
    except NotFound:
        print("sample consultation ...", flush=True)
        _import(now)
    with transaction(session):
        for name, role in ACCOUNTS.items():
            if session.scalar(select(User.id).where(User.name == name)) is None:
                users.create(session, name, role, password, actor=SYSTEM, now=now)
    if not session.scalar(select(func.count()).select_from(Submission)):
        _take_in(app)


def _import(now: datetime) -> None:
    """Store the sample draft with a period that is still running."""
    draft = read_draft(read_blocks(ROOT / "demo" / "draft.docx"), "demo")
    closes = draft.notice.closes or date.min
    if closes <= now.date():
        closes = now.date() + timedelta(days=OPEN_DAYS_LEFT)
    with transaction(db.session()) as session:
        made = consultations.create(
            session,
            draft,
            slug=SLUG,
            title=None,
            opens=None,
            closes=closes,
            timezone="Asia/Shanghai",
            source=("draft.docx", ""),
            actor=SYSTEM,
            now=now,
        )
        consultations.move(session, made, ConsultationState.OPEN, actor=SYSTEM, now=now)


def _take_in(app: Flask) -> None:
    """Fetch the sample letters over IMAP and do all that is to be done with them."""
    runtime = make_runtime(app)
    print("fetching the sample letters over IMAP ...", flush=True)
    result = poll(runtime)
    if result.error:
        sys.exit(f"the sample mailbox: {result.error}")
    print(f"{result.new} letters; reading them ...", flush=True)
    for name in (name for name in NAMES if name not in {"poll", "train"}):
        total = 0
        while done := step(name)(runtime):
            total += done
            _show(name, total)
        if total:
            print(flush=True)


def _show(name: str, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r  {name}: {total}", end="", flush=True)
    else:
        print(f"  {name}: {total}", end="", flush=True)


def _serve(app: Flask, settings: dict[str, str], host: str, port: int, password: str) -> None:
    """Serve the web beside the worker until Ctrl-C."""
    stop = threading.Event()
    beside = threading.Thread(target=_work, args=(app, os.environ | settings, stop), name="worker")
    server: Any = create_server(app, host=host, port=port, threads=8)
    beside.start()
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    print(
        f"\n  public:  http://{shown}:{port}/\n"
        f"  staff:   http://{shown}:{port}/staff/login\n"
        f"  sign in: {', '.join(ACCOUNTS)} - password: {password}\n\n"
        "  Mail is not really sent; read it under 发件箱 (outbox). Ctrl-C stops.\n",
        flush=True,
    )
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    print("stopping ...", flush=True)
    stop.set()
    beside.join()
    server.close()
    app.extensions["reader"].close()


def _work(app: Flask, environ: dict[str, str], stop: threading.Event) -> None:
    with app.app_context():
        worker.run(make_runtime(app), environ, stop)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        main()
