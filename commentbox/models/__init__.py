"""The tables: columns, constraints, relationships. No queries and no decisions."""

from commentbox.models.base import Base, UTCDateTime
from commentbox.models.bulk import AuditSample, BulkAcceptance, BulkItem
from commentbox.models.campaign import Campaign, SimilarityKey
from commentbox.models.consultation import Consultation, Measure
from commentbox.models.mail import (
    InboundMail,
    MailFolder,
    MailLocation,
    OutboundMail,
    RawMail,
    ReplyTemplate,
)
from commentbox.models.operation import Heartbeat, Watch
from commentbox.models.organisation import Organisation
from commentbox.models.staff import AuditEntry, User
from commentbox.models.submission import (
    Attachment,
    Comment,
    Submission,
    Suggestion,
)

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditSample",
    "Base",
    "BulkAcceptance",
    "BulkItem",
    "Campaign",
    "Comment",
    "Consultation",
    "Heartbeat",
    "InboundMail",
    "MailFolder",
    "MailLocation",
    "Measure",
    "Organisation",
    "OutboundMail",
    "RawMail",
    "ReplyTemplate",
    "SimilarityKey",
    "Submission",
    "Suggestion",
    "UTCDateTime",
    "User",
    "Watch",
]
