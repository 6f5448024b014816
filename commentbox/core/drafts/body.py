"""The draft's body: labelled paragraphs into a tree.

Levels follow from the order in which styles of labels appear, not from their wording: a style seen above
goes back up, a new one goes down, and a number out of sequence is text (an enumeration in a paragraph).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.drafts.agencies import responsibility
from commentbox.core.numerals import Label, Style, parse_label
from commentbox.core.states import MeasureKind
from commentbox.core.types import Block, Node

WHOLE_PATH = "whole"
TITLE_LENGTH = 60
DEEPEST = 4
_GAP = 2
"""Numbers that may be missing before a label is taken for an enumeration in the text."""

_GENERAL = re.compile(r"总体|总则|指导思想|目标|原则|要求|背景|依据|范围")
_SAFEGUARD = re.compile(r"保障|组织实施|组织领导|附则|监督|实施要求|工作要求")


@dataclass(frozen=True, slots=True)
class Body:
    """Hold the tree of a draft's body and the paragraphs above its first label."""

    nodes: tuple[Node, ...]
    preamble: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """Hold a node while it is built."""

    label: Label
    depth: int
    parent: _Draft | None
    title: str
    paragraphs: list[str]
    path: str = ""
    kind: str = ""
    leads: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    children: list[_Draft] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Hold the state of reading: the open nodes from the top down, and the last number of each style."""

    nodes: list[_Draft] = field(default_factory=list)
    stack: list[_Draft] = field(default_factory=list)
    running: dict[Style, int] = field(default_factory=dict)
    preamble: list[str] = field(default_factory=list)
    duties: list[tuple[_Draft, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    closed: bool = False
    """A 〔…〕 line ended the action: what follows without a label belongs further up."""

    def read(self, text: str) -> None:
        """Take in one paragraph."""
        duty = responsibility(text)
        label = parse_label(text)
        if duty is not None and self.stack and (label is None or label.style is Style.CHINESE_BRACKETS):
            self.duties.append((self.stack[-1], *duty))
            self.closed = True
        elif label is not None and (level := self._level(label)) is not None:
            self._add(label, level, text[label.length :].strip())
        elif self.stack:
            (self.stack[0] if self.closed else self.stack[-1]).paragraphs.append(text.strip())
        else:
            self.preamble.append(text.strip())

    def _level(self, label: Label) -> int | None:
        """Return the depth at which a label stands, None for one that belongs to the text."""
        styles = [node.label.style for node in self.stack]
        if label.style in styles:
            level = styles.index(label.style)
            expected = self.stack[level].label.number + 1
            return level if expected <= label.number <= expected + _GAP else None
        if Style.ARTICLE in styles:
            return None
        follows = self.running.get(label.style, 0) + 1
        if label.number != 1 and not follows <= label.number <= follows + _GAP:
            return None
        return len(styles) if len(styles) < DEEPEST else None

    def _add(self, label: Label, level: int, text: str) -> None:
        del self.stack[level:]
        parent = self.stack[-1] if self.stack else None
        title, rest = _title(label, text)
        node = _Draft(label, level, parent, title, [rest] if rest else [])
        node.path = f"{parent.path}.{label.number}" if parent else str(label.number)
        if parent:
            parent.children.append(node)
        self.stack.append(node)
        self.nodes.append(node)
        self.running[label.style] = label.number
        self.closed = False


def _title(label: Label, text: str) -> tuple[str, str]:
    """Return the lead sentence and what follows it; an article has none but in 【】."""
    marked = re.match(r"[【\[〔]([^】\]〕]{1,30})[】\]〕]\s*", text)
    if marked:
        return marked[1].strip(), text[marked.end() :].strip()
    if label.style is Style.ARTICLE:
        return "", text
    head, _, rest = text.partition("。")
    if len(head) <= TITLE_LENGTH:
        return head.strip(), rest.strip()
    head, colon, rest = text.partition("：")
    if colon and len(head) <= TITLE_LENGTH // 2:
        return head.strip(), rest.strip()
    return "", text


def read_body(blocks: Sequence[Block]) -> Body:
    """Return the tree of a draft's body."""
    builder = _Builder()
    for block in blocks:
        for text in block.text.splitlines():
            if text.strip():
                builder.read(text)
    if not builder.nodes:
        return Body((), tuple(builder.preamble))
    _make_unique(builder.nodes)
    _name_kinds(builder.nodes)
    _give_duties(builder)
    return Body(tuple(_node(node) for node in builder.nodes), tuple(builder.preamble))


def _make_unique(nodes: Sequence[_Draft]) -> None:
    """Give a path that is taken, where numbers repeat, a mark of its own."""
    seen: Counter[str] = Counter()
    for node in nodes:
        if node.parent is not None:
            node.path = f"{node.parent.path}.{node.label.number}"
        seen[node.path] += 1
        if seen[node.path] > 1:
            node.path = f"{node.path}-{seen[node.path]}"


def _name_kinds(nodes: Sequence[_Draft]) -> None:
    """Name each node: the measures are the articles, or the deepest level of the parts with tasks."""
    articles = any(node.label.style is Style.ARTICLE for node in nodes)
    tops = [node for node in nodes if node.parent is None]
    flat = not any(node.children for node in tops)
    main = [node for node in nodes if _part_kind(_top(node)) is None]
    deepest = max((node.depth for node in main), default=0)
    for node in nodes:
        part = _part_kind(_top(node))
        if articles:
            node.kind = MeasureKind.MEASURE if node.label.style is Style.ARTICLE else MeasureKind.PART
        elif flat:
            node.kind = part or MeasureKind.MEASURE
        elif node.parent is None:
            node.kind = MeasureKind.PART
        elif part is not None:
            node.kind = part
        else:
            node.kind = _main_kind(node, deepest)


def _top(node: _Draft) -> _Draft:
    while node.parent is not None:
        node = node.parent
    return node


def _part_kind(top: _Draft) -> MeasureKind | None:
    """Return the kind of what stands under a part, None for a part with tasks."""
    if _SAFEGUARD.search(top.title):
        return MeasureKind.SAFEGUARD
    return MeasureKind.GENERAL if _GENERAL.search(top.title) else None


def _main_kind(node: _Draft, deepest: int) -> MeasureKind:
    """Return the kind by the distance from the deepest level; a leaf is always a measure."""
    if node.depth == deepest or not node.children:
        return MeasureKind.MEASURE
    return MeasureKind.TASK if node.depth == 1 else MeasureKind.ACTION


def _give_duties(builder: _Builder) -> None:
    """Hand each 〔…〕 line to its node: to the measure where nearly each has one, else to what holds it."""
    measures = [node for node in builder.nodes if node.kind == MeasureKind.MEASURE]
    each = len(builder.duties) >= 0.8 * len(measures)
    for node, leads, agencies in builder.duties:
        parent = node.parent
        holder = node if each or parent is None or node.kind != MeasureKind.MEASURE else parent
        holder.leads, holder.agencies = leads, agencies
        if holder is not node:
            for child in holder.children:
                child.leads, child.agencies = child.leads or leads, child.agencies or agencies


def _node(node: _Draft) -> Node:
    return Node(
        path=node.path,
        label=node.label.text,
        number=node.label.number if node.kind == MeasureKind.MEASURE else None,
        kind=node.kind,
        title=node.title,
        text="\n".join(node.paragraphs),
        parent=node.parent.path if node.parent else None,
        lead_agencies=node.leads,
        responsible_agencies=node.agencies,
    )
