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

_QUOTED = re.compile(r"[ ]*[>＞]")
_QUOTE_MARKS = re.compile(r"[ >＞]*")
_MAX_HEAD_LINES = 14
_MAX_SIGNATURE_LINES = 12
_MAX_CONTEXT_LINES = 12
_FAR = 40
_FEW = 3
"""Fewer marked lines than this, with nothing to announce them, are the writer's own points or citation."""
_SENTENCE_END = re.compile(r"[。！？；!?;]\s*$")
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
    spans: list[Span] = []
    for line, kind in zip(lines, kinds, strict=True):
        if spans and spans[-1].kind is kind:
            spans[-1] = Span(spans[-1].start, line.end, kind)
        else:
            spans.append(Span(line.start, line.end, kind))
    return tuple(spans)


@dataclass(slots=True)
class _Line:
    """Hold a line: its words (cut where no mark is as long), and what the HTML says of it."""

    start: int
    end: int
    words: str
    marked: Kind = Kind.OWN

    @property
    def blank(self) -> bool:
        return not self.words.strip()

    @property
    def quoted(self) -> bool:
        return self.marked is Kind.QUOTE or _QUOTED.match(self.words) is not None


def _lines(text: str, marked: Sequence[Span]) -> Iterator[_Line]:
    spans = iter(sorted(marked, key=lambda span: span.start))
    span = next(spans, None)
    start = 0
    for whole in text.splitlines(keepends=True):
        end = start + len(whole)
        while span and span.end <= start:
            span = next(spans, None)
        words = (
            whole[: LONGEST + 1].rstrip("\r\n").replace("\xa0", " ").replace("\u3000", " ").replace("\t", " ")
        )
        yield _Line(start, end, words, span.kind if span and span.start <= start else Kind.OWN)
        start = end


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

    def kinds(self) -> list[Kind]:
        """Return what each line is."""
        self.following = _following(self.lines)
        onward = False  # whether all lines from here on are quoted
        while len(self.named) < len(self.lines):
            at = len(self.named)
            count = self._forward_head(at)
            if count:
                onward = False
                self._name(Kind.QUOTE, count)
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
        if kind is Kind.OWN and len(self.said) < LONGEST:
            self.said += "\n".join(line.words for line in self.lines[at : at + count]) + "\n"
        self.named += [kind] * count

    def _announce(self, at: int, count: int) -> None:
        self.announced = at if self.announced is None else self.announced
        self.heads.update(range(at, at + count))
        self._name(Kind.QUOTE, count)

    def _by_line(self, at: int) -> tuple[Kind, int]:
        line = self.lines[at]
        if line.quoted:
            if self.announced is None and (line.marked is Kind.QUOTE or self._quotes_a_head(at)):
                self.announced = at
            return Kind.QUOTE, 1
        count = self._signature(at)
        return (Kind.SIGNATURE, count) if count else (Kind.OWN, 1)

    def _quotes_a_head(self, at: int) -> bool:
        """Tell whether a marked line itself names who wrote what is marked, as Apple's programs do."""
        words = [_QUOTE_MARKS.sub("", line.words, count=1) for line in self.lines[at : at + 3]]
        return is_attribution(words[:1], True) or (len(words) > 1 and is_attribution(words[:2], True))

    def _signature(self, at: int) -> int:
        """Return how many lines from here are a signature."""
        line = self.lines[at]
        count = 0
        if line.marked is Kind.SIGNATURE:
            count = self._marked_signature(at)
        elif SIGNATURE.match(line.words):
            count = self._dashed_signature(at)
        elif MOBILE.match(line.words) and self._closes(at):
            count = 1
        return count

    def _marked_signature(self, at: int) -> int:
        end = at
        while end < min(len(self.lines), at + _FAR) and self.lines[end].marked is Kind.SIGNATURE:
            end += 1
        if end == at + _FAR:
            return 0
        return end - at if self._filled(at, end) <= _MAX_SIGNATURE_LINES else 0

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
        line = self.lines[at]
        if line.quoted or line.blank:
            return 0
        words = line.words
        if DIVIDER.match(words) or FORWARDED.match(words):
            return 1 + self._fields(at + 1)
        if RULE.fullmatch(words) and self._fields_begin(self.following[at]):
            below = self.following[at]
            return below - at + self._fields(below)
        if is_whole_head(words):
            return 1
        return self._fields(at) if self._fields_begin(at) else self._attribution(at)

    def _fields_begin(self, at: int) -> bool:
        """Tell whether a head of fields begins here: who wrote, and two of when, to whom, about what."""
        if at >= len(self.lines) or field_of(self.lines[at].words) is not Field.FROM:
            return False
        fields = {field_of(line.words) for line in self.lines[at : at + self._fields(at)]}
        return len(fields & {Field.DATE, Field.TO, Field.SUBJECT}) >= 2

    def _fields(self, at: int) -> int:
        """Return how many lines from here are fields of a head, with the blank and folded ones between."""
        last = 0
        subject = False
        for count, line in enumerate(self.lines[at : at + _MAX_HEAD_LINES], 1):
            if line.quoted or count - last > 3 or (subject and line.blank):
                break
            found = field_of(line.words)
            if found:
                last = count
                subject = subject or found is Field.SUBJECT
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
        for number, (kind, start, end) in enumerate(runs):
            before = runs[number - 1] if number else None
            after = runs[number + 1] if number + 1 < len(runs) else None
            if kind is Kind.QUOTE and (self.announced is None or start < self.announced):
                self._give_back_unannounced(start, end, before, after)
            elif kind is Kind.OWN and before and before[0] is Kind.QUOTE and self.announced is not None:
                inside = after is not None and after[0] is Kind.QUOTE and after[1] not in self.heads
                seen_inside = seen_inside or inside
                if seen_inside:
                    self._give_back_context(before[1], before[2])

    def _give_back_unannounced(self, start: int, end: int, before: _Run | None, after: _Run | None) -> None:
        leads_in = before is not None and self.lines[before[2] - 1].words.rstrip().endswith((":", "："))
        if leads_in or self._filled(start, end) < _FEW:
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
    runs: list[_Run] = []
    for at, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        if line.blank:
            continue
        if runs and runs[-1][0] is kind:
            runs[-1] = (kind, runs[-1][1], at + 1)
        else:
            runs.append((kind, at, at + 1))
    return runs


def _speaks(lines: list[_Line], kinds: list[Kind]) -> bool:
    """Tell whether the own words say something by themselves, and do not only point into the quotation."""
    own = _start_of(line.words for line, kind in zip(lines, kinds, strict=True) if kind is Kind.OWN)
    if Kind.QUOTE not in kinds:
        return bool(own)
    return bool(own) and not says_nothing(own)


def _start_of(lines: Iterable[str]) -> str:
    """Return the words of these lines, as many as it takes to know that they are more than a cover line."""
    words = ""
    for line in lines:
        words = f"{words}\n{line}".strip()
        if len(words) > LONGEST:
            break
    return words
