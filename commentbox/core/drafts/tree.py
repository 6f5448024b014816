"""One branch of the tree while a draft is read, before it becomes a `Node`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.numerals import Style
from commentbox.core.states import MeasureKind
from commentbox.core.types import Node


@dataclass(slots=True)
class Branch:
    """Hold one labelled paragraph or heading and what stands under it.

    ``style`` is None for a heading without a label, ``heading`` the word processor's level if it gave one.
    ``head`` is the paragraph as it stood; ``own`` of the ``paragraphs`` come from it.
    """

    style: Style | None
    number: int
    label: str
    heading: int | None
    depth: int
    parent: Branch | None
    head: str
    title: str
    paragraphs: list[str]
    own: int
    path: str = ""
    kind: str = ""
    leads: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    children: list[Branch] = field(default_factory=list)
    folded_into: Branch | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """Hold a line of responsibility; ``closing`` where it ends the paragraph of its own branch."""

    branch: Branch
    leads: tuple[str, ...]
    agencies: tuple[str, ...]
    closing: bool


def top(branch: Branch) -> Branch:
    """Return the part in which a branch stands."""
    while branch.parent is not None:
        branch = branch.parent
    return branch


def fold(branch: Branch) -> None:
    """Turn all that stands under a branch back into its text, in order."""
    for child in branch.children:
        fold(child)
        branch.paragraphs += [child.head, *child.paragraphs[child.own :]]
        child.folded_into = branch
    branch.children = []


def name_paths(branches: Sequence[Branch]) -> None:
    """Give each branch its path: the numbers down the tree, with a mark where a number repeats."""
    seen: Counter[str] = Counter()
    for branch in branches:
        branch.path = f"{branch.parent.path}.{branch.number}" if branch.parent else str(branch.number)
        seen[branch.path] += 1
        if seen[branch.path] > 1:
            branch.path = f"{branch.path}-{seen[branch.path]}"


def node(branch: Branch) -> Node:
    """Return a branch as the node that leaves the reader; only a printed number counts as one."""
    numbered = branch.kind == MeasureKind.MEASURE and branch.label
    return Node(
        path=branch.path,
        label=branch.label,
        number=branch.number if numbered else None,
        kind=branch.kind,
        title=branch.title,
        text="\n".join(branch.paragraphs),
        parent=branch.parent.path if branch.parent else None,
        lead_agencies=branch.leads,
        responsible_agencies=branch.agencies,
    )
