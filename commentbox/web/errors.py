"""Every refusal and every failure as a page that says what happened and what to do."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from commentbox.core.states import IllegalMove
from commentbox.db import give_up
from commentbox.extensions import db
from commentbox.services.errors import Closed, Conflict, Invalid, NotFound
from commentbox.web.labels import invalid


@dataclass(frozen=True, slots=True)
class Words:
    """Hold what an error page says: what happened, and what to do."""

    title: LazyString
    text: LazyString


PAGES: dict[int, Words] = {
    400: Words(_("请求不完整"), _("服务器没有看懂这次请求。请返回上一页，刷新后再试。")),
    401: Words(_("需要登录"), _("请登录后再打开这个页面。")),
    403: Words(_("不能打开这个页面"), _("这个页面需要相应的权限。如果您应当有权限，请联系系统管理员。")),
    404: Words(_("没有找到这个页面"), _("地址可能写错了，或者页面已经移走。请从首页查找。")),
    405: Words(_("不能这样打开"), _("这个地址只接受表单提交。请从相应的页面进入。")),
    409: Words(_("内容已被他人改动"), _("在您操作期间，有人改动了同一内容。请刷新页面，看过后再操作。")),
    413: Words(
        _("提交的内容太大"),
        _(
            "文字和附件合在一起超过了上限，没有收到。请按浏览器的“后退”回到填写的页面，减少附件后重新提交，或把大文件寄到征求意见的邮箱。"
        ),
    ),
    422: Words(_("填写的内容不能接受"), _("请返回上一页，修改后再提交。")),
    429: Words(
        _("操作太频繁"), _("同一网络在短时间内操作过多，请等一分钟再试。按浏览器的“后退”可找回填写的内容。")
    ),
    500: Words(_("系统出错"), _("问题出在系统，已经记录。请稍后再试；一直这样的，请把下面的编号告诉我们。")),
    503: Words(_("暂时不能服务"), _("系统正在维护，请稍后再试。")),
}
EXPIRED = Words(
    _("页面已过期"),
    _("页面打开得太久，或者浏览器不接受 Cookie，这次没有提交成功。请返回上一页，刷新后再提交一次。"),
)


def register(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(CSRFError, _on_expired)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(NotFound, lambda error: page(404))
    app.register_error_handler(Conflict, lambda error: page(409))
    app.register_error_handler(IllegalMove, lambda error: page(409))
    app.register_error_handler(Closed, lambda error: page(403))
    app.register_error_handler(Invalid, lambda error: page(422, detail=invalid(error)))
    app.register_error_handler(Exception, _on_failure)


def page(status: int, *, words: Words | None = None, detail: str = "") -> tuple[str, int]:
    """Return the page of a status; ``detail`` are words of ours that say more."""
    known = words or PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    values = {"status": status, "words": known, "detail": detail, "request_id": g.get("request_id", "")}
    try:
        return render_template("errors/error.html", **values), status
    except Exception:
        # The page that reports a failure must not need what failed.
        current_app.logger.error("request %s: the error page failed too", g.get("request_id"))
        return render_template("errors/bare.html", **values), status


def _on_expired(error: CSRFError) -> ResponseReturnValue:
    return page(400, words=EXPIRED)


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    # Only a view's own words are shown: werkzeug's are English and say nothing to a visitor.
    own = error.description if error.description != type(error).description else ""
    detail = own if error.code in {400, 409, 422} and own else ""
    response = current_app.make_response(page(error.code, detail=detail or ""))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _on_failure(error: Exception) -> ResponseReturnValue:
    """Log which request failed and where, never what it held."""
    give_up(db.session())
    # Never the message of the error: a database's repeats the values, which are people's words and numbers.
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error(
        "request %s failed in %s: %s\n%s", g.get("request_id"), request.endpoint, type(error).__name__, where
    )
    return page(500)
