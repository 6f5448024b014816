"""What was accepted in bulk, and the samples that a person decides blindly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.models.base import Base, one_of
from commentbox.models.consultation import Measure
from commentbox.models.submission import Comment


class BulkAcceptance(Base):
    """Keep one act of accepting many comments; work goes on in portions until ``finished_at`` is set.

    Taking it back starts the work anew: ``undone_at`` is set and ``finished_at`` is None until it is done.
    """

    __tablename__ = "bulk_acceptance"
    __table_args__ = (
        one_of("kind", Kind),
        Index("ix_bulk_acceptance_consultation", "consultation_id", "id"),
        Index("ix_bulk_acceptance_unfinished", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str]
    threshold: Mapped[float | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str]
    started_at: Mapped[datetime]
    reached_id: Mapped[int] = mapped_column(default=0)
    """The last comment that was looked at."""
    last_id: Mapped[int]
    """The last comment that there was when it was confirmed: what came later is not in it."""
    accepted: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    stopped: Mapped[bool] = mapped_column(default=False)
    """The offer fell before all was accepted."""
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_by_name: Mapped[str] = mapped_column(default="")
    taken_back: Mapped[int] = mapped_column(default=0)


class BulkItem(Base):
    """Keep one comment of an acceptance; ``version`` is the comment's as the acceptance left it.

    While the comment has that version, no person has touched it since.
    """

    __tablename__ = "bulk_item"
    __table_args__ = (Index("ix_bulk_item_comment", "comment_id"),)

    acceptance_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_acceptance.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]


class AuditSample(Base):
    """Keep one comment that chance chose to be decided blindly; the machine's measure is ``measure_id``.

    ``acceptance_id`` is None where it was drawn from the comments that wait. ``floor`` is the least score
    of what it was drawn from, ``place`` its place in the order of auditing.
    """

    __tablename__ = "audit_sample"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("outcome", Outcome),
        Index("ix_audit_sample_decided", "consultation_id", "kind", "outcome", "decided_at"),
        Index("ix_audit_sample_comment", "comment_id"),
        Index("ix_audit_sample_acceptance", "acceptance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    acceptance_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_acceptance.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    kind: Mapped[str]
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    score: Mapped[float]
    floor: Mapped[float]
    place: Mapped[int]
    drawn_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default=Outcome.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    """What the person said; None also where it was dismissed."""

    comment: Mapped[Comment] = relationship()
    measure: Mapped[Measure] = relationship(foreign_keys=measure_id)
    decided_measure: Mapped[Measure | None] = relationship(foreign_keys=decided_measure_id)
