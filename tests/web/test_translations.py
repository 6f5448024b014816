"""Every text that people read is there in Chinese and in English."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

from commentbox.core.states import Role
from commentbox.core.types import SYSTEM
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import users
from tests.fixtures.app import NOW, PASSWORD, small_draft
from tests.web.conftest import Visitor, page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "commentbox" / "web" / "translations" / "en" / "LC_MESSAGES"
METHODS = [("commentbox/web/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english() -> Catalog:
    """Return the English texts."""
    return read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")


def test_every_text_is_translated() -> None:
    found = {m[2] for m in extract_from_dir(str(ROOT), METHODS, keywords=KEYWORDS)}
    known = {m.id: m for m in english() if m.id}
    assert found - set(known) == set(), "run `make translate` and translate what is empty"
    assert set(known) - found == set()
    assert [m.id for m in known.values() if m.fuzzy or not m.string] == []


def test_placeholders_and_languages_are_kept() -> None:
    for message in english():
        if message.id:
            text = str(message.string)
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(str(message.id)))
            assert not _CHINESE.search(text), text


def test_compiled_texts_are_those_of_the_source() -> None:
    compiled = read_mo(BytesIO((FOLDER / "messages.mo").read_bytes()))
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in english() if m.id}


PUBLIC = ["/", "/c/parks", "/c/parks/comment", "/c/parks/receipt", "/staff/login", "/nowhere"]
STAFF = [
    "/staff/parks/",
    "/staff/parks/measures",
    "/staff/parks/export",
    "/staff/parks/enter",
    "/staff/held",
    "/staff/outbox",
]


def chrome(visitor: Visitor, path: str) -> str:
    """Return what an English page says besides the consultation's own Chinese words."""
    tree = page(visitor.get(f"{path}?lang=en"))
    for node in tree.css("script, style, option, [lang|=zh], .language, .switch"):
        node.decompose()
    return tree.body.text(separator=" ") if tree.body else ""


@pytest.mark.parametrize("path", PUBLIC)
def test_english_pages_of_the_public(app: Flask, visitor: Visitor, path: str) -> None:
    assert not _CHINESE.search(chrome(visitor, path))


@pytest.mark.parametrize("path", STAFF)
def test_english_pages_of_staff(app: Flask, consultation: object, visitor: Visitor, path: str) -> None:
    with transaction(db.session()) as session:
        users.create(session, "wang", Role.ADMIN, PASSWORD, actor=SYSTEM, now=NOW)
    assert visitor.sign_in("wang").status_code == 303
    words = chrome(visitor, path)
    for data in (small_draft().title, *(n.title for n in small_draft().nodes if n.title)):
        words = words.replace(data, "")
    left = [str(m.id) for m in english() if len(str(m.id)) > 3 and str(m.id) in words]
    assert left == []
