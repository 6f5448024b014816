"""Which language a visitor reads: what they chose, else what their browser asks for, else Chinese."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, Response, has_request_context, request, url_for
from flask.globals import request_ctx
from flask_babel import get_locale
from werkzeug.exceptions import HTTPException

COOKIE = "lang"
ARGUMENT = "lang"
DEFAULT = "zh_Hans"
LANGUAGES = {"zh_Hans": "中文", "en": "English"}
_TAGS = {"zh": "zh_Hans", "zh-hans": "zh_Hans", "zh-cn": "zh_Hans", "en": "en"}
_YEAR = 365 * 24 * 3600


def choose_language() -> str:
    """Return the language of this request."""
    if not has_request_context():
        return DEFAULT
    for word in (request.args.get(ARGUMENT), request.cookies.get(COOKIE)):
        if word in LANGUAGES:
            return word
    wanted = request.accept_languages.best_match(list(_TAGS))
    return _TAGS[wanted] if wanted else DEFAULT


def register(app: Flask) -> None:
    """Remember a choice, and tell templates what there is to choose."""
    app.after_request(_remember)
    app.context_processor(_template_values)


def _remember(response: Response) -> Response:
    """Keep a language that was chosen in the address for the pages that follow."""
    word = request.args.get(ARGUMENT)
    if word in LANGUAGES:
        response.set_cookie(
            COOKIE, word, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
    if request.endpoint != "static":
        response.vary.update({"Accept-Language", "Cookie"})
    return response


def _template_values() -> dict[str, object]:
    return {
        "languages": LANGUAGES,
        "language": str(get_locale() or DEFAULT),
        "in_language": in_language,
    }


def in_language(code: str) -> str:
    """Return the address of this page in another language; of the start page where it cannot be opened so."""
    if request.endpoint is None or not _opens(request.path):
        return url_for("public.index", lang=code)
    # Not url_for: an argument of the address could carry the name of one of its own.
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != ARGUMENT]
    return f"{quote(request.path)}?{urlencode([*rest, (ARGUMENT, code)])}"


def _opens(path: str) -> bool:
    """Tell whether a link can lead to a path: some only take forms."""
    adapter = request_ctx.url_adapter
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:
        return False
