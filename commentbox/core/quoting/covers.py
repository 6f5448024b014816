"""Words above a quotation that say nothing by themselves: greetings, cover lines, "see below"."""

from __future__ import annotations

import re

_MAX_COVER = 80
_PIECE_END = re.compile(r"[\s，。,.:：!！、~～]+")
_GREETING = re.compile(
    r"(?:您|你|你们|大家)好|尊敬的.{0,30}|各位.{0,12}|敬启者|.{0,20}(?:领导|老师|先生|女士|同志)"
    r"|hi|hello|dear|all|everyone|colleagues|sirs?|madam|or",
    re.I,
)
_HANDED_ON = re.compile(
    r"(?:(?:您|你)好|各位|领导|请|烦请|查收|查阅|查看|阅|转发|转|见|如|附|以下|下|邮件|意见|内容|谢谢|FYI|see|below|please"
    r"|find|fwd?|thanks|[\s，。,.:：!！、])*",
    re.I,
)
_HANDS_ON = re.compile(
    r"转来|转发|转呈|转上|转给|转您|下列|以下|下面|下述|查收|查阅|审阅|FYI|forward|below|see|fwd", re.I
)
_POINTS_INTO = re.compile(
    r"(?:现|兹|特|谨|一并)?(?:转来|转呈|转上|转去)|\bFYI\b|\bforwarding\b|"
    r"(?:(?<!意)见|请看|查看|参看).{0,6}"
    r"(?:下[文方面列]|以下|正文|红[字色]|蓝[字色]|黄色|高亮|批注|修订|原文|原件|来件|文中|邮件[中内])"
    r"|(?:写|标|附|插|列|标注|体现|填|改|注|回复)在.{0,8}"
    r"(?:下[文方面]|正文|原文|原件|来件|文中|条文|各条|邮件[中内]|批注)"
    r"|(?:红|蓝|黄|绿)(?:字|色字体|色部分|色标注|色.{0,4}[为系].{0,8}意见)|标(?:红|蓝|黄)"
    r"|逐条(?:答复|回复|写|标|附)|(?:意见|建议|回复|答复|修改)(?:见|如|在)?下(?:文|方|面)?[:：。.]*$"
    r"|\b(?:comments?|answers?|repl(?:y|ies)|remarks?|see|edits?|changes?|responses?)\b.{0,30}"
    r"\b(?:below|inline|in-line|in red|in blue|highlighted|interspersed)\b|\binline\b.{0,12}$",
    re.I,
)


def says_nothing(own: str) -> bool:
    """Tell whether the words beside a quotation only greet, or only point to what was written in it."""
    if len(own) > _MAX_COVER:
        return False
    pieces = [piece for piece in _PIECE_END.split(own) if piece]
    return all(_GREETING.fullmatch(piece) for piece in pieces) or _POINTS_INTO.search(own) is not None


def hands_on(said: str) -> bool:
    """Tell whether the words above a forwarded mail only hand it on: then that mail is the letter."""
    words = said.strip()
    if len(words) > 4 * _MAX_COVER:
        return False
    return bool(_HANDED_ON.fullmatch(words) or (len(words) <= 2 * _MAX_COVER and _HANDS_ON.search(words)))
