"""The headings of returned tables, as offices write them in Chinese and English: what a column holds."""

from __future__ import annotations

import re
from enum import StrEnum

LONGEST = 24
"""Characters of a heading; one that is all ASCII may have LONGEST_ASCII."""
LONGEST_ASCII = 48
_SHORT = 8


class Role(StrEnum):
    """Name what a column, or a labelled line, of a returned table holds."""

    NUMBER = "number"
    REFERENCE = "reference"
    PAGE = "page"
    ORIGINAL = "original"
    REASON = "reason"
    WORDING = "wording"
    COMMENT = "comment"
    CONTENT = "content"
    """内容 alone: the comment where there is no other, else the draft's wording."""
    OTHER = "other"


SAID = (Role.WORDING, Role.COMMENT, Role.REASON)
"""Roles of what the respondent says."""
TOLD = (Role.ORIGINAL, *SAID)

_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.NUMBER, re.compile(r"(序号|编号|序|项次|no|#|s/?n|number|item(no|number)?)", re.I)),
    (
        Role.OTHER,
        re.compile(
            r".*(单位|姓名|名称|部门|机构|专家|联系方式|电话|手机|邮箱|邮编|地址|来源|出处|日期|时间|备注|类型|类别|性质|签[字名]|盖章"
            r"|(反馈|提出|联系|填[报表写]|经办|负责|建议|评审)者?人|(拟|是否|未)?采纳.{0,7}|(处理|采用|回复|答复).{0,7})"
            r"|(your|contact|full|submitter|respondent|commenter|company)?(name|person|unit|organi[sz]ation)"
            r"|(contact|tel|phone|e-?mail|address|date|remarks?|type|category|status|response|disposition).*",
            re.I,
        ),
    ),
    (Role.PAGE, re.compile(r"(所在|对应)?页(码|数|号|次|面)?(/?行(号|数)?)?|pages?(no|number)?|pp?", re.I)),
    (
        Role.REASON,
        re.compile(
            r"(具体|相关|主要|修改|建议|意见|提出|政策|法律)*(的)?(理由|依据|原因|说明)((及|和|与|或|、|/|或者)?(政策|法律|相关)?(理由|依据|原因|说明))*"
            r"|(reasons?|rationale|justifications?|basis|grounds?|explanation)(for.*)?",
            re.I,
        ),
    ),
    (
        Role.ORIGINAL,
        re.compile(
            r".*(原文|原条|原内容|原表述|原有|现表述|修改前|现行|原稿|原规定|原方案).*|(草案|文本|文件|现稿|初稿|方案|办法)(的)?(条款|条文)?(内容|表述|文字|文本)?"
            r"|(original|current|existing|draft|present).*",
            re.I,
        ),
    ),
    (
        Role.WORDING,
        re.compile(
            r".*(修改(为|后|成|稿)|改为|建议(文本|表述|稿|条文|内容|修改)|拟修改|修订(为|后|内容))(的)?(条款|条文|内容|表述|文字|文本)*"
            r"|(proposed|suggested|recommended|revised|new).*(change|text|wording|revision|amendment|language)s?.*",
            re.I,
        ),
    ),
    (
        Role.COMMENT,
        re.compile(
            r".*(意见|建议|修改(内容)?|修订|问题)(内容|描述|事项)?|.*(意见|建议)(及|和|与|或|、|/|（|\().*"
            r"|.*(comments?|suggest(ed|ions?)|proposals?|opinions?|feedback|amendments?|recommendations?|changes?)",
            re.I,
        ),
    ),
    (
        Role.REFERENCE,
        re.compile(
            r"(草案|文本|标准|规范|文件|办法|方案|条例|修改|意见|建议)?(涉及|对应|所在|所属|相关|具体|针对)?(的)?(条款|条文|条目|章节|章|节|条|款|措施|任务|位置|章条|标准条款|段落|部分)"
            r"(/?(条款|条文|条目|章节|条|款|段))*(号|序号|编号|内容|名称|位置)?((及|和|与|、|/)?(名称|内容|原文))?"
            r"|(clauses?|sections?|articles?|provisions?|paragraphs?|references?|chapters?|measures?|subclauses?)"
            r"(/.*|no|number|ref|reference|title)?",
            re.I,
        ),
    ),
    (Role.CONTENT, re.compile(r"内容|content|text", re.I)),
)
_DRAFT = re.compile(r"《[^》]*》|(公开)?征求意见稿|送审稿|讨论稿")
_ASIDE = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")


def role_of(heading: str) -> Role | None:
    """Return what a heading says, None for a cell that is none."""
    if len(heading) > 3 * LONGEST_ASCII:
        return None
    word = _ASIDE.sub("", re.sub(r"[\s:：*＊.]", "", heading))
    word = _DRAFT.sub("草案", word)
    if not word or word[0] in "无没暂" or len(word) > (LONGEST_ASCII if word.isascii() else LONGEST):
        return None
    return next((role for role, pattern in _ROLES if pattern.fullmatch(word)), None)


def columns_of(headings: list[str], strict: bool) -> dict[Role, list[int]]:
    """Return which columns hold what; {} where the cells are no header of a table of comments.

    A few columns may have a heading that nobody knows, unless ``strict``.
    """
    columns: dict[Role, list[int]] = {}
    known = unknown = 0
    for place, heading in enumerate(headings):
        if not heading:
            continue
        role = role_of(heading)
        if role is None:
            unknown += 1
            if strict or len(heading) > _SHORT:
                return {}
            continue
        known += 1
        columns.setdefault(role, []).append(place)
    if known < 2 or unknown * 3 > known + unknown:
        return {}
    return _settled(columns)


def _settled(columns: dict[Role, list[int]]) -> dict[Role, list[int]]:
    """Return the columns with 内容 alone given its meaning; {} where nobody could say anything in them."""
    content = columns.pop(Role.CONTENT, [])
    says = Role.WORDING in columns or Role.COMMENT in columns
    if content and not says and (Role.REFERENCE in columns or Role.REASON in columns):
        columns[Role.COMMENT] = content
    elif content and Role.ORIGINAL not in columns:
        columns[Role.ORIGINAL] = content
    if Role.REFERENCE not in columns and len(columns.get(Role.ORIGINAL, [])) > 1:
        columns[Role.REFERENCE] = [columns[Role.ORIGINAL].pop(0)]  # 征求意见稿条款 beside 原文
    says = Role.WORDING in columns or Role.COMMENT in columns
    others = columns.keys() - {Role.OTHER, Role.COMMENT}
    both = len(columns.get(Role.COMMENT, [])) > 1 or (Role.OTHER in columns and Role.COMMENT in columns)
    return columns if says and (others or both) else {}
