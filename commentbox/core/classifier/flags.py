"""What a comment is that is about no measure: about the draft as a whole, or not about it at all.

Hints for staff, from set phrases of people, offices and advertisers, and only where no measure is clearly
meant; nothing is dropped for a flag.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from commentbox.core.states import CommentFlag

CLEAR = 0.2
"""A likeness from which a measure is meant, whatever is said beside it."""
UNKNOWN = 0.06
"""A likeness below which nothing in the draft is meant."""

_PAPER = r"(?:文件|稿子|草案|征求意见稿|意见稿|实施意见|若干措施|方案|办法|条例|规定|政策)"
_WHOLE = re.compile(
    rf"全文|通篇|全稿|通读|整(?:个|份|体){_PAPER}|整体(?:上|来说|来看|不错|挺好|很好)|总的来(?:说|看)"
    r"|总体(?:上|来说|来看|意见|要求|赞成|同意|挺好|不错)|总则|[二三四五六七八九]十[多几]条|每(?:一)?条(?:都|后面)"
    rf"|(?:这个|这份|这|本|该|此|拟定的){_PAPER}"
    r"(?:好|很|非常|写|制定|出台|内容|结构|名称|太|的?(?:标题|名字|语言|文字))|这份东西|这玩意"
    rf"|{_PAPER}(?:名称|标题|结构|篇幅|是好(?:的|事|{_PAPER}|是好)|好是好|很好|不错)"
    r"|(?:写|制定|考虑|起草)得?(?:再|很|挺|比较)?(?:全面|详细|周到|好)"
    r"|条(?:款|文)(?:太|很)多|字(?:数)?太多|名词太多|篇幅|[看读]不(?:懂|完)|[看读]得(?:懂|头晕)|大白话|(?:写|说)人话"
    r"|一图[看读]懂|一张图(?!纸)|漫画版|明白纸|说明会|线下座谈会|政策解读|多宣传|广泛宣传|参与起草|起草的(?:同志|人)"
    r"|施行(?:日期|时间)|有效期|正式出台|早(?:点|日)(?:正式)?(?:出台|实施|落地)|分工(?:表|没写)|任务分工|谁牵头"
    r"|征求意见(?:的|只)?(?:给|时间|期限|期间|过程|太短)|以后征求意见|提(?:的)?意见(?:最后|截止)|采纳(?:了|没)|没采纳"
    r"|多听(?:听)?(?:老百姓|群众|企业)|说到做到|(?:关键|重点|贵)在?(?:看)?落[实地]|落到实处|一纸空文|一阵风"
    r"|雷声大|走过场|光说不练|墙上的标语|别(?:光|只)(?:是)?(?:喊|说)|(?:公布|公开)(?:一次)?(?:进(?:度|展)|完成情况)"
    r"|层层(?:加码|下压|往下压|分解)|(?:指标|目标)(?:数字)?(?:定得)?(?:太高|这么高|能做到)|资金测算"
    r"|(?:以前|原来|前年|去年|老)(?:的)?(?:那个)?[^，。]{0,10}(?:文件|办法)[^，。]{0,4}(?:算不算|区别|废止|还执行)"
    r"|english version|translat|(?:whole|entire) (?:document|draft|text)"
    r"|the (?:draft|document|policy) as a whole|good policy"
)
_NONE = re.compile(
    r"(?P<agreed>(?:无|没有|没|暂无)(?:任何|其他|不同|修改|补充|反馈|进一步)*(?:的)?(?:意见|建议|异议)(?![箱栏]|，但)"
    r"|no comments?\b)"
    r"|(?P<technical>^\W*(?:这是|只是)?测试|测试一下|试试能不能|附件打不开|打不开附件|重新(?:再)?发"
    r"|收到(?:了)?(?:没有|吗)|请回复|联系不上|电话(?:怎么)?(?:一直)?(?:占线|打不通|没人接))"
    r"|(?P<advert>加(?:我|个)?微信|加v|退订|点击(?:领取|链接)|扫码(?:咨询|领取|进群)|抽奖|中奖|恭喜您"
    r"|代办.{0,30}(?:包过|通过率)|低息贷款|无抵押(?:贷|秒)|秒到账|当天放款|额度高|代开(?:发票)?|开发票|刷单|兼职日结"
    r"|优惠(?:大促|多多)|厂家直销|买[一二三四五]送|热线已?开通|电话详询|过时不候|首付[^，。]{0,6}起|高仿|毕业证[、，]"
    r"|click here|unsubscribe|whatsapp|telegram|cheap loans|crypto)"
)
_SHORT = 60
"""Characters; a longer text that says 无意见 or that a file cannot be opened says something else too."""


class Flagged(NamedTuple):
    """Hold a flag and the span of the text that gave it; an empty one where nothing did."""

    flag: CommentFlag
    start: int
    end: int


def flagged(plain: str, best: float) -> Flagged | None:
    """Return what a text in its even form may be, given its likeness to the most alike measure."""
    said = _NONE.search(plain)
    if said and (said["advert"] or len(plain) <= _SHORT):
        return Flagged(CommentFlag.NONE, *said.span())
    if best >= CLEAR:
        return None
    whole = _WHOLE.search(plain)
    if whole:
        return Flagged(CommentFlag.GENERAL, *whole.span())
    return Flagged(CommentFlag.NONE, 0, 0) if best < UNKNOWN and not plain.isascii() else None
