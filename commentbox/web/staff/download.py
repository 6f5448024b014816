"""Bytes that strangers sent, handed out so that no browser shows or runs them."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file


def as_file(content: bytes, name: str) -> Response:
    """Return bytes as a file to save, whatever they are."""
    response = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
