"""The public form as typed: read from a request, checked, and turned into what the services take.

Nothing typed is ever dropped: a form with problems is shown again as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from commentbox.core.states import RespondentKind
from commentbox.services.ingest import FormEntry, FormPoint, Upload
from commentbox.web.uploads import Received

MOST_POINTS = 30
MOST_CHARS = 20_000
MOST_NAME = 100
KINDS = tuple(RespondentKind)


@dataclass(frozen=True, slots=True)
class PointFields:
    """Hold one point as typed; ``measure`` is the id that was picked, "" for none."""

    measure: str = ""
    text: str = ""
    proposal: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether nothing was said."""
        return not self.text.strip() and not self.proposal.strip()


@dataclass(frozen=True, slots=True)
class CommentForm:
    """Hold the whole form as typed; ``website`` is the trap that only machines fill in."""

    points: tuple[PointFields, ...] = (PointFields(),)
    whole: str = ""
    respondent: str = ""
    organisation: str = ""
    kind: str = RespondentKind.UNKNOWN
    email: str = ""
    phone: str = ""
    website: str = ""
    token: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    def with_problems(self, problems: Mapping[str, str]) -> CommentForm:
        """Return the form with what is wrong with its fields, by field."""
        return replace(self, problems={**self.problems, **problems})

    def with_point(self) -> CommentForm:
        """Return the form with one more empty point, as long as there is room."""
        return replace(self, points=(*self.points, PointFields())[:MOST_POINTS])

    def without_point(self, place: str) -> CommentForm:
        """Return the form without the point at a place, counted from 0; one is always left."""
        left = tuple(point for n, point in enumerate(self.points) if str(n) != place)
        return replace(self, points=left or (PointFields(),))


def read(values: Mapping[str, str]) -> CommentForm:
    """Return the form that a request carries."""
    count = next((n for n in range(MOST_POINTS) if f"text-{n}" not in values), MOST_POINTS)
    points = tuple(
        PointFields(
            values.get(f"measure-{n}", ""), _text(values, f"text-{n}"), _text(values, f"proposal-{n}")
        )
        for n in range(count)
    )
    return CommentForm(
        points=points or (PointFields(),),
        whole=_text(values, "whole"),
        respondent=_line(values, "respondent"),
        organisation=_line(values, "organisation"),
        kind=values.get("kind", "") or RespondentKind.UNKNOWN,
        email=_line(values, "email"),
        phone=_line(values, "phone"),
        website=_line(values, "website"),
        token=values.get("token", ""),
    )


def _text(values: Mapping[str, str], name: str) -> str:
    """Return a text with one kind of line end and without NUL, which no database column may hold."""
    return values.get(name, "").replace("\r\n", "\n").replace("\0", "")


def _line(values: Mapping[str, str], name: str) -> str:
    return " ".join(_text(values, name).split())


def problems(
    form: CommentForm, measure_ids: Collection[str], *, has_files: bool, files_refused: str
) -> dict[str, str]:
    """Return what is wrong, by the id of the field, in the page's order; empty when all is well."""
    found: dict[str, str] = {}
    said = form.whole.strip() or any(not point.blank for point in form.points)
    if not said and not has_files:
        found["text-0"] = _("请至少写一条意见，或者附一个文件。")
    for n, point in enumerate(form.points):
        found |= _point_problems(n, point, measure_ids)
    if len(form.whole) > MOST_CHARS:
        found["whole"] = _too_long()
    if files_refused:
        found["files"] = files_refused
    found |= _respondent_problems(form)
    if form.website:
        found["website"] = _("这一栏请留空。")
    return found


def _point_problems(n: int, point: PointFields, measure_ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if point.measure and point.measure not in measure_ids:
        found[f"measure-{n}"] = _("没有这一条款，请重新选择。")
    for name, text in ((f"text-{n}", point.text), (f"proposal-{n}", point.proposal)):
        if len(text) > MOST_CHARS:
            found[name] = _too_long()
    return found


def _respondent_problems(form: CommentForm) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("respondent", "organisation", "phone"):
        if len(getattr(form, name)) > MOST_NAME:
            found[name] = _("最多 %(count)d 个字。", count=MOST_NAME)
    if form.kind not in KINDS:
        found["kind"] = _("请选择列出的类别。")
    if form.email and not _is_address(form.email):
        found["email"] = _("电子邮箱的写法不对，例如 name@example.cn。不想留可以空着。")
    return found


def _too_long() -> str:
    return _("最多 %(count)d 个字，更长的请放在附件里。", count=MOST_CHARS)


def _is_address(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


def entry(form: CommentForm, nonce: str, uploads: tuple[Upload, ...]) -> FormEntry:
    """Return a form without problems as what the services take in."""
    points = [
        FormPoint(int(p.measure) if p.measure else None, p.text, p.proposal)
        for p in form.points
        if not p.blank
    ]
    if form.whole.strip():
        points.append(FormPoint(None, form.whole))
    return FormEntry(
        nonce=nonce,
        points=tuple(points),
        respondent=form.respondent,
        organisation=form.organisation,
        kind=form.kind,
        email=form.email,
        phone=form.phone,
        uploads=uploads,
    )


def digest(form: CommentForm, files: Sequence[Received]) -> str:
    """Return a short mark that two equal forms share; it tells a double click from a second comment."""
    said = replace(form, token="", problems={})
    mark = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass"))
    for file in files:
        mark.update(hashlib.sha256(file.content).digest())
    return mark.hexdigest()[:16]
