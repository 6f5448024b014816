"""A list of organisations as people write it: a line each, the name first, then whatever else is known.

An address holds "@", a domain a dot, anything else is another name; their order does not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from commentbox.core.organisations.matching import PUBLIC_DOMAINS, plain

MAX_NAME = 200
MAX_LINES = 5_000

_CELL = re.compile(r"\s*[\t|,;，；、]\s*")
_NUMBERING = re.compile(r"^\s*[（(]?\d{1,4}\s*[.．、)）]\s*(?=\D)")
_NUMBER = re.compile(r"\d{1,4}\.?")
_DOMAIN = re.compile(r"@?((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63})")
_ADDRESS = re.compile(r"[^\s<>@]{1,100}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_HEADINGS = {
    "序号",
    "单位",
    "单位名称",
    "名称",
    "征求意见单位",
    "部门",
    "name",
    "organisation",
    "organization",
    "no.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one organisation of a list."""

    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold what of a list was not taken: its line, from 1, and why.

    ``code`` is "no_name", "public_domain" or "bad_address".
    """

    line: int
    code: str
    text: str


def read_list(text: str) -> tuple[list[Entry], list[Problem]]:
    """Return the organisations of a list, each name once, and what of it was not taken."""
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines()[:MAX_LINES], 1):
        cells = _cells(line)
        if not cells or cells[0].lower() in _HEADINGS:
            continue
        entry = _entry(cells, number, problems)
        if entry is not None:
            key = plain(entry.name)
            entries[key] = _merged(entries[key], entry) if key in entries else entry
    return list(entries.values()), problems


def _cells(line: str) -> list[str]:
    line = _NUMBERING.sub("", unicodedata.normalize("NFKC", line.replace("\ufeff", "")))
    cells = (cell.strip().strip('"') for cell in _CELL.split(line))
    return [cell for cell in cells if cell and not _NUMBER.fullmatch(cell)]


def _entry(cells: list[str], number: int, problems: list[Problem]) -> Entry | None:
    names: list[str] = []
    addresses: list[str] = []
    domains: list[str] = []
    for cell in cells:
        low = cell.lower()
        if _ADDRESS.fullmatch(low):
            addresses.append(low)
        elif found := _DOMAIN.fullmatch(low):
            domains.append(found[1])
        elif "@" in cell:
            problems.append(Problem(number, "bad_address", cell[:MAX_NAME]))
        else:
            names.append(cell[:MAX_NAME])
    public = [domain for domain in domains if domain in PUBLIC_DOMAINS]
    problems.extend(Problem(number, "public_domain", domain) for domain in public)
    if not names:
        problems.append(Problem(number, "no_name", cells[0][:MAX_NAME]))
        return None
    kept = tuple(domain for domain in domains if domain not in public)
    return Entry(names[0], _each(names[1:]), _each(addresses), _each(kept))


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _merged(one: Entry, other: Entry) -> Entry:
    return Entry(
        one.name,
        _each((*one.aliases, *other.aliases)),
        _each((*one.addresses, *other.addresses)),
        _each((*one.domains, *other.domains)),
    )


def as_text(entries: Iterable[Entry]) -> str:
    """Return a list as text that `read_list` reads."""
    lines = (
        "，".join([e.name, *e.aliases, *e.addresses, *(f"@{domain}" for domain in e.domains)])
        for e in entries
    )
    return "\n".join(lines)
