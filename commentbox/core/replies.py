"""Replies: receipt numbers, the closed list of placeholders, and the templates an office starts with.

Knows nothing of mail servers, and no template language: a placeholder is replaced as plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commentbox.core.sheets import DISPOSITIONS, clean

PLACEHOLDERS = (
    "receipt",  # 7K3Q-M9TD-2X4V
    "first",  # the receipt of the letter that this one adds to; its own where it adds to none
    "respondent",  # see `address_as`
    "consultation",  # the draft's name, 《…》: see `sheets.draft_name`
    "unit",  # who asks for comments
    "measures",  # see `list_measures`
    "dispositions",  # see `list_dispositions`
    "agencies",  # the lead agencies of those measures, joined by 、
    "received",  # the day the letter came: see `sheets.chinese_date`
    "contact",  # name and telephone, or the mailbox; never empty
    "date",  # the day of the answer
)

_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
# Full-width braces come from a Chinese input method and are never filled.
_BRACED = re.compile(r"\{[^{}\n]{1,80}\}|｛[^｛｝\n]{1,80}｝")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with each known {name} replaced by its value, in one pass.

    Anything else in braces stays as typed, so does a known name without a value; what a value
    contains is never replaced again.
    """
    return _KNOWN.sub(lambda found: values.get(found[1], found[0]), template)


def unknown_placeholders(template: str) -> tuple[str, ...]:
    """Return what looks like a placeholder and is none, as typed, each once, in order."""
    return tuple(dict.fromkeys(text for text in _BRACED.findall(template) if not _KNOWN.fullmatch(text)))


def one_line(value: str) -> str:
    """Return a header's value as it is; ValueError where it holds a CR, an LF or a NUL."""
    if any(character in value for character in "\r\n\0"):
        raise ValueError("a header value holds a line break or a NUL")
    return value


# --- the receipt number ----------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32

_GROUP = "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4}"
_HYPHEN = r"\s{0,3}[-\u2010-\u2015]\s{0,3}"
_RECEIPT = re.compile(rf"(?<![0-9A-Za-z-])({_GROUP}){_HYPHEN}({_GROUP}){_HYPHEN}({_GROUP})(?![0-9A-Za-z-])")


def receipt_from(random: bytes) -> str:
    """Return a receipt number made of the first 60 bits; ValueError for fewer than 8 bytes."""
    if len(random) < 8:
        raise ValueError("a receipt number needs at least 8 random bytes")
    bits = int.from_bytes(random[:8]) >> 4
    digits = "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def find_receipt(text: str) -> str | None:
    """Return the receipt number in a text in its written form, None where there is none.

    One with a letter goes before one of digits only, which is more likely a telephone number.
    """
    groups = _RECEIPT.findall(unicodedata.normalize("NFKC", text))
    found = ["-".join(three).upper() for three in groups]
    return next((one for one in found if not one.replace("-", "").isdigit()), found[0] if found else None)


# --- subjects and lists ----------------------------------------------------------------------------

_PREFIXES = re.compile(r"^(?:\s*(?:re|fw|fwd|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：])+", re.IGNORECASE)
_MARK = re.compile(r"\s*[\[【]\s*(?:回执号|Receipt)[^\]】]{0,40}[\]】]", re.IGNORECASE)
SUBJECT_LENGTH = 120


def reply_subject(subject: str, receipt: str) -> str:
    """Return the subject of our answer: 回复：…… [回执号 …], whatever the letter's subject held."""
    plain = " ".join(clean(subject).split())
    plain = _PREFIXES.sub("", _MARK.sub("", plain)).strip()[:SUBJECT_LENGTH]
    return one_line(f"回复：{plain or '您反馈的意见'} [回执号 {receipt}]")


@dataclass(frozen=True, slots=True)
class AnsweredComment:
    """Hold one comment as its answer names it; ``measure`` is the measure's label and title."""

    measure: str  # "" as long as nobody has said which
    excerpt: str
    disposition: str | None = None
    reason: str = ""


def list_dispositions(comments: Iterable[AnsweredComment]) -> str:
    """Return the text for {dispositions}: each comment with its measure, disposition and reason."""
    return "\n\n".join(_listed(number, comment) for number, comment in enumerate(comments, 1))


EXCERPT_LENGTH = 120


def _listed(number: int, comment: AnsweredComment) -> str:
    excerpt = " ".join(comment.excerpt.split())
    if len(excerpt) > EXCERPT_LENGTH:
        excerpt = excerpt[: EXCERPT_LENGTH - 1] + "…"
    said = f"意见：{excerpt}"
    lines = [f"{number}. {comment.measure}", f"   {said}"] if comment.measure else [f"{number}. {said}"]
    lines.append(f"   办理情况：{DISPOSITIONS.get(comment.disposition or '', '正在研究')}")
    if comment.reason.strip():
        lines.append(f"   理由：{comment.reason.strip()}")
    return "\n".join(lines)


def list_measures(names: Iterable[str]) -> str:
    """Return the text for {measures}: each measure once, in order, joined by 、."""
    return "、".join(dict.fromkeys(filter(None, names)))


def address_as(name: str, organisation: str = "") -> str:
    """Return the text for {respondent}: how a letter addresses whoever wrote."""
    return name.strip() or organisation.strip() or "反馈人"


# --- the templates an office starts with -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Template:
    """Hold a reply template: a key, a name for the list, subject and body with placeholders."""

    key: str
    name: str
    subject: str
    body: str
    language: str = "zh"


_SUBJECT = "关于您对{consultation}所提意见的答复 [回执号 {receipt}]"
_OPENING = (
    "{respondent}：\n\n　　您好！您于{received}就{consultation}提出的意见收悉（回执号：{receipt}）。"
    "感谢您对这项工作的关心和支持。\n\n"
)
_CLOSING = "\n\n　　如有疑问，请与我们联系：{contact}。来信请注明回执号。\n\n{unit}\n{date}\n"


def _letter(key: str, name: str, paragraphs: str, subject: str = _SUBJECT) -> Template:
    return Template(key, name, subject, _OPENING + paragraphs + _CLOSING)


DEFAULT_TEMPLATES = (
    _letter(
        "accepted",
        "致谢并说明采纳",
        "　　经研究，您的意见已予采纳。具体情况如下：\n\n{dispositions}\n\n"
        "　　文稿尚需按程序审议，最终内容以正式印发的文本为准。",
    ),
    _letter(
        "partly_accepted",
        "致谢并说明部分采纳",
        "　　经研究，您的意见已部分采纳。采纳的内容和未采纳的理由如下：\n\n{dispositions}\n\n"
        "　　文稿尚需按程序审议，最终内容以正式印发的文本为准。",
    ),
    _letter(
        "not_accepted",
        "不采纳并说明理由",
        "　　我们对您的意见逐条作了研究。因下列理由，此次修改未予采纳，敬请理解：\n\n{dispositions}",
    ),
    _letter(
        "forwarded",
        "转有关单位",
        "　　您的意见涉及{measures}，已转{agencies}研究，研究情况由我单位汇总。",
        "关于您对{consultation}所提意见转办情况的告知 [回执号 {receipt}]",
    ),
    _letter(
        "more_needed",
        "请补充说明",
        "　　为准确理解您的意见，请您补充说明以下内容：\n\n　　1. （请填写需要补充的内容）\n\n"
        "　　请直接回复本邮件，并保留主题中的回执号。是否补充由您自行决定；未补充的，我们按现有内容研究。",
        "请补充说明您对{consultation}的意见 [回执号 {receipt}]",
    ),
)

ACKNOWLEDGEMENTS = {
    "zh": Template(
        "acknowledgement",
        "收件确认",
        "已收到您的意见 [回执号 {receipt}]",
        "{respondent}：\n\n　　您好！您就{consultation}发来的意见已于{received}收到，回执号为 {receipt}，"
        "请妥善保存。\n\n"
        "　　您的意见将与其他意见一并整理、研究。本确认仅表示已经收到，不代表对意见内容的认可或采纳。"
        "如需补充，请回复本邮件并保留主题中的回执号。\n\n"
        "　　联系方式：{contact}\n\n{unit}\n\n（本邮件由系统自动发出。）\n",
    ),
    "en": Template(
        "acknowledgement",
        "Acknowledgement",
        "We have received your comments [Receipt {receipt}]",
        "Dear {respondent},\n\nThank you. Your comments on {consultation} reached us on {received}. "
        "Your receipt number is {receipt}; please keep it.\n\n"
        "They will be sorted and studied together with the other comments. This message confirms "
        "receipt only; it does not mean that they are agreed with or adopted. To add something, please "
        "reply to this message and leave the receipt number in the subject.\n\nContact: {contact}\n\n"
        "{unit}\n\n(This message was sent automatically.)\n",
        "en",
    ),
}

SUPPLEMENTS = {
    "zh": Template(
        "supplement",
        "补充来件确认",
        "已收到您的补充意见 [回执号 {receipt}]",
        "{respondent}：\n\n　　您好！您就{consultation}发来的补充意见已于{received}收到，"
        "已与首次来件（回执号 {first}）一并登记，本次回执号为 {receipt}。\n\n"
        "　　两次来件将一并整理、研究，无需重复发送。本确认仅表示已经收到，不代表对意见内容的认可或采纳。\n\n"
        "　　联系方式：{contact}\n\n{unit}\n\n（本邮件由系统自动发出。）\n",
    ),
    "en": Template(
        "supplement",
        "Acknowledgement of an addition",
        "We have received your further comments [Receipt {receipt}]",
        "Dear {respondent},\n\nThank you. Your further comments on {consultation} reached us on {received} "
        "and were registered together with your first letter (receipt {first}). Their own receipt number is "
        "{receipt}.\n\nBoth will be studied together; there is no need to send them again. This message "
        "confirms receipt only; it does not mean that they are agreed with or adopted.\n\n"
        "Contact: {contact}\n\n{unit}\n\n(This message was sent automatically.)\n",
        "en",
    ),
}
"""For a letter that adds to an earlier one."""
