"""The codes of what was wrong with a mail and was read all the same; texts for people live elsewhere."""

from __future__ import annotations

from enum import StrEnum


class Damage(StrEnum):
    """Name one fault of a mail that the reader had to work around."""

    UNREADABLE = "unreadable"
    HEADER_BROKEN = "header_broken"
    HEADER_CUT = "header_cut"
    SUBJECT_CUT = "subject_cut"
    BASE64_DAMAGED = "base64_damaged"
    CHARSET_GUESSED = "charset_guessed"
    BOUNDARY_MISSING = "boundary_missing"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    TEXT_CUT = "text_cut"
    TNEF_DAMAGED = "tnef_damaged"
