"""Who may do what: one table of roles and acts, deny by default."""

from __future__ import annotations

from enum import StrEnum

from commentbox.core.states import Role


class Act(StrEnum):
    """Name what staff can do."""

    READ = "read"
    TRIAGE = "triage"
    REPLY = "reply"
    ENTER = "enter"
    DISPOSE = "dispose"
    EXPORT = "export"
    WATCH = "watch"
    MANAGE = "manage"


_READER = {Act.READ}
_HANDLER = _READER | {Act.TRIAGE, Act.REPLY, Act.ENTER, Act.EXPORT, Act.WATCH}
_DRAFTER = _READER | {Act.TRIAGE, Act.DISPOSE, Act.EXPORT}

MATRIX: dict[Role, frozenset[Act]] = {
    Role.VIEWER: frozenset(_READER),
    Role.HANDLER: frozenset(_HANDLER),
    Role.DRAFTER: frozenset(_DRAFTER),
    Role.ADMIN: frozenset(Act),
}


def may(role: Role, act: Act) -> bool:
    """Tell whether a role may do an act."""
    return act in MATRIX.get(role, frozenset())
