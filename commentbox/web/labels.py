"""What the codes of states, channels, roles, reasons and refusals are called on a page.

The one place where a code becomes words; it decides nothing.
"""

from __future__ import annotations

from flask_babel import LazyString, gettext, lazy_pgettext
from flask_babel import lazy_gettext as _

from commentbox.services.errors import Invalid

LABELS: dict[str, dict[str, LazyString]] = {
    "consultation_state": {
        "draft": _("未发布"),
        "open": _("征求意见中"),
        "closed": _("已截止"),
        "archived": _("已归档"),
    },
    "phase": {
        "hidden": _("未发布"),
        "before": _("即将开始"),
        "open": _("征求意见中"),
        "after": _("已结束"),
    },
    "submission_state": {
        "received": _("待处理"),
        "triaged": _("已分办"),
        "answered": _("已答复"),
        "spam": _("垃圾来件"),
        "withdrawn": _("已撤回"),
    },
    "comment_state": {
        "new": _("新意见"),
        "suggested": _("待分办"),
        "assigned": _("已分办"),
        "disposed": _("已处理"),
        "dismissed": _("不予列入"),
    },
    "mail_state": {
        "fetched": _("已收取，待解析"),
        "ingested": _("已入库"),
        "ignored": _("不作为意见"),
        "held": _("待核"),
    },
    "outbound_state": {
        "queued": _("待发送"),
        "sending": _("发送中"),
        "sent": _("已发送"),
        "uncertain": _("结果不明，请人工判断"),
        "failed": _("发送失败"),
        "cancelled": _("已取消"),
    },
    "outbound_kind": {
        "acknowledgement": _("自动回执"),
        "reply": _("答复"),
    },
    "channel": {
        "mail": _("电子邮件"),
        "web": _("网上提交"),
        "letter": _("信函"),
        "phone": _("电话"),
    },
    "measure_kind": {
        "whole": _("全文"),
        "part": _("部分"),
        "task": _("任务"),
        "action": _("行动"),
        "measure": _("措施"),
        "safeguard": _("保障措施"),
        "general": _("总体要求"),
        "aim": _("目标"),
        "annex_item": _("附件事项"),
    },
    "respondent_kind": {
        "person": _("个人"),
        "company": _("企业"),
        "agency": _("机关单位"),
        "institution": _("社会组织、事业单位"),
        "unknown": _("未说明"),
    },
    "disposition": {
        "accepted": _("采纳"),
        "partly_accepted": _("部分采纳"),
        "not_accepted": _("不采纳"),
        "explained": _("解释说明"),
        "noted": _("留作参考"),
    },
    "text_status": {
        "ok": _("已读取文字"),
        "empty": _("没有可读文字（可能是扫描件），需人工阅读"),
        "encrypted": _("有密码，需人工阅读"),
        "too_large": _("文件过大，未读取文字"),
        "failed": _("读取失败，需人工阅读"),
        "unsupported": _("此类文件不能自动读取，需人工阅读"),
    },
    "text_advice": {
        "empty": _("请下载原件阅读，再手工增加意见。只有部分页面读不出时，读出的文字里用方括号注明了页码。"),
        "encrypted": _("请向来件人索取密码或未加密的文件，阅读后手工增加意见。"),
        "too_large": _("请下载原件，在本机打开阅读后手工增加意见；不明来历的压缩包请先查毒。"),
        "failed": _("文件可能已损坏。请下载原件试着打开，打不开的请来件人重发。"),
        "unsupported": _("系统不读此类文件（例如 RAR、7z）。请下载后用相应软件打开，阅读后手工增加意见。"),
    },
    "role": {
        "viewer": _("查看"),
        "handler": _("受理"),
        "drafter": _("起草"),
        "admin": _("管理"),
    },
    "campaign_state": {
        "found": _("系统发现"),
        "confirmed": _("已确认"),
        "rejected": _("不是同源"),
    },
    "audit_action": {
        "enter": lazy_pgettext("history", "录入"),
        "assign": lazy_pgettext("history", "分办"),
        "dismiss": lazy_pgettext("history", "列为不予列入"),
        "reopen": lazy_pgettext("history", "重新打开"),
        "add": lazy_pgettext("history", "增加意见"),
        "spam": lazy_pgettext("history", "标为垃圾来件"),
        "restore": lazy_pgettext("history", "恢复来件"),
        "undo": lazy_pgettext("history", "撤销上一步"),
        "dispose": lazy_pgettext("history", "填写采纳情况"),
        "reply": lazy_pgettext("history", "答复"),
        "retry": lazy_pgettext("history", "重试"),
        "cancel": lazy_pgettext("history", "取消发送"),
        "ignore": lazy_pgettext("history", "忽略"),
        "export": lazy_pgettext("history", "导出"),
        "organisation": lazy_pgettext("history", "确认所属单位"),
        "organisations": lazy_pgettext("history", "载入单位名单"),
        "audit": lazy_pgettext("history", "抽查"),
        "confirm": lazy_pgettext("history", "确认分办"),
        "confirm_campaign": lazy_pgettext("history", "确认为同源意见"),
        "reject_campaign": lazy_pgettext("history", "标为不是同源意见"),
    },
    "mail_reason": {
        "own": _("是本系统自己发出的邮件"),
        "delivery_report": _("是退信通知，不是来信"),
        "delay_notice": _("是投递延迟的通知，不是来信；对方服务器还会继续尝试"),
        "delivery_notice": _("是送达通知，不是来信"),
        "feedback_report": _("是对方邮箱的投诉报告，不是来信"),
        "read_receipt": _("是已读回执，不是来信"),
        "auto_reply": _("是对方邮箱的自动回复，不是来信"),
        "empty": _("没有正文，也没有附件"),
        "too_large": _("邮件过大，系统没有读取，请下载原件阅读"),
        "unreadable": _("邮件损坏，系统读不出内容，请下载原件阅读"),
        "no_consultation": _("看不出针对哪一项征求意见，请选定后重试"),
        "failed": _("读取时连续出错，请下载原件阅读"),
    },
    "mail_warning": {
        "unreadable": _("邮件无法解析，请下载原件阅读。"),
        "header_broken": _("邮件头有损坏，发件人或主题可能不准确。"),
        "header_cut": _("邮件头过长，只读了前面一部分。"),
        "subject_cut": _("主题过长，只显示前面一部分。"),
        "base64_damaged": _("邮件编码有损坏，正文或附件可能不完整。"),
        "charset_guessed": _("邮件没有正确注明文字编码，系统按内容推断，请留意是否有乱码。"),
        "boundary_missing": _("邮件分段标记缺失，附件可能没有全部读出。"),
        "too_deep": _("邮件嵌套层数过多，只读了外层。"),
        "too_many_parts": _("邮件分段过多，只读了前面一部分。"),
        "text_cut": _("正文过长，只显示前面一部分，全文见原件。"),
        "tnef_damaged": _("Outlook 的 winmail.dat 附件有损坏，其中的文件可能没有全部读出。"),
    },
    "silence": {
        "auto_submitted": _("自动发出的邮件"),
        "null_sender": _("没有退信地址"),
        "report": _("系统报告"),
        "precedence": _("群发邮件"),
        "mailing_list": _("邮件列表"),
        "autoresponder": _("自动应答程序"),
        "loop": _("可能循环的邮件"),
        "suppressed": _("对方要求不自动回复"),
        "auto_subject": _("主题表明是自动回复"),
        "system_sender": _("系统地址发出"),
        "own_address": _("本单位自己的地址"),
        "no_sender": _("没有有效的发件人"),
        "junk_folder": _("在垃圾邮件文件夹中"),
        "too_many": _("24 小时内已回执 3 次"),
        "too_early": _("来信早于征求意见开始 30 天以上"),
        "bounced": _("此前发往这个地址的邮件因地址不存在被退回"),
        "set_aside": _("曾被列为“不作为意见”，由工作人员恢复"),
        "no_address": _("没有留下电子邮箱"),
    },
    "bounce_kind": {
        "no_address": _("地址不存在"),
        "full": _("对方邮箱已满"),
        "refused": _("被对方服务器拒收"),
        "unreachable": _("连接不上对方服务器"),
        "other": _("原因不明"),
    },
    "sender_check": {
        "unverified": _("未核实"),
        "verified": _("发件域名属实"),
        "failed": _("疑似冒用地址"),
    },
    "sender_check_hint": {
        "unverified": _("发件地址可以伪造；除非另行核实，不能据此认定身份。"),
        "verified": _("本单位邮件服务器核验：邮件确由该域名发出。是否为本人所写仍需另行核实。"),
        "failed": _("本单位邮件服务器核验未通过：邮件很可能不是由该地址发出。内容照常办理，身份请另行核实。"),
    },
    "organisation_by": {
        "address": _("按邮箱地址"),
        "domain": _("按邮箱域名"),
        "name": _("按单位名称"),
        "subject": _("按邮件主题"),
        "signature": _("按落款"),
        "first_letter": _("按首次来件"),
        "staff": _("人工确认"),
    },
    "organisation_answer": {
        "comments": _("有意见"),
        "no_opinion": _("无意见"),
        "waiting": _("未反馈"),
    },
    "list_problem": {
        "no_name": _("没有单位名称"),
        "public_domain": _("公共邮箱的域名不能用来认定单位"),
        "bad_address": _("邮箱地址写法有误"),
    },
    "check": {
        "worker": _("后台程序"),
        "poll": _("查收邮箱"),
        "count": _("邮箱与系统核对"),
        "consultation": _("接收来信的征求意见"),
        "waiting": _("已收取、待读取的邮件"),
        "understanding": _("待系统分析的意见"),
        "held": _("待核邮件"),
        "reader": _("读取邮件和附件的程序"),
        "outbox": _("待发送的邮件"),
        "unsent": _("没有发出的邮件"),
        "disk": _("磁盘空间"),
        "schema": _("数据库结构"),
        "operator": _("报警邮件"),
    },
    "severity": {
        "ok": _("正常"),
        "look": _("请留意"),
        "alarm": _("需要处理"),
    },
    "comment_flag": {
        "general": _("可能是对全文的意见"),
        "none": _("可能与征求意见稿无关"),
    },
    "bulk_kind": {
        "reference": _("明确引用条款的意见"),
        "campaign": _("同源意见中内容相同的意见"),
        "score": _("系统把握较大的意见"),
    },
    "suggestion_source": {
        "reference": _("明确引用"),
        "model": _("系统建议"),
        "respondent": _("反馈人所选"),
        "rule": _("自动识别"),
    },
}

REFUSALS: dict[str, LazyString] = {
    "nothing_said": _("没有填写意见，也没有附件。请至少写一条意见或附一个文件。"),
    "no_period": _("没有征求意见的起止日期。"),
    "period_reversed": _("截止日期早于开始日期。"),
    "slug_form": _("代号只能用小写字母、数字和连字符，并且不能是系统用作地址的词。"),
    "slug_taken": _("已有使用这个代号的征求意见。"),
    "no_such_measure": _("没有这一条款，请重新选择。"),
    "no_such_disposition": _("没有这种采纳情况，请重新选择。"),
    "nothing_to_accept": _("没有可以批量确认的意见了。"),
    "reason_missing": _("请写明理由。"),
    "keywords": _("群众说法最多 %(most)s 个，每个最多 %(length)s 个字。"),
    "no_address": _("对方没有留下电子邮箱，不能发送答复。"),
    "no_such_action": _("没有这种操作。"),
    "subject_broken": _("主题里不能有换行。"),
    "too_many_files": _("附件最多 %(count)s 个。"),
    "file_too_large": _("附件“%(name)s”过大。"),
    "file_empty": _("附件“%(name)s”是空文件。"),
    "no_organisation": _("没有读出单位名称。请每行写一个单位，名称在前。"),
    "no_such_organisation": _("名单中没有这个单位，请重新选择。"),
    "no_such_role": _("没有这种角色。"),
    "name_taken": _("用户名为空或已被使用。"),
    "password_short": _("密码至少 %(least)s 位。"),
    "file_type": _("附件“%(name)s”的类型不能接收。可接收：%(types)s。"),
    "file_unread": _("文件“%(name)s”读不出文字，请另存为 txt 或 xlsx 后再试。"),
    "file_mismatch": _("附件“%(name)s”的内容与扩展名不符，请检查后重新选择。"),
}


def label(kind: str, code: str | None) -> str:
    """Return what a code of a kind is called; the code itself where nobody has named it."""
    if not code:
        return ""
    return str(LABELS[kind].get(code, code))


def invalid(error: Invalid) -> str:
    """Return a refusal in words."""
    if error.code not in REFUSALS:
        return gettext("填写的内容不能接受（%(code)s）。", code=error.code)
    return str(REFUSALS[error.code]) % error.detail if error.detail else str(REFUSALS[error.code])
