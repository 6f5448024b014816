"""The parts that one point may have, as lines name them: 【原文】, 问题：, 建议：, 理由：."""

from __future__ import annotations

import re

_NAMED = r"[^：:，。；【】\[\]（）()]{0,6}(?:[】\]）)]\s*[：:]?|[：:])\s*"
_HEAD = r"\s*[【\[（(]?\s*"
_WORDING = re.compile(rf"{_HEAD}(?:(?:草案|条款|现行|稿件)?(?:原文|原条文|原条款|原稿|原表述)){_NAMED}(?=\S)")
_TELLS_WHAT = re.compile(rf"{_HEAD}(?:存在的?)?(?:问题|原文|原条文|原条款|原表述|原稿|现状|条款){_NAMED}")
_ASKS_FOR = re.compile(rf"{_HEAD}(?:修改|建议|意见|对策|拟|改为){_NAMED}")
_GIVES_REASON = re.compile(rf"{_HEAD}(?:(?:修改|建议)?(?:理由|依据|原因|说明)){_NAMED}")


def wording(line: str) -> str:
    """Return the draft's wording that a line quotes by name, "" where it quotes none."""
    match = _WORDING.match(line)
    return line[match.end() :].strip() if match else ""


def tells_what(line: str) -> bool:
    """Tell whether a line says what another one answers."""
    return _TELLS_WHAT.match(line) is not None


def asks_for(line: str) -> bool:
    """Tell whether a line is the wish of a point."""
    return _ASKS_FOR.match(line) is not None


def gives_reason(line: str) -> bool:
    """Tell whether a line is only the reason of the wish above it."""
    return _GIVES_REASON.match(line) is not None
