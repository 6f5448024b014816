"""Ways to damage a mail, each the same for the same random numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

CHARSETS = (
    b"gbk",
    b"gb2312",
    b"utf-8",
    b"us-ascii",
    b"big5",
    b"utf-16",
    b"utf-7",
    b"hz",
    b"iso-2022-jp",
    b"x",
)
ENCODINGS = (b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"nonsense")
PIECES = (b"\0", b"\r", b"\n", b"\r\n\r\n", b"=?", b"?=", b";" * 500, b"<" * 500, b"--", b"\xff\xfe")
_CHARSET = re.compile(rb"(?<=charset=)[\"']?[\w.:-]+", re.I)
_WORD_CHARSET = re.compile(rb"(?<==\?)[\w.:-]+(?=\?[bq]\?)", re.I)
_ENCODING = re.compile(rb"(?<=Content-Transfer-Encoding: )[\w-]+", re.I)
_BOUNDARY = re.compile(rb"boundary=\"?([^\";\s]+)|^--([^\s-][^\r\n]*)", re.I | re.M)
_FIELD = re.compile(rb"^[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.M)
_LINE_END = re.compile(rb"\r?\n")

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """Return one mail of the corpus, damaged in one to four ways."""
    raw = rng.choice(corpus)
    for mutation in rng.choices(MUTATIONS, k=rng.randint(1, 4)):
        raw = mutation(rng, raw, corpus)
    return raw


def _flip_bits(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    content = bytearray(raw)
    for _ in range(rng.choice((1, 2, 8, 64)) if content else 0):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _cut(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _span(rng, raw)
    return rng.choice((raw[:start], raw[start:], raw[:start] + raw[end:]))


def _splice(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    other = rng.choice(corpus)
    start, end = _span(rng, other)
    at = rng.randint(0, len(raw))
    return raw[:at] + other[start:end] + raw[at:]


def _join_halves(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    other = rng.choice(corpus)
    return raw[: rng.randint(0, len(raw))] + other[rng.randint(0, len(other)) :]


def _repeat(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = _span(rng, raw)
    piece = raw[start : min(end, start + 300)]
    return raw[:start] + piece * rng.choice((2, 3, 50, 400)) + raw[start:]


def _insert(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    at = rng.randint(0, len(raw))
    piece = rng.choice(
        (b"\0", b"\r", b"\n", b"\r\n\r\n", b"=?", b"?=", b";" * 500, b"<" * 500, b"--", b"\xff\xfe")
    )
    return raw[:at] + rng.choice((piece, rng.randbytes(rng.randint(1, 40)))) + raw[at:]


def _swap_fields(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    mine, theirs = list(_FIELD.finditer(raw)), _FIELD.findall(rng.choice(corpus))
    if not mine or not theirs:
        return raw
    field = rng.choice(mine)
    return raw[: field.start()] + rng.choice(theirs) + raw[field.end() :]


def _swap_charsets(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    raw = _CHARSET.sub(lambda found: rng.choice(CHARSETS), raw)
    return _WORD_CHARSET.sub(lambda found: rng.choice((found.group(), *CHARSETS)), raw)


def _swap_encodings(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return _ENCODING.sub(lambda found: rng.choice(ENCODINGS), raw)


def _damage_boundaries(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    found = list(_BOUNDARY.finditer(raw))
    if not found:
        return raw
    at = rng.choice(found)
    damaged = rng.choice((b"", b"boundary=", b"--", at.group() + b"x", at.group()[:-1], at.group() + b"--"))
    return raw[: at.start()] + damaged + raw[at.end() :]


def _change_line_ends(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return _LINE_END.sub(rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\n", b"\r\n")), raw)


def _nest(rng: random.Random, raw: bytes, corpus: Sequence[bytes]) -> bytes:
    return b"Subject: nested\r\nContent-Type: message/rfc822\r\n\r\n" * rng.choice((1, 3, 40)) + raw


def _span(rng: random.Random, raw: bytes) -> tuple[int, int]:
    start, end = sorted((rng.randint(0, len(raw)), rng.randint(0, len(raw))))
    return start, end


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _cut,
    _splice,
    _join_halves,
    _repeat,
    _insert,
    _swap_fields,
    _swap_charsets,
    _swap_encodings,
    _damage_boundaries,
    _change_line_ends,
    _nest,
)
