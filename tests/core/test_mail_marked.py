"""What the HTML of a mail marks as quoted reaches the letter's text, whichever part that text comes from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentbox.adapters.wire import mail_message, mail_of
from commentbox.core.mail import parse_mail
from commentbox.core.mail.html import html_to_text, read_html
from commentbox.core.quoting import own_text
from commentbox.core.types import Kind, ParsedMail

OUTLOOK = "<div>改为柳树。</div><div id=divRplyFwdMsg>发件人: X</div><div>旧文</div>"


def mail(*parts: tuple[str, str], kind: str = "mixed") -> ParsedMail:
    bodies = "".join(
        f"--x\nContent-Type: {media_type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
        for media_type, body in parts
    )
    head = f"From: a@example.org\nSubject: x\nContent-Type: multipart/{kind}; boundary=x\n\n"
    return parse_mail(f"{head}{bodies}--x--\n".encode())


def own(parsed: ParsedMail) -> str:
    return own_text(parsed.text, parsed.marked)


def test_marks_keep_their_places_below_another_text() -> None:
    assert own(mail(("text/plain", "\n\n请查收。\n\n"), ("text/html", OUTLOOK))) == "请查收。\n\n改为柳树。"


def test_intake_24_marks_keep_their_places_in_a_forwarded_mail() -> None:
    inner = f"From: b@example.org\nSubject: y\nContent-Type: text/html; charset=utf-8\n\n{OUTLOOK}"
    assert own(mail(("text/plain", "请查收。"), ("message/rfc822", inner))) == "请查收。\n改为柳树。"


def test_the_html_tells_where_the_plain_text_is_quoted() -> None:
    parsed = mail(("text/plain", "改为\n柳树。\n\nX 5月\n旧文"), ("text/html", OUTLOOK), kind="alternative")
    assert own(parsed) == "改为\n柳树。"


def test_a_plain_text_that_says_more_than_the_html_is_left_whole() -> None:
    plain = "改为柳树。另加路灯。\n旧文"
    assert own(mail(("text/plain", plain), ("text/html", OUTLOOK), kind="alternative")) == plain


def test_an_answer_below_the_html_quotation_leaves_the_plain_text_whole() -> None:
    html = "<div>您好，意见在后。</div><blockquote type=cite>旧文</blockquote><div>改为柳树。</div>"
    plain = "您好，意见在后。\n旧文\n改为柳树。"
    assert own(mail(("text/plain", plain), ("text/html", html), kind="alternative")) == plain


def test_marks_go_from_child_to_parent() -> None:
    parsed = mail(("text/html", OUTLOOK))
    assert parsed.marked
    assert mail_of(mail_message(parsed)) == parsed


PIECES = [
    *("<div>", "</div>", "<blockquote type=cite>", "</blockquote>", "<p>", "甲", " 乙 ", "<br>", "\xa0"),
    *("<blockquote>", "<pre>\n丙\n</pre>", "<table><tr><td>1<td>2", "</table>", "x@y.example 10:10 wrote:"),
    *('<div id="divRplyFwdMsg">', '<div class="gmail_quote">', '<div class="gmail_signature">'),
    '<div style="background:#efefef">发件人: x<br>日期: y<br>主题: z',
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_marks_are_stretches_of_the_text_in_order(html: str) -> None:
    page = read_html(html)
    edges = [edge for span in page.marked for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(page.text) for edge in edges)
    assert all(span.kind is not Kind.OWN for span in page.marked)
    assert bool(own_text(page.text, page.marked)) == bool(html_to_text(html))


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<blockquote></blockquote>",
            "a <blockquote></blockquote>",
            '<div class="gmail_quote">a</div>',
            "<br>",
        ),
        *('<div style="background:#efefef"></div>', "<p id=divRplyFwdMsg>a"),
    ],
)
def test_hostile_html_takes_time_by_its_length(piece: str) -> None:
    began = time.process_time()
    read_html(piece * (300_000 // len(piece)))
    assert time.process_time() - began < 3
