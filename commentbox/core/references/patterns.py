"""How a clause, an item or a range of them is written; knows no draft."""

from __future__ import annotations

import re

from commentbox.core.numerals import CHINESE, NUMBER, parse_number

MOST_IN_RANGE = 30
MOST_IN_LIST = 40
"""Numbers joined by 、; a bound keeps long rows of them quick."""
MOST_APPENDICES = 5
"""附件3 is the name of an attachment, 附件20 an item of the annex."""
_N = rf"[（(]?\s*({NUMBER})\s*[）)]?"
_THING = r"(?!(?<=条)(?:[线街路河狗鱼船腿龙]|道路|评论|留言|回复|跟帖|新闻|消息|短信|理由|原因))"
"""第3条路 counts roads."""
_UNIT = rf"(?:项措施|条措施|条意见|条{_THING}|项|款|点|号(?=措施|条|任务)|措施)"
_SEP = r"\s*(?:至|到|—|-|~|～|－)\s*"
_MORE = (
    rf"((?:\s*(?:项|条)?\s*[、，,和及与]\s*第?\s*[（(]?\s*{NUMBER}\s*[）)]?"
    rf"(?=\s*(?:项|条|、|，|,|和|及|与|款))){{0,{MOST_IN_LIST}}})"
)

_ANNEX = r"(?:附件|附表|附录|任务分工表?|分工表|清单)"
_CN_DIGIT = "[一二三四五六七八九十]"
_CN = f"{_CN_DIGIT}{{1,3}}"
# Where a pattern begins with a number, what must not stand before it is asked after its first digit: the
# search then leaps from digit to digit.
FULL = re.compile(
    rf"(?:({_CN_DIGIT}(?<![一二三四五六七八九十第]{_CN_DIGIT}){_CN_DIGIT}{{0,2}})\s*(?:、\s*[^（(。；\n]{{0,14}}?)?|第({_CN})部分[^（(。；\n，,]{{0,14}}?)"
    rf"[（(]({_CN})[）)](?:\s*项)?"
    r"(?:\s*[^0-9（(。；，,\n]{0,24}?([0-9]{1,2})\s*(?:[.．、]|(?=[（(]))\s*(?:[^（(。；\n]{0,20}?[（(](\d{1,3})[）)])?"
    r"|\s*([0-9]{1,2})(?![\d.．%％年月日万亿元个家人名次天至到~～—-]))?"
)
"""From the top: 二、（二）3.（12）, 二（二）3（12）, 第二部分（二）; without 、 nothing may stand between."""
SHORT = re.compile(r"(\d(?<![\d.]\d)\d?)\s*[.．]\s*[（(]\s*(\d{1,3})\s*[）)]")
ANNEX_ITEM = re.compile(
    rf"{_ANNEX}(?:[0-9一二三]{{0,2}}(?=\s*(?:的|中|中的|里|里的)?\s*第))?\s*(?:[《〈][^》〉]*[》〉])?\s*"
    rf"(?:的|中|中的|里|里的|表)?\s*(?:第\s*)?{_N}(?:{_SEP}第?{_N})?{_MORE}\s*(项|行|条|款|号|个)?"
)
ITEM_AFTER_ANNEX = re.compile(rf"第\s*{_N}\s*(?:{_SEP}第?\s*{_N}\s*)?{_MORE}(?:项|行)")
ARTICLE = re.compile(
    rf"(?<!倒数)第\s*{_N}\s*(?:(?:条|项)?{_SEP}第?\s*{_N}\s*)?{_MORE}{_UNIT}"
    rf"(?:(?<=条)(?:第\s*[（(]?\s*{NUMBER}\s*[）)]?\s*[款项目点句]\s*)+)?"
)
"""第12条第（3）项 is about 第12条."""
BRACKETED_RANGE = re.compile(rf"[（(]\s*(\d{{1,3}})\s*[）)]{_SEP}[（(]\s*(\d{{1,3}})\s*[）)]()")
NUMBERED = re.compile(
    rf"措施\s*第?\s*(\d{{1,3}}|{_CN})(?:{_SEP}(\d{{1,3}}))?()(?!\s*[\d.．、]?\s*[）)\d条项款个类])"
)
_NO_COUNT = r"条(?!\s*(?:具体|修改|宝贵)?(?:意见|建议|想法|看法|问题|措施|规定|政策)|[件例款理约形规文数路])"
BARE_ARTICLE = re.compile(
    rf"([1-9](?<![第\d一二三四五六七八九十百共有提这那列出近约前后每各达][1-9])\d{{0,2}})\s*(?:{_SEP}(\d{{1,3}})\s*)?()"
    rf"(?:号条款|号措施|{_NO_COUNT}{_THING})"
)
BARE_ARTICLES = re.compile(
    rf"([1-9](?<=[^\s\d第.．、，。；：][1-9])\d{{0,2}})()((?:\s*[、和及与]\s*\d{{1,3}}(?!\d)){{1,{MOST_IN_LIST}}})\s*{_NO_COUNT}"
)
SPACED = re.compile(rf"第\s*((?:[0-9{CHINESE}]\s+){{1,4}}[0-9{CHINESE}])\s*条")
"""第 1 2 条, as text recognition leaves it."""
SECTION = re.compile(rf"(?<!倒数)第\s*({NUMBER})\s*(章|节|部分)")
WITHIN = re.compile(r"\s*[的中里内]{0,2}\s*(?:[“\"「《][^”\"」》\n]{1,20}[”\"」》])?\s*[的中里内]?\s*")
"""What may stand between 第三章 and 第十二条."""
BRACKETED = re.compile(r"[（(]\s*(\d{1,3})\s*[）)]")
BRACKETED_MANY = re.compile(
    rf"[（(]\s*(\d{{1,3}})(?:{_SEP}(\d{{1,3}}))?((?:\s*[、，,]\s*\d{{1,3}}){{0,{MOST_IN_LIST}}})\s*(?:两|三|四|五|六)?(?:条|项)?\s*[）)]"
)
COUNTED = re.compile(r"(?:条|项|款|措施)\s*$")
# "第一，" counts the letter's own points; only figures and brackets name a clause without 条.
LINE_NUMBER = re.compile(rf"(?m)^[^\S\n]*(?:关于)?第\s*(?=[（(0-9０-９]){_N}\s*(?=[，,：:、\s])")
NAMED_CHILD = (
    r"[^。；\n，,]{0,6}?(?:第\s*)?[（(]?\s*([一二三四五六七八九十]{1,2}|\d{1,2})\s*[）)]?\s*"
    r"(?:条|项|款|点|部分)?"
)
DATE_OR_COUNT = re.compile(r"^\s*(?:年|月|日|号楼|个|家|人|万|亿|元|%|％|名|次|天|所|岁|级|期|届)")


def is_appendix_name(match: re.Match[str]) -> bool:
    """Tell whether a match is only the name of an attachment: 附件1, which names no item."""
    if "第" in match[0] or match[4] or match[2] or re.search(r"[（(]", match[0]):
        return False
    return (parse_number(match[1]) or 0) <= MOST_APPENDICES


def numbers_of(match: re.Match[str], groups: int) -> list[int]:
    """Return the numbers of a match: one, a range, and those joined by 、."""
    first = parse_number(re.sub(r"\s", "", match[1]))
    if first is None:
        return []
    last = parse_number(match[2]) if groups > 2 and match[2] else None
    numbers = list(range(first, last + 1)) if last and first < last <= first + MOST_IN_RANGE else [first]
    if groups > 2 and match.re.groups >= 3 and match[3]:
        numbers += [n for n in map(parse_number, re.findall(NUMBER, match[3])) if n is not None]
    return numbers
