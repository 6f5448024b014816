"""Any bytes become a mail, soundly made mails come back whole, file names are safe, spans have no gaps."""

from __future__ import annotations

import time
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commentbox.core.mail import Damage, parse_mail
from commentbox.core.mail.names import MAX_NAME, safe_name
from commentbox.core.quoting import fold
from commentbox.core.types import ParsedMail

RAW = [
    raw
    for path in sorted((Path(__file__).parents[1] / "data" / "mail").glob("*.eml"))
    if (raw := path.read_bytes())
]
SECONDS = 5.0
"""For one small mail; far under the reading child's limit."""

HAN = "镕喆楼道照明无障碍坡道第四条意见建议修改为，。；“”（）《》\u3000"
ALPHABETS = {
    "utf-8": st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from(HAN + "𠮷😀"),
    "gb18030": st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from(HAN + "𠮷ab 1"),
    "gbk": st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from(HAN + "ab 1"),
    "gb2312": st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FA5)
    | st.sampled_from("ab 1"),
    "big5": st.characters(codec="big5", min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("ab 1"),
    "iso-8859-1": st.sampled_from("abcdefgh éàüöß 123"),
    "us-ascii": st.sampled_from("abc xyz 123 ,.-=_?"),
}
CHARSETS = st.sampled_from(sorted(ALPHABETS))
TRANSFERS = st.sampled_from(["base64", "quoted-printable", "8bit"])


def storable(mail: ParsedMail) -> bool:
    """Tell whether a database takes every text of the mail."""
    texts = [mail.subject, mail.from_name, mail.from_address, mail.text, mail.html or "", mail.message_id]
    texts += [item.filename for item in mail.attachments] + [value for _, value in mail.headers]
    texts += [part for file in mail.cloud_files for part in (file.name, file.link, file.expires)]
    for text in texts:
        text.encode("utf-8")
    return all("\0" not in text for text in texts)


def read_in_time(raw: bytes) -> ParsedMail:
    """Return the mail of these bytes; fail where it takes too long or cannot be stored."""
    start = time.process_time()
    mail = parse_mail(raw)
    assert time.process_time() - start < SECONDS
    assert storable(mail)
    assert Damage.UNREADABLE not in mail.warnings
    return mail


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_intake_07_any_bytes_are_a_mail(raw: bytes) -> None:
    read_in_time(raw)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(RAW),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 60), st.binary(max_size=8)), max_size=12),
)
def test_intake_07_any_mutated_mail_is_a_mail(raw: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(raw)
    for position, size, piece in changes:
        at = position % (len(content) + 1)
        content[at : at + size] = piece
    read_in_time(bytes(content))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"\\par", b"\\'d5", b"\\u38236?", b"\\*", b"\\f0 ", b"\\htmlrtf", b"x", b"\\bin9"]
        )
    )
)
def test_intake_24_any_rich_text_in_winmail_is_read(pieces: list[bytes]) -> None:
    rich = b"".join(pieces)
    packed = b"MELA".join(
        [(len(rich) + 12).to_bytes(4, "little") + len(rich).to_bytes(4, "little"), b"\0" * 4 + rich]
    )
    record = (
        b"\x02\x01\x09\x10"
        + b"\x01\0\0\0"
        + len(packed).to_bytes(4, "little")
        + packed
        + b"\0" * (-len(packed) % 4)
    )
    value = b"\x01\0\0\0" + record
    tnef = (
        b"\x78\x9f\x3e\x22\0\0" + b"\x01\x03\x90\x06\x00" + len(value).to_bytes(4, "little") + value + b"\0\0"
    )
    mail = read_in_time(b"Content-Type: application/ms-tnef\n\n" + tnef)
    assert "{" not in mail.text


def made(
    charset: str, transfer: str, subject: str, name: str, text: str, filename: str, content: bytes
) -> bytes:
    """Return a mail as the standard library makes it."""
    message = EmailMessage()
    message["From"] = Address(name, "lin", "people.example")
    message["Subject"] = subject
    message.set_content(text, charset=charset, cte=transfer)
    message.add_attachment(content, "application", "octet-stream", filename=filename)
    return message.as_bytes(policy=SMTP)


def words(charset: str, least: int = 0) -> st.SearchStrategy[str]:
    """Return texts of one line that a charset can say."""
    return st.text(ALPHABETS[charset], min_size=least, max_size=60).map(lambda text: " ".join(text.split()))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data(), CHARSETS, TRANSFERS, st.binary(max_size=200))
def test_intake_12_a_sound_mail_comes_back_whole(
    data: st.DataObject, charset: str, transfer: str, content: bytes
) -> None:
    subject, name, filename = (data.draw(words(charset)) for _ in range(3))
    lines = data.draw(st.lists(words(charset), min_size=1, max_size=8).filter(any))
    filename = "意" + filename.replace("/", "").replace("\\", "") + "见.bin"
    raw = made(charset, transfer, subject, name, "\n".join(lines), filename, content)
    mail = parse_mail(raw)
    assert mail.subject.split() == subject.split()
    assert mail.from_address == "lin@people.example"
    assert mail.text.rstrip("\n") == "\n".join(lines).rstrip("\n")
    assert [(file.filename, file.content) for file in mail.attachments] == [(filename, content)]
    assert not mail.doubtful


@given(st.text() | st.text(st.sampled_from("./\\ \u202e\u0000意a:")))
def test_intake_14_file_names_are_safe_whatever_was_sent(name: str) -> None:
    safe = safe_name(name)
    assert not set(safe) & set("/\\\0\r\n\u202e")
    assert safe not in (".", "..")
    assert len(safe) <= MAX_NAME
    assert safe == safe.strip() == safe_name(safe)


@given(
    st.lists(
        st.sampled_from(
            [
                "> 旧",
                "新",
                "",
                "-- ",
                "发件人: x",
                "主题: y",
                "收件人: z",
                "------------------ 原始邮件 ------------------",
                "在 2026-06-01 09:00:00，x 写道：",
                "发自我的iPhone",
                "On Mon, Jun 1, 2026 at 9:00 AM x wrote:",
                "\u2028",
                "\x0b",
                "\r",
            ]
        )
    )
    | st.text().map(lambda text: [text])
)
def test_spans_cover_the_text_without_gaps(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = fold(text)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert all(span.start < span.end for span in spans)


def test_intake_07_the_whole_corpus_is_read_in_a_moment() -> None:
    start = time.process_time()
    for raw in RAW:
        parse_mail(raw)
    assert time.process_time() - start < SECONDS
