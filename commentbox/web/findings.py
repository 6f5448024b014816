"""What each finding about the intake's health is called on a page, and what a clerk does about it.

It decides nothing; the codes come from `core.rules.health`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from commentbox.core.rules.health import Check, Code, Finding, Severity
from commentbox.web.filters import filesize, minutes
from commentbox.web.labels import label

_ASK = _("请马上联系系统管理员，让他检查后台程序（flask worker）。在恢复之前，来信没有人收取。")
_MAILBOX = _("请系统管理员检查网络和邮箱设置。系统会自动重试，来信仍在邮箱里，不会丢失。")

WORDS: dict[Code, tuple[LazyString, LazyString | None]] = {
    Code.WORKER_ALIVE: (_("正在运行"), None),
    Code.WORKER_SILENT: (_("已有 %(age)s 没有动静"), _ASK),
    Code.WORKER_NEVER: (_("从未运行过"), _("请系统管理员启动后台程序（flask worker）。")),
    Code.POLL_FINE: (_("%(age)s前查收过"), None),
    Code.POLL_NONE: (_("没有设置邮箱，只接收网上提交和录入的意见"), None),
    Code.POLL_READING: (_("正在查收"), _("积压的来信较多，请稍后再看。")),
    Code.POLL_NEVER: (_("从未查收过"), _ASK),
    Code.POLL_SILENT: (_("已有 %(age)s 没有查收"), _ASK),
    Code.POLL_FAILING: (_("连不上邮件服务器，或打不开这个文件夹"), _MAILBOX),
    Code.POLL_REFUSED: (
        _("邮件服务器不接受账号或授权码"),
        _("请邮箱管理人登录邮箱网页，在设置里重新生成授权码，交系统管理员填入。"),
    ),
    Code.POLL_UNSAFE_LOGIN: (
        _("邮件服务器提示“不安全登录”"),
        _("请邮箱管理人登录邮箱网页，在设置里允许使用客户端（IMAP）收信。"),
    ),
    Code.POLL_CERTIFICATE: (
        _("邮件服务器的证书不可信，为安全起见没有登录"),
        _("请系统管理员检查服务器时间和邮件服务器地址。"),
    ),
    Code.COUNT_EQUAL: (_("邮箱里有 %(server)s 封，都已保存（共保存 %(stored)s 封）"), None),
    Code.COUNT_MISSING: (
        _("邮箱里有 %(server)s 封，只保存了 %(stored)s 封，缺 %(missing)s 封"),
        _("请不要删除邮箱里的邮件，并请系统管理员运行 flask mail reconcile 查出缺少的邮件。"),
    ),
    Code.COUNT_UNKNOWN: (_("还没有清点过"), None),
    Code.CONSULTATION_FINE: (_("接收来信的征求意见：%(taking)s 项"), None),
    Code.CONSULTATION_NONE: (
        _("没有一项征求意见在接收来信"),
        _("收到的来信都会留在“待核邮件”里。请系统管理员发布征求意见，再到那里重试。"),
    ),
    Code.WAITING_FINE: (_("等待读取：%(waiting)s 封"), None),
    Code.WAITING_LONG: (_("等待读取：%(waiting)s 封，最早的已等 %(age)s"), _ASK),
    Code.UNDERSTANDING_FINE: (_("等待分析：%(unread)s 条"), None),
    Code.UNDERSTANDING_LATE: (
        _("等待分析：%(unread)s 条，最早的已等 %(age)s"),
        _("这些意见还没有系统建议，可以照常人工分办。请系统管理员查看后台程序的日志。"),
    ),
    Code.HELD_NONE: (_("没有"), None),
    Code.HELD_SOME: (
        _("待核：%(held)s 封，最早的已等 %(age)s"),
        _("请到“待核邮件”逐封查看，里面可能有群众来信。"),
    ),
    Code.READER_FINE: (_("正常（24 小时内读不出的邮件：%(unreadable)s 封）"), None),
    Code.READER_FAILING: (
        _("24 小时内读不出的邮件：%(unreadable)s 封"),
        _("请到“待核邮件”下载原件阅读，并请系统管理员检查服务器的内存和磁盘。"),
    ),
    Code.OUTBOX_FINE: (_("等待发送：%(queued)s 封"), None),
    Code.OUTBOX_SLOW: (
        _("等待发送：%(queued)s 封，最早的已等 %(age)s"),
        _("请到“发件箱”查看原因，并请系统管理员检查发信设置。"),
    ),
    Code.OUTBOX_NO_SERVER: (
        _("等待发送：%(queued)s 封，但没有设置发信服务器"),
        _("请系统管理员设置发信服务器，设置后会自动发出。"),
    ),
    Code.UNSENT_NONE: (_("没有"), None),
    Code.UNSENT_SOME: (
        _("发送失败：%(failed)s 封；结果不明：%(uncertain)s 封"),
        _("请到“发件箱”逐封决定重发或取消。"),
    ),
    Code.DISK_FINE: (_("剩余 %(free)s（%(percent)s%%）"), None),
    Code.DISK_LOW: (
        _("剩余 %(free)s（%(percent)s%%）"),
        _("请系统管理员清理或扩充磁盘。磁盘写满后，新来信就存不下了。"),
    ),
    Code.SCHEMA_FINE: (_("与程序版本一致"), None),
    Code.SCHEMA_BEHIND: (
        _("与程序版本不一致"),
        _("请系统管理员停止后台程序，运行 flask db upgrade，再重新启动。"),
    ),
    Code.OPERATOR_SET: (_("出现问题时会发邮件给系统管理员"), None),
    Code.OPERATOR_UNSET: (
        _("出现问题时不会有人收到邮件"),
        _("请系统管理员设置接收报警的邮箱（COMMENTBOX_OPERATOR_EMAIL）和发信服务器。"),
    ),
}
"""What is found, and what to do about it; None where there is nothing to do."""

_OLDEST = _("最早的一封")
_READ = _("最近一次查收")
_WHEN = {Check.WORKER: _("最近一次动静"), Check.POLL: _READ, Check.COUNT: _READ}

_PAGES = {
    Code.CONSULTATION_NONE: "staff.held_mail",
    Code.HELD_SOME: "staff.held_mail",
    Code.READER_FAILING: "staff.held_mail",
    Code.OUTBOX_SLOW: "staff.outbox",
    Code.OUTBOX_NO_SERVER: "staff.outbox",
    Code.UNSENT_SOME: "staff.outbox",
}
"""Where a clerk can do it."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold a finding as the page shows it."""

    severity: Severity
    name: str
    subject: str
    says: str
    advice: str
    href: str
    detail: str
    since: datetime | None
    when: str
    """What happened at that time."""


def row(finding: Finding, now: datetime) -> Row:
    """Return a finding in words."""
    says, advice = WORDS[finding.code]
    fine = finding.severity is Severity.OK
    page = _PAGES.get(finding.code)
    return Row(
        severity=finding.severity,
        name=label("check", finding.check),
        subject=finding.subject,
        says=str(says) % _values(finding, now),
        advice="" if fine or advice is None else str(advice),
        href=url_for(page) if page else "",
        detail="" if fine else finding.detail,
        since=finding.since,
        when=str(_WHEN.get(finding.check, _OLDEST)),
    )


def _values(finding: Finding, now: datetime) -> dict[str, object]:
    age = int((now - finding.since).total_seconds() // 60) if finding.since else 0
    values: dict[str, object] = {**finding.figures, "age": minutes(max(age, 0))}
    return {**values, "free": filesize(finding.figures["free"])} if "free" in finding.figures else values
