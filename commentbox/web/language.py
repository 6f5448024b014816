"""Which language a visitor reads: what they chose, else what their browser asks for, else Chinese."""

from __future__ import annotations

from flask import Flask, Response, has_request_context, request, url_for
from flask_babel import get_locale

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
    """Return the address of this page in another language; of the start page where there is none."""
    if request.endpoint is None:
        return url_for("public.index", lang=code)
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), ARGUMENT: code}
    return url_for(request.endpoint, **values)
