"""The respondent's own words in a letter: a view of the text, nothing is cut away.

Quotes and signatures are found by the marks that mail programs leave (QQ, 163, Foxmail, Outlook, Gmail,
iPhone; Chinese and English). It knows text only, no mail and no HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from commentbox.core.mail.body import FORWARD_LINE


class Kind(StrEnum):
    """Name what a stretch of a letter is."""

    OWN = "own"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Span:
    """Hold a stretch of the text, text[start:end], and what it is."""

    start: int
    end: int
    kind: Kind


_QUOTED = re.compile(r"[ \t\u3000]*[>＞]")
_RULE = r"[ \t]*[-—_=─*]{2,}[ \t]*"
_BARE_RULE = re.compile(r"[ \t]*[-_—]{6,}[ \t]*")
_DIVIDER = re.compile(
    _RULE
    + r"(?:原始?邮件|原始?信息|邮件原件|回复的原邮件|原始郵件|原邮件信息|Original\s+(?:Message|Email|Mail)"
    r"|Replied\s+Message)[ \t]*[-—_=─*]{2,}",
    re.I,
)
_FORWARDED = re.compile(
    _RULE + r"(?:(?:被|已)?转发(?:的)?(?:邮件|信息)|轉寄郵件|Forwarded\s+(?:by|message|mail)).{0,80}$"
    r"|[ \t]*Begin forwarded message:|[ \t]*(?:开始|以下是)转发(?:的)?邮件[:：]",
    re.I,
)
_SAID = re.compile(r"写道|寫道|wrote|writes|schrieb|écrit|escribió")
_WROTE = re.compile(
    r"[ \t]*(?:[在于]\s*[\"“]?(?:周.[,，]?\s*)?\d{4}\s*[-年/.].{4,200}?[写寫]道"
    r"|.{1,120}[于在]\s*\d{4}\s*[-年/.].{4,80}?[写寫]道|(?:On|At)\s.{6,220}?\b(?:wrote|writes)"
    r"|(?:Am|Le|El)\s.{6,200}?(?:schrieb.{0,80}|a écrit|escribió))\s*[:：]\s*$",
    re.S,
)
_FROM = re.compile(r"[ \t*|]*(?:发件人|寄件者|寄件人|發件人|From)[ \t*]*[:：|]")
_HEADER = re.compile(
    r"[ \t*|]*(?:发件人|寄件者|发送时间|发送日期|寄件日期|日期|时间|收件人|抄送人?|主题|主旨|附件"
    r"|From|Sent|Date|To|Cc|Subject|Importance)[ \t*]*[:：|]"
)
_SIGNATURE = re.compile(r"--[ \t]*$")
_MOBILE = re.compile(
    r"[ \t]*(?:发自我的|发自我|发自|發自我的|来自|由)\s*.{0,25}(?:iPhone|iPad|手机|小米|华为|HUAWEI|荣耀"
    r"|OPPO|vivo|安卓|Android|邮箱(?:大师|客户端|App)?|客户端|Windows|Mac).{0,12}$"
    r"|[ \t]*Sent from (?:my |Mail |Outlook|Yahoo|Samsung|Huawei).{0,40}$|[ \t]*Get Outlook for .{0,40}$",
    re.I,
)
_HANDED_ON = re.compile(
    r"(?:(?:您|你)好|各位|领导|请|烦请|查收|查阅|查看|阅|转发|转|见|如|附|以下|下|邮件|意见|内容|谢谢|FYI|see|below|please|find|fwd?"
    r"|thanks|[\s，。,.:：!！、])*",
    re.I,
)


def own_text(text: str) -> str:
    """Return the respondent's own words, or the whole text where none are found."""
    spans = fold(text)
    parts = [text[span.start : span.end].strip("\n") for span in spans if span.kind is Kind.OWN]
    own = "\n".join(part for part in parts if part.strip()).strip()
    return own if own else text.strip()


def fold(text: str) -> tuple[Span, ...]:
    """Return the whole text as spans in order, without gaps, each named for what it is."""
    lines = text.splitlines(keepends=True)
    kinds = _kinds([line.rstrip("\r\n") for line in lines])
    spans: list[Span] = []
    position = 0
    for line, kind in zip(lines, kinds, strict=True):
        end = position + len(line)
        if spans and spans[-1].kind is kind:
            spans[-1] = Span(spans[-1].start, end, kind)
        else:
            spans.append(Span(position, end, kind))
        position = end
    return tuple(spans)


def _kinds(lines: list[str]) -> list[Kind]:
    kinds: list[Kind] = []
    rest: Kind | None = None  # what all lines are from here on
    while len(kinds) < len(lines):
        at = len(kinds)
        taken = _forward_head(lines, at)
        if taken:
            rest = None
            kinds += [Kind.QUOTE] * taken
            continue
        if rest is Kind.QUOTE:
            kinds.append(rest)
            continue
        taken = _quote_head(lines, at)
        if taken:
            kinds += [Kind.QUOTE] * taken
            rest = _after_head(lines, kinds, at, taken)
        else:
            kind = rest or _line_kind(lines, at)
            rest = Kind.SIGNATURE if kind is Kind.SIGNATURE and _SIGNATURE.match(lines[at]) else rest
            rest = None if _QUOTED.match(lines[at]) else rest
            kinds.append(kind)
    return kinds


def _line_kind(lines: list[str], at: int) -> Kind:
    line = lines[at]
    if _QUOTED.match(line):
        return Kind.QUOTE
    if _MOBILE.match(line):
        return Kind.SIGNATURE
    # A rule of two dashes in the middle of a letter is no signature unless written as RFC 3676 says.
    if line == "-- " or (_SIGNATURE.match(line) and len(lines) - at <= 12):
        return Kind.SIGNATURE
    return Kind.OWN


def _forward_head(lines: list[str], at: int) -> int:
    """Return how many lines stand above the text of a mail within the mail; that text is the letter's."""
    if lines[at] != FORWARD_LINE:
        return 0
    return 1 + _header_lines(lines, at + 1)


def _quote_head(lines: list[str], at: int) -> int:
    """Return how many lines announce a quotation here, 0 for none."""
    line = lines[at]
    if _QUOTED.match(line):
        return 0
    if _DIVIDER.match(line) or _FORWARDED.match(line):
        return 1 + _header_lines(lines, at + 1)
    if _BARE_RULE.fullmatch(line) and at + 1 < len(lines) and _FROM.match(lines[at + 1]):
        return 1 + _header_lines(lines, at + 1)
    if _FROM.match(line):
        count = _header_lines(lines, at)
        return count if count >= 3 else 0
    for size in (1, 2, 3):
        announced = lines[at : at + size]
        if not all(announced):
            break
        if _SAID.search(announced[-1]) and _WROTE.match("\n".join(announced)):
            return size
    return 0


def _header_lines(lines: list[str], at: int) -> int:
    """Return how many lines from here are `发件人:`-like fields, with the blank and folded ones between."""
    count = last = 0
    while at + count < len(lines) and count - last < 3:
        count += 1
        if _HEADER.match(lines[at + count - 1]):
            last = count
    return last


def _after_head(lines: list[str], kinds: list[Kind], at: int, taken: int) -> Kind | None:
    """Return what follows an announced quotation: quote to the end, or by the line where `>` marks it."""
    following = next((line for line in lines[at + taken :] if line.strip()), "")
    if _QUOTED.match(following):
        return None
    if _FORWARDED.match(lines[at]) and _HANDED_ON.fullmatch(_own_so_far(lines, kinds)):
        return None
    return Kind.QUOTE


def _own_so_far(lines: list[str], kinds: list[Kind]) -> str:
    # kinds may be shorter than lines: only what was named counts.
    return "\n".join(line for line, kind in zip(lines, kinds, strict=False) if kind is Kind.OWN)


_CLAUSE_END = re.compile(r"[\s，,。.；;！!：:、]+")
_OFFICES = (
    "局|厅|委|办|公司|单位|中心|大学|学院|学校|研究院|研究所|委员会|办公室|协会|政府|医院|领导|同志|科|处|部"
)
_OFFICE = rf".{{2,25}}(?:{_OFFICES})"
_COURTESY = re.compile(
    r"尊敬的.{0,25}|(?:您|你|你们|大家)好|各位.{0,10}|.{0,60}(?:收悉|收到|悉)|特此.{0,6}|此复|谢谢.{0,6}|感谢.{0,12}"
    r"|经.{0,8}(?:研究|审阅|讨论|研读|学习|核|阅|商|征求.{0,10}意见)(?:后|决定)?|(?:我们?|本)(?:单位|局|公司)?认真.{0,20}"
    r"|现(?:将.{0,20})?(?:回复|函复|反馈|答复)如下|此致|敬礼|祝.{0,10}|如下"
    r"|(?:联系人|电话|联系电话|姓名|单位|地址|邮箱).{0,40}|[\d\-()（）年月日/]{4,24}|同意.{0,20}"
    r"|hello|hi|dear.{0,40}|thanks|thank you|(?:best |kind )?regards|sincerely|" + _OFFICE,
    re.I,
)
_NO_OPINION = re.compile(
    r"(?:(?![不非难但除]).){0,80}?(?:暂无|暂时没有|均无|也?没有|并?无|没)"
    r"(?:任何|其他|其它|不同|相关|修改|反馈|补充|进一步|更多|的|什么)*"
    r"(?:意见(?:和|与|及|或|/)?(?:建议)?|异议|建议(?:和|与|及|或|/)?(?:意见)?)(?:反馈|提出|可提|需要反馈)?"
    r"|(?:we |i )?(?:have |has )?no (?:further |other |additional )?"
    r"(?:comments?|opinions?|objections?|remarks?|suggestions?)(?: (?:on|to|about|regarding) .{0,80})?",
    re.I,
)
_MAX_BARE = 300


def is_no_opinion(text: str) -> bool:
    """Tell whether a letter says no more than that there is nothing to say (无意见)."""
    own = own_text(text)
    if len(own) > _MAX_BARE:
        return False
    said = [piece for piece in _clauses(own) if not _COURTESY.fullmatch(piece)]
    return bool(said) and all(_NO_OPINION.fullmatch(piece) for piece in said)


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text, one line of English being one clause."""
    clauses: list[str] = []
    for line in text.splitlines():
        bare = line.strip(" \t\u3000.。!！,，")
        clauses += [bare] if bare.isascii() else _CLAUSE_END.split(bare)
    return [clause for clause in clauses if clause]
