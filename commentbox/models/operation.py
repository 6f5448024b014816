"""Signs of life of the workers, and what the operator was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from commentbox.models.base import Base


class Heartbeat(Base):
    """Keep when a worker was last seen at work, and since when it has been without a gap."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    alive_since: Mapped[datetime]


class Watch(Base):
    """Keep what the last look found and what the operator was told of it; there is one row."""

    __tablename__ = "watch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime]
    alarms: Mapped[list[str]] = mapped_column(default=list)
    """What was on alarm at the last look."""
    told: Mapped[list[str]] = mapped_column(default=list)
    """What the operator was told last; empty where that was that all is well."""
    quiet_until: Mapped[datetime | None]
    """No alarm is mailed before this."""
    retry_at: Mapped[datetime | None]
    """Nothing is mailed before this: the server did not take the last mail."""
