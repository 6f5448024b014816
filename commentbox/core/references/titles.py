"""Titles of a draft as letters name them: quoted, in part, one sign off, or written out in a sentence.

Everything is looked up in an index: a draft can have thousands of titles. Knows nothing of numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from commentbox.core.references.own import letters_only
from commentbox.core.states import MeasureKind
from commentbox.core.text import simplified
from commentbox.core.types import Node

LEAST = 6
"""Letters of a quoted title."""
LEAST_BARE = 8
"""Letters of a title that stands in a sentence without quotes, and without a word like 关于 beside it."""
LEAST_QUOTED_TEXT = 8
"""Letters of a clause's own words, quoted."""
LEAST_WORDS, LEAST_OF_TEXT, LEAST_FRAGMENT = 4, 5, 3
FRAGMENT = 16
"""Characters before 那一条 that can name it."""
QUOTED = re.compile(r"[“\"「『《]([^”\"」』》\n]{4,60})[”\"」』》]")
_THAT_ONE = re.compile(
    r"(?:(?:那|这)(?:一?(?:条|项|款|块|段|部分|点(?!儿|半))|个(?:措施|条款|部分))|一(?:条|项|款)(?=[，,。：:里中的]))"
    r"(?![线路街河狗鱼船腿龙]|道路|新闻|消息|评论|留言)"
)
_ABOUT = re.compile(
    r"(?:关于|有关|对于|对)([^，。；：、！？\n]{4,24}?)的?(?:规定|条款|措施|这?一?(?:条|项|款)|部分|表述)"
)
_BREAK = re.compile(r"[\s，。；：、“”\"「」『』《》！？,;:!?（）()]")
_ASIDE = re.compile(r"^(?:我觉得|我认为|建议|关于|对于|对|就是|就|像|把|将|还有|尤其是|特别是)")
_CUE_BEFORE = re.compile(r"(?:关于|对于|对|将|把|有关|[条）)“\"]|(?:^|\n)\s*\d{1,3}\s*[.．、])\s*$")
_CUE_AFTER = re.compile(r"\s*(?:[”\"]|这|那|一[条项款]|条|措施|部分|的(?:规定|条款|措施|表述))")


class _Joined:
    """Find which of many texts holds some words, if only one does."""

    def __init__(self, entries: Sequence[tuple[str, str]]) -> None:
        self._paths = [path for _, path in entries]
        self._starts: list[int] = []
        start = 0
        for text, _ in entries:
            self._starts.append(start)
            start += len(text) + 1
        self._text = "\n".join(text for text, _ in entries)

    def only(self, words: str) -> str | None:
        """Return the path of the one text that holds the words."""
        if not words or (place := self._text.find(words)) < 0:
            return None
        at = bisect_right(self._starts, place) - 1
        after = self._starts[at + 1] if at + 1 < len(self._starts) else len(self._text)
        return None if self._text.find(words, after) >= 0 else self._paths[at]


class TitleIndex:
    """Find the titles of one draft, and its clauses' own words, in letters."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        named = [n for n in nodes if n.kind != MeasureKind.WHOLE]
        plain = [(letters_only(simplified(n.title)), n.path) for n in named]
        self._titles = _Joined(plain)
        self._texts = _Joined(
            [(t + letters_only(simplified(n.text)), p) for (t, p), n in zip(plain, named, strict=True)]
        )
        self._whole: dict[str, str | None] = {}
        for title, path in plain:
            if len(title) >= LEAST:
                self._whole[title] = None if title in self._whole else path
        self._heads: dict[str, list[str]] = {}
        self._halves: dict[tuple[bool, str], list[str]] = {}
        for title in self._whole:
            self._heads.setdefault(title[:LEAST], []).append(title)
            half = len(title) // 2
            self._halves.setdefault((True, title[:half]), []).append(title)
            self._halves.setdefault((False, title[-half:]), []).append(title)
        self._raw: dict[str, list[tuple[str, str]]] = {}
        for node in named:
            raw = simplified(node.title).strip()
            if whole := self._whole.get(letters_only(raw)):
                self._raw.setdefault(raw[:LEAST], []).append((raw, whole))
        firsts = "".join(sorted({raw[0] for raw in self._raw}))
        self._firsts = re.compile(f"[{re.escape(firsts)}]" if firsts else "(?!)")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and path of what names a title in a text."""
        for match in QUOTED.finditer(text):
            if path := self._quoted(letters_only(match[1])):
                yield match.start(), match.end(), path
        for match in _THAT_ONE.finditer(text):
            yield from self._before(text, match.start(), match.end())
        for match in _ABOUT.finditer(text):
            words = letters_only(match[1])
            if len(words) >= LEAST_WORDS and (path := self._only(words)):
                yield match.start(1), match.end(1), path
        yield from self._written_out(text)

    def _quoted(self, plain: str) -> str | None:
        """Return what a quotation names: a title, a part of it, one with a slip, a clause by its words."""
        if len(plain) < LEAST:
            return None
        if path := self._whole.get(plain):
            return path
        inside = {title for n in range(len(plain)) for title in self._heads.get(plain[n : n + LEAST], ())}
        held = {title for title in inside if title in plain}
        if len(held) == 1:
            return self._whole[held.pop()]
        if held:
            return None
        if path := self._titles.only(plain) or self._near(plain):
            return path
        return self._texts.only(plain) if len(plain) >= LEAST_QUOTED_TEXT else None

    def _near(self, plain: str) -> str | None:
        """Return the one title that differs from some words by one sign."""
        near: set[str] = set()
        for length in (len(plain) - 1, len(plain), len(plain) + 1):
            half = length // 2
            for key in ((True, plain[:half]), (False, plain[-half:])):
                near.update(t for t in self._halves.get(key, ()) if len(t) == length and _one_off(plain, t))
        return self._whole[near.pop()] if len(near) == 1 else None

    def _before(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield the node that the words before 那一条 name, less and less of them."""
        before = text[max(0, start - FRAGMENT - 2) : start].rstrip('”"」』》 的')
        words = _BREAK.split(before)[-1]
        words = words[len(aside[0]) :] if (aside := _ASIDE.match(words)) else words
        place = max(0, start - FRAGMENT - 2) + len(before) - len(words)
        if len(words) >= LEAST_FRAGMENT and (path := self._only(words)):
            yield place, end, path
            return
        for least, joined in ((LEAST_WORDS, self._titles), (LEAST_OF_TEXT, self._texts)):
            for n in range(1, len(words) - least + 1):
                if path := joined.only(words[n:]):
                    yield place + n, end, path
                    return

    def _only(self, words: str) -> str | None:
        return self._titles.only(words) or self._texts.only(words)

    def _written_out(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield titles that stand in a text without quotes."""
        for n in (match.start() for match in self._firsts.finditer(text)):
            for raw, path in self._raw.get(text[n : n + LEAST], ()):
                if text.startswith(raw, n):
                    end = n + len(raw)
                    clear = len(raw) >= LEAST_BARE or _CUE_BEFORE.search(text, max(0, n - 8), n)
                    if clear or _CUE_AFTER.match(text, end):
                        yield n, end, path


def _one_off(one: str, other: str) -> bool:
    """Tell whether two texts differ by one sign changed, added or left out."""
    if len(one) > len(other):
        one, other = other, one
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return one[start + (len(one) == len(other)) :] == other[start + 1 :]
