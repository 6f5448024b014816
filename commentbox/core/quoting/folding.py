"""The respondent's own words in a letter: a view of the text, nothing is cut away.

Quotations and signatures are found by the marks that mail programs leave in the text, and by those of the
HTML where the letter's text was made from it. Where in doubt a line is the respondent's: a word too many
costs a glance, a word folded away may cost the answer. It knows text only, no mail and no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from commentbox.core.mail.body import FORWARD_LINE
from commentbox.core.mail.programs import (
    DIVIDER,
    FORWARDED,
    LONGEST,
    MOBILE,
    RULE,
    SIGNATURE,
    Field,
    field_of,
    is_attribution,
    is_whole_head,
)
from commentbox.core.quoting.covers import hands_on, says_nothing
from commentbox.core.types import Kind, Span

_SPACES = str.maketrans("\xa0\u3000\t", "   ")
_MARKS = (">", "＞")
_MARK_STARTS = tuple("-—_=─–Bb开以")
_COLONS = (":", "：")
_QUOTE_MARKS = re.compile(r"[ >＞]*")
_MAX_HEAD_LINES = 14
_MAX_SIGNATURE_LINES = 12
_MAX_CONTEXT_LINES = 12
_FEW = 3
"""Fewer marked lines than this, with nothing to announce them, are the writer's own points or citation."""
_SENTENCE_END = re.compile(r"[。！？；!?;]\s*$")
_LEADS_IN = re.compile(
    r"(?:[:：]|如下|以下|下列|几[点条]|[一二三四五六七八九十\d]\s*[点条]|意见|建议)[。.]?\s*$"
)
_COUNTS = re.compile(r"[ >＞]*[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]")
_PROPOSES = re.compile(
    r"建议|意见|修改|删除|删去|增加|应当|第.{1,4}[条点项]|^\s*[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]"
)


def own_text(text: str, marked: Sequence[Span] = ()) -> str:
    """Return the respondent's own words, or the whole text where none are found.

    ``marked`` are the stretches that the letter's HTML names (`ParsedMail.marked`).
    """
    spans = fold(text, marked)
    parts = [text[span.start : span.end].strip("\n") for span in spans if span.kind is Kind.OWN]
    return "\n".join(part for part in parts if part.strip()).strip()


def fold(text: str, marked: Sequence[Span] = ()) -> tuple[Span, ...]:
    """Return the whole text as spans in order, without gaps, each named for what it is."""
    lines = list(_lines(text, marked))
    kinds = _Reader(lines).kinds()
    if not _speaks(lines, kinds):
        kinds = [Kind.OWN] * len(lines)
    changes = [at for at in range(len(kinds)) if at == 0 or kinds[at] is not kinds[at - 1]]
    ends = [lines[at].start for at in changes[1:]] + [len(text)]
    return tuple(Span(lines[at].start, end, kinds[at]) for at, end in zip(changes, ends, strict=bool(lines)))


@dataclass(slots=True)
class _Line:
    """Hold a line, or blank lines together: its words, cut where no mark is as long, its mark in the HTML."""

    start: int
    words: str
    marked: Kind
    blank: bool
    quoted: bool


def _lines(text: str, marked: Sequence[Span]) -> Iterator[_Line]:
    spans = iter(sorted(marked, key=lambda span: span.start))
    span = next(spans, None)
    start = 0
    line: _Line | None = None
    for whole in text.splitlines(keepends=True):
        while span and span.end <= start:
            span = next(spans, None)
        kind = span.kind if span and span.start <= start else Kind.OWN
        blank = whole.isspace()
        if blank and line and line.blank and line.marked is kind:
            start += len(whole)
            continue
        words = "" if blank else whole[: LONGEST + 1].rstrip("\r\n").translate(_SPACES)
        line = _Line(start, words, kind, blank, kind is Kind.QUOTE or words.lstrip(" ")[:1] in _MARKS)
        yield line
        start += len(whole)


@dataclass(slots=True)
class _Reader:
    """Name each line in turn; then look again at marked lines, which may hold or frame an answer."""

    lines: list[_Line]
    named: list[Kind] = field(default_factory=list)
    heads: set[int] = field(default_factory=set)
    """The lines that announce a quotation."""
    announced: int | None = None
    """Where the first quotation begins that something announces."""
    said: str = ""
    """The first of the own words so far."""
    following: list[int] = field(default_factory=list)
    """For each line the next that is not blank."""
    known: dict[int, int] = field(default_factory=dict)
    """How many lines each line announces with, as far as asked."""

    def kinds(self) -> list[Kind]:
        """Return what each line is."""
        self.following = _following(self.lines)
        onward = False  # whether all lines from here on are quoted
        while len(self.named) < len(self.lines):
            at = len(self.named)
            line = self.lines[at]
            if line.blank:
                self.named.append(Kind.QUOTE if onward else line.marked)
            elif count := self._forward_head(at):
                onward = False
                self._name_head(at, count)
            elif onward:
                self._name(Kind.QUOTE, 1)
            elif count := self._head(at):
                self._announce(at, count)
                onward = self._runs_on(at, count)
            else:
                self._name(*self._by_line(at))
        self._keep_answers()
        return self.named

    def _name(self, kind: Kind, count: int) -> None:
        at = len(self.named)
        if kind is Kind.OWN and len(self.said) <= LONGEST:
            self.said += "\n".join(line.words for line in self.lines[at : at + count]) + "\n"
        self.named += [kind] * count

    def _announce(self, at: int, count: int) -> None:
        self.announced = at if self.announced is None else self.announced
        self._name_head(at, count)

    def _name_head(self, at: int, count: int) -> None:
        self.heads.update(range(at, at + count))
        self._name(Kind.QUOTE, count)

    def _by_line(self, at: int) -> tuple[Kind, int]:
        line = self.lines[at]
        if line.quoted:
            if self.announced is None and (line.marked is Kind.QUOTE or self._quotes_a_head(at)):
                self.announced = at
            return Kind.QUOTE, 1
        if line.marked is Kind.SIGNATURE:
            return self._marked_signature(at)
        count = self._signature(at)
        return (Kind.SIGNATURE, count) if count else (Kind.OWN, 1)

    def _quotes_a_head(self, at: int) -> bool:
        """Tell whether a marked line itself names who wrote what is marked, as Apple's programs do."""
        if not self.lines[at].words.rstrip().endswith(_COLONS):
            return False
        words = [_QUOTE_MARKS.sub("", line.words, count=1) for line in self.lines[max(0, at - 1) : at + 1]]
        return is_attribution(words[-1:], True) or is_attribution(words, True)

    def _marked_signature(self, at: int) -> tuple[Kind, int]:
        """Return what is marked as a signature in the HTML: a long one is a letter written into it."""
        end = at
        while end < len(self.lines) and self.lines[end].marked is Kind.SIGNATURE:
            end += 1
        return Kind.SIGNATURE if self._filled(at, end) <= _MAX_SIGNATURE_LINES else Kind.OWN, end - at

    def _signature(self, at: int) -> int:
        """Return how many lines from here are a signature."""
        words = self.lines[at].words
        if SIGNATURE.match(words):
            return self._dashed_signature(at)
        return 1 if MOBILE.match(words) and self._closes(at) else 0

    def _dashed_signature(self, at: int) -> int:
        """Return the length of a signature below two dashes; a rule in the middle of a letter is none."""
        end, filled = at + 1, 0
        while end < len(self.lines) and filled <= _MAX_SIGNATURE_LINES:
            if self.lines[end].quoted or (not self.lines[end].blank and self._head(end)):
                break
            filled += not self.lines[end].blank
            end += 1
        if filled > _MAX_SIGNATURE_LINES:
            return 0
        below = [line.words for line in self.lines[at + 1 : end]]
        as_rfc3676 = self.lines[at].words == "-- "
        speaks = any(_SENTENCE_END.search(words) or _PROPOSES.search(words) for words in below)
        return 0 if speaks and not as_rfc3676 else end - at

    def _filled(self, at: int, end: int) -> int:
        return sum(not line.blank for line in self.lines[at:end])

    def _closes(self, at: int) -> bool:
        """Tell whether nothing but a quotation or a signature follows a line."""
        following = self.following[at]
        if following >= len(self.lines):
            return True
        line = self.lines[following]
        closing = line.quoted or line.marked is Kind.SIGNATURE or SIGNATURE.match(line.words)
        return bool(closing) or self._head(following) > 0

    def _forward_head(self, at: int) -> int:
        """Return how many lines stand above the text of a mail within the mail; that text is the letter's."""
        return 1 + self._fields(at + 1) if self.lines[at].words == FORWARD_LINE else 0

    def _head(self, at: int) -> int:
        """Return how many lines announce a quotation here, 0 for none."""
        if at not in self.known:
            line = self.lines[at]
            self.known[at] = 0 if line.quoted or line.blank else self._announcing(at)
        return self.known[at]

    def _announcing(self, at: int) -> int:
        words = self.lines[at].words
        if words.lstrip(" *")[:1] in _MARK_STARTS and (DIVIDER.match(words) or FORWARDED.match(words)):
            return 1 + self._fields(at + 1)
        if RULE.fullmatch(words) and self._fields_begin(self.following[at]):
            below = self.following[at]
            return below - at + self._fields(below)
        if is_whole_head(words):
            return 1
        return self._fields(at) if self._fields_begin(at) else self._attribution(at)

    def _fields_begin(self, at: int) -> bool:
        """Tell whether a head of fields begins here: who wrote, and two of when, to whom, about what."""
        first = self._field(at) if at < len(self.lines) else None
        if first in (None, Field.OTHER) or self._cited(at, first):
            return False
        fields = {self._field(line) for line in range(at, at + self._fields(at))}
        return Field.FROM in fields and len(fields & {Field.DATE, Field.TO, Field.SUBJECT}) >= 2

    def _cited(self, at: int, first: Field) -> bool:
        """Tell whether fields are those that a report cites: farther in, the sender not the first."""
        if first is Field.FROM:
            return at > 0 and self._field(at - 1) in (Field.DATE, Field.TO, Field.SUBJECT)
        return self.lines[at].words.startswith(" ")

    def _field(self, at: int) -> Field | None:
        return field_of(self.lines[at].words)

    def _fields(self, at: int) -> int:
        """Return how many lines from here are fields of a head, with the blank and folded ones between."""
        last = 0
        sender = subject = False
        for count, line in enumerate(self.lines[at : at + _MAX_HEAD_LINES], 1):
            if line.quoted or count - last > 3 or (subject and line.blank):
                break
            found = self._field(at + count - 1)
            if found is Field.FROM and sender:
                break
            if found:
                last = count
                subject, sender = subject or found is Field.SUBJECT, sender or found is Field.FROM
        return last

    def _attribution(self, at: int) -> int:
        for size in (1, 2, 3):
            lines = self.lines[at : at + size]
            if len(lines) < size or lines[-1].blank or lines[-1].quoted:
                return 0
            below = self.following[at + size - 1]
            quoted_below = below < len(self.lines) and self.lines[below].quoted
            if is_attribution([line.words for line in lines], quoted_below):
                return size
        return 0

    def _runs_on(self, at: int, count: int) -> bool:
        """Tell whether an announced quotation has no marks of its own, and so goes on to the end."""
        below = self.following[at + count - 1]
        if below >= len(self.lines) or self.lines[below].quoted:
            return False
        return not (FORWARDED.match(self.lines[at].words) and hands_on(self.said))

    def _keep_answers(self) -> None:
        """Give back marked lines that are no quotation, and those that an answer among them is about."""
        runs = _runs(self.lines, self.named)
        seen_inside = False
        announced = len(self.lines) if self.announced is None else self.announced
        for number, (kind, start, end) in enumerate(runs):
            before = runs[number - 1] if number else None
            after = runs[number + 1] if number + 1 < len(runs) else None
            if kind is Kind.QUOTE and start not in self.heads and start < announced:
                self._give_back_unannounced(start, end, before, after)
            elif kind is Kind.OWN and before and before[0] is Kind.QUOTE and self.announced is not None:
                inside = after is not None and after[0] is Kind.QUOTE and after[1] not in self.heads
                seen_inside = seen_inside or inside
                if seen_inside:
                    self._give_back_context(before[1], before[2])

    def _give_back_unannounced(self, start: int, end: int, before: _Run | None, after: _Run | None) -> None:
        above = self.lines[before[2] - 1].words if before else ""
        listed = _LEADS_IN.search(above) or _COUNTS.match(self.lines[start].words)
        if listed or self._filled(start, end) < _FEW:
            self.named[start:end] = [Kind.OWN] * (end - start)
        elif after and after[0] is Kind.OWN:
            self._give_back_context(start, end)

    def _give_back_context(self, start: int, end: int) -> None:
        """Make the quoted paragraph right above an answer part of it: it says what the answer is about."""
        at = end
        while at > start and self._says_nothing(at - 1):
            at -= 1
        last = at
        while at > start and last - at < _MAX_CONTEXT_LINES and at - 1 not in self.heads:
            if self._says_nothing(at - 1):
                break
            at -= 1
        self.named[at:last] = [Kind.OWN] * (last - at)

    def _says_nothing(self, at: int) -> bool:
        return _QUOTE_MARKS.fullmatch(self.lines[at].words) is not None


_Run = tuple[Kind, int, int]


def _following(lines: list[_Line]) -> list[int]:
    following = [len(lines)] * len(lines)
    for at in range(len(lines) - 2, -1, -1):
        following[at] = following[at + 1] if lines[at + 1].blank else at + 1
    return following


def _runs(lines: list[_Line], kinds: list[Kind]) -> list[_Run]:
    """Return the stretches of one kind, from their first to behind their last line that is not blank."""
    filled = [at for at, line in enumerate(lines) if not line.blank]
    starts = [n for n, at in enumerate(filled) if n == 0 or kinds[at] is not kinds[filled[n - 1]]]
    ends = [*starts[1:], len(filled)]
    return [
        (kinds[filled[start]], filled[start], filled[end - 1] + 1)
        for start, end in zip(starts, ends, strict=bool(filled))
    ]


def _speaks(lines: list[_Line], kinds: list[Kind]) -> bool:
    """Tell whether the own words say something by themselves, and do not only point into the quotation."""
    first = kinds.index(Kind.QUOTE) if Kind.QUOTE in kinds else len(kinds)
    above = _start_of(
        line.words for line, kind in zip(lines[:first], kinds, strict=False) if kind is Kind.OWN
    )
    below = any(
        kind is Kind.OWN and not line.blank for line, kind in zip(lines[first:], kinds[first:], strict=True)
    )
    return below or (bool(above) and (first == len(kinds) or not says_nothing(above)))


def _start_of(lines: Iterable[str]) -> str:
    """Return the words of these lines, as many as it takes to know that they are more than a cover line."""
    words = ""
    for line in lines:
        words = f"{words}\n{line}".strip()
        if len(words) > LONGEST:
            break
    return words
