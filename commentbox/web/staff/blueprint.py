"""The blueprint of the staff pages; its views are beside it, one file a feature."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")
