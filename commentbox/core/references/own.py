"""Whose clause is it: the draft's, another text's, or the letter's own count."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commentbox.core.numerals import NUMBER, parse_number

LOOK_BACK = 60
_KINDS = (
    "(?<![做说想看方写])法|条例|规定|办法|规范|标准|细则|民法典|宪法|纲要|规划|法律|国标|合同|协议|章程|规约|公约|解释|准则|指南|守则"
    "|手册|导则|通则|党章|条约"
)
_WHERE = (
    r"\s*(?:的|中|中的)?\s*(?:[（(][^）)]{0,20}[）)])?\s*"
    r"(?:第[^条]{1,8}条(?:第[^条，。；]{1,4}[款项目])*[、和及与至到或]?)*\s*$"
)
_QUOTED_TEXT = re.compile(rf"[》〉]{_WHERE}")
_NAMED_TEXT = re.compile(rf"(?P<kind>{_KINDS})(?:》)?{_WHERE}")
_OFFICIAL = re.compile(
    rf"(?:\d\s*号(?:令|文件?|公告)?|(?:国家|国务院|省|省里|部里|中央|上级|外省|外地|北京|天津)的?[^，。；的]{{0,6}}"
    rf"(?:文件|政策|意见|通知|方案)){_WHERE}"
)
_THIS = re.compile(r"(?:本|贵|这个?|新)$")
_STANDARD = re.compile(rf"(?:GB|DB|JGJ|CJJ|ISO)\s?[/A-Z]*\s?[\d.]+(?:[-—]\d+)?[）)]?{_WHERE}")
_ITS = re.compile(r"[》〉][^。；\n]*其\s*$")
_ELSEWHERE = re.compile(r"(?:国家|国务院|省|部|局|其他|其它|原|旧|现行|上位|另)[^，。；]{0,12}$")
_OWN_WORDS = {"征求意见稿", "意见稿", "实施意见", "意见", "方案", "草案", "办法", "文件", "通知"}
_SENDERS = re.compile(r"(?:我|我们|本人|我方|我局|我公司|上述|上面|前面|前述)(?:的|提的|说的|提出的)?\s*$")
_ANNOUNCED = re.compile(
    rf"({NUMBER})\s*(?:条|点|项)(?:[^，。：；\n]{{0,4}})(?:意见|建议|想法|看法|问题|疑问|体会)"
)
_COUNTING = re.compile(rf"(?:^|[：:。；;\n！？])\s{{0,4}}第\s*({NUMBER})\s*[条点项](?=\s*[，,：:、是])")


def letters_only(text: str) -> str:
    """Return a text without spaces and punctuation."""
    return re.sub(r"[^\w]", "", text)


def counts_own_lines(text: str) -> bool:
    """Tell whether the bracketed numbers at the heads of lines are the letter's own count: 1, 2, 3."""
    if "（" not in text and "(" not in text:
        return False
    heads = [int(n) for n in re.findall(r"(?m)^[^\S\n]*[（(]\s*(\d{1,3})\s*[）)]", text)]
    return heads[:1] == [1]


def own_points(text: str) -> set[int]:
    """Return where a letter that announces 三条建议 counts them: 第一条，… 第二条，…"""
    if not _COUNTING.search(text) or not (announced := _ANNOUNCED.search(text)):
        return set()
    marks = [(m.start(1), parse_number(m[1])) for m in _COUNTING.finditer(text, announced.end())]
    numbers = [number for _, number in marks]
    count = parse_number(announced[1]) or 0
    counts_on = len(numbers) <= count and numbers == list(range(1, len(numbers) + 1))
    return {start for start, _ in marks} if counts_on else set()


def is_senders(text: str, start: int) -> bool:
    """Tell whether a clause is one of the sender's own: 我的第二条."""
    return bool(_SENDERS.search(text[max(0, start - 12) : start]))


class OwnText:
    """Tell the draft's own clauses from those of the texts that a letter cites."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = [plain for title in titles if (plain := letters_only(title))]

    def is_other(self, text: str, start: int) -> bool:
        """Tell whether a clause belongs to a law or another paper named just before it."""
        before = text[max(0, start - LOOK_BACK) : start]
        if _STANDARD.search(before):
            return True
        if quoted := _QUOTED_TEXT.search(before) or _ITS.search(before):
            return not self._is_own(re.split(r"[《〈]", before[: quoted.start()])[-1])
        if named := _NAMED_TEXT.search(before):
            return not self._is_called(before[: named.start()], named["kind"])
        return bool(_OFFICIAL.search(before))

    def _is_own(self, name: str) -> bool:
        plain = letters_only(name)
        if plain in _OWN_WORDS or "征求意见稿" in plain:
            return True
        return any(plain in title or title in plain for title in self._titles if plain)

    def _is_called(self, before: str, kind: str) -> bool:
        """Tell whether 办法 means this draft: 本办法, or the end of its own title."""
        if _THIS.search(before):
            return True
        of_this_kind = any(
            re.search(rf"{kind}(?:征求意见稿|草案|试行|修订)?", title) for title in self._titles
        )
        return of_this_kind and len(kind) > 1 and not _ELSEWHERE.search(before)
