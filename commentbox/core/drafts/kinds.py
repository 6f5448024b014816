"""What each branch of a draft is: task, action, measure, safeguard; and which labels only count in a text.

Decided by levels, by how numbers run and by the words of the parts' headings, for the whole draft at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from commentbox.core.drafts.tree import Branch, Duty, fold, top
from commentbox.core.numerals import Style
from commentbox.core.states import MeasureKind

_GENERAL = re.compile(r"总体|总则|指导思想|目标|原则|要求|背景|依据|范围")
_SAFEGUARD = re.compile(r"保障|组织实施|组织领导|附则|监督|实施要求|工作要求")
_LEADS_IN, _LISTED = ("：", ":"), ("；", ";")
_FEWEST = 2
"""Branches of a level, so that no draft folds into a single one."""
_EACH = 0.8
"""Share of measures with a responsibility line from which on each has its own."""


def fold_enumerations(branches: Sequence[Branch]) -> list[Branch]:
    """Return the branches that are structure; those that only count in a paragraph become its text."""
    if any(branch.style is Style.ARTICLE for branch in branches):
        return list(branches)
    beside = _beside(branches)
    level = [branch for branch in branches if branch.parent is None and id(branch) not in beside]
    while level:
        if _counts_only(level):
            for branch in level:
                fold(branch)
        level = [child for branch in level for child in branch.children]
    return [branch for branch in branches if branch.folded_into is None]


def _counts_only(level: Sequence[Branch]) -> bool:
    """Tell whether what stands under a level is enumeration: lead-ins with a colon, or few and seldom."""
    parents = [branch for branch in level if branch.children]
    children = [child for branch in parents for child in branch.children]
    if (
        not parents
        or len(level) < _FEWEST
        or any(child.style is None or child.heading is not None for child in children)
    ):
        return False
    if any(1 < b.children[0].number == a.children[-1].number + 1 for a, b in pairwise(parents)):
        return False
    enumerated = sum(_enumerates(branch) for branch in parents)
    seldom = len(parents) < len(level) / 2 and len(children) < len(level)
    return 2 * enumerated >= len(parents) or seldom


def _enumerates(branch: Branch) -> bool:
    """Tell whether a branch's paragraph goes on in what is counted under it."""
    if any(child.children for child in branch.children):
        return False
    if any(child.head.endswith(_LISTED) for child in branch.children[:-1]):
        return True
    before = branch.paragraphs[-1] if branch.paragraphs else branch.head
    # 二、主要任务。做好以下工作： leads in a part's measures, not an enumeration.
    return branch.parent is not None and before.endswith(_LEADS_IN)


def name_kinds(branches: Sequence[Branch]) -> None:
    """Name each branch: the measures are the articles, or the deepest level of the parts with tasks."""
    articles = any(branch.style is Style.ARTICLE for branch in branches)
    flat = all(branch.parent is None for branch in branches)
    beside = _beside(branches)
    deepest = max((b.depth for b in branches if id(top(b)) not in beside), default=0)
    for branch in branches:
        part = beside.get(id(top(branch)))
        if articles:
            article = branch.style is Style.ARTICLE
            branch.kind = MeasureKind.MEASURE if article else MeasureKind.PART
        elif flat:
            branch.kind = part or MeasureKind.MEASURE
        elif branch.parent is None:
            branch.kind = MeasureKind.PART
        else:
            branch.kind = part or _main_kind(branch, deepest)


def _beside(branches: Sequence[Branch]) -> dict[int, MeasureKind]:
    """Return what stands under each part without tasks, by the part's id.

    Safeguards come last and count anew: 四、强化住房保障 before other tasks, or with measures that go on
    from （29） to （30）, is a part with tasks.
    """
    kinds: dict[int, MeasureKind] = {}
    last = True
    for part in reversed([branch for branch in branches if branch.parent is None]):
        if last and _SAFEGUARD.search(part.title) and not _counts_on(part):
            kinds[id(part)] = MeasureKind.SAFEGUARD
        elif _GENERAL.search(part.title):
            kinds[id(part)] = MeasureKind.GENERAL
        elif part.children:
            last = False
    return kinds


def _counts_on(part: Branch) -> bool:
    """Tell whether what stands deepest under a part is numbered on from the part before."""
    first = part
    while first.children:
        first = first.children[0]
    return first is not part and first.number > 1


def _main_kind(branch: Branch, deepest: int) -> MeasureKind:
    """Return the kind by the distance from the deepest level; a leaf is always a measure."""
    if branch.depth == deepest or not branch.children:
        return MeasureKind.MEASURE
    return MeasureKind.TASK if branch.depth == 1 else MeasureKind.ACTION


def give_duties(branches: Sequence[Branch], duties: Sequence[Duty]) -> None:
    """Hand each responsibility to its branch: a line after the last measure of an action is the action's.

    Where nearly each measure has a line, the line is the measure's. Those under a branch inherit.
    """
    measures = sum(branch.kind == MeasureKind.MEASURE for branch in branches)
    lined = {id(_kept(duty.branch)) for duty in duties if not duty.closing}
    each = len(lined) >= _EACH * measures
    for duty in duties:
        holder = _kept(duty.branch)
        if not (each or duty.closing) and holder.kind == MeasureKind.MEASURE and holder.parent:
            holder = holder.parent
        holder.leads = tuple(dict.fromkeys(holder.leads + duty.leads))
        holder.agencies = tuple(dict.fromkeys(holder.agencies + duty.agencies))
    for branch in branches:
        if branch.parent is not None and not branch.agencies:
            branch.leads, branch.agencies = branch.leads or branch.parent.leads, branch.parent.agencies


def _kept(branch: Branch) -> Branch:
    while branch.folded_into is not None:
        branch = branch.folded_into
    return branch
