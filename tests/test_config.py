"""Tests of commentbox.config, and that the documents name every setting and command."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from flask import Flask

from commentbox.config import PREFIX, SETTINGS, ConfigError, load, unknown

ROOT = Path(__file__).resolve().parent.parent


def test_defaults(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert settings["DATA_DIR"] == str(tmp_path / "instance")
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/instance/commentbox.sqlite3"
    assert settings["IMAP_FOLDERS"] == ()
    assert settings["MAILBOXES"] == ()


def test_kinds(tmp_path: Path) -> None:
    given = {"IMAP_PORT": " 143 ", "DEMO": "yes", "IMAP_FOLDERS": "INBOX, 垃圾邮件,", "IMAP_SECURITY": "none"}
    settings = load({PREFIX + name: value for name, value in given.items()}, tmp_path)
    assert settings["IMAP_PORT"] == 143
    assert settings["DEMO"] is True
    assert settings["IMAP_FOLDERS"] == ("INBOX", "垃圾邮件")


def test_several_mailboxes_each_with_settings_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "code").write_text("second\n", encoding="utf-8")
    given = {"IMAP_HOST": "imap.163.com", "IMAP_USER": "a@163.com", "IMAP_PASSWORD": "first"}
    given |= {"IMAP_3_HOST": "mail.city.example", "IMAP_3_PORT": "143", "IMAP_3_SECURITY": "starttls"}
    given |= {"IMAP_3_PASSWORD_FILE": str(tmp_path / "code"), "IMAP_3_FOLDERS": "Letters"}
    environ = {PREFIX + name: value for name, value in given.items()}
    first, second = load(environ, tmp_path)["MAILBOXES"]
    assert (first["IMAP_HOST"], first["IMAP_PORT"], first["IMAP_PASSWORD"]) == ("imap.163.com", 993, "first")
    assert (second["IMAP_PORT"], second["IMAP_SECURITY"]) == (143, "starttls")
    assert (second["IMAP_PASSWORD"], second["IMAP_FOLDERS"]) == ("second", ("Letters",))
    assert unknown({**environ, PREFIX + "IMAP_3_HOTS": "x"}) == [PREFIX + "IMAP_3_HOTS"]


@pytest.mark.parametrize(("name", "value"), [("IMAP_PORT", "x"), ("DEMO", "maybe"), ("IMAP_SECURITY", "ssl")])
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=PREFIX + name):
        load({PREFIX + name: value}, tmp_path)


def test_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n", encoding="utf-8")
    settings = load({"COMMENTBOX_IMAP_PASSWORD_FILE": str(tmp_path / "key")}, tmp_path)
    assert settings["IMAP_PASSWORD"] == "s3cret"
    with pytest.raises(ConfigError, match="nowhere"):
        load({"COMMENTBOX_IMAP_PASSWORD_FILE": "/nowhere"}, tmp_path)


def test_misspelt_names_are_noticed() -> None:
    assert unknown({"COMMENTBOX_IMAP_HOSTS": "x", "COMMENTBOX_IMAP_HOST": "x", "PATH": ""}) == [
        "COMMENTBOX_IMAP_HOSTS"
    ]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [s.name for s in SETTINGS if f"| `{s.name}` |" not in text] == []


def test_every_command_is_documented(app: Flask) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    ours = [c for c in app.cli.commands.values() if c.name != "db"]
    names = [
        f"{group.name} {name}" if isinstance(group, click.Group) else str(group.name)
        for group in ours
        for name in (group.commands if isinstance(group, click.Group) else [""])
    ]
    missing = [name for name in names if name not in text and f"`{name.rpartition(' ')[2]}" not in text]
    assert missing == []
