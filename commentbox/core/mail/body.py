"""From the tree of parts to the letter: which text is read, and what is an attachment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape

from commentbox.core.mail.charsets import decode
from commentbox.core.mail.damage import Damage
from commentbox.core.mail.fields import eight_bit, header_text
from commentbox.core.mail.html import read_html
from commentbox.core.mail.marked import carried
from commentbox.core.mail.names import filename, named, safe_name
from commentbox.core.mail.structure import Part, Tree
from commentbox.core.mail.tnef import Tnef, read_tnef
from commentbox.core.mail.transfer import transfer_decode, uu_files
from commentbox.core.types import ParsedAttachment, Span

MAX_TEXT = 5_000_000
FORWARD_LINE = "---------- message/rfc822 ----------"

_META = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_PLACEHOLDER = re.compile(
    r"HTML[- ]?(?:format|capable|enabled|e-?mail|message|version|only)|(?:view|support|display)\w* HTML"
    r"|in HTML|不支持\s*HTML|支持HTML|HTML格式|plain.?text version|multi-?part message in MIME",
    re.I,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKUP = re.compile(r"<[a-zA-Z!/]")
_HTML_START = re.compile(r"\s*<(?:!doctype\s+html|html)[\s>]", re.I)
_NOT_READ = {
    *("calendar", "x-vcard", "vcard", "rfc822-headers", "css", "csv", "rtf", "x-amp-html", "watch-html"),
    *("javascript", "directory"),
}


@dataclass(slots=True)
class Letter:
    """Hold what a part, and all within it, adds to the letter."""

    text: str = ""
    html: str | None = None
    attachments: list[ParsedAttachment] = field(default_factory=list)
    is_html: bool = False
    marked: tuple[Span, ...] = ()
    spare: Letter | None = None
    """What a winmail.dat says: the letter's text where it has no other."""


def read_letter(tree: Tree, hint: str, damage: list[Damage]) -> Letter:
    """Return text, HTML and attachments of a whole mail; children are read before their parents."""
    letters: dict[int, Letter] = {}
    for part in reversed(tree.parts):
        inner = [letters.pop(id(child)) for child in part.children]
        letters[id(part)] = _letter(part, inner, hint, damage)
    letter = _filled(letters[id(tree.root)])
    if not letter.text.strip():
        _take_named_text(tree, letter, hint, damage)
    if len(letter.text) > MAX_TEXT or len(letter.html or "") > MAX_TEXT:
        damage.append(Damage.TEXT_CUT)
        letter.text = letter.text[:MAX_TEXT]
        letter.html = letter.html and letter.html[:MAX_TEXT]
    letter.attachments = named(letter.attachments)
    return letter


def _filled(letter: Letter) -> Letter:
    """Return a letter with the text of its winmail.dat where it has none of its own."""
    packed = letter.spare
    if packed is None or letter.text.strip():
        return letter
    return replace(letter, text=packed.text, html=packed.html, marked=packed.marked)


def _take_named_text(tree: Tree, letter: Letter, hint: str, damage: list[Damage]) -> None:
    """Make the first text shown in place the letter's, though it has a file name, where there is no other."""
    for part in tree.parts:
        shown = part.media_type in ("text/plain", "text/html") and part.disposition.value != "attachment"
        if shown and part.in_kind != "rfc822" and (name := filename(part, hint)):
            body = _body(part, hint, damage)
            letter.text, letter.html, letter.marked = body.text, body.html, body.marked
            files = letter.attachments
            at = next((n for n, item in enumerate(files) if item.filename == name), len(files))
            letter.attachments = files[:at] + files[at + 1 :]
            return


def _letter(part: Part, inner: list[Letter], hint: str, damage: list[Damage]) -> Letter:
    kind = part.media_type.partition("/")[0]
    if kind == "multipart" and inner:
        return _alternative(inner) if part.media_type == "multipart/alternative" else _joined(inner)
    if part.children and kind == "message":
        return _forwarded(part, inner[0], hint)
    if _is_body(part, hint):
        return _body(part, hint, damage)
    file = _attachment(part, hint, damage)
    packed = read_tnef(file.content)
    return _unpacked(file, packed, damage) if packed else Letter(attachments=[file])


def _unpacked(file: ParsedAttachment, packed: Tnef, damage: list[Damage]) -> Letter:
    """Return what a winmail.dat holds; it stays itself where not all of it could be read."""
    pages = [_page(tidy(packed.html))] if packed.html else []
    spare = _alternative([Letter(text=tidy(packed.text)), *pages])
    files = [
        ParsedAttachment(
            safe_name(item.filename), item.media_type or "application/octet-stream", item.content
        )
        for item in packed.files
    ]
    if packed.damaged:
        damage.append(Damage.TNEF_DAMAGED)
    whole = not packed.damaged and (spare.text.strip() or files)
    return Letter(attachments=files if whole else [file, *files], spare=spare if spare.text.strip() else None)


def _is_body(part: Part, hint: str) -> bool:
    kind, _, subtype = part.media_type.partition("/")
    if part.disposition.value == "attachment":
        return False
    if kind == "multipart":
        return True  # its boundary was never found: show what is there
    if kind != "text" or subtype in _NOT_READ:
        return False
    if part.in_kind in ("", "rfc822"):
        return True
    named = part.disposition.text("filename") if part.in_kind == "alternative" else filename(part, hint)
    return not named


def _body(part: Part, hint: str, damage: list[Damage]) -> Letter:
    content = _content(part, damage)
    label = part.content_type.text("charset")
    if part.media_type == "text/html":
        return _html_body(content, label, hint, damage)
    files = uu_files(content) if b"begin" in content else []
    for file in reversed(files):
        content = content[: file.start] + content[file.end :]
    text = tidy(_decoded(content, label, hint, damage))
    if _HTML_START.match(text):
        return _page(text)
    if part.content_type.text("format").lower() == "flowed":
        text = unflow(text, part.content_type.text("delsp").lower() == "yes")
    if part.media_type == "text/enriched":
        text = re.sub(r"</?[a-zA-Z-]{1,40}>", "", text)
    attachments = [
        ParsedAttachment(safe_name(eight_bit(file.filename, hint)), "application/octet-stream", file.content)
        for file in files
    ]
    return Letter(text=text, attachments=attachments)


def _html_body(content: bytes, label: str, hint: str, damage: list[Damage]) -> Letter:
    meta = _META.search(content[:4096])
    named = meta.group(1).decode("ascii", "replace") if meta else ""
    html = tidy(_decoded(content, label or named, named or hint, damage))
    if not _MARKUP.search(html):
        return Letter(text=unescape(html), is_html=True)
    return _page(html)


def _page(html: str) -> Letter:
    page = read_html(html)
    return Letter(text=page.text, html=html, is_html=True, marked=page.marked)


def _content(part: Part, damage: list[Damage]) -> bytes:
    done = transfer_decode(part.body, part.raw("content-transfer-encoding").decode("latin-1"))
    if done.damaged:
        damage.append(Damage.BASE64_DAMAGED)
    return done.content


def _decoded(content: bytes, label: str, hint: str, damage: list[Damage]) -> str:
    decoded = decode(content, label, hint)
    if decoded.guessed:
        damage.append(Damage.CHARSET_GUESSED)
    return decoded.text


def tidy(text: str) -> str:
    """Return text with plain line ends and without characters that no database takes."""
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def unflow(text: str, delete_space: bool) -> str:
    """Return format=flowed text (RFC 3676) with its soft line breaks undone."""
    out: list[str] = []
    open_depth = -1  # quote depth of the paragraph that still goes on
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        if out and (open_depth != depth or words == "-- "):
            out.append("\n")
        if open_depth != depth or words == "-- ":
            out.append(">" * depth + (" " if depth else ""))
        out.append(words[:-1] if flows and delete_space else words)
        open_depth = depth if flows else -1
    return "".join(out)


def _alternative(inner: list[Letter]) -> Letter:
    """Return the plain text where it says something, else the HTML's."""
    plain = [letter for letter in inner if letter.text.strip() and not letter.is_html]
    rich = [letter for letter in inner if letter.text.strip() and letter.is_html]
    chosen = plain[0] if plain and not (rich and _says_nothing(plain[0].text)) else None
    if chosen is None:
        chosen = rich[-1] if rich else Letter()
    html = next((letter.html for letter in reversed(inner) if letter.html), None)
    files = [item for letter in inner for item in letter.attachments]
    marked = chosen.marked
    if rich and chosen is not rich[-1]:
        marked = carried(rich[-1].text, rich[-1].marked, chosen.text)
    return Letter(chosen.text, html, files, marked=marked, spare=_spare(inner))


def _spare(inner: list[Letter]) -> Letter | None:
    return next((letter.spare for letter in inner if letter.spare), None)


def _says_nothing(text: str) -> bool:
    return len(text) < 400 and bool(_PLACEHOLDER.search(text))


def _joined(inner: list[Letter]) -> Letter:
    texts = [letter for letter in inner if letter.text.strip()]
    read = [_trimmed(letter) for letter in texts] if len(texts) > 1 else texts
    html = [letter.html for letter in inner if letter.html]
    return Letter(
        text="\n\n".join(letter.text for letter in read),
        html="\n".join(html) or None,
        attachments=[item for letter in inner for item in letter.attachments],
        is_html=bool(texts) and all(letter.is_html for letter in texts),
        marked=tuple(_following(read)),
        spare=_spare(inner),
    )


def _trimmed(letter: Letter) -> Letter:
    start = len(letter.text) - len(letter.text.lstrip("\n"))
    return replace(letter, text=letter.text.strip("\n"), marked=_moved(letter.marked, -start))


def _following(letters: list[Letter]) -> Iterator[Span]:
    """Yield the marked stretches of texts that are set one below another, a blank line between."""
    start = 0
    for letter in letters:
        yield from _moved(letter.marked, start)
        start += len(letter.text) + 2


def _moved(marked: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple(Span(max(0, span.start + by), max(0, span.end + by), span.kind) for span in marked)


def _forwarded(part: Part, inner: Letter, hint: str) -> Letter:
    """Return a mail within the mail: its text belongs to the letter, and it is kept as a file too."""
    nested = part.children[0]
    head = [f"{name}: {header_text(nested.raw(name.lower()), hint)}" for name in ("From", "Date", "Subject")]
    name = filename(part, hint) or f"{header_text(nested.raw('subject'), hint)[:80] or 'message'}.eml"
    whole = ParsedAttachment(_eml(safe_name(name)), "message/rfc822", nested.source)
    said = _filled(inner)
    above = "\n".join([FORWARD_LINE, *head, "", ""])
    marked = _moved(said.marked, len(above))
    return Letter(above + said.text, said.html, [whole, *inner.attachments], marked=marked)


def _eml(name: str) -> str:
    return name if name.lower().endswith((".eml", ".mht", ".mhtml")) else f"{name}.eml"


def _attachment(part: Part, hint: str, damage: list[Damage]) -> ParsedAttachment:
    return ParsedAttachment(filename(part, hint), part.media_type, _content(part, damage))
