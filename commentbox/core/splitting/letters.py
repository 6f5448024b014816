"""A letter without its manners: which lines are points, which only greet, introduce, close and sign."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commentbox.core.splitting.asides import asks, ending, is_background, opening
from commentbox.core.splitting.labels import CLAUSE_HEAD, item_start, lead
from commentbox.core.splitting.lines import Line
from commentbox.core.splitting.parts import asks_for, tells_what
from commentbox.core.text import even

LEAST = 4
"""Characters of a point; less is a remnant."""
SIGNATURE = 6
"""Lines at most below a closing or a rule."""

_GREETING = re.compile(
    r"^\s*(尊敬的|敬爱的|致|亲爱的|各位)?(?![^\n]*(建议|应|希望|是|要|将|同意|第[^\n]{1,8}[条项款]))[^，。；！？：\n]{0,26}"
    r"(领导|同志们?好?|老师|先生|女士|局|委|办|部门|单位|政府|中心|您好|你好|大家好)[：:！!，,]?\s*(您好|你好)?[！!。，,：:]?\s*$"
    r"|^\s*致\s*[：:]\s*[^，。；！？\n]{2,30}$"
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
    r"(with\s+)?((best|kind|warm)(est)?\s+)?regards|"
    r"best(?=[,，.]?$)|cheers|sincerely|yours|thank you|thanks)[^\n]{0,24}$"
    r"|^\s*(顺祝|顺颂|祝|谢谢|多谢|感谢)(?![^\n]*(建议|希望|应|能不能|能否|可以|[？?]))[^\n]{0,36}$",
    re.IGNORECASE,
)
_REMNANT = re.compile(
    r"^\s*(除(上述|以上|此)[^，。]{0,10}[外，,]+)?(其余|其他|其它|另外)?(内容|条款|部分|各条)?(我[^，。]{0,6})?(均|都|暂)?(无|没有?)(其他|其它|不同|修改)*(意见|异议|建议)?[。.]?\s*$"
    r"|^\s*以上.{0,20}(参考|考虑)[。.]?\s*$"
)
_SIGNED = re.compile(r"^\s*[^。；！？?]{1,34}\s*$")
_DATE_LINE = re.compile(
    r"^\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]\s*$|^\s*(\d{4}|[二〇零○一二三四五六七八九]{4})\s*[年./-]\s*[\d一二三四五六七八九十]{1,3}\s*[月./-].{0,8}$"
)
_SIGN_HEAD = re.compile(
    r"^\s*(联系|电话|手机|传真|邮编|网址|微信|地址|邮箱|填报|反馈|汇总|提出|单位|署名|落款|姓名)[^：:，。]{0,8}[：:]|^\s*(一名|一位|一个|您的|您忠实的)"
    r"|^\s*(tel|phone|mobile|fax|e-?mail|qq|address|web)\b[^：:]{0,8}[：:.]|^\s*\S{2,24}[路街道巷]\d+(-\d+)?号\S{0,12}\s*$"
)
_SIGN_TAIL = re.compile(
    r"(公司|集团|中心|学院|大学|学校|医院|办公室|政府|协会|商会|学会|院|所|站|处|局|委|厅|科|工作者|总工|先生|女士|教授|某+|同志)"
    r"(汇总|整理)?[）)]?(\s*[（(][^）)]*[）)])?(\s+\S{1,4})?\s*$"
    r"|(市民|居民|村民|业主|老师|教师|医生|护士|司机|骑手|个体户|职工|员工|家长|学生|店主|社工|网格员|志愿者)\s*[^\s，。]{0,3}\s*$|([敬谨拜]|\s)上\s*$"
    r"|(公司|集团|局|委|厅|院|大学|学校|中心|协会|银行|政府|所)\s?[^\s，。]{0,10}(部|室|科|处|队|组)(\s+\S{1,8})?\s*$"
)
_TITLE = re.compile(
    r"^\s*(关于|对)[^。]{2,60}(意见|建议|反馈|函|回复|复函)\s*$|^\s*[^。，]{0,20}(意见([和与及]?建议)?|修改|反馈|征求|建议)(意见|建议)?(表|函|稿)?\s*$"
    r"|^(?![^\n]*([？?希应请要不能]|(?<![改正见和与及、])建议))[^。，；！\n]{2,40}(汇总|记录|纪要|摘录|摘要|清单)(表|稿|材料)?"
    r"\s*([（(][^（）()\n]{1,40}[）)])?\s*$"
)
_RULE = re.compile(r"[-—–_=~*·－─━＿]+")
_ADDRESS = re.compile(r"\+?[\d()（） -]{7,20}|\S+@\S+\.\S+")
_DATED = re.compile(r"\s*\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?\s*$")
_NOTICE = re.compile(
    r"^\s*[【\[（(]?(保密|免责)(提示|声明|条款|须知)"
    r"|^\s*(this e-?mail|the information (in|contained)|disclaimer|confidential)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[？?]|建议|希望|应|能不能|请|要|不")


def content(lines: Sequence[Line], whole: bool = True) -> list[Line]:
    """Return the lines without greeting, introduction, title, closing and signature.

    ``whole``: the lines are a whole letter, so that one line at least is kept.
    """
    least = 1 if whole else 0
    above = _above_closing(_above_rule(_above_notice(_above_quotation(lines))))
    kept = _below_opening([line for line in above if not _RULE.fullmatch(line.said)], least)
    usual = min((lead(line.text) for line in kept), default=0)
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
        cut = 0
        if item_start(line) is None:
            cut = len(line.text) if is_background(line.text) else opening(line.text)
        if cut < len(line.text.rstrip()):
            return [Line(line.start + cut, line.end, line.text[cut:]), *lines[n + 1 :]]
    return lines[len(lines) - least :]


def _is_addressee(said: str) -> bool:
    """Tell whether a line at a letter's head only names whom it is written to."""
    told = CLAUSE_HEAD.match(said) or tells_what(said) or asks_for(said) or _ASKS.search(said)
    return bool(_ADDRESSEE.fullmatch(said)) and not told


def _without_ending(line: Line) -> Line:
    """Return a letter's last line without the sentences that only close it, if any other is in it."""
    start = item_start(line)
    label = 0 if start is None else start - line.start
    cut = label + ending(line.text[label:])
    return Line(line.start, line.start + cut, line.text[:cut]) if line.text[label:cut].strip() else line


def _above_quotation(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines without those quoted at the foot, which nobody answers below."""
    own = [n for n, line in enumerate(lines) if not line.text.startswith(">")]
    return lines[: own[-1] + 1] if own else lines


def _above_notice(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines above what a firm's mail server adds: this mail is confidential …"""
    for n in range(len(lines) - 1, max(0, len(lines) - 1 - SIGNATURE), -1):
        if _NOTICE.match(lines[n].said):
            return lines[:n]
    return lines


def _above_rule(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines above a rule below which only a name stands, as mail programs put it there."""
    for n in range(len(lines) - 1, max(0, len(lines) - 2 - SIGNATURE), -1):
        if _RULE.fullmatch(lines[n].said):
            return lines[:n] if all(map(_names, lines[n + 1 :])) else lines
    return lines


def _names(line: Line) -> bool:
    """Tell whether a line may be a name or an address rather than a thought."""
    said = line.said
    return bool(_SIGNED.match(said)) and item_start(line) is None and not (_ASKS.search(said) or asks(said))


def _above_closing(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines down to a closing below which only short ones stand: names, numbers, a date."""
    for n in range(max(1, len(lines) - 1 - SIGNATURE), len(lines) - 1):
        below = lines[n + 1 :]
        if (_CLOSING.match(lines[n].said) or not ending(lines[n].said)) and all(map(_names, below)):
            return lines[: n + 1]
    return lines


def _is_farewell(line: Line, usual: int) -> bool:
    """Tell whether a last line is a closing, a date or a name rather than a thought.

    ``usual`` is the indentation of the letter's other lines; a signature often stands farther in.
    """
    said = _DATED.sub("", even(line.said)) or even(line.said)
    if _CLOSING.match(said) or _DATE_LINE.match(said) or _SIGN_HEAD.match(said):
        return True
    if _ADDRESS.fullmatch(said.strip()):
        return True
    if item_start(line) is not None or re.search(r"[|｜]", said):
        return False
    if not ending(said):
        return True
    if not _SIGNED.match(said) or _ASKS.search(said):
        return False
    return len(said) <= 4 or lead(line.text) >= usual + 3 or bool(_SIGN_TAIL.search(said))


def says_something(excerpt: str) -> bool:
    """Tell whether a span is a thought rather than a remnant, a greeting or a closing."""
    if len(re.sub(r"\W", "", excerpt)) < LEAST:
        return False
    return not (_REMNANT.match(excerpt) or _CLOSING.match(excerpt) or _GREETING.match(excerpt))


def is_remnant(said: str) -> bool:
    """Tell whether a text says no more than that there is nothing more to say."""
    return _REMNANT.match(said) is not None


def is_greeting(said: str) -> bool:
    """Tell whether a line only greets."""
    return _GREETING.match(said) is not None


def is_title(said: str) -> bool:
    """Tell whether a line is a letter's title."""
    return _TITLE.match(said) is not None


def hello(text: str) -> int:
    """Return the length of a greeting at the head of a paragraph."""
    match = _HELLO.match(text)
    return match.end() if match and match.end() < len(text) else lead(text)
