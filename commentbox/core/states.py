"""The states of every row, the moves between them that are allowed, and the closed lists of values.

The tables take their CHECK constraints from these enums.
"""

from __future__ import annotations

from enum import StrEnum


class ConsultationState(StrEnum):
    """Name the states of a consultation."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class MailState(StrEnum):
    """Name the states of an inbound mail."""

    FETCHED = "fetched"
    INGESTED = "ingested"
    IGNORED = "ignored"
    HELD = "held"


class MailboxFault(StrEnum):
    """Name why the mailbox could not be read."""

    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    UNSAFE_LOGIN = "unsafe_login"


class SubmissionState(StrEnum):
    """Name the states of a submission."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    ANSWERED = "answered"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


class CommentState(StrEnum):
    """Name the states of a comment."""

    NEW = "new"
    SUGGESTED = "suggested"
    ASSIGNED = "assigned"
    DISPOSED = "disposed"
    DISMISSED = "dismissed"


UNDECIDED = (CommentState.NEW, CommentState.SUGGESTED)
"""Comments for which a person still has to decide."""


class CommentFlag(StrEnum):
    """Name what a comment may be that is about no measure: about the draft as a whole, or not about it."""

    GENERAL = "general"
    NONE = "none"


class CampaignState(StrEnum):
    """Name what is known of a campaign: found by the machine, or what a person said of it."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class OutboundState(StrEnum):
    """Name the states of an outbound mail."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BounceKind(StrEnum):
    """Name why a mail of ours came back."""

    NO_ADDRESS = "no_address"
    FULL = "full"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class SenderCheck(StrEnum):
    """Name what our own mail server found out about a sender's address."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    FAILED = "failed"


class OrganisationMatch(StrEnum):
    """Name by what a submission was put to an organisation that was asked; the last is a person's word."""

    ADDRESS = "address"
    DOMAIN = "domain"
    NAME = "name"
    SUBJECT = "subject"
    SIGNATURE = "signature"
    FIRST_LETTER = "first_letter"
    STAFF = "staff"


class MeasureKind(StrEnum):
    """Name what a node of a draft is."""

    WHOLE = "whole"
    PART = "part"
    TASK = "task"
    ACTION = "action"
    MEASURE = "measure"
    SAFEGUARD = "safeguard"
    GENERAL = "general"
    AIM = "aim"
    ANNEX_ITEM = "annex_item"


class Channel(StrEnum):
    """Name the ways a submission came."""

    MAIL = "mail"
    WEB = "web"
    LETTER = "letter"
    PHONE = "phone"


class RespondentKind(StrEnum):
    """Name the kinds of respondent."""

    PERSON = "person"
    COMPANY = "company"
    AGENCY = "agency"
    INSTITUTION = "institution"
    UNKNOWN = "unknown"


class Disposition(StrEnum):
    """Name what drafters decided about a comment."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    NOT_ACCEPTED = "not_accepted"
    EXPLAINED = "explained"
    NOTED = "noted"


class TextStatus(StrEnum):
    """Name how well an attachment's text could be read."""

    OK = "ok"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"


class Role(StrEnum):
    """Name the roles of staff."""

    VIEWER = "viewer"
    HANDLER = "handler"
    DRAFTER = "drafter"
    ADMIN = "admin"


TRANSITIONS: dict[type[StrEnum], dict[StrEnum, frozenset[StrEnum]]] = {
    ConsultationState: {
        ConsultationState.DRAFT: frozenset({ConsultationState.OPEN}),
        ConsultationState.OPEN: frozenset({ConsultationState.CLOSED}),
        ConsultationState.CLOSED: frozenset({ConsultationState.OPEN, ConsultationState.ARCHIVED}),
        ConsultationState.ARCHIVED: frozenset(),
    },
    MailState: {
        MailState.FETCHED: frozenset({MailState.INGESTED, MailState.IGNORED, MailState.HELD}),
        MailState.INGESTED: frozenset(),
        MailState.IGNORED: frozenset({MailState.FETCHED}),
        MailState.HELD: frozenset({MailState.FETCHED, MailState.IGNORED}),
    },
    SubmissionState: {
        SubmissionState.RECEIVED: frozenset(
            {SubmissionState.TRIAGED, SubmissionState.SPAM, SubmissionState.WITHDRAWN}
        ),
        SubmissionState.TRIAGED: frozenset(
            {
                SubmissionState.RECEIVED,
                SubmissionState.ANSWERED,
                SubmissionState.SPAM,
                SubmissionState.WITHDRAWN,
            }
        ),
        SubmissionState.ANSWERED: frozenset(
            {SubmissionState.TRIAGED, SubmissionState.SPAM, SubmissionState.WITHDRAWN}
        ),
        SubmissionState.SPAM: frozenset({SubmissionState.RECEIVED, SubmissionState.TRIAGED}),
        SubmissionState.WITHDRAWN: frozenset({SubmissionState.RECEIVED, SubmissionState.TRIAGED}),
    },
    CommentState: {
        CommentState.NEW: frozenset({CommentState.SUGGESTED, CommentState.ASSIGNED, CommentState.DISMISSED}),
        CommentState.SUGGESTED: frozenset({CommentState.ASSIGNED, CommentState.DISMISSED}),
        CommentState.ASSIGNED: frozenset(
            {CommentState.SUGGESTED, CommentState.DISPOSED, CommentState.DISMISSED}
        ),
        CommentState.DISPOSED: frozenset({CommentState.ASSIGNED}),
        CommentState.DISMISSED: frozenset({CommentState.NEW, CommentState.SUGGESTED, CommentState.ASSIGNED}),
    },
    CampaignState: {
        CampaignState.FOUND: frozenset({CampaignState.CONFIRMED, CampaignState.REJECTED}),
        CampaignState.CONFIRMED: frozenset({CampaignState.REJECTED}),
        CampaignState.REJECTED: frozenset({CampaignState.CONFIRMED}),
    },
    OutboundState: {
        OutboundState.QUEUED: frozenset({OutboundState.SENDING, OutboundState.CANCELLED}),
        OutboundState.SENDING: frozenset(
            {
                OutboundState.SENT,
                OutboundState.UNCERTAIN,
                OutboundState.FAILED,
                OutboundState.QUEUED,
            }
        ),
        OutboundState.SENT: frozenset(),
        OutboundState.UNCERTAIN: frozenset({OutboundState.QUEUED, OutboundState.CANCELLED}),
        OutboundState.FAILED: frozenset({OutboundState.QUEUED, OutboundState.CANCELLED}),
        OutboundState.CANCELLED: frozenset(),
    },
}


class IllegalMove(ValueError):
    """Say that a row cannot go from its state to the one asked for."""


def check_move(old: StrEnum, new: StrEnum) -> None:
    """Raise IllegalMove unless a row in state old may go to state new."""
    if new not in TRANSITIONS[type(old)][old]:
        raise IllegalMove(f"{type(old).__name__}: {old} -> {new}")


def reason_required(disposition: Disposition) -> bool:
    """Tell whether drafters must give a reason with this disposition."""
    return disposition is not Disposition.ACCEPTED and disposition is not Disposition.NOTED
