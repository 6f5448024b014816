"""commentbox: public consultation, from mailbox and web form to the comment sheet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import structlog
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from commentbox import cli, logs, web
from commentbox.adapters.blobs import BlobStore
from commentbox.adapters.child import ReaderChild
from commentbox.config import ConfigError, load, unknown
from commentbox.db import prepare_engine
from commentbox.extensions import babel, csrf, db, limiter, login, mail, migrate
from commentbox.web.language import choose_language

ROOT = Path(__file__).resolve().parent.parent
LOGIN_HOURS = 10

log = structlog.get_logger()


def create_app(config: Mapping[str, str] | None = None) -> Flask:
    """Return the application, set up from the environment; raise ConfigError on a wrong setting.

    ``config`` stands for the environment, with the same names.
    """
    environ = os.environ if config is None else config
    settings = load(environ, ROOT)
    _require_secret(settings)
    logs.setup(settings["LOG_LEVEL"])
    for name in unknown(environ):
        log.warning("unknown setting", name=name, help="`flask doctor` lists the names")
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder="web/static")
    app.config.update(settings)
    app.config.update(_flask_settings(settings))
    _bind_files(app, Path(settings["DATA_DIR"]))
    _bind_extensions(app)
    web.register(app)
    cli.register(app)
    return app


def _require_secret(settings: dict[str, Any]) -> None:
    """Refuse to serve without a key of one's own; commands that serve nothing need none."""
    context = click.get_current_context(silent=True)
    serving = context is None or context.info_name == "run"
    if serving and not settings["SECRET_KEY"]:
        raise ConfigError(
            "COMMENTBOX_SECRET_KEY is not set. Make one and keep it: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )


def _flask_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Return what Flask and its extensions want to know, derived from our settings."""
    return {
        "SQLALCHEMY_DATABASE_URI": _driver(settings["DATABASE_URL"]),
        # An error's text would else repeat what respondents wrote.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "hide_parameters": True},
        "MAX_CONTENT_LENGTH": settings["MAX_UPLOAD_BYTES"] + 1_000_000,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": settings["SECURE_COOKIES"],
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=LOGIN_HOURS),
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans",
        "BABEL_DEFAULT_TIMEZONE": settings["TIMEZONE"],
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "commentbox" / "web" / "translations"),
        "RATELIMIT_STORAGE_URI": settings["RATE_LIMIT_STORAGE"],
        "MAIL_DEFAULT_SENDER": settings["MAIL_DEFAULT_SENDER"] or settings["IMAP_USER"] or None,
    }


def _driver(address: str) -> str:
    """Return a database address that names the driver we ship."""
    try:
        url = make_url(address)
    except ArgumentError:
        # Not repeated here: it may hold a password.
        raise ConfigError("COMMENTBOX_DATABASE_URL is no address of a database: postgresql://...") from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _bind_files(app: Flask, data_dir: Path) -> None:
    """Give the app its folder of files, and the child that reads hostile ones."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"COMMENTBOX_DATA_DIR: cannot make {data_dir}: {error.strerror}") from None
    app.extensions["blobs"] = BlobStore(data_dir / "blobs")
    app.extensions["reader"] = ReaderChild()


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    mail.init_app(app)
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_language)
    limiter.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
