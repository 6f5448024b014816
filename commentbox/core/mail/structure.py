"""The tree of a mail's parts, cut out of its bytes without recursion and in bounded time.

The standard library's parser recurses into nested parts, stops reading the header at `Subject : x` and takes
minutes for a header of semicolons; so the cutting is done here, on offsets into one buffer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from commentbox.core.mail.damage import Damage
from commentbox.core.mail.fields import Parameters, parameters
from commentbox.core.mail.transfer import transfer_decode

MAX_PARTS = 3_000
MAX_NESTED_MAILS = 20
MAX_FIELDS = 1_000
MAX_FIELD = 16_384
# Every level of nesting looks through its bytes again; this bounds the sum.
SCAN_BUDGET = 300_000_000

_OF_A_MAIL = {"from", "to", "subject", "date", "message-id", "received", "content-type"}
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_CLOSING = re.compile(rb"^--([^\r\n]{1,200}?)--[ \t]*\r?$", re.M)
_ENVELOPE = re.compile(rb"\s*(?:>?From [^\r\n]*\r?\n)?")


@dataclass(slots=True)
class Part:
    """Hold one part: its fields as sent (unfolded), the bytes after them, and the parts within."""

    fields: list[tuple[str, bytes]]
    body: bytes
    """Empty once the parts within are cut out of it."""
    content_type: Parameters
    disposition: Parameters
    children: list[Part] = field(default_factory=list)
    in_kind: str = ""
    """The subtype of the multipart that it stands in, "rfc822" in a mail within the mail, "" at the top."""
    source: bytes = b""
    """All its bytes, kept for a mail within the mail only."""
    nested_mails: int = 0

    @property
    def media_type(self) -> str:
        """Return the media type in lower case, text/plain where none is given."""
        return self.content_type.value

    def raw(self, name: str) -> bytes:
        """Return the first field of this name as sent, b"" where it is missing."""
        return next((value for key, value in self.fields if key == name), b"")


@dataclass(slots=True)
class Tree:
    """Hold all parts, parents before children, and what was wrong."""

    parts: list[Part]
    damage: list[Damage]

    @property
    def root(self) -> Part:
        """Return the mail itself."""
        return self.parts[0]


def parse_structure(raw: bytes) -> Tree:
    """Return the tree of parts of any bytes."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    damage: list[Damage] = []
    opening = _ENVELOPE.match(raw)
    root = _read_part(raw[opening.end() if opening else 0 :], "text/plain", damage)
    tree = Tree([root], damage)
    budget = SCAN_BUDGET
    for part in tree.parts:  # grows while it is walked
        budget -= len(part.body)
        if budget < 0:
            damage.append(Damage.TOO_DEEP)
            break
        part.children = _children(part, damage, MAX_PARTS - len(tree.parts))
        if part.children:
            part.body = b""
        tree.parts.extend(part.children)
    return tree


def _children(part: Part, damage: list[Damage], room: int) -> list[Part]:
    if _is_mail_file(part):
        part.content_type = Parameters("message/rfc822", part.content_type.pairs)
    kind, _, subtype = part.media_type.partition("/")
    if kind == "message" and subtype in ("rfc822", "global"):
        return _nested_mail(part, damage) if room > 0 else []
    if kind != "multipart":
        return []
    default = "message/rfc822" if subtype == "digest" else "text/plain"
    pieces = _split(part, damage)
    if not pieces and part.body.strip() == b"--" + _boundary(part) + b"--":
        part.body = b""  # closed before anything was in it
    if len(pieces) > room:
        damage.append(Damage.TOO_MANY_PARTS)
    children = [_read_part(piece, default, damage, subtype) for piece in pieces[: max(0, room)]]
    for child in children:
        child.nested_mails = part.nested_mails
    return children


def _is_mail_file(part: Part) -> bool:
    """Tell a mail that its sender's program forwarded as a plain file (application/octet-stream)."""
    if part.media_type not in ("application/octet-stream", "application/x-eml", "application/eml"):
        return False
    name = part.disposition.text("filename") or part.content_type.text("name")
    if not name.lower().endswith(".eml"):
        return False
    fields, _ = _read_fields(_nested(part)[:MAX_FIELD], [])
    return len(_OF_A_MAIL & {name for name, _ in fields}) > 1


def _nested_mail(part: Part, damage: list[Damage]) -> list[Part]:
    if part.nested_mails >= MAX_NESTED_MAILS:
        damage.append(Damage.TOO_DEEP)
        return []
    source = _nested(part).lstrip(b"\r\n")
    child = _read_part(source, "text/plain", damage, "rfc822")
    child.source = source
    child.nested_mails = part.nested_mails + 1
    return [child]


def _nested(part: Part) -> bytes:
    encoding = part.raw("content-transfer-encoding").decode("latin-1")
    return transfer_decode(part.body, encoding).content


def _split(part: Part, damage: list[Damage]) -> list[bytes]:
    """Return the bytes between the boundaries, [] where no boundary is found."""
    body = part.body
    boundary = _boundary(part)
    pieces = _between(body, boundary) if boundary else []
    if not pieces:
        decoded = _nested(part)
        if decoded != body and boundary:
            pieces = _between(decoded, boundary)
    if not pieces:
        damage.append(Damage.BOUNDARY_MISSING)
        closing = _CLOSING.search(body)
        pieces = _between(body, closing.group(1)) if closing else []
    return pieces


def _boundary(part: Part) -> bytes:
    return part.content_type.raw("boundary").rstrip()


def _between(body: bytes, boundary: bytes) -> list[bytes]:
    mark = b"--" + boundary
    pieces: list[bytes] = []
    start = -1
    at = 0 if body.startswith(mark) else _next_line_with(body, mark, 0)
    while at >= 0:
        line_end = body.find(b"\n", at)
        line_end = len(body) if line_end < 0 else line_end
        rest = body[at + len(mark) : min(line_end, at + len(mark) + 200)].strip()
        if rest in (b"", b"--"):
            if start >= 0:
                pieces.append(_without_last_break(body, start, at))
            start = -1 if rest else line_end + 1
        at = _next_line_with(body, mark, line_end)
    if 0 <= start < len(body):
        pieces.append(body[start:])
    return pieces


def _next_line_with(body: bytes, mark: bytes, position: int) -> int:
    """Return where a line begins with mark, -1 where none does."""
    return body.find(b"\n" + mark, position) + 1 or -1


def _without_last_break(body: bytes, start: int, end: int) -> bytes:
    if body[start:end].endswith(b"\r\n"):
        return body[start : end - 2]
    return body[start : max(start, end - 1)]


def _read_part(source: bytes, default: str, damage: list[Damage], in_kind: str = "") -> Part:
    fields, body = _read_fields(source, damage)
    part = Part(fields, body, parameters(b"", default), parameters(b"", ""), in_kind=in_kind)
    part.content_type = parameters(part.raw("content-type"), default)
    part.disposition = parameters(part.raw("content-disposition"), "")
    return part


def _read_fields(source: bytes, damage: list[Damage]) -> tuple[list[tuple[str, bytes]], bytes]:
    """Return the header fields and what follows them; a stray line among fields is passed over."""
    lines: list[tuple[str, list[bytes]]] = []
    position = 0
    while position < len(source):
        line, after = _line(source, position)
        found = _FIELD.match(line)
        if not line.strip() and not _goes_on(line, source, after):
            position = after
            break
        if line[:1] in b" \t" and lines:
            lines[-1][1].append(line)
        elif found and len(lines) < MAX_FIELDS:
            lines.append((found.group(1).decode("ascii").lower(), [line[found.end() :]]))
        elif len(lines) < MAX_FIELDS:
            if not lines or not _is_field(source, after):
                break
            damage.append(Damage.HEADER_BROKEN)
        position = after
    return [(name, _joined(pieces, damage)) for name, pieces in lines], source[position:]


def _line(source: bytes, start: int) -> tuple[bytes, int]:
    end = source.find(b"\n", start)
    if end < 0:
        return source[start:].rstrip(b"\r"), len(source)
    return source[start:end].rstrip(b"\r"), end + 1


def _goes_on(line: bytes, source: bytes, after: int) -> bool:
    """Tell whether a line of spaces is a folded field rather than the end of the header."""
    return line != b"" and _is_field(source, after)


def _is_field(source: bytes, start: int) -> bool:
    line, _ = _line(source, start)
    return bool(_FIELD.match(line)) or (line[:1] in (b" ", b"\t") and bool(line.strip()))


def _joined(pieces: list[bytes], damage: list[Damage]) -> bytes:
    size = 0
    for index, piece in enumerate(pieces):
        size += len(piece)
        if size > MAX_FIELD:
            damage.append(Damage.HEADER_CUT)
            return b"".join(pieces[: index + 1])[:MAX_FIELD].strip()
    return b"".join(pieces).replace(b"\r", b" ").strip()
