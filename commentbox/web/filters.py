"""How times, sizes and codes are written on a page, and the addresses of static files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for
from flask_babel import format_date, format_datetime, get_locale, gettext
from markupsafe import Markup, escape

from commentbox.core.rules.letters import language
from commentbox.models import Measure
from commentbox.web.labels import label

_DATE = {"zh": "yyyy年M月d日", "en": "d MMMM yyyy"}
_DATETIME = {"zh": "yyyy年M月d日 HH:mm", "en": "d MMMM yyyy, HH:mm"}
_HOUR, _DAY = 60, 24 * 60
_KB = 1000
_TELLING = 2000
"""So many characters tell a text's language."""


def register(app: Flask) -> None:
    """Give templates the filters for times and sizes, and `label` and `asset`."""
    app.add_template_filter(local_datetime, "datetime")
    app.add_template_filter(short_time, "shorttime")
    app.add_template_filter(local_date, "date")
    app.add_template_filter(filesize)
    app.add_template_filter(measure_name)
    app.add_template_filter(minutes)
    app.add_template_filter(lang)
    app.add_template_filter(marked)
    app.add_template_filter(spoken)
    app.add_template_global(label)
    app.add_template_global(asset)
    app.context_processor(lambda: {"demo": current_app.config["DEMO"]})


def local_datetime(value: datetime | None) -> str:
    """Return an instant in the consultation's zone, to the minute; "" for None."""
    return format_datetime(value, _DATETIME[_tongue()]) if value else ""


def short_time(value: datetime | None) -> str:
    """Return an instant for a dense table; "" for None."""
    return format_datetime(value, "yyyy-MM-dd HH:mm") if value else ""


def local_date(value: date | datetime | None) -> str:
    """Return a day, in the consultation's zone where an instant is given; "" for None."""
    return format_date(value, _DATE[_tongue()]) if value else ""


def filesize(size: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    if size < _KB:
        return f"{size} B"
    if size < _KB * _KB:
        return f"{size / _KB:.0f} KB"
    if size < _KB * _KB * _KB:
        return f"{size / _KB / _KB:.1f}".removesuffix(".0") + " MB"
    return f"{size / _KB / _KB / _KB:.1f}".removesuffix(".0") + " GB"


def minutes(count: int) -> str:
    """Return a span of minutes in days and hours."""
    days, rest = divmod(count, _DAY)
    hours, left = divmod(rest, _HOUR)
    if days:
        return gettext("%(days)d 天 %(hours)d 小时", days=days, hours=hours)
    if hours:
        return gettext("%(hours)d 小时 %(minutes)d 分钟", hours=hours, minutes=left)
    return gettext("%(minutes)d 分钟", minutes=left)


def measure_name(measure: Measure) -> str:
    """Return a measure's label and title as one; Chinese punctuation brings its own space along."""
    gap = "" if measure.label.endswith(("、", "）", "：")) else " "
    return f"{measure.label}{gap}{measure.title}".strip()


def lang(text: str) -> str:
    """Return the `lang` attribute of a text that somebody wrote, whatever language the page is in."""
    return "en" if language(text[:_TELLING]) == "en" else "zh-Hans"


def asset(filename: str) -> str:
    """Return the address of a static file, which changes with its content so that it can be kept."""
    assert current_app.static_folder is not None
    path = Path(current_app.static_folder) / filename
    return url_for("static", filename=filename, v=_fingerprint(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _fingerprint(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _tongue() -> str:
    return "en" if str(get_locale()) == "en" else "zh"


def spoken(text: str, spans: Sequence[Sequence[int]]) -> list[str]:
    """Return the words at some spans of a text, each once; single characters tell nobody anything."""
    return [word for word in dict.fromkeys(text[start:end] for start, end in spans) if len(word) > 1]


def marked(text: str, spans: Sequence[Sequence[int]]) -> Markup:
    """Return a text whose spans are marked; those that overlap are one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(map(tuple, spans)):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    parts, done = [], 0
    for start, end in apart:
        parts += [escape(text[done:start]), Markup('<em class="spoke">{}</em>').format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])
