"""What a use case can refuse, for the edges to put into words."""

from __future__ import annotations


class NotFound(LookupError):
    """Say that there is no such row."""


class Conflict(RuntimeError):
    """Say that another person changed the row meanwhile."""


class Closed(RuntimeError):
    """Say that the consultation takes no comments by this way at this instant."""


class Invalid(ValueError):
    """Say what is wrong with what was given, as a code and the values that its words need."""

    def __init__(self, code: str, **detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
