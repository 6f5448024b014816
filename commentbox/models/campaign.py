"""Campaigns, and the keys by which copies are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from commentbox.core.states import CampaignState
from commentbox.models.base import Base, one_of


class Campaign(Base):
    """Keep one family of identical or near-identical submissions; each member still counts.

    ``size`` counts voices: who sent the same twice is one. ``version`` counts what staff said of it.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        one_of("state", CampaignState),
        Index("ix_campaign_size", "consultation_id", "size", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    representative_id: Mapped[int]
    """A submission's id; no foreign key, since submissions point here and are never deleted."""
    size: Mapped[int]
    variants: Mapped[int] = mapped_column(default=0)
    """How many different texts of its members have band keys; the first few are enough to find the rest."""
    state: Mapped[str] = mapped_column(default=CampaignState.FOUND)
    version: Mapped[int] = mapped_column(default=1)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def stands(self) -> bool:
        """Tell whether its members are shown as one: nobody said that they are not."""
        return self.state != CampaignState.REJECTED and self.size > 1


class SimilarityKey(Base):
    """Keep one key of a submission's text; equal keys make candidates.

    No foreign key: the row is two numbers, and millions of them are checked against nothing.
    """

    __tablename__ = "similarity_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    submission_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
