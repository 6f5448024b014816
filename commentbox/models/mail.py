"""Mail as it came in and mail as it goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commentbox.core.states import BounceKind, MailState, OutboundState, SenderCheck
from commentbox.models.base import Base, LongWords, one_of


class MailFolder(Base):
    """Keep how far one folder of one mailbox has been read, and who reads it now."""

    __tablename__ = "mail_folder"
    __table_args__ = (UniqueConstraint("account", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    name: Mapped[str]
    uidvalidity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    polled_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(default="")
    """The kind of the last error, a `states.MailboxFault`; "" after a look that went well."""
    server_count: Mapped[int | None]
    """How many mails the server held at the last look that went well."""


class InboundMail(Base):
    """Keep one mail once, however many folders it lies in; the bytes are in `RawMail`."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        one_of("state", MailState),
        one_of("sender_check", SenderCheck),
        Index("ix_inbound_mail_due", "state", "retry_at"),
        Index("ix_inbound_mail_message_id", "message_id"),
        Index("ix_inbound_mail_held", "consultation_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(default="")
    junk: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=MailState.FETCHED)
    reason: Mapped[str] = mapped_column(default="")
    silence: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    wanted: Mapped[bool] = mapped_column(default=False)
    """A person said that this is a submission, whatever its headers say."""
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    sender_check: Mapped[str] = mapped_column(default=SenderCheck.UNVERIFIED)
    """What our own mail server found out about the sender; never a reason to drop a mail."""
    warnings: Mapped[list[str]] = mapped_column(default=list)

    raw: Mapped[RawMail] = relationship(back_populates="mail", cascade="all, delete-orphan")


class RawMail(Base):
    """Keep the bytes of a mail as the server gave them, never changed."""

    __tablename__ = "raw_mail"

    mail_id: Mapped[int] = mapped_column(ForeignKey("inbound_mail.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    mail: Mapped[InboundMail] = relationship(back_populates="raw")


class MailLocation(Base):
    """Keep where on the server a mail was seen; the unique key makes a second look harmless."""

    __tablename__ = "mail_location"
    __table_args__ = (UniqueConstraint("folder_id", "uidvalidity", "uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("mail_folder.id"))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    mail_id: Mapped[int] = mapped_column(ForeignKey("inbound_mail.id"), index=True)


def _in_lower_case(context: Any) -> str:
    return str(context.get_current_parameters()["to_address"]).lower()


class OutboundMail(Base):
    """Keep one mail that goes out; the row is the outbox.

    ``to_key`` is the address as it is compared. A mail that came back keeps its state: it was sent.
    """

    __tablename__ = "outbound_mail"
    __table_args__ = (
        one_of("state", OutboundState),
        one_of("bounce_kind", BounceKind),
        Index("ix_outbound_mail_due", "state", "retry_at"),
        Index("ix_outbound_mail_to", "to_key", "created_at"),
        Index(
            "uq_outbound_mail_acknowledgement",
            "submission_id",
            unique=True,
            sqlite_where=text("kind = 'acknowledgement'"),
            postgresql_where=text("kind = 'acknowledgement'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("reply_template.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str]
    to_address: Mapped[str]
    to_key: Mapped[str] = mapped_column(default=_in_lower_case)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(LongWords)
    message_id: Mapped[str] = mapped_column(unique=True)
    in_reply_to: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=OutboundState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_kind: Mapped[str | None]
    bounce_code: Mapped[str] = mapped_column(default="")
    bounce_words: Mapped[str] = mapped_column(LongWords, default="")
    bounce_mail_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_mail.id"), index=True)
    """The report that says so."""


class ReplyTemplate(Base):
    """Keep one text that staff answer with."""

    __tablename__ = "reply_template"
    __table_args__ = (UniqueConstraint("consultation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(LongWords)
    position: Mapped[int] = mapped_column(default=0)
