"""Which elements of a mail's HTML hold a quotation or a signature, by the marks that programs leave.

Only marks that nobody sets by hand are here: a bare <blockquote> may be the clause that a letter is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice

from selectolax.lexbor import LexborNode

from commentbox.core.mail.programs import FORWARDED, Field, field_of, is_attribution
from commentbox.core.types import Kind, Span


class Mark(Enum):
    """Name what an element says of itself and of what follows."""

    QUOTE = "quote"
    UNTIL_QUOTE = "until quote"
    """Quoted up to and with the first quotation within; what follows that was written inside it."""
    ONWARD = "onward"
    """Quoted, and all that follows it."""
    SIGNATURE = "signature"


_PREFIX = re.compile(r"^(?:x_|gmail-|yiv\d+|m_-?\d+|mce_)+")
"""What a program puts before the names in mail that it quotes."""
_IDS = {
    "isreplycontent": Mark.QUOTE,  # NetEase
    "orimsghtmlseperator": Mark.QUOTE,  # Sina
    "origbody": Mark.QUOTE,
    "reply139content": Mark.QUOTE,  # China Mobile
    "olk_src_body_section": Mark.QUOTE,  # Outlook for Mac
    "mail-editor-reference-message-container": Mark.QUOTE,  # Outlook, new
    "divrplyfwdmsg": Mark.ONWARD,  # Outlook on the web
    "stopspelling": Mark.ONWARD,  # Hotmail
    "zwchr": Mark.ONWARD,  # Zimbra
    "replysplit": Mark.ONWARD,
    "signature": Mark.SIGNATURE,
    "applemailsignature": Mark.SIGNATURE,
    "ms-outlook-mobile-signature": Mark.SIGNATURE,
    "ntes-pcmac-signature": Mark.SIGNATURE,
    "composer_signature": Mark.SIGNATURE,
    "ymail_android_signature": Mark.SIGNATURE,
}
_CLASSES = {
    "gmail_attr": Mark.QUOTE,
    "moz-cite-prefix": Mark.QUOTE,
    "yahoo_quoted": Mark.QUOTE,
    "protonmail_quote": Mark.QUOTE,
    "tutanota_quote": Mark.QUOTE,
    "zmail_extra": Mark.QUOTE,
    "iosymail": Mark.QUOTE,
    "ik_mail_quote": Mark.QUOTE,
    "netease_quote": Mark.QUOTE,
    "outlookmessageheader": Mark.ONWARD,  # Outlook Express
    "gmail_signature": Mark.SIGNATURE,
    "gmail_signature_prefix": Mark.SIGNATURE,
    "moz-signature": Mark.SIGNATURE,
    "protonmail_signature_block": Mark.SIGNATURE,
    "editorusersignature": Mark.SIGNATURE,
}
_NAMES = {
    "quote": Mark.QUOTE,  # GMX
    "messagereplysection": Mark.QUOTE,  # Spark
    "messagesignaturesection": Mark.SIGNATURE,
}
_HEAD_STYLE = re.compile(r"border-top[a-z-]*\s*:[^;]{0,60}solid|background(?:-color)?\s*:\s*#efefef", re.I)
"""How Outlook, Foxmail and QQ set the fields above a quotation."""
_HEAD_SAMPLE = 600
_HEAD_NODES = 300


def mark_of(node: LexborNode, tag: str) -> Mark | None:
    """Return what an element is marked as by the program that wrote it, None for the writer's own."""
    attributes = node.attributes
    if tag in ("html", "body") or not attributes:
        return None
    name = (attributes.get("id") or "").lower()
    found = _IDS.get(_PREFIX.sub("", name)) or _NAMES.get((attributes.get("name") or "").lower())
    classes = [_PREFIX.sub("", item) for item in (attributes.get("class") or "").lower().split()]
    found = found or next((_CLASSES[item] for item in classes if item in _CLASSES), None)
    if found or (tag == "blockquote" and (attributes.get("type") == "cite" or "gmail_quote" in classes)):
        return found or Mark.QUOTE
    if "gmail_quote" in classes or "gmail_quote_container" in classes:
        return None if _forwards(node) else Mark.UNTIL_QUOTE
    if tag == "div" and _HEAD_STYLE.search(attributes.get("style") or ""):
        return Mark.ONWARD if _is_head(node) else None
    return None


def _forwards(node: LexborNode) -> bool:
    return any(FORWARDED.match(line) for line in _first_lines(node, 120))


def _is_head(node: LexborNode) -> bool:
    """Tell whether an element begins with `发件人:` and has more fields of a quoted head."""
    fields = [field_of(line) for line in _first_lines(node, _HEAD_SAMPLE)]
    return bool(fields) and fields[0] is Field.FROM and len(set(fields) - {None, Field.OTHER}) >= 3


def _first_lines(node: LexborNode, characters: int) -> list[str]:
    """Return the first texts in an element that stand on lines of their own, as far as so many characters."""
    lines: list[str] = []
    words = ""
    for piece in _pieces(node):
        if piece is None:
            lines, words = [*lines, words], ""
        else:
            words += " ".join(piece.split())
            characters -= len(piece)
        if characters < 0:
            break
    return [line for line in [*lines, words] if line]


_BREAKING = {"br", "div", "p", "tr", "li", "blockquote"}


def _pieces(node: LexborNode) -> Iterator[str | None]:
    """Yield the texts below a node in order, None for a break between lines."""
    for child in islice(node.traverse(include_text=True), _HEAD_NODES):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag in _BREAKING:
            yield None


def announces(line: str) -> bool:
    """Tell whether the line above a bare <blockquote> says that it holds somebody's mail."""
    return is_attribution([line], quoted_below=False)


def carried(text: str, marked: tuple[Span, ...], plain: str) -> tuple[Span, ...]:
    """Return where the plain text of a mail is quoted, by the marks of its HTML's text.

    Only for a quotation that runs to the end below words that stand in both alike; else nothing.
    """
    first = next((span for span in marked if span.kind is Kind.QUOTE), None)
    if first is None or any(_bare(text[a:b]) for a, b in _unmarked_after(first, marked, len(text))):
        return ()
    head = _bare(text[: first.start])
    at = _end_of(head, plain) if head else None
    return (Span(at, len(plain), Kind.QUOTE),) if at is not None and at < len(plain) else ()


def _unmarked_after(first: Span, marked: tuple[Span, ...], end: int) -> Iterator[tuple[int, int]]:
    position = first.start
    for span in (*marked, Span(end, end, Kind.QUOTE)):
        if span.end > position:
            yield position, max(position, span.start)
            position = span.end
    yield position, end


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _end_of(head: str, plain: str) -> int | None:
    """Return where the line ends with which the plain text has said the same as the head, None if never."""
    matched = 0
    for at, character in enumerate(plain):
        if not character.isalnum():
            if matched == len(head) and character == "\n":
                return at + 1
        elif matched == len(head) or character != head[matched]:
            return None
        else:
            matched += 1
    return None
