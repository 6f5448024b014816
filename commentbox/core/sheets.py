"""The comment sheet (意见汇总处理表): its columns, its words, and the rows made from comments.

Knows nothing of databases, files or formats. It does not redact: names are shown, shortened or left
out by the preset, but personal data inside the texts is the caller's to take out beforehand.

The presets:

internal  all columns, names in full, staff's notes. For the drafting unit's own desk.
standard  all columns. A private person's name is shortened (王*); an organisation stands alone, its
          contact person is left out; no staff's notes. For agencies that take part in drafting.
public    no 来源及日期 and no 牵头单位 (when a letter came can give its writer away), nobody named:
          公众, 企业 or 单位; no receipt number, no notes. For publication, after redaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from commentbox.core.states import Channel, Disposition, MeasureKind, RespondentKind
from commentbox.core.types import SheetHead, SheetRow


@dataclass(frozen=True, slots=True)
class Column:
    """Hold one column: the field of `SheetRow`, its heading, its width in half-width characters."""

    key: str
    heading: str
    width: int


COLUMNS = (
    Column("number", "序号", 6),
    Column("clause", "条款", 13),
    Column("original", "原文", 24),
    Column("comment", "意见内容", 26),
    Column("proposal", "修改建议", 16),
    Column("respondent", "提出单位/个人", 11),
    Column("source", "来源及日期", 14),
    Column("disposition", "采纳情况", 10),
    Column("reason", "理由", 16),
    Column("revised", "修改后条文", 14),
    Column("lead_agency", "牵头单位", 10),
    Column("remarks", "备注", 12),
)

DISPOSITIONS: dict[str, str] = {
    Disposition.ACCEPTED: "采纳",
    Disposition.PARTLY_ACCEPTED: "部分采纳",
    Disposition.NOT_ACCEPTED: "不采纳",
    Disposition.EXPLAINED: "解释说明",
    Disposition.NOTED: "留作参考",
}
CHANNELS: dict[str, str] = {
    Channel.MAIL: "电子邮件",
    Channel.WEB: "网上表单",
    Channel.LETTER: "来信",
    Channel.PHONE: "来电",
}
PUBLIC_KINDS: dict[str, str] = {
    RespondentKind.PERSON: "公众",
    RespondentKind.UNKNOWN: "公众",
    RespondentKind.COMPANY: "企业",
    RespondentKind.AGENCY: "单位",
    RespondentKind.INSTITUTION: "单位",
}
WHOLE = "对全文的总体意见"
UNASSIGNED = "待分办"
UNNAMED = "未署名"

INTERNAL, STANDARD, PUBLIC = "internal", "standard", "public"
PRESETS = (INTERNAL, STANDARD, PUBLIC)
_NOT_PUBLIC = frozenset({"source", "lead_agency"})


@dataclass(frozen=True, slots=True)
class SheetComment:
    """Hold what the sheet needs to know of one comment.

    ``path`` is None where no measure is assigned yet; then the other fields of the measure are
    empty. ``original`` is the draft's wording as the respondent quoted it. ``received_on`` is the
    day in the consultation's zone. ``campaign_size`` counts the submissions of its campaign, itself
    included; 1 where it stands alone.
    """

    excerpt: str
    received_on: date
    channel: str
    receipt: str = ""
    path: str | None = None
    label: str = ""
    title: str = ""
    text: str = ""
    position: int = 0
    kind: str = ""
    lead_agencies: tuple[str, ...] = ()
    original: str = ""
    proposal: str = ""
    respondent: str = ""
    organisation: str = ""
    respondent_kind: str = RespondentKind.UNKNOWN
    late_minutes: int = 0
    campaign_size: int = 1
    disposition: str | None = None
    reason: str = ""
    revised: str = ""
    note: str = ""


def columns(preset: str) -> tuple[Column, ...]:
    """Return the columns that a preset shows; ValueError for a name that is none."""
    if preset not in PRESETS:
        raise ValueError(f"no preset {preset!r}: one of {', '.join(PRESETS)}")
    return tuple(column for column in COLUMNS if preset != PUBLIC or column.key not in _NOT_PUBLIC)


def head(
    title: str, unit: str, opens: date, last_day: date, today: date, preset: str = INTERNAL
) -> SheetHead:
    """Return what stands above the table; ``last_day`` is the last on which comments were taken."""
    kind = "公开征求意见采纳情况表" if preset == PUBLIC else "意见汇总处理表"
    return SheetHead(
        title=f"{draft_name(title)}{kind}",
        period=f"{chinese_date(opens)}至{chinese_date(last_day)}",
        unit=unit,
        date=chinese_date(today),
    )


def draft_name(title: str) -> str:
    """Return the draft's name in 《》, taken out of a notice's title where it stands in one."""
    start, end = title.find("《"), title.rfind("》")
    return title[start : end + 1] if 0 <= start < end else f"《{title.strip()}》"


def chinese_date(day: date) -> str:
    """Return a day as 2023年4月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def order_key(path: str | None, kind: str, position: int) -> tuple[int, int]:
    """Return the sort key of a comment's place: the draft's order, then the whole, then 待分办."""
    if path is None:
        return (2, 0)
    return (1 if kind == MeasureKind.WHOLE else 0, position)


def sheet_rows(comments: Iterable[SheetComment], preset: str = INTERNAL) -> Iterator[SheetRow]:
    """Yield one row a comment, numbered from 1; ValueError where they come out of `order_key`'s order.

    Lazy: a sheet can have hundreds of thousands of rows, so the caller's query does the sorting.
    """
    columns(preset)  # refuses an unknown preset
    last = (0, 0)
    for number, comment in enumerate(comments, 1):
        key = order_key(comment.path, comment.kind, comment.position)
        if number > 1 and key < last:
            raise ValueError(f"row {number} of the sheet is out of order: {key} after {last}")
        last = key
        yield sheet_row(number, comment, preset)


def sheet_row(number: int, comment: SheetComment, preset: str = INTERNAL) -> SheetRow:
    """Return the row of one comment."""
    return SheetRow(
        number=number,
        clause=_clause(comment),
        original=_original(comment),
        comment=_comment(comment),
        proposal=comment.proposal,
        respondent=_respondent(comment, preset),
        source=f"{CHANNELS.get(comment.channel, comment.channel)} {comment.received_on.isoformat()}",
        disposition=DISPOSITIONS.get(comment.disposition or "", ""),
        reason=comment.reason,
        revised=comment.revised,
        lead_agency="、".join(comment.lead_agencies),
        remarks="；".join(_remarks(comment, preset)),
    )


def _clause(comment: SheetComment) -> str:
    if comment.path is None:
        return UNASSIGNED
    if comment.kind == MeasureKind.WHOLE:
        return WHOLE
    return clause_name(comment.label, comment.title) or comment.path


def clause_name(label: str, title: str) -> str:
    """Return a measure's label and title as one line: （十二）技术转移服务体系."""
    if not label or title.startswith(label):
        return title
    gap = "" if label[-1] in "）)、." else " "
    return f"{label}{gap}{title}".strip()


def _original(comment: SheetComment) -> str:
    # The whole draft is not repeated in each row about it.
    return comment.original if comment.path is None or comment.kind == MeasureKind.WHOLE else comment.text


def _comment(comment: SheetComment) -> str:
    quoted = comment.original.strip()
    if not quoted or quoted in comment.excerpt or quoted == _original(comment).strip():
        return comment.excerpt
    return f"（针对“{quoted}”）{comment.excerpt}"


def _respondent(comment: SheetComment, preset: str) -> str:
    if preset == PUBLIC:
        return PUBLIC_KINDS.get(comment.respondent_kind, "公众")
    if preset == INTERNAL:
        return " ".join(filter(None, (comment.organisation, comment.respondent))) or UNNAMED
    if comment.respondent_kind != RespondentKind.PERSON:
        organisation = comment.organisation or _organisation_in(comment)
        if organisation:
            return organisation
    return shorten_name(comment.respondent) or UNNAMED


# Mail brings one name only; these endings tell a body from a person without a list of bodies.
_BODY = re.compile(
    r".{2,}(公司|集团|企业|大学|学院|学校|研究院|研究所|医院|银行|中心|协会|学会|商会|委员会|事务所|厂|局|厅|办公室)"
)


def _organisation_in(comment: SheetComment) -> str:
    """Return the name where it is surely that of a body, "" where it may be a person's."""
    named = comment.respondent.strip()
    return named if len(named) > 4 and _BODY.fullmatch(named) else ""


_DOUBLE_SURNAMES = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|夏侯|端木|轩辕|南宫|独孤|司空|西门"
)


def shorten_name(name: str) -> str:
    """Return a person's name as surname and star (王*, 欧阳*), an initial for other scripts (J*)."""
    name = name.strip()
    if not name:
        return ""
    kept = 2 if len(name) > 2 and _DOUBLE_SURNAMES.match(name) else 1
    return f"{name[:kept]}*"


def _remarks(comment: SheetComment, preset: str) -> Iterator[str]:
    if comment.receipt and preset != PUBLIC:
        yield f"回执号 {comment.receipt}"
    if comment.campaign_size > 1:
        yield f"同源意见 {comment.campaign_size} 件"
    if comment.late_minutes > 0:
        yield f"逾期 {readable_minutes(comment.late_minutes)}"
    if comment.note and preset == INTERNAL:
        yield comment.note


def readable_minutes(minutes: int) -> str:
    """Return a number of minutes as 2天3小时5分钟, units that are 0 left out."""
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "天"), (hours, "小时"), (rest, "分钟"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0分钟"


# C0 and C1 controls but tab and newline, marks that turn the reading direction, lone surrogates, and
# the two code points that XML forbids.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    r"""Return a text without control characters, lone surrogates and direction marks; \n and \t stay."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", text)
