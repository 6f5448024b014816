"""The consultation and the measures of its draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commentbox.core.states import ConsultationState, MeasureKind
from commentbox.models.base import Base, LongWords, one_of


class Consultation(Base):
    """Keep one draft published for comment, its period, mailbox and contact.

    ``opens_at`` is included, ``closes_at`` is not: the last day's end is the next day's start.
    """

    __tablename__ = "consultation"
    __table_args__ = (one_of("state", ConsultationState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    notice: Mapped[str] = mapped_column(LongWords, default="")
    preamble: Mapped[str] = mapped_column(LongWords, default="")
    state: Mapped[str] = mapped_column(default=ConsultationState.DRAFT)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    short_term_reason: Mapped[str] = mapped_column(default="")
    mailbox: Mapped[str] = mapped_column(default="")
    subject_word: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    source_name: Mapped[str] = mapped_column(default="")
    source_sha256: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    reread_after_id: Mapped[int | None]
    """The machine knows more than before: open comments beyond this id are to be read again."""

    measures: Mapped[list[Measure]] = relationship(
        back_populates="consultation", order_by="Measure.position", cascade="all, delete-orphan"
    )


class Measure(Base):
    """Keep one node of the draft; an annex item is one too and points at the measure it carries out."""

    __tablename__ = "measure"
    __table_args__ = (
        one_of("kind", MeasureKind),
        UniqueConstraint("consultation_id", "path"),
        Index(None, "consultation_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    position: Mapped[int]
    path: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    number: Mapped[int | None]
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(LongWords, default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    carries_out_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="SET NULL"))
    lead_agencies: Mapped[list[str]] = mapped_column(default=list)
    responsible_agencies: Mapped[list[str]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    """What staff say people call it; counted as if the title said so."""

    consultation: Mapped[Consultation] = relationship(back_populates="measures")
    parent: Mapped[Measure | None] = relationship(foreign_keys=parent_id, remote_side=id)
    carries_out: Mapped[Measure | None] = relationship(foreign_keys=carries_out_id, remote_side=id)
