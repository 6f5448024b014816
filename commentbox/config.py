"""Every setting of the product, once: its name, type, default and one line of help.

Values come from the environment, with the prefix ``COMMENTBOX_``; `load` is called once, at start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

PREFIX = "COMMENTBOX_"


class ConfigError(Exception):
    """Say which setting is wrong, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one setting; ``kind`` is str, int, bool, list or a tuple of the allowed words."""

    name: str
    kind: type | tuple[str, ...]
    default: Any
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA_DIR", str, "instance", "Folder of everything a run writes."),
    Setting("DATABASE_URL", str, "", "SQLAlchemy address; empty: SQLite in the data dir.", secret=True),
    Setting("SECRET_KEY", str, "", "Key that signs sessions and forms; required to serve.", secret=True),
    Setting("DEMO", bool, False, "Show the demo banner and the page with outgoing mail."),
    Setting("TIMEZONE", str, "Asia/Shanghai", "Zone of the consultation's days."),
    Setting("PROXY_HOPS", int, 0, "Number of reverse proxies in front that set X-Forwarded-*."),
    Setting("SECURE_COOKIES", bool, False, "Set where the site is served over HTTPS; adds HSTS."),
    Setting("IMAP_HOST", str, "", "Mail server of the consultation mailbox; empty: no polling."),
    Setting("IMAP_PORT", int, 993, "Port of the mail server."),
    Setting("IMAP_SECURITY", ("tls", "starttls", "none"), "tls", "How the connection is secured."),
    Setting("IMAP_USER", str, "", "Account of the mailbox."),
    Setting("IMAP_PASSWORD", str, "", "Password or authorisation code of the mailbox.", secret=True),
    Setting("IMAP_FOLDERS", list, (), "Folders to poll, by commas; empty: INBOX and junk."),
    Setting("IMAP_JUNK_FOLDERS", list, ("Junk", "Spam", "垃圾邮件"), "Folders whose mail is not answered."),
    Setting("IMAP_TIMEOUT", int, 60, "Seconds to wait for the mail server."),
    Setting(
        "MAIL_AUTHSERV_ID",
        str,
        "",
        "Name our mail server signs Authentication-Results with; empty: senders stay unverified.",
    ),
    Setting("POLL_SECONDS", int, 60, "Seconds between two looks into the mailbox."),
    Setting("MAX_MAIL_BYTES", int, 40_000_000, "A larger mail is stored but left to a person to read."),
    Setting("MAX_UPLOAD_BYTES", int, 20_000_000, "Most bytes of one web comment with its files."),
    Setting("MAX_UPLOAD_FILES", int, 5, "Most files of one web comment."),
    Setting("MAIL_SERVER", str, "", "SMTP server; empty: mail waits in the outbox."),
    Setting("MAIL_PORT", int, 25, "Port of the SMTP server."),
    Setting("MAIL_USE_TLS", bool, False, "Use STARTTLS."),
    Setting("MAIL_USE_SSL", bool, False, "Use TLS from the first byte."),
    Setting("MAIL_USERNAME", str, "", "Account for sending."),
    Setting("MAIL_PASSWORD", str, "", "Password for sending.", secret=True),
    Setting("MAIL_DEFAULT_SENDER", str, "", "Sender of what is sent; empty: the mailbox's address."),
    Setting("MAIL_SUPPRESS_SEND", bool, False, "Count mail as sent without sending it (demo)."),
    Setting("OPERATOR_EMAIL", str, "", "Who is mailed when something is on alarm; empty: nobody."),
    Setting("ALARM_SILENCE_MINUTES", int, 15, "The mailbox unread for so long is an alarm."),
    Setting("CELERY_BROKER_URL", str, "", "Set: work goes to Celery; empty: the embedded loop.", secret=True),
    Setting("RATE_LIMIT_STORAGE", str, "memory://", "Where Flask-Limiter counts requests."),
    Setting("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "Least level that is logged."),
)

MAILBOX = ("IMAP_HOST", "IMAP_PORT", "IMAP_SECURITY", "IMAP_USER", "IMAP_PASSWORD", "IMAP_FOLDERS")
"""Settings of one mailbox. A second one is set as IMAP_2_HOST, IMAP_2_USER ..., a third as IMAP_3_..."""
MOST_MAILBOXES = 9

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def load(environ: Mapping[str, str], root: Path) -> dict[str, Any]:
    """Return the settings read from the environment; raise ConfigError on a wrong one.

    Relative paths are taken from root, the project's folder. A secret may be given as ``..._FILE``.
    """
    values = {setting.name: _read(setting, environ) for setting in SETTINGS}
    data_dir = (root / values["DATA_DIR"]).resolve()
    values["DATA_DIR"] = str(data_dir)
    values["MAILBOXES"] = _mailboxes(values, environ)
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{data_dir / 'commentbox.sqlite3'}"
    return values


def _mailboxes(values: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """Return the settings of each mailbox that has a host."""
    settings = [setting for setting in SETTINGS if setting.name in MAILBOX]
    found = [{name: values[name] for name in MAILBOX}]
    found += [
        {setting.name: _read(_numbered(setting, number), environ) for setting in settings}
        for number in range(2, MOST_MAILBOXES + 1)
    ]
    return tuple(mailbox for mailbox in found if mailbox["IMAP_HOST"])


def _numbered(setting: Setting, number: int) -> Setting:
    return replace(setting, name=setting.name.replace("IMAP_", f"IMAP_{number}_", 1))


def _read(setting: Setting, environ: Mapping[str, str]) -> Any:
    name = PREFIX + setting.name
    if setting.secret and environ.get(name + "_FILE"):
        return _from_file(name + "_FILE", environ[name + "_FILE"])
    raw = environ.get(name)
    if raw is None:
        return setting.default
    return _convert(setting, name, raw.strip())


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}: cannot read {path}: {error.strerror}") from None


def _convert(setting: Setting, name: str, raw: str) -> Any:
    if isinstance(setting.kind, tuple):
        if raw not in setting.kind:
            raise ConfigError(f"{name} is {raw!r}; it can be {', '.join(setting.kind)}")
        return raw
    if setting.kind is bool:
        return _bool(name, raw)
    if setting.kind is int:
        if not raw.isdecimal():
            raise ConfigError(f"{name} is {raw!r}; it takes a whole number")
        return int(raw)
    if setting.kind is list:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return raw


def _bool(name: str, raw: str) -> bool:
    word = raw.lower()
    if word not in _TRUE | _FALSE:
        raise ConfigError(f"{name} is {raw!r}; it takes true or false")
    return word in _TRUE


def unknown(environ: Mapping[str, str]) -> list[str]:
    """Return the names that look like settings and are none: misspelt, they would go unnoticed."""
    mailboxes = [s for s in SETTINGS if s.name in MAILBOX]
    every = [*SETTINGS, *(_numbered(s, number) for s in mailboxes for number in range(2, MOST_MAILBOXES + 1))]
    known = {PREFIX + s.name for s in every} | {PREFIX + s.name + "_FILE" for s in every if s.secret}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
