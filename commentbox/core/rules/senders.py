"""Whether the sender of a mail is who it says: what our own mail server wrote of it (RFC 8601), no more.

From can be forged, and so can Authentication-Results: only the topmost field counts, and only where it
carries the name of our own server. What is found out is shown to staff; it never drops a mail.
"""

from __future__ import annotations

from dataclasses import dataclass

from commentbox.core.states import SenderCheck
from commentbox.core.types import ParsedMail

FIELD = "authentication-results"
MAX_FIELD = 16_384
# Under these anybody can have a name, so two names under one of them have nothing to do with each other.
_PUBLIC_SUFFIXES = frozenset(
    [f"{kind}.cn" for kind in ("ac", "com", "edu", "gov", "mil", "net", "org")]
    + ["com.hk", "com.tw", "co.uk", "org.uk", "gov.uk", "com.au", "co.jp", "com.sg", "github.io"]
)


@dataclass(frozen=True, slots=True)
class Result:
    """Hold the result of one method, with its properties: {"header.from": "example.org"}."""

    method: str
    value: str
    properties: dict[str, str]


def sender_check(mail: ParsedMail, authserv_id: str) -> SenderCheck:
    """Return what our server, whose name is ``authserv_id``, found out about the From address."""
    domain = mail.from_address.rpartition("@")[2].lower().rstrip(".")
    authors = sum(name == "from" for name, _ in mail.headers)
    server, results = read_results(mail.header(FIELD))
    if not authserv_id or server != authserv_id.lower() or not domain or authors != 1:
        return SenderCheck.UNVERIFIED
    dmarc = [r for r in results if r.method == "dmarc" and _domain(r, "header.from") in ("", domain)]
    if any(r.value == "fail" for r in dmarc):
        return SenderCheck.FAILED
    if any(r.value == "pass" for r in dmarc) or any(_speaks_for(r, domain) for r in results):
        return SenderCheck.VERIFIED
    failed = any(r.method == "spf" and r.value in ("fail", "hardfail") for r in results)
    return SenderCheck.FAILED if failed else SenderCheck.UNVERIFIED


def _speaks_for(result: Result, domain: str) -> bool:
    """Tell whether SPF or DKIM passed for the domain of From itself, or one of the same owner."""
    names = {"spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}.get(result.method, ())
    return result.value == "pass" and any(_aligned(_domain(result, name), domain) for name in names)


def _domain(result: Result, name: str) -> str:
    return result.properties.get(name, "").rpartition("@")[2].lower().rstrip(".")


def _aligned(one: str, other: str) -> bool:
    if one == other:
        return bool(one)
    parent = min(one, other, key=len)
    under = one.endswith(f".{other}") or other.endswith(f".{one}")
    return under and "." in parent and parent not in _PUBLIC_SUFFIXES


def read_results(field: str) -> tuple[str, list[Result]]:
    """Return the server's name in lower case and the results of one field; what is ill formed is left out."""
    pieces = [_words(piece) for piece in _cut(_without_comments(field[:MAX_FIELD]), ";")]
    server = pieces[0][0].lower() if pieces[0] else ""
    results = [found for words in pieces[1:] if words and (found := _result(words)) is not None]
    return server, results


def _without_comments(text: str) -> str:
    """Return a field without its comments, which nest; what stands in quotes stays."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in text:
        if not escaped and char == '"' and not depth:
            quoted = not quoted
        if not quoted and not escaped and char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(char)
        escaped = char == "\\" and not escaped
    return "".join(kept)


def _cut(text: str, mark: str) -> list[str]:
    """Return the text cut at a mark that stands outside quotes."""
    pieces, start, quoted, escaped = [], 0, False, False
    for at, char in enumerate(text):
        if char == '"' and not escaped:
            quoted = not quoted
        elif char == mark and not quoted:
            pieces.append(text[start:at])
            start = at + 1
        escaped = char == "\\" and not escaped
    return [*pieces, text[start:]]


def _words(piece: str) -> list[str]:
    return [word for word in _cut(" ".join(piece.split()), " ") if word]


def _result(words: list[str]) -> Result | None:
    """Return `method[/version]=result [reason=text] *(type.name=value)`.

    A value goes on to the next blank: `smtp.mailfrom=trusted.example=x@evil.example` names evil.example.
    """
    pairs = [word.partition("=") for word in words]
    (method, _, value), *rest = pairs
    if not method or not value:
        return None
    properties: dict[str, str] = {}
    for name, _, content in rest:
        properties.setdefault(name.lower(), content.replace('"', ""))
    return Result(method.partition("/")[0].lower(), value.lower(), properties)
