"""Logging: one line an event, ids and codes only, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def setup(level: str) -> None:
    """Send what is logged, by us and by libraries, to standard error from a level up."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
