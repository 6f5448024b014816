"""Reading mails: every message in tests/data/mail against its expected values, and whatever else comes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commentbox.core.mail import Damage, html_to_text, parse_mail
from commentbox.core.quoting import own_text
from commentbox.core.rules.mail import verdict
from commentbox.core.types import MailFacts, ParsedMail

MAILS = sorted((Path(__file__).parents[1] / "data" / "mail").glob("*.eml"))
RAW = [raw for path in MAILS if (raw := path.read_bytes())]


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_reads_each_mail_as_expected(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    mail = parse_mail(path.read_bytes())
    assert_fields(mail, expected)
    assert_texts(mail.text, expected, "text", "absent")
    assert_texts(own_text(mail.text, mail.marked), expected, "own", "own_absent")
    decided = verdict(mail, MailFacts(own_message_ids=frozenset(expected.get("ours", []))))
    assert decided.outcome == expected.get("outcome", "submission")
    assert decided.reason == expected.get("reason", "")
    assert decided.silence == expected.get("silence", decided.silence)


def assert_fields(mail: ParsedMail, expected: dict[str, Any]) -> None:
    """Hold every field that the expected values name against the mail's."""
    seen = {
        "subject_is": mail.subject,
        "from_name": mail.from_name,
        "from_address": mail.from_address,
        "doubtful": mail.doubtful,
        "text_is": mail.text.strip(),
        "contents": {item.filename: item.content.decode("latin-1") for item in mail.attachments},
    }
    assert {name: seen[name] for name in seen if name in expected} == {
        name: expected[name] for name in seen if name in expected
    }
    assert [item.filename for item in mail.attachments] == expected.get("attachments", [])
    assert [asdict(item) for item in mail.cloud_files] == expected.get("cloud", [])
    assert set(expected.get("warnings", [])) <= set(mail.warnings)
    assert not {name for name, _ in mail.headers} & set(expected.get("headers_absent", []))


def assert_texts(text: str, expected: dict[str, Any], inside: str, outside: str) -> None:
    """Look for the pieces that must stand in a text, and for those that must not."""
    for piece in expected.get(inside, []):
        assert piece in text
    for piece in expected.get(outside, []):
        assert piece not in text


def test_the_corpus_is_whole() -> None:
    assert len(MAILS) >= 120
    assert {path.stem for path in MAILS} == {path.stem for path in MAILS[0].parent.glob("*.json")}
    assert len({path.read_bytes() for path in MAILS}) == len(MAILS)


def storable(mail: ParsedMail) -> bool:
    """Tell whether a database takes every text of the mail."""
    texts = [mail.subject, mail.from_name, mail.from_address, mail.text, mail.html or ""]
    texts += [item.filename for item in mail.attachments] + [value for _, value in mail.headers]
    for text in texts:
        text.encode("utf-8")
    return all("\0" not in text for text in texts)


@given(st.binary(max_size=2000))
def test_never_raises_on_any_bytes(raw: bytes) -> None:
    assert storable(parse_mail(raw))


@settings(max_examples=300)
@given(st.sampled_from(RAW), st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6)), max_size=12))
def test_never_raises_on_mutated_mails(raw: bytes, changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(raw)
    for position, piece in changes:
        at = position % len(content)
        content[at : at + len(piece) // 2] = piece
    mail = parse_mail(bytes(content))
    assert storable(mail)
    assert Damage.UNREADABLE not in mail.warnings


def is_utf8(raw: bytes) -> bool:
    try:
        return bool(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return False


@given(st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["C"]), max_size=40))
def test_reads_back_any_subject_in_gb18030(subject: str) -> None:
    # Bytes that are UTF-8 too are read as that: the label lies more often than chance does.
    assume(subject.isascii() or not is_utf8(subject.encode("gb18030")))
    raw = b"Subject: =?gbk?Q?" + b"".join(b"=%02X" % byte for byte in subject.encode("gb18030")) + b"?=\n\nx"
    assert parse_mail(raw).subject.split() == subject.split()


def nested(levels: int) -> bytes:
    """Return a mail of multiparts within multiparts."""
    heads = [b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels)]
    return b"".join(heads) + b"Content-Type: text/plain\n\nat the bottom"


def test_reads_two_thousand_levels() -> None:
    assert parse_mail(nested(2000)).text == "at the bottom"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "raw",
    [
        nested(20_000),
        b"Content-Type: message/rfc822\n\n" * 3000 + b"x",
        b"Content-Type: " + b";" * 50_000 + b"\n\nx",
        b"Content-Type: multipart/mixed; boundary=-\n\n" + b"-" * 1_000_000,
        b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
        b"begin 644 a\n" * 50_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 200_000,
    ],
    ids=["nested", "mails in mails", "semicolons", "dashes", "deep html", "uu", "flowed"],
)
def test_never_takes_long(raw: bytes) -> None:
    assert isinstance(parse_mail(raw), ParsedMail)


def test_cuts_a_huge_subject_with_a_warning() -> None:
    mail = parse_mail(b"Subject: " + b"x" * 192_000 + b"\n\nbody")
    assert len(mail.subject) == 2000
    assert Damage.SUBJECT_CUT in mail.warnings
    assert mail.text == "body"


def test_takes_message_ids_as_they_stand() -> None:
    mail = parse_mail(b"Message-ID: <a@b>\nIn-Reply-To: <c@d> (x)\nReferences: <e@f>\n <g@h>\n\nx")
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("<a@b>", ("<c@d>",), ("<e@f>", "<g@h>"))


@pytest.mark.parametrize("date", ["Mon, 32 Foo 99999", "", "\xff", "Mon, 1 Jan 0001 00:00:00 +2400"])
def test_a_senseless_date_is_none(date: str) -> None:
    assert parse_mail(f"Date: {date}\n\nx".encode("latin-1")).date is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<b>b</b>c</p><p>d</p>", "abc\n\nd"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<blockquote type=cite>old</blockquote>new", "> old\nnew"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"),
        ("<table><tr><td>only<br>layout</table>", "only\nlayout"),
        ("<div style='display:none'>all hidden</div>", "all hidden"),
    ],
)
def test_html_becomes_what_is_seen(html: str, text: str) -> None:
    assert html_to_text(html) == text


@given(st.text(max_size=500))
def test_any_html_becomes_text(html: str) -> None:
    assert isinstance(html_to_text(f"<p>{html}"), str)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Content-Type: text/html charset=gbk\n\n<p>" + "意见".encode("gbk"), "意见"),
        (b"Content-Type: text/html\n\nno markup\nhere &amp; now", "no markup\nhere & now"),
        (b"Content-Type: text/plain\n\n<html><body><p>marked up</p></body></html>", "marked up"),
        (b"Content-Type: text/plain; charset=utf-16\n\nnarrow", "narrow"),
        (
            b"Content-Type: text/plain; name=x.txt\nContent-Disposition: inline; filename=x.txt\n\nletter",
            "letter",
        ),
        (b"Content-Transfer-Encoding: quoted-printable\n\na= \nb=E", "ab=E"),
        (b"Content-Transfer-Encoding: base64\n\nnot base64 at all", "not base64 at all"),
        (b"Subject : x\n\nletter", "letter"),
        (b"\n\nFrom: a@example.org\n\nletter", "letter"),
        (b"From a@example.org Mon May  1\nSubject: x\n\nletter", "letter"),
    ],
)
def test_reads_the_letter_in_spite_of_its_faults(raw: bytes, text: str) -> None:
    assert parse_mail(raw).text.strip() == text


def test_a_named_text_is_the_letter_where_there_is_no_other() -> None:
    named = b"--x\nContent-Type: text/plain; name=%s.txt\n\n%s\n"
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n" + named % (b"a", b"one") + named % (b"b", b"two")
    mail = parse_mail(raw)
    assert mail.text == "one"
    assert [item.filename for item in mail.attachments] == ["b.txt"]


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ('"Lin, Xiaohe" <lin@example.net>', "Lin, Xiaohe", "lin@example.net"),
        ("lin@example.net (Lin)", "Lin", "lin@example.net"),
        ("=?utf-8?Q?Lin_<lin@example.net>?=", "Lin", "lin@example.net"),
        ('"unclosed <lin@example.net>', "unclosed", "lin@example.net"),
        ("<>", "", ""),
        ("", "", ""),
        ("Friends: lin@example.net, b@example.net;", "", "lin@example.net"),
        ("a@b@c <lin@example.net> trailing", "a@b@c", "lin@example.net"),
        ("<lin@example.net>, <b@example.net>", "", "lin@example.net"),
    ],
)
def test_reads_the_sender_however_written(value: str, name: str, address: str) -> None:
    mail = parse_mail(f"From: {value}\n\nx".encode())
    assert (mail.from_name, mail.from_address) == (name, address)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\x\\\\意见.docx", "意见.docx"),
        ("a\x00b.txt", "a b.txt"),
        ("..", "attachment-1.bin"),
    ],
)
def test_file_names_lose_folders_and_controls(given: str, kept: str) -> None:
    raw = f'Content-Type: application/x-y\nContent-Disposition: attachment; filename="{given}"\n\nx'
    assert [item.filename for item in parse_mail(raw.encode()).attachments] == [kept]
