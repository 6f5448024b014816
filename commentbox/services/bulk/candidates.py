"""Which waiting comments each kind of offer would accept, and for which measure; it decides nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.core.states import CampaignState, CommentState
from commentbox.models import (
    AuditSample,
    BulkAcceptance,
    BulkItem,
    Campaign,
    Comment,
    Submission,
    Suggestion,
)
from commentbox.services.measures import UNCOUNTED

REFERENCE, MODEL = "reference", "model"
"""As `types.Suggested` names its sources."""
_DECIDED = (CommentState.ASSIGNED, CommentState.DISPOSED)

Rows = Select[int, int, Any, float | None]
"""The id and version of each comment, the measure for it, and how sure the machine is."""


def candidates(consultation_id: int, kind: Kind, threshold: float | None) -> Rows:
    """Return the query for what a kind would accept; comments that a person has touched are never in it."""
    if kind is Kind.CAMPAIGN:
        return _campaign(consultation_id)
    first = aliased(Suggestion)
    wanted = (
        select(Comment.id, Comment.version, first.measure_id, Comment.confidence)
        .join(first, and_(first.comment_id == Comment.id, first.rank == 1))
        .join(Submission, Submission.id == Comment.submission_id)
        .where(*_open(consultation_id), Comment.ambiguous.is_(False), Comment.flag.is_(None))
        .where(~_contradicted(first.measure_id))
    )
    if kind is Kind.REFERENCE:
        return wanted.where(first.source == REFERENCE, ~_names_another())
    return wanted.where(first.source == MODEL, Comment.confidence >= threshold)


def _names_another() -> ColumnElement[bool]:
    """Return the condition of naming a second measure: which one is meant, a person has to say."""
    other = aliased(Suggestion)
    return exists().where(other.comment_id == Comment.id, other.rank > 1, other.source == REFERENCE)


def _campaign(consultation_id: int) -> Rows:
    """Return the query for members whose words a person has decided in their campaign's first letter.

    Only where a person confirmed the campaign, and only the very same words: a copy with a word changed may
    well mean another measure.
    """
    told = aliased(Comment)
    return (
        select(Comment.id, Comment.version, func.min(told.measure_id), Comment.confidence)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Campaign, Campaign.id == Submission.campaign_id)
        .join(told, _says_the_same(told))
        .where(*_open(consultation_id), Submission.id != Campaign.representative_id)
        .where(Campaign.state == CampaignState.CONFIRMED)
        .group_by(Comment.id)
        .having(func.min(told.measure_id) == func.max(told.measure_id))
    )


def _says_the_same(told: Any) -> ColumnElement[bool]:
    """Return the condition that a person decided the same words in the campaign's first letter."""
    return and_(
        told.submission_id == Campaign.representative_id,
        told.excerpt == Comment.excerpt,
        told.state.in_(_DECIDED),
        told.assigned_by_id.is_not(None),
        ~unread(told),
    )


def _contradicted(measure_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a person has said otherwise of the same words in the same campaign."""
    told = aliased(Comment)
    return exists().where(
        Campaign.id == Submission.campaign_id, _says_the_same(told), told.measure_id != measure_id
    )


def _open(consultation_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Comment.consultation_id == consultation_id,
        Comment.state == CommentState.SUGGESTED,
        Submission.state.not_in(UNCOUNTED),
        or_(Comment.version == 1, _only_taken_back()),
        ~exists().where(AuditSample.comment_id == Comment.id, AuditSample.outcome == Outcome.WAITING),
    )


def _only_taken_back() -> ColumnElement[bool]:
    """Return the condition that nobody has touched a comment but an acceptance that was taken back."""
    return exists().where(
        BulkItem.comment_id == Comment.id,
        BulkItem.version == Comment.version,
        BulkItem.acceptance_id == BulkAcceptance.id,
        BulkAcceptance.undone_at.is_not(None),
    )


def unread(comment: Any = Comment) -> ColumnElement[bool]:
    """Return the condition that a comment is as an acceptance left it: no person has decided about it."""
    return exists().where(BulkItem.comment_id == comment.id, BulkItem.version == comment.version)
