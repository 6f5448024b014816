"""The draft's body: labelled paragraphs and headings into a tree.

Levels follow from the order in which styles of labels appear, not from their wording: a style seen above
goes back up, a new one goes down, and a number out of sequence is text (an enumeration in a paragraph).
Headings without a label stand where the word processor's level puts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from commentbox.core.drafts.agencies import closing_duty, responsibility
from commentbox.core.drafts.kinds import fold_enumerations, give_duties, name_kinds
from commentbox.core.drafts.tree import Branch, Duty, name_paths, node
from commentbox.core.numerals import Label, Style, parse_label
from commentbox.core.types import Block, Node

WHOLE_PATH = "whole"
TITLE_LENGTH = 60
ARTICLE_TITLE = 20
DEEPEST = 4
_GAP = 2
"""Numbers that may be missing before a label is taken for an enumeration in the text."""
_RANKS = {Style.PART: 0, Style.CHAPTER: 1, Style.SECTION: 2, Style.ARTICLE: 3}
"""The order of 编, 章, 节, 条, which holds whatever came before."""
_SENTENCE = re.compile(r"[。；;，,：:！？]")


@dataclass(frozen=True, slots=True)
class Body:
    """Hold the tree of a draft's body and the paragraphs above its first label."""

    nodes: tuple[Node, ...]
    preamble: tuple[str, ...]


@dataclass(slots=True)
class _Builder:
    """Hold the state of reading: the open branches from the top down, the last number of each style."""

    branches: list[Branch] = field(default_factory=list)
    stack: list[Branch] = field(default_factory=list)
    running: dict[Style, int] = field(default_factory=dict)
    preamble: list[str] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    closed: bool = False
    """A 〔…〕 line ended the action: what follows without a label belongs further up."""

    def read(self, text: str, heading: int | None) -> None:
        """Take in one paragraph, stripped; heading is the level that the word processor gave it."""
        label = parse_label(text)
        duty = responsibility(text)
        if duty is not None and self.stack:
            self.duties.append(Duty(self.stack[-1], *duty, closing=False))
            self.closed = True
        elif label is not None and (level := self._level(label)) is not None:
            rest = text[label.length :].strip()
            self._add(level, label.style, label.number, label.text, heading, text, rest)
        elif label is None and heading is not None and is_heading(text):
            level = self._heading_level(heading)
            self._add(level, None, self._next(level), "", heading, text, text)
        else:
            self.text(text)

    def text(self, text: str) -> None:
        """Take in a paragraph that is no more than text."""
        if not self.stack:
            self.preamble.append(text)
            return
        branch = self.stack[0] if self.closed else self.stack[-1]
        if _is_article_title(branch):
            branch.title = branch.paragraphs.pop()
        branch.paragraphs.append(text)
        self._close(branch, text)

    def _level(self, label: Label) -> int | None:
        """Return the depth at which a label stands, None for one that belongs to the text."""
        styles = [branch.style for branch in self.stack]
        if label.style in styles:
            level = styles.index(label.style)
            expected = self.stack[level].number + 1
            repeated = label.number == expected - 1 > 1
            return level if repeated or expected <= label.number <= expected + _GAP else None
        rank = _RANKS.get(label.style, len(_RANKS))
        below = [n for n, style in enumerate(styles) if style and _RANKS.get(style, -1) > rank]
        if below:
            return below[0]
        if Style.ARTICLE in styles:
            return None
        follows = self.running.get(label.style, 0) + 1
        if label.number != 1 and not follows <= label.number <= follows + _GAP:
            return None
        return len(styles) if len(styles) < DEEPEST else None

    def _heading_level(self, heading: int) -> int:
        """Return the depth of a heading without a label: under the nearest heading that is wider."""
        wider = (n for n, b in enumerate(self.stack) if b.heading is None or b.heading >= heading)
        return next(wider, len(self.stack))

    def _next(self, level: int) -> int:
        """Return the number of a heading that has none: one more than the branch before it."""
        return self.stack[level].number + 1 if level < len(self.stack) else 1

    def _add(
        self,
        level: int,
        style: Style | None,
        number: int,
        label: str,
        heading: int | None,
        head: str,
        text: str,
    ) -> None:
        del self.stack[level:]
        parent = self.stack[-1] if self.stack else None
        found = closing_duty(text)
        title, rest = _title(style, text[: found.start] if found else text)
        rest += text[found.start :] if found else ""
        own = [rest] if rest else []
        branch = Branch(style, number, label, heading, level, parent, head, title, own, len(own))
        if parent:
            parent.children.append(branch)
        self.stack.append(branch)
        self.branches.append(branch)
        if style is not None:
            self.running[style] = number
        self.closed = False
        self._close(branch, text)

    def _close(self, branch: Branch, text: str) -> None:
        """Keep the responsibility that ends a paragraph."""
        found = closing_duty(text)
        if found is not None:
            self.duties.append(Duty(branch, found.leads, found.agencies, closing=True))


def is_heading(text: str) -> bool:
    """Tell whether a paragraph with a heading's level can be a heading: short, and no sentence."""
    return len(text) <= TITLE_LENGTH and "。" not in text


def _is_article_title(branch: Branch) -> bool:
    """Tell whether all that an article holds so far is its heading: 第三条　适用范围."""
    if branch.style is not Style.ARTICLE or branch.title or len(branch.paragraphs) != 1:
        return False
    first = branch.paragraphs[0]
    return len(first) <= ARTICLE_TITLE and _SENTENCE.search(first) is None


def _title(style: Style | None, text: str) -> tuple[str, str]:
    """Return the lead sentence and what follows it; an article has none but in 【】."""
    marked = re.match(r"[【\[〔]([^】\]〕]{1,30})[】\]〕]\s*", text)
    if marked:
        return marked[1].strip(), text[marked.end() :].strip()
    if style is Style.ARTICLE:
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
        for row in block.rows or ():
            if any(row):
                builder.text(" | ".join(" ".join(cell.split()) for cell in row if cell))
        for line in block.text.splitlines():
            if line.strip():
                builder.read(line.strip(), block.level)
    branches = fold_enumerations(builder.branches)
    name_paths(branches)
    name_kinds(branches)
    give_duties(branches, builder.duties)
    return Body(tuple(node(branch) for branch in branches), tuple(builder.preamble))
