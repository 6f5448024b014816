"""What mail programs write of themselves: lines above a quotation, fields of its head, lines below a letter.

Patterns of single lines in Chinese, English and the other languages that are met; each is matched on a line
of at most `LONGEST` characters. It knows text only, no HTML, and decides nothing about a letter.
"""

from __future__ import annotations

import re
from enum import StrEnum

LONGEST = 400
"""No mark is longer; a longer line is somebody's words."""


class Field(StrEnum):
    """Name what a field of a quoted head says."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    SUBJECT = "subject"
    OTHER = "other"


_NAMES = {
    Field.FROM: "发件人 发信人 发送者 寄件者 寄件人 發件人 發信人 From Von De Van Da Fra Från"
    " Od От Lähettäjä 差出人 보낸사람",
    Field.DATE: "发送时间 发送日期 发件时间 发信时间 寄件日期 發送時間 發送日期 傳送日期 傳送時間 日期"
    " 时间 時間 Sent Date Gesendet Datum Envoyé Enviado Enviada Fecha"
    " Inviato Verzonden Sendt Skickat Wysłano Дата Отправлено Lähetetty 送信日時 日時 보낸날짜",
    Field.TO: "收件人 收信人 收件者 To An À Para Aan A Til Till Do Кому Vastaanottaja 宛先 받는사람",
    Field.SUBJECT: "主题 主旨 主題 标题 標題 Subject Betreff Objet Asunto Assunto Oggetto Onderwerp Emne Ämne"
    " Temat Тема Aihe 件名 제목",
    Field.OTHER: "抄送 抄送人 密送 副本 附件 重要性 优先级 回复至 Cc Bcc Reply-To Importance Priority"
    " Attachments",
}


def _any_of(names: str) -> str:
    """Return a pattern of these names; programs set the Chinese ones apart (主　题)."""
    spaced = (name if name.isascii() else "[ ]*".join(name) for name in names.split())
    return "|".join(spaced)


_FIELD = re.compile(
    r"[ *|•]*(?:"
    + "|".join(f"(?P<{kind}>{_any_of(names)})" for kind, names in _NAMES.items())
    + r")[ *]*[:：|]",
    re.I,
)
_ONE_LINE_FIELD = re.compile(
    r"(?:发送时间|发送日期|寄件日期|日期|收件人|收件者|主题|主旨|Sent|Date|To|Subject)[ *]*[:：]", re.I
)

_DASHES = r"[ *]*[-—_=─–]{2,}[ ]*"
RULE = re.compile(r"[ ]*[-_—─]{6,}[ ]*")
"""A line across, which is a mark only where a quoted head follows."""
DIVIDER = re.compile(
    _DASHES
    + r"(?:原始?\s?邮件|原始?信息|原始?消息|邮件原[件文]|回复的?原?邮件|原始郵件|原郵件|郵件原件|原邮件信息"
    r"|Original(?:\s+(?:Messages?|E-?mail|Mail))?|Replied\s+(?:Message|Mail)|Ursprüngliche Nachricht"
    r"|Repl(?:y|ied) Message|(?:Antwort|Original)[ -]Nachricht|Message (?:d'origine|original)"
    r"|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijke? bericht|Oprindelig meddelelse"
    r"|Ursprungligt meddelande|Исходное сообщение|元のメッセージ|원본 메시지"
    r"|(?:On|在)[ ].{6,200}(?:wrote|写道|撰写))[ ]*[-—_=─–]{2,}[ *]*$",
    re.I,
)
FORWARDED = re.compile(
    _DASHES
    + r"(?:(?:被|已)?转发(?:的)?(?:原)?(?:邮件|信息|消息)(?:信息)?|轉寄(?:的)?(?:郵件|訊息)|轉發(?:的)?郵件"
    r"|Forwarded\s+(?:by|messages?|mail)|Weitergeleitete Nachricht"
    r"|Message transféré|Mensaje reenviado|Mensagem encaminhada|Messaggio inoltrato).{0,80}$"
    r"|[ ]*Begin forwarded message:"
    r"|[ ]*(?:开始|以下是)转发(?:的)?(?:邮件|信息)?[:：]|[ ]*以下是轉寄的郵件[:：]",
    re.I,
)

_TIME = re.compile(r"\d{1,2}\s*[:：.時时点h]\s*\d{2}|[上下]午\s*\d|\d\s*[AP]\.?M\b", re.I)
_ADDRESS = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,100}")
_DATE = re.compile(r"\d{4}|\d{1,2}\s*月|\d{1,2}[./-]\d{1,2}")
_ENDS = re.compile(r"[:：]\s*$")
_ENDS_WITH_ADDRESS = re.compile(r"\d.*<[ ]?[^<>\s]{1,100}@[^<>\s]{1,100}>[)）]?\s*[:：]\s*$")
_DATED_SENDER = re.compile(r"[ ]*\d{4}[-/年]\d{1,2}.{1,80}<[^<>\s]{1,100}@[^<>\s]{1,100}>[ ]*")
"""How Gmail once announced a reply."""
_SAID = re.compile(
    r"(?:[写寫][道到]|wrote|writes|schrieb|geschrieben|a écrit|escribió|escreveu|ha scritto"
    r"|schreef|geschreven|skrev|napisał|napsal|kirjoitti|написал|пишет|書きました|のメール|작성|yazdı"
    r"|đã viết).{0,120}$",
    re.I,
)
_START = re.compile(r"[ ]*(?:(?:On|At|Am|Le|El|Il|Em|Op|Den|W dniu)\s|[在于於]).{0,200}\d", re.I)
_BELOW_WORDS = re.compile(
    r"[ ]*[^<>@ -][^<>@]{0,200}?(?:-{2,}[ ]*|[ ])On[ ](?:\d|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,)"
)
"""The respondent's words and an announcement in one line, as a missing line break leaves them."""
_FULL_STOP = re.compile(r"[。；！？]")

SIGNATURE = re.compile(r"[ ]*--[ ]*$")
MOBILE = re.compile(
    r"[ ]*(?:发自|发送自|發自|傳送自)[ ]*"
    r"(?:我的(?![ ]*(?:内心|心|肺腑))|.{0,20}(?:iPhone|iPad|手机|手機|平板|邮箱|邮件|郵件|客户端|Mail|Outlook"
    r"|Android|HUAWEI|vivo|OPPO|Windows|Mac)).{0,40}$"
    r"|[ ]*(?:从|從)我的.{0,30}(?:发送|发出|寄出|傳送)$"
    r"|[ ]*(?:来自|由|從|从)\s?.{0,25}"
    r"(?:iPhone|iPad|手机|手機|Android|安卓|邮箱大师|邮箱(?:客户端|App)|邮件应用|Windows)"
    r".{0,8}(?:发送|傳送|寄出|邮箱|邮件|客户端|版)?$"
    r"|[ ]*Sent (?:from|with|via) "
    r"(?:my |Mail |Outlook|Yahoo|Samsung|Huawei|Xiaomi|Proton|Windows|iPhone|Gmail).{0,60}$"
    r"|[ ]*Get Outlook for .{0,60}$|[ ]*获取 ?(?:适用于)?.{0,20}Outlook.{0,40}$"
    r"|[ ]*(?:Von meinem |Envoyé de mon |Enviado desde mi |Inviato da )(?:iPhone|iPad|Samsung|Handy).{0,40}$",
    re.I,
)


def field_of(line: str) -> Field | None:
    """Return which field of a quoted head a line is, None for none."""
    found = _FIELD.match(line)
    return Field(found.lastgroup) if found and found.lastgroup else None


def is_whole_head(line: str) -> bool:
    """Tell whether a line is a quoted head with all its fields in a row, as HTML without breaks leaves it."""
    return field_of(line) is Field.FROM and len(_ONE_LINE_FIELD.findall(line)) >= 3


def is_attribution(lines: list[str], quoted_below: bool) -> bool:
    """Tell whether these lines announce, as one, what somebody wrote; more is believed above marked lines."""
    ends = _ENDS.search(lines[-1]) is not None
    if not ends and not quoted_below:
        return False
    whole = " ".join(lines)
    if len(whole) > LONGEST:
        return False
    if not ends:
        return _DATED_SENDER.fullmatch(whole) is not None
    if (
        _FULL_STOP.search(lines[0])
        or _BELOW_WORDS.match(lines[0])
        or (len(lines) > 1 and not _may_begin(lines[0]))
    ):
        return False
    said = _SAID.search(lines[-1]) is not None or (len(lines) > 1 and _SAID.search(whole) is not None)
    address, time = _ADDRESS.search(whole), _TIME.search(whole)
    if said and (address or (time and _DATE.search(whole))):
        return True
    if _ENDS_WITH_ADDRESS.search(whole) and time:
        return True
    return quoted_below and bool(said or address or (time and _DATE.search(whole)))


def _may_begin(line: str) -> bool:
    # A sentence right above the attribution is the respondent's.
    begins = _START.match(line) or _ADDRESS.search(line) or (_DATE.search(line) and _TIME.search(line))
    return bool(begins) and not line.rstrip().endswith((".", "!", "?", ";"))
