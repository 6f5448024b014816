"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_user

from commentbox.core.rules.period import Phase
from commentbox.core.rules.permissions import Act
from commentbox.db import transaction
from commentbox.extensions import db, limiter, login
from commentbox.models import User
from commentbox.services import consultations, users
from commentbox.web.public import standing
from commentbox.web.security import require

bp = Blueprint("accounts", __name__, url_prefix="/staff")

SIGNED_IN_AT = "signed_in_at"
TRIES = "30/minute"


class SignedIn(UserMixin):
    """Stand for a member of staff in a request; its session id ends when the account's key changes."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.name = user.name
        self.role = user.role
        self.session_key = user.session_key

    def get_id(self) -> str:
        """Return what the session remembers."""
        return f"{self.id}:{self.session_key}"


def register(app: Flask) -> None:
    """Tell Flask-Login whose session it is."""
    login.user_loader(load_user)
    login.session_protection = None
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False


def load_user(remembered: str) -> SignedIn | None:
    """Return whom a session belongs to, None when it is too old or was ended."""
    number, _colon, key = remembered.partition(":")
    if not number.isdecimal() or _too_old():
        return None
    user = users.get(db.session(), int(number))
    return SignedIn(user) if user is not None and user.session_key == key else None


def _too_old() -> bool:
    """Tell whether the session has reached its absolute end, however busy it was."""
    since = session.get(SIGNED_IN_AT)
    lifetime: timedelta = current_app.config["PERMANENT_SESSION_LIFETIME"]
    return not isinstance(since, int | float) or g.now >= datetime.fromtimestamp(since, UTC) + lifetime


@bp.get("/login")
def login_page() -> ResponseReturnValue:
    """Show the form to sign in."""
    if current_user.is_authenticated:
        return redirect(_next(), 303)
    return render_template("accounts/login.html", name="", next=request.args.get("next", ""), errors=[])


@bp.post("/login")
@limiter.limit(TRIES)
def login_post() -> ResponseReturnValue:
    """Sign in; a wrong name, a wrong password and a pause after wrong ones read the same."""
    name = request.form.get("name", "").strip()
    tried = users.check(db.session(), name, request.form.get("password", ""))
    with transaction(db.session()) as open_session:
        user = users.sign_in(open_session, tried, now=g.now)
        found = SignedIn(user) if user is not None else None
    if found is None:
        return _refused(name)
    _new_session(found)
    return redirect(_next(), 303)


def _refused(name: str) -> ResponseReturnValue:
    words = _("用户名或密码不正确，或者尝试过于频繁。请核对后稍等片刻再试。")
    page = render_template(
        "accounts/login.html", name=name, next=request.form.get("next", ""), errors=[("name", words)]
    )
    return page, 401


def _new_session(user: SignedIn) -> None:
    """Begin with an empty session, so that nothing from before the sign-in is trusted after it."""
    session.clear()
    session.permanent = True
    session[SIGNED_IN_AT] = g.now.timestamp()
    login_user(user)


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out; the whole session goes."""
    session.clear()
    flash(_("已退出登录。"), "success")
    return redirect(url_for("accounts.login_page"), 303)


@bp.get("/")
@require(Act.READ)
def home() -> ResponseReturnValue:
    """Go to the consultation at work: the newest that is open, else the newest."""
    found = consultations.everything(db.session())
    at_work = [c for c in found if standing(c, g.now).phase is Phase.OPEN] or found
    if not at_work:
        return render_template("accounts/empty.html")
    return redirect(url_for("staff.index", slug=at_work[0].slug), 303)


def _next() -> str:
    """Return where to go after signing in: a path of this site, nothing else."""
    return local_path(request.values.get("next", "")) or url_for("accounts.home")


def local_path(address: str) -> str:
    """Return an address if it is a path of this site that no browser reads as another host's, else ""."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address
    clean = plain and address.isprintable() and not parts.scheme and not parts.netloc
    return address if clean else ""
