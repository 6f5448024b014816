"""What a letter says about itself and its writer: greetings, introductions, thanks, pleas to be heard.

Told sentence by sentence, only at the letter's head and foot; a sentence that asks for something, complains
or names a clause is never one. Knows nothing of lists and lines.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from commentbox.core.text import even

LONGEST = 160
"""Characters of a sentence that may be an aside."""

MOST = 20
"""Sentences at the head or the foot of one paragraph that may be asides."""

_END = re.compile(r"(?:[。！!？?]+|\.(?=\s|$))[”\"’）)」]*\s*")
_CLAUSE = re.compile(r"[，,；;：:、—]+\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MARKS = ' \t\u3000。．.！!，,；;：:、~～…”’"()（）*'
_CITES = re.compile(r"第\s*[(]?[\d一二三四五六七八九十百]{1,5}[)]?\s*[条项款章]|附[件表]第|[“\"]")
_ASKS = re.compile(
    r"建议|希望|应[当该由]|能不能|能否|可否|是否|可不可以|要求"
    r"|(?<![申邀聘宴])请(?![领来到过]|孙|儿|女儿|家人|邻居|同事|朋友|别?人(?:帮|代|打))(?!多)|没有"
    r"|不(?:够|到|了|能|让|给|准|合理|足|行|公|如)|[太难缺慢乱贵差坏少]|问题|怎么(?:办|算|申|没)|为什么|为何|吗|[?]"
    r"|赞成|同意|反对|拥护|抗议|(?:坚决|完全|非常|全力|都)支持"
    r"|\b(?:should|please|needs?|must|suggest|too|not|allow|why|how|agree|support|oppose|urge|request|recommend|propose"
    r"|ask (?:you|that|for|the))\b"
)
_NOUN = re.compile(
    r"(?P<lead>提出?的?|反馈的?|修改|征求|汇总|[几两二三四五条点个]|听取|收集|以下|如下|补充|具体)"
    r"(?:修改|反馈|合理化|宝贵|具体|的)?(?:意见|建议)(?:[和与及](?:意见|建议))?"
)
"""Comments as a thing, where 建议 asks for nothing."""
_MINDS = re.compile(
    r"不(?!怎么|太懂|大懂|会)|[没未无怕却但可]|结果|宁可|一看就|担心|损失|影响|才能|只有|超标|支持|认为|觉得|看来"
)

_WHO = (
    r"(?:我们?|小弟|在下|鄙人|笔者|敝[公校会厂店]|本人|我?家|我[司院校会局县市村厂店所镇区]|我?单位|我公司"
    r"|本(?:公司|单位|企业|店|厂|社|村)|俺|咱们?)"
)
_INTRODUCES = re.compile(
    rf"{_WHO}(?:家)?[^，,]{{0,8}}?(?:是|系|叫|来自|住在?|今年|从事|做|负责|代表|退休|经营|开了?|成立|于?\d{{4}}年"
    r"|在[^，,]{1,12}(?:工作|上班|住|生活|经营|开|做|当|教|卖|干|任职))|作为(?:一|我|本|在)"
    r"|my name is|i(?: a|')m (?:an? |from |the )?|i am|we are"
    r"|i (?:run|live|work|own|have lived|teach|write|come from)\b"
)
_OF_SELF = re.compile(rf"{_WHO}|作为|(?:i|we|my|our)\b")
_EXCUSES = re.compile(
    r"不中听|(?:说|讲|写)[得的]?(?:不|错|有错)|有不|别[恼怪见]|[请望]?(?:多|您)?(?:见谅|包涵|谅解|担待|别恼)"
    r"|不分(?:轻重|先后|主次|大小)|不一定(?:都?对|正确|准).{0,4}|供.{0,10}(?:参考|挑选|选用|斟酌|研究)|请.{0,12}(?:收下|查收|收悉)$"
)
_PARDON = re.compile(
    r".{0,14}(?:请|望|还望)?多?(?:见谅|包涵|谅解|担待|原谅|(?:不要|别|勿)(?:见怪|介意|笑话))"
    r"|(?:so |and )?(?:please )?(?:forgive|excuse|pardon)\b.{0,40}|(?:i am|i'm|we are) sorry\b.{0,40}"
)
"""What asks for indulgence, wherever it stands."""
_READ = re.compile(
    r"(?:看|(?<!意)见(?=报|网上|电视|新闻|群里|公告)|读|学习|拜读|研读|研究|关注|注意|听说|得知|收到|浏览|讨论|下发|转发|公布|发布)[^，,]{0,24}"
    r"(?:征求意见|草案|文件|通知|公告|公示|办法|条例|规定|意见稿|来函|消息|网上|新规|政策)"
    r"|(?:征求意见|草案|文件|通知|公告|办法|条例|规定|意见稿|函)[》）)”]*[^，,]{0,8}"
    r"(?:收悉|收到|看过|看了|读过|读了|学习)"
    r"|(?:转来|转交|代转|转达|代[^，,]{1,8}(?:提交|发送|转))[^，,]{0,20}(?:信|意见|建议)"
    r"|收悉|(?:认真|仔细|反复|多次|专门|集体)(?:地)?(?:研究|阅读|学习|讨论|开会|征求|组织|研读)"
    r"|(?:开|组织|召开)[^，,]{0,16}(?:讨论|座谈|学习|研究)"
    r"|\bread (?:your|the)\b|\b(?:draft|notice) .{0,20}with interest"
)
_TELLS = re.compile(r"内容|规定[了的]|里[有说]|提到|写[着了]|其中|对于")
_THINGS = r"(?:意见|建议|想法|看法|问题|疑问|体会|事情?|话)"
_ANNOUNCES = re.compile(
    r".{0,8}(?:说|谈|提(?![高升供前醒倡取拔])|讲|聊|反映|反馈|补充|报告|汇报|写|问|陈|发现|遇到)[^，,]{0,6}?"
    r"(?:[一几两二三四五六数](?:[点条句个件些下封处]|方面)|以下|自己的|书面)[^，,]{0,12}"
    r"|(?:现|兹|特)(?:就|对|将)?.{0,40}(?:提出|反馈|报送|汇总|整理|回复).{0,12}|提出.{0,8}意见.{0,6}"
    r"|(?![^把]*[请要应该望])[^把]{0,8}把.{0,12}(?:写|列|附|整理|汇总)(?:在(?:下面|后面|这里)|下来|出来)|先列.{0,8}|后列.{0,8}|想到哪.{0,8}"
    r"|.{0,30}(?:如下|以下(?:几点|意见|建议|问题)?|心里话|真心话|实话|写(?:封|个)?(?:信|邮件)吧?|亲身体会|看法|浅见"
    r"|(?:谈谈|说说|讲讲|聊聊|写写|提提)吧?)"
    r"|.{0,14}(?:提|说|讲|谈)一?[点些下]儿?(?:小小?的?|自己的|个人的?)?(?:意见|建议|想法|看法|问题|感受|体会|心声)"
    rf"|.{{0,12}}有(?:[几两二三四五六]|一些|一点|以下)(?:点|个|条|处|方面|件|句)?(?:不成熟的?|粗浅的?)?{_THINGS}(?:想.{{1,4}}|要[说讲提])?"
    r"|.{0,8}有[几两二三四五六][点条]|.{0,8}有(?:些)?话[想要]说"
    r"|i (?:have|would like to (?:make|raise)|want to (?:make|raise)) .{1,30}"
    r"(?:comments?|points?|suggestions?|remarks?|questions?|things?)"
)
_THANKS = re.compile(
    r"(?:首先|再次|在此|最后)?(?:非常|十分|衷心|真诚|诚挚)?地?(?:感谢|谢谢|多谢|谢)"
    r"|thank|many thanks|i appreciate|we appreciate"
)
_GREETS = re.compile(
    r".{0,16}(?:你|您|你们|您们|大家|领导|老师|同志|早上|上午|下午|晚上)好啊?|(?:尊敬|敬爱|亲爱)的.{1,24}|冒昧.{0,16}|打扰.{0,6}"
    r"|(?:hello|hi|dear)\b.{0,40}"
)
_CLOSES = re.compile(
    r"以上|(?:以上|上述).{0,32}(?:参考|考虑|研究|采纳|斧正|指正|酌定|谢谢|不一定对|而已)"
    r"|(?:以上|上述)(?:(?:就?是|仅为?).{0,20}|.{0,6})(?:意见|看法|建议|想法|感受|体会|诉求)"
    r"|.{0,16}(?:担待|包涵|谅解|见谅|海涵|批评指正|斧正|勿怪|别见怪|敬请指正)"
    r"|.{0,12}(?:不当|不妥|不对|说错|冒犯|得罪)(?:之处|的地方)|(?:说|讲)[得的]?(?:不对|错了).{0,4}"
    r"|(?:好了?|行了?|嗯)?我?(?:暂时|目前|今天)?(?:就|先|也就)?(?:说|写|提|讲|聊)到?(?:这些|这么多|这里|这儿|这|完)了?吧?"
    r"|(?:好了?|行了?)|此致.{0,4}|敬礼|盼复|妥否|不胜感激|详见附件|[专特]此.{0,10}|供.{0,8}(?:参考|参阅)|仅供.{0,6}参考"
    r"|(?:热切|真诚)?(?:期待|期盼|盼望?|静候|静待|等待|恭候)着?.{0,16}(?:回复|答复|回音|采纳|佳音|好消息|出台)"
    r"|(?:就|先|暂时)*(?:写|说)这么多|(?:想到|想起|以后|有了)[^，,]{0,6}再(?:补充|写|说)"
    r"|(?:麻烦|打扰|打搅|叨扰)(?:你们|您们?|各位|大家|领导们?)?[了啦].{0,4}"
    r"|随[函信文邮].{0,24}|另?附.{0,24}(?:一份|各一份|清单|材料|附件|供参考)"
    r"|一点(?:浅见|愚见|拙见)|(?:(?:以上|上述).{0,4})?(?:个人|一家|一孔)(?:之见|之言|意见|看法|观点|想法|浅见|愚见)"
    r"|我?(?:不会写|写不来|没有?文化|文化不高)[^，,]{0,10}|意思(?:到了?|明白|清楚|懂了?)就(?:行|好)"
    r"|话?(?:说|讲|写)得?(?:有[点些]|太)?多了|[话字](?:糙|[写说]得).{0,16}|[写说]得.{0,3}(?:不好|乱|啰嗦).{0,4}|(?:请)?(?:别|不要|勿)(?:见怪|介意|笑话|嫌烦|嫌啰嗦).{0,4}"
    r"|(?:你们|您们?|大家|各位|领导们?)?辛苦(?:了|啦|你|您|各位|大家).{0,8}|冒昧.{0,16}|[尚敬还万]祈.{0,12}"
    r"|(?:如|若)?有?(?:什么|任何)?(?:需要(?!的)|疑问|问题|不清楚的?|不明之处).{0,12}(?:联系|回|电话|来电|随时).{0,16}"
    r"|(?:我的?|本人)?(?:联系)?(?:电话|手机|微信|邮箱|方式)号?[是为]?\s*[\da-z×*][^，,]{0,30}"
    r"|(?:可以?|欢迎|请)?(?:随时|与我|跟我|和我)(?:联系|找|来电|沟通).{0,8}"
    r"|(?:i )?look(?:ing)? forward.{0,60}|(?:best|kind|warm|with)? ?(?:regards|wishes).{0,30}|yours .{0,40}"
    r"|sincerely.{0,30}|i hope (?:this|these|my|our|you).{0,60}"
)
_OFFERS = re.compile(
    r"(?:如果?|若|有)(?:有|确)?需(?!要的)要?.{0,24}(?:我|本(?:人|公司|单位|所|会)|随时|欢迎).{0,12}"
    r"(?:提供|联系|发|寄|补充|面谈|安排|说明|配合|来[电函]).{0,8}"
)
"""如需数据，我们可以提供."""
_THREATENS = re.compile(
    r"(?:再|要是|如果)?不(?:回复|答复|回信|理我).{0,4}(?:就|只好|只能|我会|将).{0,6}(?:投诉|举报|信访|上访|曝光|12345|打电话|媒体).{0,8}"
)
_WISHES = re.compile(r"(?:顺|并|最后|敬|谨|此)?[祝颂](?!贺)")
_PLEADS = re.compile(
    r"(?:真心|衷心|诚恳|殷切)?地?(?:希望|恳请|恳求|请|望|盼|烦请|敬请|万望|还望|请求|麻烦)"
    r"(?:上级|领导们?|贵[局委厅部会办]|有关|相关|部门|政府|各级|你们|您们?|市里|局里|区里|县里|组织){0,4}"
    r"(?:能够?|可以|引起|得到|多|再|认真|充分|酌情|给予|予以|加以|高度|切实|一定|尽快|早日){0,3}"
    r"(?:考虑|采纳|重视|研究|关注|回复|答复|听听?取?|倾听|支持|理解|审议|审阅|批评|解决|体谅|批准|指正|参考|斟酌){1,2}"
    r"(?:一下)?(?:为[盼荷感])?"
    r"(?:(?:以上|上述|我们?|我们?[^，,]{0,4}的|本人|老百姓|群众|企业|基层|百姓|居民|业主|业委会|村民|大家|咱们?){0,2}"
    r"的?(?:这些|这个|一点)?(?:诉求|意见|建议|呼声|心声|声音|请求|难处|困难|想法|感受))?"
    r"|.{0,14}(?:下来|下面|下基层|基层|实地|现场)(?:走走|看看|走一走|看一看|调研|来看看|转转){1,2}"
    r"|please (?:consider|take) (?:these|my|our|the above).{0,40}"
)
_NAME = re.compile(r"(?<=\s)[^。！!？?；;，,：:]{1,14}\s*")


def opening(text: str) -> int:
    """Return how many characters at a paragraph's head only greet, introduce or lead in.

    What somebody tells of himself before he says that he will now speak is an introduction, too.
    """
    cut, told = 0, False
    for start, end in islice(sentences(text), MOST):
        sentence = text[start:end]
        if is_opening(sentence) and (not told or _announces(sentence)):
            cut, told = end, False
        elif _tells_only(sentence) and (told or _OF_SELF.match(even(sentence).lstrip(_MARKS))):
            told = True
        else:
            break
    return cut


def ending(text: str) -> int:
    """Return where a paragraph's last words begin that only thank, plead or close; its length for none."""
    cut = len(text)
    for start, end in reversed(deque(sentences(text), MOST)):
        if not (
            is_ending(text[start:end]) or (_NAME.fullmatch(text, start, end) and not asks(text[start:end]))
        ):
            break
        cut = start
    return cut


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a paragraph's sentences, the space behind each with it."""
    start = 0
    for match in _END.finditer(text):
        yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def is_opening(sentence: str) -> bool:
    """Tell whether a sentence at a letter's head says nothing yet about the draft."""
    clauses = _clauses(sentence)
    if not clauses:
        return False
    while len(clauses) > 1 and _EXCUSES.match(clauses[-1]):
        clauses.pop()
    announces = _ANNOUNCES.fullmatch(clauses[-1]) is not None
    told = [c for c in (clauses[:-1] if announces else clauses) if not _PARDON.fullmatch(c)]
    manners = [bool(_GREETS.fullmatch(c) or _THANKS.match(c) or _READ.search(c)) for c in told]
    if any(_ASKS.search(c) for c, polite in zip(told, manners, strict=True) if not polite):
        return False
    if announces:
        return True
    if any(_MINDS.search(c) or _TELLS.search(c) for c in told):
        return False
    pardon = len(told) < len(clauses)
    return pardon or any(manners) or any(_INTRODUCES.match(c) for c in told)


def _announces(sentence: str) -> bool:
    """Tell whether a sentence ends by saying that something will now be said."""
    clauses = _clauses(sentence)
    return bool(clauses) and _ANNOUNCES.fullmatch(clauses[-1]) is not None


def _tells_only(sentence: str) -> bool:
    """Tell whether a sentence neither asks for anything nor says what is in the draft."""
    clauses = _clauses(sentence)
    return bool(clauses) and not any(_ASKS.search(c) or _TELLS.search(c) for c in clauses)


def is_background(paragraph: str) -> bool:
    """Tell whether a paragraph at a letter's head only tells of the writer and what was read."""
    for start, end in islice(sentences(paragraph), MOST):
        told = _clauses(paragraph[start:end])
        of_self = (
            told and _OF_SELF.match(told[0]) and not any(_ASKS.search(c) or _MINDS.search(c) for c in told)
        )
        if not (of_self or is_opening(paragraph[start:end])):
            return False
    return True


def is_ending(sentence: str) -> bool:
    """Tell whether a sentence at a letter's foot only closes it."""
    clauses = _clauses(sentence)
    plain = "，".join(clauses)
    if _THREATENS.fullmatch(plain):
        return True
    if (offer := _OFFERS.search(plain)) and offer.end() == len(plain) and not _ASKS.search(plain):
        return all(map(_CLOSES.fullmatch, _clauses(plain[: offer.start()])))
    if clauses and _WISHES.match(clauses[0]):
        return not any(_ASKS.search(c) for c in clauses)
    return bool(clauses) and all(
        _CLOSES.fullmatch(c) or _PLEADS.fullmatch(c) or (_THANKS.match(c) and not _ASKS.search(c))
        for c in clauses
    )


def asks(text: str) -> bool:
    """Tell whether a text wishes for something or complains."""
    return _ASKS.search(even(text)) is not None


def _clauses(sentence: str) -> list[str]:
    """Return a sentence's clauses in their even form; [] where it cannot be an aside."""
    plain = even(sentence[: LONGEST + 1]).strip(_MARKS)
    if not plain or len(plain) > LONGEST or _CITES.search(plain):
        return []
    plain = _NOUN.sub(r"\g<lead>意见", plain)
    return [clause for part in _CLAUSE.split(plain) if (clause := part.strip(_MARKS))]
