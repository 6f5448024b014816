"""Small decisions about what a letter is made of."""

from __future__ import annotations

import re

_ORGANISATION = re.compile(
    r"(公司|集团|有限合伙|事务所|协会|商会|学会|联合会|研究院|研究所|大学|学院|学校|中学|小学|幼儿园|医院|银行|"
    r"局|委员会|委|政府|办公室|管委会|街道办事处|居委会|村委会|中心|合作社|工作站|委员|厂|社)$"
)
_AGENCY = re.compile(r"(局|委员会|委|政府|办公室|管委会|街道办事处|部|厅)$")
_COMPANY = re.compile(r"(公司|集团|厂|银行|合作社|事务所)$")


def respondent_kind(name: str) -> str:
    """Return the kind of respondent that a name of an organisation speaks for, "unknown" if none."""
    if _AGENCY.search(name):
        return "agency"
    if _COMPANY.search(name):
        return "company"
    return "institution" if _ORGANISATION.search(name) else "unknown"


def language(text: str) -> str:
    """Return "en" for a text with hardly a Chinese character, "zh" otherwise."""
    letters = sum(c.isascii() and c.isalpha() for c in text)
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return "en" if letters > 20 and chinese * 10 < letters else "zh"
