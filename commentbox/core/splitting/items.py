"""The items and paragraphs of a letter without its manners, and the headings that they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commentbox.core.splitting.asides import asks
from commentbox.core.splitting.labels import item_start, style_of
from commentbox.core.splitting.letters import hello, is_greeting, is_title
from commentbox.core.splitting.lines import Line, Piece
from commentbox.core.splitting.parts import asks_for, gives_reason, tells_what, wording
from commentbox.core.splitting.sentences import LEADS_IN, cited, leads_to_reasons
from commentbox.core.splitting.themes import is_another

_OPENS_ANEW = re.compile(
    r"\s*(另外|此外|还有|同时|至于|最后|除此之外|再就是|再有|再者|顺便|总之|also\b|in addition|finally)", re.I
)
_TOPIC = re.compile(
    r"(?:关于|针对|涉及|对于?)(?P<about>[^，。；！？,;!?]{2,30}?)的?(?:条款|部分|方面|问题|规定|内容)?"
    r"的?(?:几[点条])?(?:具体|修改)*(?:意见|建议|看法)?\s*(?P<colon>[：:])?"
    r"|(?:on|regarding|about|as for|concerning) (?P<en>[^.;!?]{2,60}?)(?P<mark>:)"
)
_PLAINLY = re.compile(r"关于|针对")
_GENERIC = re.compile(
    r"(?:总体|具体|主要|其他|其它|其余|补充|另外|修改|反馈|有关|几点|一些|整体|存在|相关|文字|条文|的|和|与|及|、)*"
    r"(?:意见|建议|问题|情况|想法|看法|反馈|理由|背景|评价|部分|方面)*"
)
_LONGEST = 24
"""Characters of a heading at most."""
_BARE = 14
"""Characters of a heading that no word shows to be one."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """Hold what the heading above says, how its line was marked, and whether items followed it.

    ``outer`` are the marks that stood above it: an item marked so stands under it no more.
    """

    topic: str = ""
    style: str = ""
    listed: bool = False
    outer: tuple[str, ...] = ()


def pieces(lines: Sequence[Line]) -> Iterator[Piece]:
    """Yield items and paragraphs with the headings above them; headings and introductions are left out.

    A clause quoted above an answer (>, 原文：) belongs to the answer.
    """
    starts = [item_start(line) for line in lines]
    has_list = any(start is not None for start in starts)
    answers = _answers(lines)
    above, marks = _Heading(), list[str]()
    n = 0
    while n < len(lines):
        topic = _topic(lines, starts, n)
        if topic is not None:
            style = style_of(lines[n])
            marks = _down_to(marks, style)
            above = _Heading(topic, style, outer=tuple(marks[:-1]))
            n += 1
            continue
        quoted, n = n, answers[n]
        if starts[n] is None and _is_intro(lines[n], n + 1 < len(lines), has_list):
            above = _Heading(cited(lines[n].text)) if n + 1 < len(lines) and starts[n + 1] else above
            n += 1
            continue
        above = _still(above, lines[n], starts[n] is not None)
        if starts[n] is not None:
            marks = _down_to(marks, style_of(lines[n]))
        last = _last(lines, starts, n)
        yield replace(_piece(lines, starts[n], quoted, n, last), topic=above.topic)
        n = last + 1


def _piece(lines: Sequence[Line], start: int | None, quoted: int, first: int, last: int) -> Piece:
    """Return the piece of some lines; the draft's wording, quoted by name, stands beside it."""
    line, end = lines[first], lines[last].end
    listed = start is not None
    begin = line.start + hello(line.text) if start is None else start
    if quoted < first:
        return Piece(lines[quoted].start, end, listed)
    original = wording(line.text[begin - line.start :])
    if original and first < last:
        return Piece(lines[first + 1].start, end, listed, original=original)
    return Piece(begin, end, listed)


def _answers(lines: Sequence[Line]) -> list[int]:
    """Return for each line which one answers the quoted lines from there on; itself where none does."""
    answers = list(range(len(lines)))
    for n in range(len(lines) - 2, -1, -1):
        below = answers[n + 1]
        if lines[n].text.startswith(">") and not lines[below].text.startswith(">"):
            answers[n] = below
    return answers


def _last(lines: Sequence[Line], starts: Sequence[int | None], first: int) -> int:
    """Return the last line of the item or the paragraph that begins here."""
    n = first + 1
    if starts[first] is None and leads_to_reasons(lines[first].text):
        while n < len(lines) and starts[n] is not None:
            n += 1
        return n - 1
    while (
        n < len(lines)
        and starts[n] is None
        and not lines[n].text.startswith(">")
        and _goes_on(lines[n - 1], lines[n], starts[first])
        and _topic(lines, starts, n) is None
    ):
        n += 1
    return n - 1


def _goes_on(above: Line, line: Line, start: int | None) -> bool:
    """Tell whether an unlabelled line belongs to the item or the paragraph above it."""
    if start is not None:
        said = above.text[max(0, start - above.start) :]
        return not (
            _OPENS_ANEW.match(line.text) or (not gives_reason(line.text) and is_another(said, line.text))
        )
    said = above.text
    return gives_reason(line.text) or (tells_what(said) and asks_for(line.text))


def _still(above: _Heading, line: Line, listed: bool) -> _Heading:
    """Return the heading that a piece stands under: none after its list, or beside items marked as it is."""
    style = style_of(line) if listed and above.topic else ""
    if style and (style == above.style or style in above.outer):
        return _Heading()
    if not listed and (above.listed or _OPENS_ANEW.match(line.text)):
        return _Heading()
    return replace(above, listed=listed)


def _down_to(marks: list[str], style: str) -> list[str]:
    """Return the marks of a letter from its widest down to this one."""
    return [*(marks[: marks.index(style)] if style in marks else marks), style]


def _topic(lines: Sequence[Line], starts: Sequence[int | None], n: int) -> str | None:
    """Return what a heading says, "" for one that says nothing, None for a line that is none."""
    line, start = lines[n], starts[n]
    if n + 1 == len(lines) or len(line.text) > 2 * _LONGEST:
        return None
    said = line.text.strip() if start is None else line.text[start - line.start :].strip()
    below, listed_next = lines[n + 1].text.strip(), starts[n + 1] is not None
    match = _TOPIC.fullmatch(said)
    if match and (match["colon"] or match["mark"] or _PLAINLY.match(said)) and not asks(match[0]):
        return "" if _GENERIC.fullmatch(match["about"] or match["en"]) else said.rstrip("：: ")
    if start is not None:
        deeper = listed_next and style_of(line) != style_of(lines[n + 1])
        return _name(said) if _is_heading(said) and (deeper or not _name(said)) else None
    bare = (
        not re.search(r"[。；，,.?？!！]$", said)
        and len(said) <= _BARE
        and _is_heading(said)
        and not asks(said)
    )
    if bare and not listed_next and len(below) > 2 * len(said) and below[-1] in "。；！？.":
        return _name(said)
    return None


def _name(heading: str) -> str:
    """Return what a heading is about, "" where it only announces comments."""
    plain = heading.strip(" 　：:")
    return "" if _GENERIC.fullmatch(plain) else plain


def _is_heading(text: str) -> bool:
    """Tell whether an item above another is only its heading."""
    return len(text) <= _LONGEST and not re.search(r"[。；，,？?！!]|[.]$|建议.{4,}|应", text)


def _is_intro(line: Line, more: bool, has_list: bool) -> bool:
    """Tell whether a paragraph only leads to what follows it."""
    text = line.said
    if is_greeting(text) or is_title(text):
        return True
    if leads_to_reasons(text):
        return False
    return more and len(text) <= 90 and bool(LEADS_IN.search(text)) and (has_list or len(text) <= 60)
