"""What a delivery report says of a mail of ours: RFC 3464, and the free text that many servers still write.

Works on a mail as read. It does not decide whether a mail is a report, and knows nothing of what we sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from commentbox.core.mail.charsets import decode
from commentbox.core.mail.fields import clean
from commentbox.core.states import BounceKind
from commentbox.core.types import ParsedMail

MAX_READ = 100_000
MAX_WORDS = 500
MAX_IDS = 50
FAILED, DELAYED = "failed", "delayed"
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_HEADER_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")

_ID_FIELD = re.compile(
    r"^[ \t>]*(?:X-Original-)?Message-ID[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,250}>)", re.I | re.M
)
_ADDRESS = re.compile(r"[^\s<>@,;:\"'()（）：；，]{1,100}@[\w.-]{1,150}\w")
_NAMED = re.compile(
    r"^[ \t]*(?:<([^<>\s]{3,250})>:?[ \t]*$|(?:收件人|Final-Recipient|Original-Recipient|RCPT TO)"
    r"[^@]{0,40}?([^\s<>@,;:：]{1,100}@[\w.-]{1,150}\w))",
    re.I | re.M,
)
_COPY = re.compile(
    r"^-{2,}\s*(?:Below this line is a copy|Original message|message/rfc822|This is a copy)|^-{5,} 原始邮件",
    re.I | re.M,
)
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.])([45][0-7]\d)(?=[ -])(?![\d.])")
_DELAY = re.compile(
    r"THIS IS A WARNING MESSAGE ONLY"
    r"|(?:delivery|message)[^.\n]{0,40}(?:has been|is|was) delayed"
    r"|will (?:keep|continue)[^.\n]{0,20}try|still trying"
    r"|投递延迟|延迟(?:投递|送达)|(?:继续|再次)尝试(?:投递|发送)",
    re.I,
)
_SAID = re.compile(r"退信原因|英文说明|said:|error|failed|550|55\d|couldn't|could not|unable|不存在|拒", re.I)

_BY_CODE = (
    (BounceKind.NO_ADDRESS, re.compile(r"\d\.1\.(?:[1236]|10)$|\d\.2\.1$|\d\.4\.(?:4|310)$")),
    (BounceKind.FULL, re.compile(r"\d\.2\.2$")),
    (BounceKind.REFUSED, re.compile(r"\d\.7\.\d+$|\d\.2\.3$|\d\.3\.4$")),
    (BounceKind.UNREACHABLE, re.compile(r"\d\.4\.\d+$")),
)
_BY_WORDS = (
    (
        BounceKind.NO_ADDRESS,
        re.compile(
            r"(?:user|recipient|mailbox|address|account)[^.\n]{0,30}"
            r"(?:unknown|not (?:found|exist|known)|unavailable"
            r"|disabled|does(?: not|n't) exist|is invalid)|no such (?:user|mailbox|recipient|person)"
            r"|no mailbox here|(?:unknown|invalid) (?:user|recipient|mailbox|address)"
            r"|(?:host|domain)[^.\n]{0,20}not found|(?:couldn't|could not) find any host"
            r"|(?:用户|地址|收件人|帐号|账号|邮箱|域名)[^。\n]{0,8}不存在|未开通|外星人的邮件地址",
            re.I,
        ),
    ),
    (
        BounceKind.FULL,
        re.compile(
            r"quota|mailbox (?:is )?full|insufficient (?:system )?storage"
            r"|空间不足|容量(?:已)?满|邮箱(?:已)?满",
            re.I,
        ),
    ),
    (
        BounceKind.REFUSED,
        re.compile(
            r"spam|reject|denied|block|blacklist|not allowed|refused|policy"
            r"|拒收|拒绝|垃圾邮件|exceeds? .{0,20}size",
            re.I,
        ),
    ),
    (
        BounceKind.UNREACHABLE,
        re.compile(
            r"time[d ]?\s?-?out|connect|queue too long|unreachable|temporar|网络|无法连接|连接不上", re.I
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what became of a mail: ``action`` as in RFC 3464, ``code`` the status ("5.1.1", "550") or "".

    ``message_ids`` are all that the report refers to; which of them is ours the caller knows.
    """

    action: str
    kind: BounceKind
    code: str
    words: str
    recipients: tuple[str, ...]
    message_ids: tuple[str, ...]


def read_report(mail: ParsedMail) -> Report:
    """Return what a mail says that is known to be a delivery report; what it does not say is empty."""
    status = next((a.content for a in mail.attachments if a.media_type in STATUS_TYPES), None)
    ids = _message_ids(mail)
    if status is None:
        return _from_text(mail, ids)
    return _from_status(_text(status), mail, ids)


def _text(content: bytes) -> str:
    return decode(content[:MAX_READ]).text.replace("\r\n", "\n")


def _from_status(text: str, mail: ParsedMail, ids: tuple[str, ...]) -> Report:
    """Return the gravest of what was said of the recipients; mail of ours has but one."""
    groups = [_fields(block) for block in re.split(r"\n[ \t]*\n", text)]
    said = [g for g in groups if "action" in g or "final-recipient" in g] or [{}]
    group = min(said, key=lambda g: _rank(_action(g)))
    words = _after_type(group.get("diagnostic-code", "")) or _said(mail.text)
    code = _best_code(group.get("status", ""), words)
    addresses = (
        _after_type(g.get(name, "")) for g in said for name in ("original-recipient", "final-recipient")
    )
    recipients = tuple(dict.fromkeys(a.strip("<>") for a in addresses if "@" in a))
    return Report(_action(group), _kind(code, words), code, words, recipients, ids)


def _fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", block)
    pairs = (line.partition(":") for line in unfolded.split("\n") if ":" in line)
    return {name.strip().lower(): clean(value) for name, _, value in pairs}


def _action(group: dict[str, str]) -> str:
    word = re.split(r"[\s(;]", group.get("action", "").lower(), maxsplit=1)[0]
    if word in _ACTIONS:
        return word
    return {"2": "delivered", "4": DELAYED}.get(group.get("status", "")[:1], FAILED)


def _rank(action: str) -> int:
    return _ACTIONS.index(action)


def _after_type(value: str) -> str:
    """Return what stands after the type: `rfc822; a@b`, `smtp; 550 no`."""
    kind, mark, rest = value.partition(";")
    return (rest if mark and re.fullmatch(r"[\w.+-]{1,40}", kind.strip()) else value).strip()[:MAX_WORDS]


def _from_text(mail: ParsedMail, ids: tuple[str, ...]) -> Report:
    text = mail.text[:MAX_READ]
    copy = _COPY.search(text)
    said = text[: copy.start()] if copy else text
    words = _said(said)
    code = _best_code("", words or said[:2000])
    found = [one or other for one, other in _NAMED.findall(said)]
    found += _ADDRESS.findall(mail.header("x-failed-recipients"))
    recipients = tuple(dict.fromkeys(address for address in found if "@" in address))
    delayed = bool(_DELAY.search(f"{mail.subject}\n{said}")) and not code.startswith("5")
    return Report(DELAYED if delayed else FAILED, _kind(code, said), code, words, recipients, ids)


def _said(text: str) -> str:
    """Return the lines that name the reason, "" where none does."""
    lines = [" ".join(line.split()) for line in text[:MAX_READ].splitlines()]
    first = next((n for n, line in enumerate(lines) if _SAID.search(line) and not line.endswith("……")), None)
    if first is None:
        return ""
    told = [line for line in lines[first : first + 6] if line]
    return " ".join(told[:3]).replace("： | ", "：")[:MAX_WORDS]


def _best_code(status: str, words: str) -> str:
    """Return the status, or what the other server said where the status says nothing but "failed"."""
    own = _CODE.search(status)
    told = _CODE.search(words)
    if own and not (own[1].endswith(".0.0") and told):
        return own[1]
    if told:
        return told[1]
    plain = _SMTP_CODE.search(words)
    return plain[1] if plain else ""


def _kind(code: str, words: str) -> BounceKind:
    by_code = next((kind for kind, pattern in _BY_CODE if pattern.match(code)), None)
    by_words = next((kind for kind, pattern in _BY_WORDS if pattern.search(words)), None)
    return by_code or by_words or BounceKind.OTHER


def _message_ids(mail: ParsedMail) -> tuple[str, ...]:
    """Return the ids of the mail that came back: in its copy or header, the report's fields, the text."""
    found = [*mail.in_reply_to, *mail.references]
    for item in mail.attachments:
        if item.media_type in STATUS_TYPES:
            found += _ID_FIELD.findall(_text(item.content))
        elif item.media_type in _HEADER_TYPES:
            found += _ID_FIELD.findall(_text(item.content).lstrip("\n").partition("\n\n")[0])
    found += _ID_FIELD.findall(mail.text[:MAX_READ])
    return tuple(dict.fromkeys(one for one in found if one != mail.message_id))[:MAX_IDS]
