"""A letter without its manners: which lines are points, which only greet, introduce, close and sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from commentbox.core.numerals import Style, parse_label
from commentbox.core.splitting.asides import ending, opening
from commentbox.core.splitting.lines import Line, Piece
from commentbox.core.splitting.sentences import LEADS_IN, enumerated
from commentbox.core.text import even

LEAST = 4
"""Characters of a point; less is a remnant."""
_CLAUSES = {Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE}
"""Labels that name a place in the draft rather than count the letter's own points."""
SIGNATURE = 6
"""Lines at most below a closing."""

_GREETING = re.compile(
    r"^\s*(尊敬的|敬爱的|致|亲爱的|各位)?(?![^\n]*(建议|应|希望|是|要|将|同意|第[^\n]{1,8}[条项款]))[^，。；！？：\n]{0,26}"
    r"(领导|同志们?|老师|先生|女士|局|委|办|部门|单位|政府|中心|您好|你好|大家好)[：:！!，,]?\s*(您好|你好)?[！!。，,：:]?\s*$"
    r"|^\s*(dear|hello|hi|to whom)\b([^.\n]|(?<=mr|ms|dr)\.|(?<=mrs)\.|(?<=prof)\.){0,50}[,:，]?\s*$"
    r"|^\s*(发件人|收件人|抄送|密送|主题|发送时间|发件时间|时间|日期|from|to|cc|subject|date|sent)\s*[：:][^\n]{0,200}$",
    re.IGNORECASE,
)
_ADDRESSEE = re.compile(r"(?!关于|针对|对)[^，。；！？,;!?]{2,30}[：:]")
_HELLO = re.compile(
    r"^\s*(尊敬的[^，。：！\n]{1,24}[，：:！]\s*)?([^，。\n]{0,12}(您好|你好)[！!。，,：:]\s*)"
)
_CLOSING = re.compile(
    r"^\s*(此致|敬礼|妥否|盼复|仅供参考|以上[。.]?$|附件?[:：]|特此(函复|复函|反馈|报告|致函|说明)|"
    r"以上(意见|建议|不一定|几点|仅|内容|供)?[^。]{0,24}(参考|考虑|研究|采纳|斧正|指正|酌定)|"
    r"请(领导|贵局|予以)?(考虑|参考|采纳|研究)(采纳|研究|参考)?(为盼|为荷)?[。！!]?$|"
    r"best regards|kind regards|regards|sincerely|yours|thank you|thanks)[^\n]{0,24}$"
    r"|^\s*(顺祝|顺颂|祝|谢谢|多谢|感谢)(?![^\n]*(建议|希望|应|能不能|能否|可以|[？?]))[^\n]{0,36}$",
    re.IGNORECASE,
)
_REMNANT = re.compile(
    r"^\s*(除(上述|以上|此)[^，。]{0,10}[外，,]+)?(其余|其他|其它|另外)?(内容|条款|部分|各条)?(我[^，。]{0,6})?(均|都|暂)?(无|没有?)(其他|其它|不同|修改)*(意见|异议|建议)?[。.]?\s*$"
    r"|^\s*以上.{0,20}(参考|考虑)[。.]?\s*$"
)
_SIGNED = re.compile(r"^\s*[^。；！？?]{1,34}\s*$")
_DATE_LINE = re.compile(
    r"^\s*(\d{4}|[二〇零○一二三四五六七八九]{4})\s*[年./-]\s*[\d一二三四五六七八九十]{1,3}\s*[月./-].{0,8}$"
)
_SIGN_HEAD = re.compile(
    r"^\s*(联系|电话|手机|地址|邮箱|填报|反馈|汇总|提出|单位|署名|落款|姓名)[^：:，。]{0,8}[：:]|^\s*(一名|一位|一个|您的|您忠实的)"
)
_SIGN_TAIL = re.compile(
    r"(公司|集团|中心|学院|大学|学校|医院|办公室|政府|协会|商会|学会|院|所|站|处|局|委|厅|科|工作者|总工|先生|女士|教授|某+|同志)"
    r"(汇总|整理)?[）)]?(\s*[（(][^）)]*[）)])?(\s+\S{1,4})?\s*$|(市民|居民|村民|业主|老师|个体户|职工|学生)\s*[^\s，。]{0,3}\s*$|[敬谨拜]上\s*$"
)
_TITLE = re.compile(
    r"^\s*(关于|对)[^。]{2,60}(意见|建议|反馈|函|回复|复函)\s*$|^\s*[^。，]{0,20}(意见[和与及]?建议?|修改|反馈|征求|建议)(意见|建议)?(表|函|稿)?\s*$"
)
_ASKS = re.compile(r"[？?]|建议|希望|应|能不能|请|要|不")
_BULLET = re.compile(r"^\s*[-•·●◆■▪*–—]+\s*(?=\S)")
CLAUSE_HEAD = re.compile(
    r"^\s*((?:附件|附表|附录|保障措施)?第\s*[（(]?[\d一二三四五六七八九十百]{1,5}[）)]?\s*[条项款]|\d{1,2}\s*[.．]?\s*[（(]\d{1,3}[）)])\s*[：:，,、\s]?"
)


_OPENS_ANEW = re.compile(r"\s*(另外|此外|还有|同时|至于|最后)")
_GIVES_REASON = re.compile(r"\s*(修改|建议)?(理由|依据|原因|说明)[：:]")
_TELLS_WHAT = re.compile(r"\s*(存在的?)?(问题|原文|现状|条款)[^：:，。]{0,6}[：:]")
_ASKS_FOR = re.compile(r"\s*(修改|建议|意见|对策|拟)[^：:，。]{0,6}[：:]")


def content(lines: Sequence[Line], whole: bool = True) -> list[Line]:
    """Return the lines without greeting, introduction, title, closing and signature.

    ``whole``: the lines are a whole letter, so that one line at least is kept.
    """
    least = 1 if whole else 0
    kept = _below_opening(_above_closing(list(lines)), least)
    usual = min((_lead(line.text) for line in kept), default=0)
    while len(kept) > least and _is_farewell(kept[-1], usual):
        kept.pop()
    if kept:
        kept[-1] = _without_ending(kept[-1])
    if whole and len(kept) == 1:
        return kept
    return [line for line in kept if not (_CLOSING.match(line.said) or _REMNANT.match(line.said))]


def _below_opening(lines: list[Line], least: int) -> list[Line]:
    """Return the lines from the first that says something, of a paragraph from where it does."""
    for n, line in enumerate(lines):
        said = even(line.said)
        if _GREETING.match(said) or _TITLE.match(said) or (n < 3 and _is_addressee(said)):
            continue
        cut = opening(line.text) if _item_start(line) is None else 0
        if cut < len(line.text.rstrip()):
            return [Line(line.start + cut, line.end, line.text[cut:]), *lines[n + 1 :]]
    return lines[len(lines) - least :]


def _is_addressee(said: str) -> bool:
    """Tell whether a line at a letter's head only names whom it is written to."""
    told = CLAUSE_HEAD.match(said) or _TELLS_WHAT.match(said) or _ASKS_FOR.match(said) or _ASKS.search(said)
    return bool(_ADDRESSEE.fullmatch(said)) and not told


def _without_ending(line: Line) -> Line:
    """Return a letter's last line without the sentences that only close it, if any other is in it."""
    cut = ending(line.text)
    return Line(line.start, line.start + cut, line.text[:cut]) if line.text[:cut].strip() else line


def _above_closing(lines: list[Line]) -> list[Line]:
    """Return the lines down to a closing below which only short ones stand: names, numbers, a date."""
    for n in range(max(1, len(lines) - 1 - SIGNATURE), len(lines) - 1):
        below = lines[n + 1 :]
        if _CLOSING.match(lines[n].said):
            plain = [_SIGNED.match(one.said) and _item_start(one) is None for one in below]
            if all(plain) and not any(_ASKS.search(one.said) for one in below):
                return lines[: n + 1]
    return lines


def _is_farewell(line: Line, usual: int) -> bool:
    """Tell whether a last line is a closing, a date or a name rather than a thought.

    ``usual`` is the indentation of the letter's other lines; a signature often stands farther in.
    """
    said = even(line.said)
    if _CLOSING.match(said) or _DATE_LINE.match(said) or _SIGN_HEAD.match(said):
        return True
    if _item_start(line) is not None or re.search(r"[|｜]", said):
        return False
    if not ending(said):
        return True
    if not _SIGNED.match(said) or _ASKS.search(said):
        return False
    return len(said) <= 4 or _lead(line.text) >= usual + 3 or bool(_SIGN_TAIL.search(said))


def pieces(lines: Sequence[Line]) -> Iterator[Piece]:
    """Yield items and paragraphs; headings and introductions are left out.

    A quoted clause (>) belongs to the answer below it.
    """
    starts = [_item_start(line) for line in lines]
    has_list = any(start is not None for start in starts)
    n = 0
    while n < len(lines):
        n, cited = _below_citation(lines, n)
        first, start = lines[n], starts[n]
        n += 1
        listed_next = n < len(lines) and starts[n] is not None
        if start is None and _is_intro(first, n < len(lines), has_list):
            continue
        if start is not None and listed_next and _is_heading(first.text[start - first.start :]):
            continue
        while (
            n < len(lines)
            and starts[n] is None
            and not lines[n].text.startswith(">")
            and _goes_on(lines[n - 1], lines[n], start is not None)
        ):
            n += 1
        begin = first.start + _hello(first.text) if start is None else start
        yield Piece(begin if cited is None else cited, lines[n - 1].end, listed=start is not None)


def _below_citation(lines: Sequence[Line], n: int) -> tuple[int, int | None]:
    """Return the line that answers the quoted lines here, and where those begin; n and None where none do."""
    answer = n
    while answer < len(lines) and lines[answer].text.startswith(">"):
        answer += 1
    return (n, None) if answer in (n, len(lines)) else (answer, lines[n].start)


def _goes_on(above: Line, line: Line, listed: bool) -> bool:
    """Tell whether an unlabelled line belongs to the item or the paragraph above it."""
    if listed:
        return not _OPENS_ANEW.match(line.text)
    told = _GIVES_REASON.match(line.text) or (_TELLS_WHAT.match(above.text) and _ASKS_FOR.match(line.text))
    return bool(told)


def _item_start(line: Line) -> int | None:
    """Return where the text of a list item begins, None for a line that is none.

    A line that counts on by itself, 1、… 2、… 3、…, is a paragraph with an enumeration.
    """
    cuts = enumerated(line.text)
    if cuts and cuts[0][0] <= _lead(line.text) < cuts[0][1]:
        return None
    clause = CLAUSE_HEAD.match(line.text)
    if clause:
        colon = re.search(r"[：:]\s*$", clause[0])
        return line.start + (clause.end() if colon or re.match(r"\s*\d", clause[0]) else _lead(line.text))
    label = parse_label(line.text)
    if label is not None:
        return line.start + (_lead(line.text) if label.style in _CLAUSES else label.length)
    bullet = _BULLET.match(line.text)
    return line.start + bullet.end() if bullet else None


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_heading(text: str) -> bool:
    """Tell whether an item above another is only its heading."""
    return len(text) <= 24 and not re.search(r"[。；，,？?！]|建议.{4,}|应", text)


def _is_intro(line: Line, more: bool, has_list: bool) -> bool:
    """Tell whether a paragraph only leads to what follows it."""
    text = line.said
    if _GREETING.match(text) or _TITLE.match(text):
        return True
    return more and len(text) <= 90 and bool(LEADS_IN.search(text)) and (has_list or len(text) <= 60)


def _hello(text: str) -> int:
    """Return the length of a greeting at the head of a paragraph."""
    match = _HELLO.match(text)
    return match.end() if match and match.end() < len(text) else _lead(text)


def says_something(excerpt: str) -> bool:
    """Tell whether a span is a thought rather than a remnant, a greeting or a closing."""
    if len(re.sub(r"\W", "", excerpt)) < LEAST:
        return False
    return not (_REMNANT.match(excerpt) or _CLOSING.match(excerpt) or _GREETING.match(excerpt))
