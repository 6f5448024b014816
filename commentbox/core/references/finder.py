"""Explicit references in a letter, "第（十二）条", "附件第20项", to measures of one draft.

Body and annex are numbered apart; a number that can mean more than one node keeps all of them. Clauses
of other texts (《专利法》第六条) are no reference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commentbox.core.numerals import parse_number
from commentbox.core.references.english import clauses
from commentbox.core.references.own import OwnText, counts_own_lines, is_senders, letters_only, own_points
from commentbox.core.references.patterns import (
    ANNEX_ITEM,
    ARTICLE,
    BARE_ARTICLE,
    BARE_ARTICLES,
    BRACKETED,
    BRACKETED_MANY,
    BRACKETED_RANGE,
    COUNTED,
    DATE_OR_COUNT,
    FULL,
    ITEM_AFTER_ANNEX,
    LINE_NUMBER,
    NAMED_CHILD,
    NUMBERED,
    SECTION,
    SHORT,
    SPACED,
    WITHIN,
    is_appendix_name,
    numbers_of,
)
from commentbox.core.references.titles import TitleIndex
from commentbox.core.states import MeasureKind
from commentbox.core.text import simplified
from commentbox.core.types import AnnexItem, Node, Reference

NEAR = 20
"""Characters beside a number that tell what it counts."""
LONGEST_SENTENCE = 400
CITES = re.compile(r"(?:关于|对|将|把|稿|案|文件|措施|办法|意见)[的中里]*\s*$")
"""第二点 is the letter's own unless one of these stands before it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold a match before overlaps are sorted out; a lower rank wins."""

    rank: int
    start: int
    end: int
    paths: tuple[str, ...]
    ambiguous: bool = False


class ReferenceFinder:
    """Find references to the nodes of one draft."""

    def __init__(self, nodes: Sequence[Node], annex: Sequence[AnnexItem]) -> None:
        self._nodes = {node.path: node for node in nodes}
        self._measures: dict[int, list[str]] = {}
        for node in nodes:
            if node.kind == MeasureKind.MEASURE and node.number is not None:
                self._measures.setdefault(node.number, []).append(node.path)
        self._annex = {item.number: item.measure for item in annex if item.measure}
        self._titles = TitleIndex(nodes)
        self._sections = self._numbered_sections(nodes)
        self._by_article = any(n.number is not None and "条" in n.label for n in nodes)
        self._parents = self._named_parents(nodes)
        self._own = OwnText([n.title for n in nodes if n.kind == MeasureKind.WHOLE])

    def _named_parents(self, nodes: Sequence[Node]) -> list[tuple[re.Pattern[str], str]]:
        """Return patterns for "保障措施第（三）条": the names of parts whose children are no measures."""
        found = []
        for node in nodes:
            children = [n for n in nodes if n.parent == node.path]
            named = len(letters_only(node.title)) + 2 > 3 and children
            if named and all(c.kind in {MeasureKind.SAFEGUARD, MeasureKind.GENERAL} for c in children):
                words = re.escape(node.title)
                found.append((re.compile(rf"{words}(?:{NAMED_CHILD})?"), node.path))
        return found

    def find(self, text: str) -> list[Reference]:
        """Return the references in a text, in order, none overlapping another."""
        plain = simplified(text)
        found = sorted(
            self._candidates(plain if len(plain) == len(text) else text),
            key=lambda f: (f.rank, f.start, -f.end),
        )
        kept: list[_Found] = []  # in the text's order, none overlapping another
        for one in found:
            place = bisect_left(kept, one.start, key=lambda f: f.start)
            free_before = not place or kept[place - 1].end <= one.start
            if free_before and (place == len(kept) or one.end <= kept[place].start):
                kept.insert(place, one)
        return [
            Reference(f.start, f.end, text[f.start : f.end], f.paths, f.ambiguous)
            for f in self._narrowed(text, kept)
            if f.paths
        ]

    def _narrowed(self, text: str, kept: Sequence[_Found]) -> list[_Found]:
        """Return 第一章 and 第二条 beside it as one: the second clause of that chapter alone."""
        narrow: list[_Found] = []
        for one in kept:
            last = narrow[-1] if narrow else None
            if last and len(last.paths) == 1 and WITHIN.fullmatch(text[last.end : one.start][: 2 * NEAR]):
                inside = tuple(p for p in one.paths if p.startswith(f"{last.paths[0]}."))
                if inside:
                    ambiguous = one.ambiguous and len(inside) > 1
                    narrow[-1] = _Found(one.rank, last.start, one.end, inside, ambiguous)
                    continue
            narrow.append(one)
        return narrow

    def _candidates(self, text: str) -> Iterator[_Found]:
        yield from self._full(text)
        yield from self._short(text)
        yield from self._annex_items(text)
        yield from self._named(text)
        yield from self._numbered(text)
        yield from self._in_english(text)
        yield from self._of_sections(text)
        for start, end, path in self._titles.find(text):
            yield _Found(6, start, end, (path,))

    def _full(self, text: str) -> Iterator[_Found]:
        """Yield paths written out from the top: 二、（二）3.（12）."""
        for match in FULL.finditer(text):
            numbers = [parse_number(group) for group in match.groups() if group]
            if match[5] and (measure := self._measures.get(int(match[5]))):
                yield _Found(0, match.start(), match.end(), tuple(measure))
                continue
            path, end = ".".join(str(n) for n in numbers), match.end()
            while path and path not in self._nodes:
                path, end = path.rpartition(".")[0], match.end(3) + 1
            if "." in path:
                yield _Found(0, match.start(), end, (path,))

    def _short(self, text: str) -> Iterator[_Found]:
        """Yield 3.（12）: an action's number and a measure's."""
        for match in SHORT.finditer(text):
            yield _Found(1, match.start(), match.end(), tuple(self._measures.get(int(match[2]), ())))

    def _annex_items(self, text: str) -> Iterator[_Found]:
        for match in ANNEX_ITEM.finditer(text):
            if DATE_OR_COUNT.match(text[match.end() : match.end() + NEAR]) or is_appendix_name(match):
                continue
            paths = dict.fromkeys(p for n in numbers_of(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, match.start(), match.end(), tuple(paths))
                yield from self._further_items(text, match.end())

    def _further_items(self, text: str, start: int) -> Iterator[_Found]:
        """Yield 、第7项 after an annex item: it goes on with the annex."""
        end = start
        while match := ITEM_AFTER_ANNEX.match(text, _skip(text, end)):
            paths = dict.fromkeys(p for n in numbers_of(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, match.start(), match.end(), tuple(paths))
            end = match.end()
        sentence = re.split(r"[。；\n]", text[end : end + LONGEST_SENTENCE], maxsplit=1)[0]
        for match in ITEM_AFTER_ANNEX.finditer(sentence):
            paths = dict.fromkeys(p for n in numbers_of(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, end + match.start(), end + match.end(), tuple(paths))

    def _named(self, text: str) -> Iterator[_Found]:
        for pattern, path in self._parents:
            for match in pattern.finditer(text):
                number = parse_number(match[1]) if match[1] else None
                child = f"{path}.{number}"
                yield _Found(2, match.start(), match.end(), (child if child in self._nodes else path,))

    @staticmethod
    def _numbered_sections(nodes: Sequence[Node]) -> dict[tuple[str, int], list[str]]:
        """Return the paths of what 第三章, 第一节 and 第二部分 name."""
        sections: dict[tuple[str, int], list[str]] = {}
        for node in nodes:
            number = node.path.rpartition(".")[2]
            if not number.isdecimal():
                continue
            if node.parent is None and node.kind == MeasureKind.PART:
                sections.setdefault(("部分", int(number)), []).append(node.path)
            if node.label[-1:] in {"章", "节"}:
                sections.setdefault((node.label[-1], int(number)), []).append(node.path)
        return sections

    def _of_sections(self, text: str) -> Iterator[_Found]:
        """Yield 第三章; at a line's head before a colon it heads the letter's own part."""
        for match in SECTION.finditer(text):
            paths = self._sections.get((match[2], parse_number(match[1]) or 0), [])
            head = not text[max(0, match.start() - NEAR) : match.start()].rpartition("\n")[2].strip()
            if not paths or (head and text[match.end() : match.end() + 1] in tuple("：:，,、")):
                continue
            if not is_senders(text, match.start()) and not self._own.is_other(text, match.start()):
                yield _Found(4, match.start(), match.end(), tuple(paths), len(paths) > 1)

    def _in_english(self, text: str) -> Iterator[_Found]:
        for start, end, numbers, in_annex in clauses(text):
            if in_annex:
                paths = [p for n in numbers if (p := self._annex.get(n))]
            else:
                paths = [p for n in numbers for p in self._measures.get(n, ())]
            many = not in_annex and any(len(self._measures.get(n, ())) > 1 for n in numbers)
            yield _Found(3, start, end, tuple(dict.fromkeys(paths)), many)

    def _numbered(self, text: str) -> Iterator[_Found]:
        own_lines, own = counts_own_lines(text), own_points(text)
        for match in BRACKETED_MANY.finditer(text):
            inside = match[0].strip("（()） ")
            if (match[2] or match[3]) and (
                COUNTED.search(text[max(0, match.start() - NEAR) : match.start()]) or COUNTED.search(inside)
            ):
                yield self._measure_found(2, match, 4)
        for rank, pattern, groups in (
            (2, BRACKETED_RANGE, 4),
            (3, ARTICLE, 4),
            (3, BARE_ARTICLES, 4),
            (4, BARE_ARTICLE, 4),
            (2, SPACED, 2),
            (5, LINE_NUMBER, 2),
            (5, NUMBERED, 4),
            (5, BRACKETED, 2),
        ):
            for match in pattern.finditer(text):
                if match.start(1) in own or self._is_not_ours(text, match):
                    continue
                if pattern is BRACKETED and not self._stands_as_reference(text, match, own_lines):
                    continue
                yield self._measure_found(rank, match, groups)

    def _is_not_ours(self, text: str, match: re.Match[str]) -> bool:
        """Tell whether a number is a date or a count, the sender's own, or another text's clause."""
        if DATE_OR_COUNT.match(text[match.end() : match.end() + NEAR]) or is_senders(text, match.start()):
            return True
        unit = match[0][-1]
        if unit in "款项" and "条" not in match[0] and self._by_article:
            return True  # a paragraph of an article that is not named
        if unit == "点" and not CITES.search(text[max(0, match.start() - NEAR) : match.start()]):
            return True
        return self._own.is_other(text, match.start())

    def _measure_found(self, rank: int, match: re.Match[str], groups: int) -> _Found:
        """Return the measures of the numbers; a number that can mean several stays ambiguous.

        第20项 without 附件 is a measure for most who write so, but the annex counts its items by 项.
        """
        paths: list[str] = []
        ambiguous = False
        by_item = match[0].endswith("项") and "条" not in match[0]
        for number in numbers_of(match, groups):
            item = self._annex.get(number) if by_item else None
            here = dict.fromkeys([*self._measures.get(number, []), *([item] if item else [])])
            ambiguous = ambiguous or len(here) > 1
            paths += here
        return _Found(rank, match.start(), match.end(), tuple(dict.fromkeys(paths)), ambiguous)

    @staticmethod
    def _stands_as_reference(text: str, match: re.Match[str], own_lines: bool) -> bool:
        """Tell whether a bare （12） names a measure rather than counting the letter's own points.

        ``own_lines``: the bracketed numbers at the heads of lines count from 1.
        """
        after = text[match.end() : match.end() + NEAR]
        line = text[max(0, match.start() - NEAR) : match.start()].rpartition("\n")[2]
        if re.match(r"\s*(?:[（(]\d{1,3}[）)]\s*)*(?:条|项|两条|两项|中|中的|的|[“「《]|\|)", after):
            return True
        if line.strip():
            return bool(
                re.search(r"(?:第|对|关于|将|把|在|和|与|及|、|条款|措施|建议|其中|[“：:）)])\s*$", line)
            )
        return not own_lines


def _skip(text: str, start: int) -> int:
    """Return where 、 and 和 after an item end."""
    match = re.compile(r"\s*[、，,和及与]\s*").match(text, start)
    return match.end() if match else start
