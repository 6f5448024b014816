"""Which of the organisations that were asked sent a letter: by address, by domain, by name.

Modest on purpose: where two fit, none is taken and a person says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commentbox.core.states import OrganisationMatch

SIGNATURE_LINES = 6
CLOSING_LINES = 12
KEPT_NAMES = 16_384
MAX_SAID = 300
"""Characters: a longer line is no signature, and of a longer field the beginning is enough."""

# fmt: off
PUBLIC_DOMAINS = frozenset(
    {
        "163.com", "126.com", "yeah.net", "188.com", "vip.163.com", "vip.126.com", "qq.com", "vip.qq.com",
        "foxmail.com", "sina.com", "sina.cn", "vip.sina.com", "sohu.com", "vip.sohu.com", "tom.com",
        "21cn.com", "139.com", "189.cn", "wo.cn", "aliyun.com", "88.com", "263.net", "eyou.com",
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.cn", "msn.com",
        "icloud.com", "me.com", "mac.com", "yahoo.com", "yahoo.cn", "yahoo.com.cn", "yahoo.com.hk",
        "proton.me", "protonmail.com", "gmx.com", "gmx.de", "mail.com", "mail.ru", "yandex.com",
        "yandex.ru",
    }
)
# fmt: on
"""Where anybody can have an address: it says nothing of whom somebody writes for."""

# Longer names first: a name is shortened from the left column to the right one.
_SHORT = (
    ("国有资产监督管理委员会", "国资委"),
    ("规划和自然资源", "规自"),
    ("住房和城乡建设", "住建"),
    ("住房城乡建设", "住建"),
    ("规划自然资源", "规自"),
    ("人力资源社会保障", "人社"),
    ("工业信息化", "工信"),
    ("经济信息化", "经信"),
    ("文化旅游", "文旅"),
    ("人力资源和社会保障", "人社"),
    ("城市管理综合行政执法", "城管"),
    ("城市管理", "城管"),
    ("城乡规划", "规划"),
    ("发展和改革委员会", "发改委"),
    ("发展改革委员会", "发改委"),
    ("发展和改革", "发改"),
    ("发展改革", "发改"),
    ("工业和信息化", "工信"),
    ("经济和信息化", "经信"),
    ("卫生健康委员会", "卫健委"),
    ("卫生健康", "卫健"),
    ("市场监督管理", "市场监管"),
    ("文化和旅游", "文旅"),
    ("科学技术", "科技"),
    ("园林绿化", "园林"),
    ("交通运输", "交通"),
    ("应急管理", "应急"),
    ("医疗保障", "医保"),
    ("退役军人事务", "退役军人"),
    ("机关事务管理", "机关事务"),
    ("管理委员会", "管委会"),
    ("人民代表大会常务委员会", "人大常委会"),
    ("人民政府", "政府"),
    ("办公厅", "办公室"),
    ("委员会", "委"),
    ("股份有限公司", "公司"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
)
_PLACE = re.compile(
    r"(|[\u4e00-\u9fff]{2,8}?)(省|自治区|自治州|市(?![场政民容])|县(?!域)|区(?![块域])|旗|盟(?!校))(?=[\u4e00-\u9fff]{2})"
)
_SENDING = re.compile(r"^\s*(?:此致|抄送|主送|送|致|转)[：:]?\s*$|[：:]\s*$")
_AROUND = re.compile(
    r"^[\s（(【\[《“\"]+|[\s）)】\]》”\"。，,；;、（(]*(?:盖章|公章|章)?[\s）)】\]》”\"。，,；;：:]*$"
)
_DATE = re.compile(r"\s*\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?\s*$")
_LABEL = re.compile(
    r"^(?:反馈|提出|填报|来文|填表|报送|所在|工作)?(?:单位|机构|部门)(?:名称)?(?:（[^）]{0,8}）)?\s*[：:]\s*"
)
_QUOTATION = re.compile(
    r"\s*(?:[>＞|]|-{4,}|-{3}.{0,20}[原转]|_{5,}|发件人|From|On .{4,80}wrote|(?:于|在).{4,80}写道)", re.I
)
_WITHIN = ("所属", "下属", "直属", "附属")
"""What follows a name in the name of another organisation: 所属研究院."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold one organisation that was asked, and by what its letters are known."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return all its names."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Sign:
    """Hold what a letter says of who sent it; ``address`` is "" where it is known to be forged."""

    address: str = ""
    organisation: str = ""
    respondent: str = ""
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """Hold a name in parts: the places it belongs to, widest first, and what it is there."""

    places: tuple[tuple[str, str], ...]
    stem: str


def find(asked: Sequence[Asked], sign: Sign) -> tuple[int, OrganisationMatch] | None:
    """Return the organisation that a letter is from and by what it is known, None where that is unclear."""
    address = sign.address.strip().lower()
    searches = (
        (OrganisationMatch.ADDRESS, (one for one in asked if address and address in one.addresses)),
        (OrganisationMatch.DOMAIN, _with_domain(asked, address.rpartition("@")[2])),
        (OrganisationMatch.NAME, _named(asked, (sign.organisation[:MAX_SAID], sign.respondent[:MAX_SAID]))),
        (OrganisationMatch.SUBJECT, _in_subject(asked, sign.subject[:MAX_SAID])),
        (OrganisationMatch.SIGNATURE, _named(asked, signature(sign.text))),
    )
    for how, search in searches:
        ids = {one.id for one in search}
        if len(ids) == 1:
            return ids.pop(), how
    return None


def _with_domain(asked: Sequence[Asked], domain: str) -> list[Asked]:
    """Return those whose domain an address lies in, the narrowest domain only."""
    fits = [
        (len(own), one)
        for one in asked
        for own in one.domains
        if own not in PUBLIC_DOMAINS and (domain == own or domain.endswith(f".{own}"))
    ]
    longest = max((length for length, _ in fits), default=0)
    return [one for length, one in fits if length == longest]


def _named(asked: Sequence[Asked], names: Iterable[str]) -> list[Asked]:
    said = [plain(name) for name in names if plain(name)]
    exact = [one for one in asked if any(plain(own) in said for own in one.names)]
    if exact:
        return exact
    parts = [parsed(name) for name in said]
    return [one for one in asked if any(_same(parsed(own), other) for own in one.names for other in parts)]


def _in_subject(asked: Sequence[Asked], subject: str) -> list[Asked]:
    """Return those that a subject names, the longest names only: 市科技局 stands in 云栖市科技局, too."""
    text = shortened(plain(subject))
    fits: list[tuple[int, Asked]] = []
    for one in asked:
        for own in one.names:
            for key in _keys(own):
                if key in text and _stands_alone(key, text):
                    fits.append((len(key), one))
    longest = max((length for length, _ in fits), default=0)
    return [one for length, one in fits if length == longest]


@lru_cache(maxsize=KEPT_NAMES)
def _keys(own: str) -> tuple[str, ...]:
    """Return how a name may be written: with all its places, with the last one, with its level only."""
    name = parsed(own)
    whole = "".join(region + level for region, level in name.places) + name.stem
    if not name.places:
        return (whole,)
    region, level = name.places[-1]
    return whole, f"{region}{level}{name.stem}", f"{level}{name.stem}"


def _stands_alone(key: str, text: str) -> bool:
    for found in re.finditer(re.escape(key), text):
        before, after = text[: found.start()][-1:], text[found.end() :]
        if not ("\u4e00" <= before <= "\u9fff" or before.isalnum()) and not after.startswith(_WITHIN):
            return True
    return False


def signature(text: str) -> list[str]:
    """Return the last lines of a letter that may be its signature: not those it is addressed to."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = list(enumerate(lines))[-SIGNATURE_LINES:]
    return [
        _LABEL.sub("", _DATE.sub("", line))
        for at, line in last
        if len(line) <= MAX_SAID
        and not line.endswith(("：", ":"))
        and not (at and _SENDING.search(lines[at - 1]))
    ]


def closing(body: str, own_text: str) -> str:
    """Return the lines that follow the respondent's own words up to a quotation: the folded signature."""
    last = next((line for line in reversed(own_text.splitlines()) if line.strip()), "")
    at = body.rfind(last) if last else -1
    if at < 0:
        return ""
    kept: list[str] = []
    for line in body[at + len(last) :].splitlines()[:CLOSING_LINES]:
        if _QUOTATION.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


@lru_cache(maxsize=KEPT_NAMES)
def plain(name: str) -> str:
    """Return a name in its normal width, without blanks, brackets around it and （盖章）."""
    text = unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）")
    return _AROUND.sub("", re.sub(r"\s+", "", text)).lower()


def shortened(name: str) -> str:
    """Return a name with the long words of the administration in their usual short form."""
    for long, short in _SHORT:
        name = name.replace(long, short)
    return name


@lru_cache(maxsize=KEPT_NAMES)
def parsed(name: str) -> Name:
    """Return the parts of a name: 云栖市东城区科学技术局 is 科技局 of 云栖 市, 东城 区."""
    rest, places = shortened(plain(name)), []
    while (found := _PLACE.match(rest)) is not None:
        places.append((found[1], found[2]))
        rest = rest[found.end() :]
    return Name(tuple(places), rest)


def _same(one: Name, other: Name) -> bool:
    """Tell whether two names can be one organisation's: equal at the end, with no place that differs."""
    pairs = zip(reversed(one.places), reversed(other.places), strict=False)
    return one.stem == other.stem and all(
        a[1] == b[1] and (a[0] == b[0] or not a[0] or not b[0]) for a, b in pairs
    )
