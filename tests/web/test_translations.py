"""Every text that people read is there in Chinese and in English, and an English page has no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commentbox.core.states import ConsultationState, MailState, OutboundState, Role
from commentbox.core.types import SYSTEM, AnnexItem, Draft, Node, Notice
from commentbox.db import transaction
from commentbox.models import Attachment, Campaign, Consultation, InboundMail, OutboundMail, RawMail
from commentbox.services import consultations
from commentbox.web.labels import LABELS, REFUSALS
from tests.fixtures.desk import RAW, Desk, add_letter, measure
from tests.web.conftest import Clock

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "commentbox" / "web" / "translations" / "en" / "LC_MESSAGES"
METHODS = [("commentbox/web/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_pgettext": ((1, "c"), 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_NUMBER = re.compile(r"（\d+）")
"""An item's number in the annex, which is stored as the draft writes it."""

SignIn = Callable[[Role], FlaskClient]
Key = tuple[str | None, Any]


def english() -> Catalog:
    """Return the English texts."""
    return read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en")


def strings(catalog: Catalog) -> dict[Key, list[str]]:
    """Return the texts of a catalog, one for each number, by context and Chinese text."""
    return {(m.context, m.id): _forms(m.string) for m in catalog if m.id}


def _forms(text: Any) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [text]


def test_every_text_is_translated() -> None:
    found = {(m[4], m[2]) for m in extract_from_dir(str(ROOT), METHODS, keywords=KEYWORDS)}
    known = strings(english())
    assert found - set(known) == set(), "run `make translate` and translate what is empty"
    assert set(known) - found == set(), "run `make translate`"
    assert [key for key, texts in known.items() if not all(texts)] == []
    assert [m.id for m in english() if m.id and m.fuzzy] == []


def test_placeholders_and_languages_are_kept() -> None:
    for (_context, source), texts in strings(english()).items():
        for text in texts:
            wanted = sorted(_PLACEHOLDER.findall(_forms(source)[0]))
            assert sorted(_PLACEHOLDER.findall(text)) == wanted, source
            assert not _CHINESE.search(text), text


def test_words_that_stand_before_others_end_in_a_space() -> None:
    """A Chinese colon brings its own space along, an English one does not."""
    for (_context, source), texts in strings(english()).items():
        if _forms(source)[0].endswith("："):
            assert all(text.endswith((": ", ". ")) for text in texts), source


def test_one_thing_is_not_told_as_several() -> None:
    several = [texts for (_c, source), texts in strings(english()).items() if isinstance(source, tuple)]
    assert several
    assert all(len(set(texts)) == 2 for texts in several)


def test_compiled_texts_are_those_of_the_source() -> None:
    compiled = BytesIO()
    write_mo(compiled, english())
    assert (FOLDER / "messages.mo").read_bytes() == compiled.getvalue()


# --- pages, over a consultation whose own words are Latin ----------------------------------------------

AGENCIES = ("Parks Office", "Street Office")
FIRST = "Please put more benches into the pocket parks, with backs to lean on."
SECOND = "The lamps are too dark; old people cannot see the path at night."


def latin_draft(today: date) -> Draft:
    """Return a draft without a Chinese character."""
    nodes = (
        Node("whole", "", None, "whole", "The whole", "", None),
        Node("1", "I.", None, "part", "General aims", "Bring parks closer to homes.", None),
        Node("2", "II.", None, "part", "Tasks", "", None),
        Node("2.1", "(1)", 1, "measure", "Pocket parks", "Build twenty.", "2", AGENCIES, AGENCIES),
        Node("2.2", "(2)", 2, "measure", "Lamps", "Light all main paths.", "2", AGENCIES),
    )
    annex = (AnnexItem(1, "Sites of pocket parks", "Choose twenty sites.", "2.1", AGENCIES, AGENCIES),)
    notice = Notice(
        title="Notice",
        unit="Parks Office",
        text="Comments are welcome until the last day.",
        opens=today - timedelta(days=10),
        closes=today + timedelta(days=20),
        mailbox="comments@yunqi.example",
        contact_name="Lin Mu",
        contact_phone="0000-1234",
    )
    return Draft("Plan for parks and green space in the city", notice, "A plan.", nodes, annex, ())


def add_latin(session: Session, slug: str, opens_in: int) -> Consultation:
    """Store the Latin draft as a consultation of thirty-one days that is published."""
    now = datetime.now(UTC)
    opens = now.date() + timedelta(days=opens_in)
    with transaction(session):
        made = consultations.create(
            session,
            latin_draft(now.date()),
            slug=slug,
            title=None,
            opens=opens,
            closes=opens + timedelta(days=30),
            timezone="Asia/Shanghai",
            source=("draft.txt", ""),
            actor=SYSTEM,
            now=now,
        )
        consultations.move(session, made, ConsultationState.OPEN, actor=SYSTEM, now=now)
    return made


@pytest.fixture
def desk(session: Session, sign_in: SignIn) -> Desk:
    """Return an administrator before a desk with something of every kind on it."""
    here = add_latin(session, "parks", -10)
    names = {"respondent": "Zhou", "organisation": "Riverside Club", "subject": "On the plan for our parks"}
    late = add_letter(
        session, here, FIRST, SECOND, suggested="2.1", raw=RAW, receipt="AAAA", late_minutes=1500, **names
    )
    copy = add_letter(session, here, FIRST, suggested="2.1", minutes_ago=90, receipt="BBBB", **names)
    bare = add_letter(
        session, here, suggested="2.1", minutes_ago=80, receipt="CCCC", **{**names, "email": ""}
    )
    with transaction(session):
        for comment in bare.comments:
            session.delete(comment)
        bare.own_text = bare.body = ""
        for comment in (*late.comments, *copy.comments):
            comment.suggestions[0].spans = []
        late.warnings, late.doubtful = ["header_broken"], True
        late.comments[1].ambiguous, late.comments[1].reference = True, "(2)"
        late.comments[1].original, late.comments[1].proposal = "Light all main paths.", "Light all paths."
        late.campaign = copy.campaign = Campaign(
            consultation_id=here.id, representative_id=late.id, size=2, created_at=late.stored_at
        )
        late.attachments = [_scan(n, status) for n, status in enumerate(("empty", "ok"))]
        session.add_all([_held(), *_outgoing(here, late.id)])
    return Desk(sign_in(Role.ADMIN), "/staff/parks/s/AAAA?lang=en")


def _scan(position: int, status: str) -> Attachment:
    return Attachment(
        position=position,
        filename=f"scan-{position}.pdf",
        media_type="application/pdf",
        size=2_500_000,
        sha256="b" * 64,
        text_status=status,
        text="What the file says." if status == "ok" else "",
    )


def _held() -> InboundMail:
    now = datetime.now(UTC)
    return InboundMail(
        sha256="a" * 64,
        size=len(RAW),
        received_at=now,
        stored_at=now,
        state=MailState.HELD,
        reason="unreadable",
        attempts=3,
        junk=True,
        detail="ValueError",
        warnings=["header_broken", "text_cut"],
        raw=RawMail(content=RAW),
    )


def _outgoing(here: Consultation, letter: int) -> Iterator[OutboundMail]:
    """Yield a mail in every state."""
    for number, state in enumerate(OutboundState):
        yield OutboundMail(
            consultation_id=here.id,
            submission_id=letter,
            kind="reply",
            to_address="zhou@mail.example",
            subject="Your comments on the plan",
            body="Thank you for your comments.",
            message_id=f"<{number}@yunqi.example>",
            state=state,
            attempts=number,
            last_error="550 no such user",
            retry_at=datetime.now(UTC),
            created_at=datetime.now(UTC),
        )


def chinese(answer: TestResponse) -> set[str]:
    """Return what is Chinese in a page, but for the name of that language and the templates of letters."""
    tree = LexborHTMLParser(answer.text)
    for node in tree.css("script, textarea, [name=template] option, .languages [lang|=zh]"):
        node.decompose()
    told = {tree.root.text(separator="\n")} if tree.root else set()
    for node in tree.css("*"):
        told |= {node.attributes.get(name) or "" for name in ("aria-label", "placeholder", "title", "label")}
        told |= {value or "" for name, value in node.attributes.items() if name.startswith("data-")}
    return {word for text in told for word in _CHINESE.findall(_NUMBER.sub("", text))}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/c/parks", 200),
        ("/c/parks/comment", 200),
        ("/c/soon", 200),
        ("/c/soon/comment", 403),
        ("/c/over", 200),
        ("/c/over/comment", 403),
        ("/c/parks/receipt", 404),
        ("/staff/login", 200),
        ("/nowhere", 404),
    ],
)
def test_pages_of_the_public_are_english(
    app: Flask, session: Session, client: FlaskClient, path: str, status: int
) -> None:
    for slug, opens_in in (("parks", -10), ("soon", 10), ("over", -60)):
        add_latin(session, slug, opens_in)
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == status
    assert '<html lang="en">' in answer.text
    assert chinese(answer) == set()


def test_the_form_with_problems_and_the_receipt_are_english(
    clock: Clock, session: Session, client: FlaskClient
) -> None:
    add_latin(session, "parks", -10)
    form = Desk(client, "/c/parks/comment?lang=en")
    token = re.search(r'name="token" value="([^"]+)"', form.get(form.page))
    assert token
    said = {"token": token[1], "text-0": FIRST, "measure-0": measure(session, "2.1").id}
    too_quick = form.post("/c/parks/comment", 422, **said)
    clock.forward(minutes=1)
    wrong = form.post("/c/parks/comment", 422, **said, email="nobody", website="x", whole="x" * 20_001)
    answer = form.post("/c/parks/comment", files=(BytesIO(b"A scan."), "scan.txt"), **said)
    receipt = form.open(answer.headers["Location"])
    assert "scan.txt" in receipt.text
    assert "Pocket parks" in receipt.text
    for shown in (too_quick, wrong, receipt):
        assert chinese(shown) == set()


STAFF = [
    "/staff/parks/",
    "/staff/parks/?q=nothing-of-this",
    "/staff/parks/s/AAAA",
    "/staff/parks/s/BBBB",
    "/staff/parks/s/CCCC",
    "/staff/parks/s/AAAA/reply",
    "/staff/parks/enter",
    "/staff/parks/measures",
    "/staff/parks/measures/2.1",
    "/staff/parks/measures/unassigned",
    "/staff/parks/export",
    "/staff/health",
    "/staff/parks/organisations",
    "/staff/held",
    "/staff/held/1",
    "/staff/held?state=ignored",
    "/staff/outbox",
    "/staff/outbox?state=bounced",
    *(f"/staff/outbox/{n}" for n in range(1, 1 + len(OutboundState))),
]


def test_pages_of_staff_are_english(desk: Desk) -> None:
    desk.get(desk.page)
    for path in STAFF:
        answer = desk.open(path)
        assert answer.status_code == 200, path
        assert chinese(answer) == set(), path


def test_acts_and_what_is_said_of_them_are_english(desk: Desk, session: Session) -> None:
    """Each act leads to a page that tells of it, at the top and in the history."""
    path, numbers = desk.page.partition("?")[0], re.findall(r'id="c(\d+)"', desk.get(desk.page))
    first, second = (f"{path}/c/{number}" for number in numbers)
    for act, fields in (
        (f"{first}/assign", {"measure": measure(session, "2.1").id, "version": 1}),
        (f"/staff/parks/measures/2.1/{numbers[0]}", {"disposition": "accepted", "version": 2}),
        (f"{second}/dismiss", {"reason": "Not about the plan.", "version": 1}),
        (f"{second}/reopen", {"version": 2}),
        (f"{path}/comments", {"excerpt": "benches"}),
        (f"{path}/spam", {"reason": "Advertising.", "version": 1}),
    ):
        desk.post(act, **fields)
        assert chinese(desk.open(path)) == set(), act
        assert chinese(desk.open("/staff/parks/measures/2.1")) == set(), act
    assert chinese(desk.post(f"{second}/dismiss", 409, reason="Too late.", version=1)) == set()
    assert chinese(desk.post("/staff/parks/enter", 422, channel="letter")) == set()
    assert chinese(desk.post(f"{path}/restore", 400)) == set()
    told = LexborHTMLParser(desk.get(path)).css_first(".history")
    assert told
    for done in ("Assigned", "Disposition set", "Accepted", "Dismissed", "Reopened", "Marked as spam"):
        assert done in told.text()


def test_codes_are_named_in_english(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        named = [str(words) for kind in LABELS.values() for words in kind.values()]
        assert not _CHINESE.search(" ".join([*named, *(str(words) for words in REFUSALS.values())]))


def test_a_page_says_in_which_language_each_part_is(desk: Desk, session: Session) -> None:
    """The page's words are marked as the page's, a letter's as the letter's."""
    here = session.get(Consultation, 1)
    assert here
    add_letter(session, here, "建议增加口袋公园的座椅。", suggested="2.1", receipt="DDDD", minutes_ago=30)
    for page, receipt, letter in (("en", "AAAA", "en"), ("en", "DDDD", "zh-Hans"), ("zh-Hans", "AAAA", "en")):
        tag = page.replace("-", "_")
        tree = LexborHTMLParser(desk.get(f"/staff/parks/s/{receipt}?lang={tag}"))
        marked = [
            node.attributes["lang"] for node in tree.css("html, .letter-text:not(.is-folded), blockquote")
        ]
        assert marked == [page, *[letter] * (len(marked) - 1)]
        assert len(marked) > 2
