"""Explicit references in a letter, "第（十二）条", "附件第20项", to measures of one draft.

Body and annex are numbered apart; a number that can mean more than one node keeps all of them. Clauses
of other texts (《专利法》第六条) are no reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commentbox.core.numerals import NUMBER, parse_number
from commentbox.core.states import MeasureKind
from commentbox.core.types import AnnexItem, Node, Reference

MOST_IN_RANGE = 30
TITLE_LEAST = 6
_N = rf"[（(]?\s*({NUMBER})\s*[）)]?"
_UNIT = r"(?:条|项|款|点|号(?![楼房线院路店桌文令门机])|措施|条措施|项措施|条意见)"
_SEP = r"\s*(?:至|到|—|-|~|～|－)\s*"
_MORE = (
    rf"((?:\s*(?:项|条)?\s*[、，,和及与]\s*第?\s*[（(]?\s*{NUMBER}\s*[）)]?"
    r"(?=\s*(?:项|条|、|，|,|和|及|与|款)))*)"
)

_ANNEX = r"(?:附件|附表|附录|任务分工表?|分工表|清单)"
_FULL = re.compile(
    r"([一二三四五六七八九十]{1,3})\s*、\s*[^（(。；\n]{0,14}?[（(]([一二三四五六七八九十]{1,3})[）)]"
    r"(?:\s*[^0-9（(。；\n]{0,24}?([0-9]{1,2})\s*[.、．]?\s*(?:[^（(。；\n]{0,20}?[（(](\d{1,3})[）)])?)?"
)
_SHORT = re.compile(r"(?<![\d.])(\d{1,2})\s*[.．]\s*[（(]\s*(\d{1,3})\s*[）)]")
_ANNEX_ITEM = re.compile(
    rf"{_ANNEX}(?:[0-9一二三]{{0,2}}(?=\s*(?:的|中|中的|里|里的)?\s*第))?\s*(?:[《〈][^》〉]*[》〉])?\s*"
    rf"(?:的|中|中的|里|里的|表)?\s*(?:第\s*)?{_N}(?:{_SEP}第?{_N})?{_MORE}\s*(项|行|条|款|号|个)?"
)
_ITEM_AFTER_ANNEX = re.compile(rf"第\s*{_N}\s*(?:{_SEP}第?\s*{_N}\s*)?{_MORE}(?:项|行)")
_ARTICLE = re.compile(rf"第\s*{_N}\s*(?:{_SEP}第?\s*{_N}\s*)?{_MORE}{_UNIT}")
_BARE_ARTICLE = re.compile(
    rf"(?<![第0-9\d一二三四五六七八九十百])((?:[1-9]\d{{0,2}}))\s*(?:{_SEP}(\d{{1,3}})\s*)?()(?:号条款|条(?![件例款理约形规文数路]|[^，。；]{{0,2}}[意建]))"
)
_BRACKETED = re.compile(r"[（(]\s*(\d{1,3})\s*[）)]")
_BRACKETED_MANY = re.compile(
    rf"[（(]\s*(\d{{1,3}})(?:{_SEP}(\d{{1,3}}))?((?:\s*[、，,]\s*\d{{1,3}})*)\s*(?:两|三|四|五|六)?(?:条|项)?\s*[）)]"
)
_COUNTED = re.compile(r"(?:条|项|款|措施)\s*$")
_THAT_ONE = re.compile(r"[“\"「]?([^\s，。；：、“”\"「」！？]{4,16})[”\"」]?\s*的?(?:那|这)一?(?:条|项|款)")
# "第一，" counts the letter's own points; only figures and brackets name a clause without 条.
_LINE_NUMBER = re.compile(rf"(?m)^\s*(?:关于)?第\s*(?=[（(0-9０-９]){_N}\s*(?=[，,：:、\s])")
_NAMED_CHILD = (
    r"[^。；\n，,]{0,6}?(?:第\s*)?[（(]?\s*([一二三四五六七八九十]{1,2}|\d{1,2})\s*[）)]?\s*"
    r"(?:条|项|款|点|部分)?"
)
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》\n]{4,60})[”\"」』》]")
_OTHER_TEXT = re.compile(
    r"(?:[》〉]|(?:法|条例|规定|办法|规范|标准|细则|民法典|宪法|纲要|规划|法律|国标)(?:》)?)\s*(?:的|中|中的)?\s*(?:[（(][^）)]{0,20}[）)])?\s*(?:第[^条]{1,8}条[、和及]?)*\s*$"
)
_DATE_OR_COUNT = re.compile(r"^\s*(?:年|月|日|号楼|个|家|人|万|亿|元|%|％|名|次|天|所|岁|级|期|届)")


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
        self._titles = self._unique_titles(nodes)
        self._parents = self._named_parents(nodes)
        self._own_titles = [n.title for n in nodes if n.kind == MeasureKind.WHOLE and n.title]

    @staticmethod
    def _unique_titles(nodes: Sequence[Node]) -> list[tuple[str, str]]:
        """Return the titles, without quotes, that name exactly one node."""
        titles: dict[str, list[str]] = {}
        for node in nodes:
            plain = _plain(node.title)
            if node.kind != MeasureKind.WHOLE and len(plain) >= TITLE_LEAST:
                titles.setdefault(plain, []).append(node.path)
        return [(title, paths[0]) for title, paths in titles.items() if len(paths) == 1]

    def _named_parents(self, nodes: Sequence[Node]) -> list[tuple[re.Pattern[str], str]]:
        """Return patterns for "保障措施第（三）条": the names of parts whose children are no measures."""
        found = []
        for node in nodes:
            children = [n for n in nodes if n.parent == node.path]
            named = len(_plain(node.title)) + 2 > 3 and children
            if named and all(c.kind in {MeasureKind.SAFEGUARD, MeasureKind.GENERAL} for c in children):
                words = re.escape(node.title)
                found.append((re.compile(rf"{words}(?:{_NAMED_CHILD})?"), node.path))
        return found

    def find(self, text: str) -> list[Reference]:
        """Return the references in a text, in order, none overlapping another."""
        found = sorted(self._candidates(text), key=lambda f: (f.rank, f.start, -f.end))
        kept: list[_Found] = []
        for one in found:
            if all(one.end <= other.start or one.start >= other.end for other in kept):
                kept.append(one)
        return [
            Reference(f.start, f.end, text[f.start : f.end], f.paths, f.ambiguous)
            for f in sorted(kept, key=lambda f: f.start)
            if f.paths
        ]

    def _candidates(self, text: str) -> Iterator[_Found]:
        yield from self._full(text)
        yield from self._short(text)
        yield from self._annex_items(text)
        yield from self._named(text)
        yield from self._numbered(text)
        yield from self._quoted(text)

    def _full(self, text: str) -> Iterator[_Found]:
        """Yield paths written out from the top: 二、（二）3.（12）."""
        for match in _FULL.finditer(text):
            numbers = [parse_number(group) for group in match.groups() if group]
            if match[4] and (measure := self._measures.get(int(match[4]))):
                yield _Found(0, match.start(), match.end(), tuple(measure))
                continue
            path = ".".join(str(n) for n in numbers)
            while path and path not in self._nodes:
                path = path.rpartition(".")[0]
            if "." in path:
                yield _Found(0, match.start(), match.end(), (path,))

    def _short(self, text: str) -> Iterator[_Found]:
        """Yield 3.（12）: an action's number and a measure's."""
        for match in _SHORT.finditer(text):
            yield _Found(1, match.start(), match.end(), tuple(self._measures.get(int(match[2]), ())))

    def _annex_items(self, text: str) -> Iterator[_Found]:
        for match in _ANNEX_ITEM.finditer(text):
            if _DATE_OR_COUNT.match(text[match.end() :]) or _is_appendix_name(match):
                continue
            paths = dict.fromkeys(p for n in _numbers(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, match.start(), match.end(), tuple(paths))
                yield from self._further_items(text, match.end())

    def _further_items(self, text: str, start: int) -> Iterator[_Found]:
        """Yield 、第7项 after an annex item: it goes on with the annex."""
        end = start
        while match := _ITEM_AFTER_ANNEX.match(text, _skip(text, end)):
            paths = dict.fromkeys(p for n in _numbers(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, match.start(), match.end(), tuple(paths))
            end = match.end()
        sentence = re.split(r"[。；\n]", text[end:], maxsplit=1)[0]
        for match in _ITEM_AFTER_ANNEX.finditer(sentence):
            paths = dict.fromkeys(p for n in _numbers(match, 4) if (p := self._annex.get(n)))
            if paths:
                yield _Found(1, end + match.start(), end + match.end(), tuple(paths))

    def _named(self, text: str) -> Iterator[_Found]:
        for pattern, path in self._parents:
            for match in pattern.finditer(text):
                number = parse_number(match[1]) if match[1] else None
                child = f"{path}.{number}"
                yield _Found(2, match.start(), match.end(), (child if child in self._nodes else path,))

    def _numbered(self, text: str) -> Iterator[_Found]:
        heads = _own_count(text)
        for match in _BRACKETED_MANY.finditer(text):
            inside = match[0].strip("（()） ")
            if (match[2] or match[3]) and (_COUNTED.search(text[: match.start()]) or _COUNTED.search(inside)):
                yield self._measure_found(2, match, 4)
        for rank, pattern, groups in (
            (3, _ARTICLE, 4),
            (4, _BARE_ARTICLE, 4),
            (5, _LINE_NUMBER, 2),
            (5, _BRACKETED, 2),
        ):
            for match in pattern.finditer(text):
                if self._is_other_text(text, match.start()) or _DATE_OR_COUNT.match(text[match.end() :]):
                    continue
                if pattern is _BRACKETED and not self._stands_as_reference(text, match, heads):
                    continue
                yield self._measure_found(rank, match, groups)

    def _measure_found(self, rank: int, match: re.Match[str], groups: int) -> _Found:
        """Return the measures of the numbers; one number of several nodes stays ambiguous."""
        paths: list[str] = []
        ambiguous = False
        for number in _numbers(match, groups):
            here = self._measures.get(number, [])
            ambiguous = ambiguous or len(here) > 1
            paths += here
        return _Found(rank, match.start(), match.end(), tuple(dict.fromkeys(paths)), ambiguous)

    def _stands_as_reference(self, text: str, match: re.Match[str], heads: bool) -> bool:
        """Tell whether a bare （12） names a measure rather than counting the letter's own points.

        ``heads``: the bracketed numbers at the heads of lines count from 1.
        """
        before, after = text[: match.start()], text[match.end() : match.end() + 12]
        line = before.rpartition("\n")[2]
        if re.match(r"\s*(?:[（(]\d{1,3}[）)]\s*)*(?:条|项|两条|两项|中|中的|的|[“「《]|\|)", after):
            return True
        if line.strip():
            return bool(
                re.search(r"(?:第|对|关于|将|把|在|和|与|及|、|条款|措施|建议|其中|[“：:）)])\s*$", line)
            )
        return not heads

    def _is_other_text(self, text: str, start: int) -> bool:
        """Tell whether a clause belongs to a law or another paper named just before it."""
        before = text[max(0, start - 60) : start]
        match = _OTHER_TEXT.search(before)
        if match is None:
            return False
        if match[0].startswith(("》", "〉")):
            name = re.split(r"[《〈]", before[: match.start()])[-1]
            return not self._is_own(name)
        return True

    def _is_own(self, name: str) -> bool:
        plain = _plain(name)
        if plain in {"征求意见稿", "意见稿", "实施意见", "意见", "方案", "草案", "办法", "文件", "通知"}:
            return True
        if "征求意见稿" in plain:
            return True
        return any(plain in _plain(title) or _plain(title) in plain for title in self._own_titles if plain)

    def _quoted(self, text: str) -> Iterator[_Found]:
        """Yield quoted titles: the whole title, or a fragment that only one title holds."""
        for match in _QUOTED.finditer(text):
            plain = _plain(match[1])
            if len(plain) < TITLE_LEAST:
                continue
            holds = [path for title, path in self._titles if title in plain or plain in title]
            if len(holds) == 1:
                yield _Found(6, match.start(), match.end(), (holds[0],))
        for match in _THAT_ONE.finditer(text):
            if path := self._only_title(_plain(match[1])):
                yield _Found(6, match.start(), match.end(), (path,))

    def _only_title(self, words: str) -> str | None:
        """Return the node whose title alone holds the words before 那一条, less and less of them."""
        for start in range(max(1, len(words) - 3)):
            holds = [path for title, path in self._titles if words[start:] in title]
            if len(holds) == 1:
                return holds[0]
        return None


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def _own_count(text: str) -> bool:
    """Tell whether the bracketed numbers at the heads of lines are the letter's own count: 1, 2, 3."""
    heads = [int(n) for n in re.findall(r"(?m)^\s*[（(]\s*(\d{1,3})\s*[）)]", text)]
    return heads[:1] == [1]


def _skip(text: str, start: int) -> int:
    """Return where 、 and 和 after an item end."""
    match = re.compile(r"\s*[、，,和及与]\s*").match(text, start)
    return match.end() if match else start


def _is_appendix_name(match: re.Match[str]) -> bool:
    """Tell whether a match is only the name of an attachment: 附件1, which names no item."""
    return "第" not in match[0] and not match[4] and not match[2] and not re.search(r"[（(]", match[0])


def _numbers(match: re.Match[str], groups: int) -> list[int]:
    """Return the numbers of a match: one, a range, and those joined by 、."""
    first = parse_number(match[1])
    if first is None:
        return []
    last = parse_number(match[2]) if groups > 2 and match[2] else None
    numbers = list(range(first, last + 1)) if last and first < last <= first + MOST_IN_RANGE else [first]
    if groups > 2 and match.re.groups >= 3 and match[3]:
        numbers += [n for n in map(parse_number, re.findall(NUMBER, match[3])) if n is not None]
    return numbers
