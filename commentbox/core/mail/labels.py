"""What the names of charsets found in mails mean to Python."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

GB = "gb18030"
_ALIASES = {
    "gb2312": GB,
    "gb": GB,
    "gbk": GB,
    "x-gbk": GB,
    "gb_2312-80": GB,
    "gb2312-80": GB,
    "gb_2312": GB,
    "euc-cn": GB,
    "cp936": GB,
    "936": GB,
    "ms936": GB,
    "windows-936": GB,
    "chinese": GB,
    "csgb2312": GB,
    "iso-ir-58": GB,
    "gb18030": GB,
    "gb18030-2000": GB,
    "gb18030-2005": GB,
    "big5": "cp950",
    "big-5": "cp950",
    "big5-eten": "cp950",
    "x-x-big5": "cp950",
    "cn-big5": "cp950",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode": "utf-16",
    "ascii": "ascii",
    "us-ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    # Browsers and mail programs read both as Windows' Western set.
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "x-mac-roman": "mac-roman",
    "x-unknown": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-user-defined": "",
    "8bit": "",
    "none": "",
    "default": "",
    "binary": "",
}
# Codecs of Python's own that turn plain text into something else.
_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+()-]*")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str:
    """Return Python's codec for a label as found in the wild, "" where there is none."""
    found = _LABEL.search(label)
    name = found.group().lower() if found else ""
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        info = codecs.lookup(name)
        b"".decode(info.name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if info.name.replace("-", "_") in _NOT_CHARSETS else info.name
