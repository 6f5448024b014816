"""Files that a letter only links to: QQ 超大附件, 163 云附件 and their like, by the addresses they lie at.

Nothing is fetched, and no other link in a letter is taken for a file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from commentbox.core.mail.fields import clean
from commentbox.core.mail.names import safe_name
from commentbox.core.types import CloudFile

MAX_FILES = 50
MAX_ANCHORS = 300
MAX_LINK = 2_000
_NEAR = 600
"""How many characters around a link may speak of it."""

_PLACES = (
    r"(?:[\w-]+\.)*mail\.qq\.com/(?:cgi-bin/ftn|ftn/)",
    r"mail\.qq\.com/cgi-bin/readtemplate\?[^\s\"'<>]*ftn",
    r"(?:[\w-]+\.)*ftn\.qq\.com/",
    r"mail\.(?:163|126|yeah)\.(?:com|net)/large-attachment-download/",
    r"(?:fs|u)\.(?:163|126|yeah)\.(?:com|net)/(?:fs/)?(?:display|download|static)",
    r"[\w.-]*(?:163|126|yeah|188)\.(?:com|net)/[^\s\"'<>]{0,80}(?:cloud-?attachment|big-?attach|netdisk)",
    r"edisk\.qiye\.163\.com/",
    r"mail\.sina\.com(?:\.cn)?/filecenter/download",
    r"download\.cloud\.189\.cn/",
)
_LINK = re.compile(rf"https?://(?:{'|'.join(_PLACES)})[^\s\"'<>，。；、（）【】]*", re.I)
_ANCHOR = re.compile(r"<a\s[^<>]{1,4000}>", re.I)
_HREF = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)
_NAME = re.compile(r"\b(?:download|filename|data-filename|title)\s*=\s*(?:\"([^\"]+)\"|'([^']+)')", re.I)
_TAG = re.compile(r"<[^<>]*>")
_WHEN = (
    r"(?:\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?(?:\s*(?:\d{1,2}\s*[:：时]\s*\d{1,2}分?)(?::\d{2})?)?"
    r"|无限期|永久(?:有效)?|长期有效)"
)
_EXPIRES = re.compile(
    rf"({_WHEN})\s*(?:到期|过期|失效|之?前有效)|(?:到期|过期|失效|有效期|有效期至|截止|expire)\w*\s*(?:时间|日期|至|到|on|s|d|at)?\s*[:：]?\s*"
    rf"({_WHEN})|(无限期|永久有效|长期有效)",
    re.I,
)
_SIZE = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,3})?)\s?(?:([KMGT])i?B?|字节|bytes?)(?![\w])", re.I)
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_BUTTON = re.compile(
    r"(?:进入|点击|极速|立即|推荐|打开|在线|查看|转存|预览|下载|页面|地址|客户端|此处|here|download|open|view|preview|[\s:：>»])*",
    re.I,
)
_SAID_OF = re.compile(r"[\s(（,，]*(?:文件)?(?:大小|尺寸|size)\s*[:：]?\s*$", re.I)
_LEAD = re.compile(r"^(?:附件|文件名?|名称|file(?: ?name)?)?\s*\d{0,2}[\s.:：、·•*-]*", re.I)


def cloud_files(html: str, text: str) -> tuple[CloudFile, ...]:
    """Return the linked files that a letter names in its HTML or, where that has none, in its text."""
    found = _in_html(html) if "<a" in html.lower() else []
    found = found or _in_text(text)
    return tuple(_merged(found)[:MAX_FILES])


def _merged(found: list[CloudFile]) -> list[CloudFile]:
    """Return one file a link: its name stands on one anchor, the button to fetch it is another."""
    files: dict[str, CloudFile] = {}
    for file in found:
        known = files.get(file.link)
        if known is None:
            files[file.link] = file
        else:
            name, size, expires = (
                known.name or file.name,
                known.size or file.size,
                known.expires or file.expires,
            )
            files[file.link] = replace(known, name=name, size=size, expires=expires)
    return list(files.values())


def _in_html(html: str) -> list[CloudFile]:
    if not _LINK.search(html):
        return []
    linked = [(anchor, link) for anchor in _ANCHOR.finditer(html) if (link := _link(anchor.group()))]
    found = []
    for number, (anchor, link) in enumerate(linked[:MAX_ANCHORS]):
        end = linked[number + 1][0].start() if number + 1 < len(linked) else len(html)
        found.append(_anchored(anchor, link, html[anchor.end() : min(end, anchor.end() + _NEAR)]))
    return found


def _anchored(anchor: re.Match[str], link: str, rest: str) -> CloudFile:
    """Return the file of one anchor; ``rest`` is what follows its opening tag."""
    inside, closed, after = rest.partition("</a")
    label = _plain(inside) if closed else ""
    named = _NAME.search(anchor.group())
    name = "" if _BUTTON.fullmatch(label) or "://" in label else label
    name = name or (_plain(named.group(1) or named.group(2)) if named else "")
    return _file(name, link, f"{label} {_plain('</a' + after)}")


def _link(anchor: str) -> str:
    """Return the address of an opening tag where a provider keeps files, "" for any other."""
    found = _HREF.search(anchor)
    address = clean(unescape(next((group for group in found.groups() if group), ""))) if found else ""
    return address[:MAX_LINK] if _LINK.match(address) else ""


def _in_text(text: str) -> list[CloudFile]:
    found = []
    end = 0
    for match in _LINK.finditer(text):
        before = text[max(end, match.start() - _NEAR) : match.start()]
        lines = [line.strip() for line in before.splitlines() if line.strip()]
        end = match.end()
        about, name = _spoken_of(lines)
        if not about:  # the link stands first, what it is in the line below
            about = text[end : end + _NEAR].strip().partition("\n")[0]
        found.append(_file(name, match.group()[:MAX_LINK], about))
    return found


def _spoken_of(lines: list[str]) -> tuple[str, str]:
    """Return the nearest lines above a link that tell its size or end, and the name in them."""
    for count in (1, 2, 3):
        about = " ".join(lines[-count:])
        said = [found.start() for found in (_SIZE.search(about), _EXPIRES.search(about)) if found]
        if len(lines) >= count and said:
            name = _SAID_OF.sub("", about[: min(said)]).rstrip(" (（[【,，:：")
            return about, name or " ".join(lines[-count - 1 : -count])
    return "", ""


def _file(name: str, link: str, about: str) -> CloudFile:
    size, expires = _SIZE.search(about), _EXPIRES.search(about)
    cut = _SIZE.search(name) if "(" in name or "（" in name else None
    name = name[: cut.start()].rstrip(" (（") if cut else name
    when = next((group for group in expires.groups() if group), "") if expires else ""
    named = safe_name(_LEAD.sub("", name, count=1))
    return CloudFile(named, link, _bytes(size) if size else 0, clean(when))


def _bytes(size: re.Match[str]) -> int:
    return int(float(size.group(1)) * _UNITS.get((size.group(2) or "").upper(), 1))


def _plain(html: str) -> str:
    return clean(unescape(_TAG.sub(" ", html)))
