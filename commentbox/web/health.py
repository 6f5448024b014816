"""The address that a load balancer or a monitor asks whether the site can work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commentbox.extensions import db, limiter

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
def healthz() -> tuple[Response, int]:
    """Answer 200 only when the database does."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        current_app.logger.error("healthz: %s", type(error).__name__)
        return jsonify(status="unavailable", database=False), 503
    return jsonify(status="ok", database=True), 200
