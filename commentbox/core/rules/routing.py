"""Which consultation a mail belongs to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Destination:
    """Hold what a consultation is known by to those who write."""

    id: int
    mailbox: str
    subject_word: str


def destination(candidates: Sequence[Destination], addresses: Collection[str], subject: str) -> int | None:
    """Return the id of the consultation that a mail is for, None where a person must say.

    With one consultation all mail is its own; with several the address decides if it names exactly
    one, then the word that a consultation names for the subject.
    """
    if len(candidates) == 1:
        return candidates[0].id
    wanted = {address.lower() for address in addresses}
    by_address = [c for c in candidates if c.mailbox and c.mailbox.lower() in wanted]
    if len(by_address) == 1:
        return by_address[0].id
    by_word = [c for c in by_address or candidates if c.subject_word and c.subject_word in subject]
    return by_word[0].id if len(by_word) == 1 else None
