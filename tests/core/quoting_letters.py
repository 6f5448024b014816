"""Letters as the mail programs send them, each with the respondent's own words; all of it invented."""

# A mail's line is as long as it is.
# ruff: noqa: E501

from __future__ import annotations

OWN = "第十二条补贴标准建议提高到五千元。\n另请明确发放时间。"
ASKED = "各单位：\n现就《河岸绿化工作方案》征求意见，请于月底前反馈。\n一、第三条：沿河种植银杏。\n二、第四条：增设路灯。"
MARKED = "\n".join(f"> {line}" for line in ASKED.split("\n"))


def reply(head: str, quoted: str = ASKED) -> tuple[str, str]:
    return f"{OWN}\n\n{head}\n{quoted}\n", OWN


REPLIES = {
    "qq": reply(
        '------------------ 原始邮件 ------------------\n发件人: "某区园林局" <yl@gov.example>;\n'
        '发送时间: 2023年5月8日(星期一) 上午10:12\n收件人: "李四"<li@qq.example>;\n\n主题: 征求意见\n\n'
    ),
    "qq without dash fields": reply("------------------ 原始邮件 ------------------"),
    "qq english": reply(
        '------------------ Original ------------------\nFrom:  "Parks"<yl@gov.example>;\nDate:  Mon, May 8, 2023 10:12 AM\n'
        'To:  "Li"<li@qq.example>;\n\nSubject:  Draft\n\n'
    ),
    "qq on a phone": reply(
        '---原始邮件---\n发件人: "某局"<yl@gov.example>\n发送时间: 2023年5月8日(周一) 上午10:12\n收件人: "x"<x@qq.example>;\n主题: 征求意见\n'
    ),
    "163": reply('在 2023-05-08 10:12:30，"某区园林局" <yl@gov.example> 写道：\n'),
    "163 older": reply("在2023年05月08日 10:12，yl<yl@gov.example> 写道：", MARKED),
    "163 in english": reply('At 2023-05-08 10:12:30, "Parks" <yl@gov.example> wrote:\n'),
    "163 master": reply(
        "---- 回复的原邮件 ----\n| 发件人 | 某局<yl@gov.example> |\n| 发送日期 | 2023年05月08日 10:12 |\n| 收件人 | x |\n| 主题 | 征求意见 |\n"
    ),
    "163 master english": reply(
        "---- Replied Message ----\n| From | Parks<yl@gov.example> |\n| Date | 05/08/2023 10:12 |\n| To | x |\n| Subject | Draft |\n"
    ),
    "163 forwarding fields": reply(
        '-------- 原始邮件 --------\n发件人："某局" <yl@gov.example>\n发送日期：2023-05-08 10:12:30\n收件人：x\n主题：征求意见\n'
    ),
    "foxmail": reply(
        "发件人： 某区园林局\n发送时间： 2023-05-08 10:12\n收件人： 李四\n抄送： 张三\n主题： 征求意见\n"
    ),
    "foxmail spaced": reply(
        "\xa0\n发件人：\xa0某区园林局\n发送时间：\xa02023-05-08\xa010:12\n收件人：\xa0李四\n主题：\xa0征求意见\n"
    ),
    "foxmail english": reply("From: Parks\nDate: 2023-05-08 10:12\nTo: Li\nCC: Zhang\nSubject: Draft\n"),
    "outlook chinese": reply(
        "发件人: 某局 <yl@gov.example>\n发送时间: 2023年5月8日 10:12\n收件人: 李四 <li@x.example>\n主题: 征求意见\n"
    ),
    "outlook with a rule": reply(
        "________________________________\n发件人: 某局 <yl@gov.example>\n发送时间: 2023年5月8日 10:12\n收件人: 李四\n主题: 征求意见\n"
    ),
    "outlook rule and blank": reply(
        "________________________________\n\n发件人: 某局 <yl@gov.example>\n已发送: 2023年5月8日\n收件人: 李四\n主题: 征求意见\n"
    ),
    "outlook traditional": reply(
        "寄件者: 園林局 <yl@gov.example>\n寄件日期: 2023年5月8日 上午 10:12\n收件者: 李四\n副本: 張三\n主旨: 徵求意見\n"
    ),
    "outlook english": reply(
        "________________________________\nFrom: Parks <yl@gov.example>\nSent: Monday, May 8, 2023 10:12 AM\nTo: Li\nSubject: Draft\n"
    ),
    "outlook english bold": reply(
        "*From:* Parks <yl@gov.example>\n*Sent:* Monday, May 8, 2023 10:12 AM\n*To:* Li\n*Subject:* Draft\n"
    ),
    "outlook german": reply(
        "Von: Amt <yl@gov.example>\nGesendet: Montag, 8. Mai 2023 10:12\nAn: Li\nBetreff: Entwurf\n"
    ),
    "outlook french": reply(
        "De : Parcs <yl@gov.example>\nEnvoyé : lundi 8 mai 2023 10:12\nÀ : Li\nObjet : Projet\n"
    ),
    "outlook 2003": reply(
        "-----邮件原件-----\n发件人: 某局 [mailto:yl@gov.example]\n发送时间: 2023年5月8日 10:12\n收件人: 李四\n主题: 征求意见\n"
    ),
    "outlook express": reply(
        '----- Original Message ----- \nFrom: "Parks" <yl@gov.example>\nTo: <li@x.example>\nSent: Monday, May 08, 2023 10:12 AM\nSubject: Draft\n'
    ),
    "outlook japanese": reply(
        "差出人: 公園課 <yl@gov.example>\n送信日時: 2023年5月8日 10:12\n宛先: 李\n件名: 案\n"
    ),
    "windows mail": reply(
        "发送自 Windows 10 版邮件应用\n\n发件人: 某局\n发送时间: 2023年5月8日 10:12\n收件人: 李四\n主题: 征求意见\n"
    ),
    "coremail": reply(
        "-----原始邮件-----\n发件人:某局 <yl@gov.example>\n发送时间:2023-05-08 10:12:30 (星期一)\n收件人: 李四\n抄送: \n主题: 征求意见\n"
    ),
    "coremail marked": (
        f'{OWN}\n\n> -----原始邮件-----\n> 发件人: "某局" <yl@gov.example>\n> 发送时间: 2023-05-08\n{MARKED}',
        OWN,
    ),
    "coremail english": reply(
        '-----Original Messages-----\nFrom:"Parks" <yl@gov.example>\nSent Time:2023-05-08 10:12:30 (Monday)\nTo: Li\nSubject: Draft\n'
    ),
    "aliyun": reply(
        "------------------------------------------------------------------\n发件人：某局 <yl@gov.example>\n发送时间：2023年5月8日(星期一) 10:12\n收件人：李四 <li@x.example>\n主　题：征求意见\n"
    ),
    "sina": reply(
        "----- 原始邮件 -----\n发件人：某局 <yl@gov.example>\n收件人：李四\n主题：征求意见\n日期：2023年05月08日 10点12分\n"
    ),
    "139": reply(
        "----邮件原文----\n发件人：某局 <yl@gov.example>\n收件人：李四\n抄 送：(无)\n发送时间：2023-05-08 10:12:30\n主题：征求意见\n"
    ),
    "huawei": reply(
        "发自我的华为手机\n\n\n-------- 原始邮件 --------\n发件人： 某局 <yl@gov.example>\n日期： 2023年5月8日周一 上午10:12\n收件人： 李四\n主 题： 征求意见\n"
    ),
    "xiaomi": reply("某局 <yl@gov.example>在 2023年5月8日 周一 上午10:12写道："),
    "iphone": reply("发自我的iPhone\n\n在 2023年5月8日，上午10:12，某局 <yl@gov.example> 写道：\n\n", MARKED),
    "iphone unmarked": reply("发自我的 iPhone\n\n在 2023年5月8日，10:12，某局 <yl@gov.example> 写道：\n\n"),
    "iphone all marked": reply(
        "发自我的iPhone\n\n> 在 2023年5月8日，上午10:12，某局 <yl@gov.example> 写道：\n> ", MARKED
    ),
    "iphone traditional": reply(
        "從我的iPhone傳送\n\n園林局 <yl@gov.example> 於 2023年5月8日 上午10:12 寫道：\n\n", MARKED
    ),
    "iphone english": reply(
        "Sent from my iPhone\n\n> On May 8, 2023, at 10:12, Parks <yl@gov.example> wrote:\n> ", MARKED
    ),
    "apple mail": reply("On 8 May 2023, at 10:12, Parks <yl@gov.example> wrote:\n", MARKED),
    "gmail chinese": reply("某局 <yl@gov.example> 于2023年5月8日周一 10:12写道：\n", MARKED),
    "gmail chinese wrapped": reply(
        "某区园林绿化管理局征求意见信箱 <yl@gov.example>\n于2023年5月8日周一 10:12写道：\n", MARKED
    ),
    "gmail traditional": reply("園林局 <yl@gov.example> 於 2023年5月8日 週一 上午10:12寫道：\n", MARKED),
    "gmail english": reply("On Mon, May 8, 2023 at 10:12 AM Parks <yl@gov.example> wrote:\n", MARKED),
    "gmail english wrapped": reply(
        "On Mon, May 8, 2023 at 10:12 AM Parks and Gardens Office\n<yl@gov.example> wrote:\n", MARKED
    ),
    "gmail no blank above": (
        f"{OWN}\nOn Mon, May 8, 2023 at 10:12 AM Parks <yl@gov.example> wrote:\n{MARKED}",
        OWN,
    ),
    "gmail older": reply("2011/5/8 Parks <yl@gov.example>\n", MARKED),
    "gmail german": reply("Am Mo., 8. Mai 2023 um 10:12 Uhr schrieb Amt <yl@gov.example>:\n", MARKED),
    "gmail french": reply("Le lun. 8 mai 2023 à 10:12, Parcs <yl@gov.example> a écrit :\n", MARKED),
    "gmail spanish": reply("El lun, 8 may 2023 a las 10:12, Parques (<yl@gov.example>) escribió:\n", MARKED),
    "gmail japanese": reply("2023年5月8日(月) 10:12 公園課 <yl@gov.example>:\n", MARKED),
    "gmail russian": reply("пн, 8 мая 2023 г. в 10:12, Парки <yl@gov.example>:\n", MARKED),
    "yahoo": reply("On Monday, May 8, 2023 at 10:12:30 AM GMT+8, Parks <yl@gov.example> wrote:\n"),
    "yahoo chinese": reply("在 2023年5月8日星期一 上午10:12:30 [GMT+8]， 某局<yl@gov.example> 写道："),
    "thunderbird": reply("On 5/8/23 10:12, Parks wrote:", MARKED),
    "thunderbird chinese": reply("在 2023/5/8 10:12, 某局 写道:", MARKED),
    "evolution": reply("On Mon, 2023-05-08 at 10:12 +0800, Parks wrote:", MARKED),
    "protonmail": reply(
        "------- Original Message -------\nOn Monday, May 8th, 2023 at 10:12, Parks <yl@gov.example> wrote:\n"
    ),
    "spark": reply("On May 8, 2023, 10:12 +0800, Parks <yl@gov.example>, wrote:", MARKED),
    "only a name": reply("Parks wrote:", MARKED),
    "zimbra": reply(
        '----- Original Message -----\nFrom: "Parks" <yl@gov.example>\nTo: "Li"\nSent: Monday, May 8, 2023 10:12:30 AM\nSubject: Draft\n'
    ),
    "fields in one line": reply(
        "发件人: 某局 <yl@gov.example> 发送时间: 2023-05-08 10:12 收件人: 李四 主题: 征求意见\n"
    ),
    "outlook danish": reply("Fra: Park <yl@gov.example>\nSendt: 8. maj 2023 10:12\nTil: Li\nEmne: Udkast\n"),
    "outlook dutch": reply(
        "Van: Park <yl@gov.example>\nVerzonden: maandag 8 mei 2023 10:12\nAan: Li\nOnderwerp: Ontwerp\n"
    ),
    "dutch": reply("Op 8 mei 2023, om 10:12 heeft Park <yl@gov.example> het volgende geschreven:\n"),
    "polish wrapped": reply("W dniu 8 maja 2023 10:12 użytkownik Park <yl@gov.example>\nnapisał:\n"),
    "zoho": reply("---- On Mon, 08 May 2023 10:12:50 +0800 yl@gov.example wrote ----\n"),
    "fields with the date first": reply(
        "Date: Mon, 8 May 2023 10:12:50 +0800\nFrom: yl@gov.example\nTo: li@x.example\nSubject: Draft\n"
    ),
    "address broken after its bracket": reply(
        "On May 8, 2023, at 10:12 AM, Parks <\nyl-0123456789@gov.example>\nwrote:\n"
    ),
    "signature": (f"{OWN}\n-- \n李四\n某某公司 办公室\n电话 000-0000", OWN),
    "signature without its space": (f"{OWN}\n--\n李四\n某某公司", OWN),
    "signature and quotation": (
        f'{OWN}\n\n--\n李四\n\n\n在 2023-05-08 10:12:30，"某局" <yl@gov.example> 写道：\n\n{ASKED}',
        OWN,
    ),
    "phone only": (f"{OWN}\n\n发自我的华为手机", OWN),
    "outlook for ios": (
        f"{OWN}\n\n获取 Outlook for iOS<https://aka.example>\n________________________________\nFrom: Parks\nSent: Monday\nTo: Li\nSubject: Draft\n\n{ASKED}",
        OWN,
    ),
}

_QUOTED = REPLIES["qq"][0].removeprefix(OWN)
for _own in (
    "我的意见是在第三条下面增加一款。",
    "希望看到绿地增加。",
    "建议下调标准。",
    "第三条意见：下穿通道应当有灯。",
    "收到，谢谢！",
    "无意见。",
    "意见见附件。",
):
    REPLIES[f"few words: {_own}"] = (_own + _QUOTED, _own)

INSIDE = {
    "marked lines, an answer below each clause": (
        "On 8 May 2023, Parks wrote:\n> 各单位：\n>\n> 第三条 沿河种植银杏。\n\n银杏改为柳树。\n\n> 第四条 增设路灯。\n\n同意。\n\n> 第五条 附则。\n",
        "> 第三条 沿河种植银杏。\n\n银杏改为柳树。\n\n> 第四条 增设路灯。\n\n同意。",
    ),
    "a word above, answers between": (
        "您好，逐条答复如下文。\n\n某局 <yl@gov.example> 于2023年5月8日周一 10:12写道：\n\n> 第三条 种植银杏。\n改为柳树。\n> 第四条 路灯。\n删去。\n",
        "您好，逐条答复如下文。\n> 第三条 种植银杏。\n改为柳树。\n> 第四条 路灯。\n删去。",
    ),
    "below the quotation": (
        f"On 8 May 2023, at 10:12, Parks <yl@gov.example> wrote:\n{MARKED}\n\n{OWN}\n",
        OWN,
    ),
    "above and below": (
        f"您好！\n\nOn 8 May 2023, at 10:12, Parks <yl@gov.example> wrote:\n{MARKED}\n\n{OWN}\n",
        f"您好！\n{OWN}",
    ),
    "inside a quotation without marks": (
        "发件人: 某局\n发送时间: 2023-05-08 10:12\n收件人: 李四\n主题: 征求意见\n\n第三条 种植银杏。【建议改为柳树】\n第四条 增设路灯。",
        "发件人: 某局\n发送时间: 2023-05-08 10:12\n收件人: 李四\n主题: 征求意见\n\n第三条 种植银杏。【建议改为柳树】\n第四条 增设路灯。",
    ),
}
for _cover in (
    "意见见下文。",
    "请见正文红字",
    "您好！",
    "各位领导，修改意见已在原文中标红，请看下文。",
    "See my comments below.",
    "现转来我局规划处意见，请查收。",
    "我局意见标在下文批注处。",
):
    _whole = f"{_cover}\n\n------------------ 原始邮件 ------------------\n发件人: x\n发送时间: y\n收件人: z\n主题: 征求意见\n\n第三条 种植银杏。改为柳树！"
    INSIDE[f"unmarked below: {_cover}"] = (_whole, _whole)

FORWARDS = {
    "nothing above": (
        "-------- 转发邮件信息 --------\n发件人：某处 <c@gov.example>\n发送日期：2023-05-08 10:12:30\n收件人：x\n主题：意见\n\n"
        + OWN,
        OWN,
    ),
    "handed on": (
        "现转来我局规划处意见，请查收。\n\n---------- 转发的邮件 ---------\n发件人： 某处 <c@gov.example>\n日期： 2023年5月8日\n主题： 意见\n收件人： x\n\n"
        + OWN,
        "现转来我局规划处意见，请查收。\n" + OWN,
    ),
    "forwarded in english": (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Parks <c@gov.example>\nDate: Mon, May 8, 2023 at 10:12 AM\nSubject: Draft\nTo: x\n\n"
        + OWN,
        "FYI\n" + OWN,
    ),
    "forwarded by thunderbird": (
        "\n\n-------- Forwarded Message --------\nSubject: 	意见\nDate: 	Mon, 8 May 2023\nFrom: 	某处\nTo: 	x\n\n"
        + OWN,
        OWN,
    ),
    "a thread in what is forwarded": (
        "-------- 转发邮件信息 --------\n发件人：a\n日期：b\n主题：c\n\n"
        + OWN
        + '\n\n在 2023-05-08 10:12:30，"某局" <yl@gov.example> 写道：\n\n'
        + ASKED,
        OWN,
    ),
    "a mail within the mail": (
        "请查收\n\n---------- message/rfc822 ----------\nFrom: a\nDate: b\nSubject: c\n\n" + OWN,
        "请查收\n" + OWN,
    ),
    "own words above": (
        OWN * 3 + "\n\n-------- 转发邮件信息 --------\n发件人：a\n日期：b\n主题：c\n\n旧文",
        OWN * 3,
    ),
}

KEPT = {
    "one field": "发件人：张三\n\n" + OWN,
    "a form of one's own": "姓名：张三\n日期：2023年5月8日\n主题：绿化\n\n" + OWN,
    "a formal head": f"各位领导：\n\n发件人：张三\n日期：2023年5月8日\n主题：对方案的意见\n\n{OWN}",
    "numbered": "一、第三条删去。\n二、第四条改为：\n（一）增设路灯；\n（二）加装护栏。\n1. 明确时限。",
    "points with marks": "> 第三条删去。\n> 第四条改为一年。\n> 第五条增加路灯。\n> 第六条同意。",
    "points below a lead": "我的意见：\n> 第三条删去。\n> 第四条改为一年。\n> 第五条增加路灯。",
    "points below a lead without a colon": "对方案提三点建议\n> 删去第三条。\n> 第四条改为一年。\n> 增加路灯。",
    "counted points below": "我同意方案。\n> 1、删去第三条。\n> 2、第四条改为一年。\n> 3、增加路灯。",
    "new wording below": "第三条应当这样写。\n> 沿河种植柳树，\n> 由街道养护。",
    "a clause cited, then a comment": "> 第三条 沿河种植银杏。\n\n银杏结果有异味，建议改为柳树。",
    "a clause of three lines cited": "> 第三条 沿河种植银杏，\n> 每隔五米一株，\n> 由街道养护。\n\n建议改为柳树。",
    "a rule within": f"{OWN}\n--\n建议第五条删去。",
    "a long rule": f"{OWN}\n----------\n第五条删去。",
    "what somebody wrote in a year": "他在2019年的报告中写道：\n河岸应当留给行人。\n" + OWN,
    "a sentence that ends in an announcement": f"{OWN}\n我同意。李四 <li@x.example> 在 2023-05-08 10:12 写道：\n改为柳树。",
    "a list of dates": "2024-01-15 14:30:25\n2024/01/15 14:30\nJan 15, 2024 at 14:30\n以上时间均不便。",
    "words in the line of an announcement": "改为柳树。\nand widen it--- On Wed, Apr 4, 2012 at 3:59 PM, x@y.example wrote:\n> Hi",
    "fields cited in a report": f"下列邮件没有送到：\n\n    Date: Mon, 8 May 2023\n    From: li@x.example\n    To: yl@gov.example\n    Subject: x\n\n{OWN}",
    "a phone as the matter": "来自小米手机用户的意见：\n建议开发手机客户端\n" + OWN,
    "an address and a time": f"请于5月20日18:00前回复至 li@x.example，我的意见如下：\n{OWN}",
    "headings like a divider": f"------原文------\n第三条\n------修改建议------\n{OWN}",
    "from the heart": OWN + "\n发自肺腑的感谢！",
    "from my heart": OWN + "\n发自我的内心",
    "sent from a place": "发自我内心的建议：第三条删去。\n" + OWN,
}

GMAIL = '<div dir="ltr">第三条改为柳树。</div><br><div class="gmail_quote gmail_quote_container">'
HTML = {
    "gmail": (
        GMAIL + '<div dir="ltr" class="gmail_attr">某局 &lt;yl@x&gt; 于2023年5月8日周一 10:12写道：<br></div>'
        '<blockquote class="gmail_quote" style="margin:0">旧文<br>旧文二</blockquote></div>',
        "第三条改为柳树。",
    ),
    "gmail, an answer between": (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, 8 May 2023, X wrote:</div>'
        '<blockquote class="gmail_quote">各单位：<br><br>第三条 银杏</blockquote><div>改为柳树。</div>'
        '<blockquote class="gmail_quote">第四条 路灯</blockquote><div>同意。</div></div>',
        "> 第三条 银杏\n改为柳树。\n> 第四条 路灯\n同意。",
    ),
    "gmail, below": (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, 8 May 2023, X wrote:</div>'
        '<blockquote class="gmail_quote">旧文</blockquote></div><div>改为柳树。</div>',
        "改为柳树。",
    ),
    "gmail signature": (
        '<div>改为柳树。</div><div><br></div>-- <br><div class="gmail_signature">李四<br>某公司</div>',
        "改为柳树。",
    ),
    "gmail forward": (
        '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: X<br>'
        "Date: Mon<br>Subject: Y<br>To: Z<br></div><br>改为柳树。</div>",
        "改为柳树。",
    ),
    "outlook on the web": (
        '<div>改为柳树。</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> X<br><b>Sent:</b> Y</div>'
        "<div>旧文</div>",
        "改为柳树。",
    ),
    "outlook quoted again": (
        '<p>改为柳树。</p><div id="x_divRplyFwdMsg">寄件者: X</div><p>旧文</p>',
        "改为柳树。",
    ),
    "outlook": (
        '<div class="WordSection1"><p class="MsoNormal">改为柳树。</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt">'
        '<p class="MsoNormal"><b><span>发件人<span lang="EN-US">:</span></span></b> X<br><b>发送时间:</b> 2023<br><b>收件人:</b> Y<br>'
        "<b>主题:</b> Z</p></div><p>旧文</p></div>",
        "改为柳树。",
    ),
    "outlook, a ruled box of one's own": (
        '<div style="border-top:solid #E1E1E1 1.0pt"><p>第三条改为柳树。</p></div><p>第四条同意。</p>',
        "第三条改为柳树。\n\n第四条同意。",
    ),
    "outlook for mac": (
        '<div>改为柳树。</div><span id="OLK_SRC_BODY_SECTION"><div>From: X</div><div>旧文</div></span>',
        "改为柳树。",
    ),
    "outlook phone": (
        '<div>改为柳树。</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div>'
        '<div id="mail-editor-reference-message-container"><div>旧文</div></div>',
        "改为柳树。",
    ),
    "apple mail": (
        "改为柳树。<br><div><blockquote type=cite><div>On 8 May 2023, at 10:12, X wrote:</div><div>旧文</div></blockquote></div>",
        "改为柳树。",
    ),
    "apple mail, between": (
        "<blockquote type=cite>第三条 银杏</blockquote><div>改为柳树。</div><blockquote type=cite>第四条 路灯</blockquote><div>删去。</div>",
        "> 第三条 银杏\n改为柳树。\n> 第四条 路灯\n删去。",
    ),
    "apple signature": ('<div>改为柳树。</div><div id="AppleMailSignature">李四</div>', "改为柳树。"),
    "yahoo": (
        '<div>改为柳树。</div><div class="yahoo_quoted"><div>On Monday X wrote:</div><div>旧文</div></div>',
        "改为柳树。",
    ),
    "thunderbird": (
        '<p>改为柳树。</p><div class="moz-cite-prefix">在 2023/5/8 10:12, 某局 写道:<br></div><blockquote type="cite">旧文</blockquote>'
        '<div class="moz-signature">-- <br>李四</div>',
        "改为柳树。",
    ),
    "qq": (
        '<div>改为柳树。</div><div><br></div><div style="font-size: 12px;padding:2px 0">------------------&nbsp;原始邮件&nbsp;------------------</div>'
        '<div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"X";</div><div><b>发送时间:</b>&nbsp;Y</div>'
        "<div><b>收件人:</b>&nbsp;Z</div><div><b>主题:</b>&nbsp;W</div></div><div>旧文</div>",
        "改为柳树。",
    ),
    "netease": (
        '改为柳树。<br><br><p>在 2023-05-08 10:12:30，"某局" &lt;yl@x.example&gt; 写道：</p>'
        '<blockquote id="isReplyContent"><div>旧文</div></blockquote>',
        "改为柳树。",
    ),
    "netease, below": (
        '<p>在 2023-05-08 10:12:30，"某局" &lt;yl@x.example&gt; 写道：</p><blockquote id="isReplyContent">旧文</blockquote><div>改为柳树。</div>',
        "改为柳树。",
    ),
    "netease signature": (
        '<div>改为柳树。</div><div id="ntes-pcmac-signature"><div>李四</div></div>',
        "改为柳树。",
    ),
    "netease forward": (
        '<div>请查收</div><div id="isForwardContent">-------- 转发邮件信息 --------<br>发件人：X<br>发送日期：Y<br>主题：Z<br><br>改为柳树。</div>',
        "请查收\n改为柳树。",
    ),
    "foxmail": (
        '<div>改为柳树。</div><hr style="width:210px"><div>李四</div><blockquote style="margin-Top:0"><div style="border:none;border-top:solid #B5C4DF 1.0pt">'
        '<div style="background:#efefef"><div><b>发件人：</b>&nbsp;X</div><div><b>发送时间：</b>&nbsp;Y</div><div><b>收件人：</b>&nbsp;Z</div></div></div>旧文</blockquote>',
        "改为柳树。\n李四",
    ),
    "zimbra": ('<div>改为柳树。</div><hr id="zwchr"><div><b>From:</b> X</div><div>旧文</div>', "改为柳树。"),
    "protonmail": (
        '<div>改为柳树。</div><div class="protonmail_quote">On Monday, X wrote:<blockquote class="protonmail_quote" type="cite">旧文</blockquote></div>',
        "改为柳树。",
    ),
    "china mobile": ('<div>改为柳树。</div><div id="reply139content">旧文</div>', "改为柳树。"),
    "a bare blockquote below an attribution": (
        "<div>改为柳树。</div><div>8 May 2023, 10:12, X &lt;x@y.example&gt; wrote:</div><blockquote>旧文</blockquote><div>又：删去第四条。</div>",
        "改为柳树。\n又：删去第四条。",
    ),
    "a clause in a blockquote": (
        "<p>第三条原文：</p><blockquote>沿河种植银杏。</blockquote><p>建议改为柳树。</p>",
        "第三条原文：\n\n沿河种植银杏。\n\n建议改为柳树。",
    ),
    "a clause in a blockquote of some class": (
        '<p>第三条：</p><blockquote class="pull-quote">沿河种植银杏。</blockquote><p>建议改为柳树。</p>',
        "第三条：\n\n> 沿河种植银杏。\n\n建议改为柳树。",
    ),
    "only a quotation": (
        '<div class="gmail_quote"><blockquote class="gmail_quote">改为柳树。</blockquote></div>',
        "> 改为柳树。",
    ),
    "red within": (
        '<div>请见正文红字</div><div id="divRplyFwdMsg">发件人: X</div><div>第三条 <font color="red">改为柳树</font></div>',
        "请见正文红字\n发件人: X\n第三条 改为柳树",
    ),
    "a letter written into the signature": (
        '<div>您好：</div><div id="Signature">' + "<p>第三条改为柳树，并明确养护单位。</p>" * 14 + "</div>",
        "您好：\n\n" + "\n\n".join(["第三条改为柳树，并明确养护单位。"] * 14),
    ),
}
