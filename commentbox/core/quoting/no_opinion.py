"""Letters that say that there is nothing to say (无意见)."""

from __future__ import annotations

import re

from commentbox.core.quoting.folding import own_text

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
