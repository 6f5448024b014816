"""What respondents sent, and the comments in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commentbox.core.states import (
    Channel,
    CommentFlag,
    CommentState,
    Disposition,
    OrganisationMatch,
    RespondentKind,
    SubmissionState,
    TextStatus,
)
from commentbox.models.base import Base, LongWords, one_of
from commentbox.models.campaign import Campaign
from commentbox.models.consultation import Measure
from commentbox.models.organisation import Organisation


class Submission(Base):
    """Keep what one respondent sent in one go; what came is never changed, only what we say of it.

    ``body`` is the whole text, ``own_text`` what is left when quotes and signatures are folded, and
    ``late_minutes`` is 0 for one that came in time. ``version`` counts changes of state.
    """

    __tablename__ = "submission"
    __table_args__ = (
        one_of("state", SubmissionState),
        one_of("channel", Channel),
        one_of("kind", RespondentKind),
        one_of("organisation_by", OrganisationMatch),
        Index("ix_submission_queue", "consultation_id", "state", "received_at", "id"),
        Index("ix_submission_channel", "consultation_id", "channel", "received_at", "id"),
        Index("ix_submission_received", "consultation_id", "received_at", "id"),
        Index("ix_submission_to_index", "indexed_at"),
        Index("ix_submission_to_cluster", "clustered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    receipt: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str | None] = mapped_column(unique=True)
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=SubmissionState.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    late_minutes: Mapped[int] = mapped_column(default=0)
    respondent: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default=RespondentKind.UNKNOWN)
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(LongWords, default="")
    own_text: Mapped[str] = mapped_column(LongWords, default="")
    sha256: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(default="")
    doubtful: Mapped[bool] = mapped_column(default=False)
    no_opinion: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[str]] = mapped_column(default=list)
    spam_reason: Mapped[str] = mapped_column(default="")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    """The first of the submissions that this one adds to: they form one row, not a tree."""
    silence: Mapped[str] = mapped_column(default="")
    """Why no acknowledgement was sent, "" where one was queued."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_by: Mapped[str | None]
    """How that was found out; "staff" stays, the rest is looked for anew when the list changes."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    indexed_at: Mapped[datetime | None]
    clustered_at: Mapped[datetime | None]

    comments: Mapped[list[Comment]] = relationship(
        back_populates="submission", order_by="Comment.position", cascade="all, delete-orphan"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="submission", order_by="Attachment.position", cascade="all, delete-orphan"
    )
    campaign: Mapped[Campaign | None] = relationship(foreign_keys=campaign_id)
    asked: Mapped[Organisation | None] = relationship(foreign_keys=organisation_id)


class Attachment(Base):
    """Keep what is known of a file that came along; its bytes lie in the blob store by sha256.

    A file that the letter only links to has a ``link`` and no sha256.
    """

    __tablename__ = "attachment"
    __table_args__ = (one_of("text_status", TextStatus), UniqueConstraint("submission_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    position: Mapped[int]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    text_status: Mapped[str]
    text: Mapped[str] = mapped_column(LongWords, default="")
    link: Mapped[str] = mapped_column(default="")
    """Where a file lies that the letter only links to; nothing of it is in the blob store."""
    expires: Mapped[str] = mapped_column(default="")
    """Until when it lies there, in its provider's words."""

    submission: Mapped[Submission] = relationship(back_populates="attachments")


class Comment(Base):
    """Keep one point about one measure.

    ``start`` and ``end`` are offsets into the submission's own text; both are None where the point
    comes from an attachment (``attachment_id``) or was written by staff. ``measure_id`` is what a
    person decided; what the machine thinks is in `Suggestion`.
    """

    __tablename__ = "comment"
    __table_args__ = (
        one_of("state", CommentState),
        one_of("disposition", Disposition),
        one_of("flag", CommentFlag),
        Index("ix_comment_measure", "consultation_id", "measure_id", "id"),
        Index("ix_comment_state", "consultation_id", "state", "id"),
        Index("ix_comment_unread", "state", "id"),
        Index("ix_comment_submission", "submission_id", "position"),
        Index("ix_comment_top", "top_measure_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"))
    position: Mapped[int]
    start: Mapped[int | None]
    end: Mapped[int | None]
    excerpt: Mapped[str] = mapped_column(LongWords)
    original: Mapped[str] = mapped_column(LongWords, default="")
    proposal: Mapped[str] = mapped_column(LongWords, default="")
    reference: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=CommentState.NEW)
    version: Mapped[int] = mapped_column(default=1)
    chosen_measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    """The measure that the respondent picked in the web form: a hint, not yet an assignment."""
    top_measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    """The first suggestion's measure, for filters without a join."""
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assigned_at: Mapped[datetime | None]
    dismissed_reason: Mapped[str] = mapped_column(default="")
    disposition: Mapped[str | None]
    reason: Mapped[str] = mapped_column(LongWords, default="")
    revised_text: Mapped[str] = mapped_column(LongWords, default="")
    note: Mapped[str] = mapped_column(LongWords, default="")
    disposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    disposed_at: Mapped[datetime | None]
    confidence: Mapped[float | None]
    ambiguous: Mapped[bool] = mapped_column(default=False)
    flag: Mapped[str | None]
    """What the machine thinks that the comment is, if not about a measure."""

    submission: Mapped[Submission] = relationship(back_populates="comments")
    measure: Mapped[Measure | None] = relationship(foreign_keys=measure_id)
    chosen_measure: Mapped[Measure | None] = relationship(foreign_keys=chosen_measure_id)
    suggestions: Mapped[list[Suggestion]] = relationship(
        back_populates="comment", order_by="Suggestion.rank", cascade="all, delete-orphan"
    )


class Suggestion(Base):
    """Keep one measure that the machine suggested for a comment, with score and reasons."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("comment_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    rank: Mapped[int]
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    score: Mapped[float]
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    spans: Mapped[list[list[int]]] = mapped_column(default=list)
    """Where the comment's excerpt speaks for it: pairs of start and end, most clearly first."""
    model_version: Mapped[str] = mapped_column(default="")

    comment: Mapped[Comment] = relationship(back_populates="suggestions")
    measure: Mapped[Measure] = relationship()
