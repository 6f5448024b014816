"""Whether a letter only says that what it has to say is in a file."""

from __future__ import annotations

import re

from commentbox.core.splitting.asides import asks, is_ending, is_opening, sentences
from commentbox.core.splitting.letters import content, is_remnant
from commentbox.core.splitting.lines import lines_of

LONGEST = 400
"""Characters of a letter that only covers."""
_SHORT = 14
"""Characters of a name or a date."""

_AT_FILE = re.compile(
    r"附[件表](?!\s*第?\s*[（(]?[\d一二三四五六七八九十])|附上|附后|随[信函]|扫描|电子版|原件|盖章|文档|文件[里中]|压缩包"
    r"|\b(?:attached|attachments?|enclosed|enclosure)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"(?:按照?|根据|依照)[^，。]{0,20}(?:要求|建议|意见)|请(?:您|予以|各位|领导|老师)?(?:注意)?(?:查[收阅看]|审阅|收阅?|收下|参阅|参考|见|看|以附[件表]为准)"
    r"|(?:建议|意见)[书函表]|(?:意见|建议)(?:[和与及](?:意见|建议))?(?=[^，。]{0,12}(?:附|整理|共|见))"
    r"|please (?:see|find|refer to)",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"(?:如需|若需|需要|如有需要)[^。]{0,30}(?:提供|联系|发|寄|补充)|(?:期待|期盼|盼望|盼)")


def covers(text: str) -> bool:
    """Tell whether a text leads to its files and says nothing itself."""
    if len(text) > LONGEST or not _AT_FILE.search(text):
        return False
    lines = content([line for line in lines_of(text) if line.said])
    return all(_says_nothing(line.said[start:end]) for line in lines for start, end in sentences(line.said))


def _says_nothing(sentence: str) -> bool:
    said = _POLITE.sub("", sentence)
    if is_remnant(sentence) or is_opening(sentence) or is_ending(sentence):
        return True
    if asks(said):
        return False
    return bool(_AT_FILE.search(sentence) or _OFFERS.match(said) or len(said.strip()) <= _SHORT)
