"""What is offered to be accepted in bulk, on which evidence, and some of it to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from commentbox.core.rules import acceptance as rules
from commentbox.core.rules.acceptance import Audited, Kind, Outcome, Verdict
from commentbox.core.states import UNDECIDED, CommentState
from commentbox.models import AuditSample, BulkAcceptance, Comment, Measure, Submission, Suggestion
from commentbox.services.bulk.candidates import candidates
from commentbox.services.measures import UNCOUNTED

_DECIDED = (Outcome.AGREED, Outcome.DIFFERED)
_KEPT = (CommentState.ASSIGNED, CommentState.DISPOSED)
_LOOKED_AT = 5 * rules.WINDOW
"""Decisions that are read at most: a window for each threshold that matters."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Hold one kind: where it stands, how many comments it is about, how many samples wait for it."""

    verdict: Verdict
    waiting: int
    samples: int

    @property
    def threshold(self) -> float | None:
        """Return the least confidence of what it is about."""
        return self.verdict.threshold

    @property
    def at_once(self) -> int:
        """Return how many of them would be accepted."""
        return min(self.waiting, rules.most(self.verdict) or self.waiting)


@dataclass(frozen=True, slots=True)
class Example:
    """Hold one comment of those that would be accepted, and why."""

    receipt: str
    excerpt: str
    measure: Measure
    confidence: float | None
    reason: str
    spans: list[list[int]]


def offers(session: Session, consultation_id: int) -> list[Offer]:
    """Return each kind with its figures."""
    return [offer(session, consultation_id, kind) for kind in Kind]


def offer(session: Session, consultation_id: int, kind: Kind) -> Offer:
    """Return one kind with its figures."""
    verdict = judged(session, consultation_id, kind)
    return Offer(
        verdict,
        waiting=count(session, consultation_id, kind, verdict.threshold),
        samples=waiting_samples(session, consultation_id, kind),
    )


def judged(session: Session, consultation_id: int, kind: Kind) -> Verdict:
    """Return where a kind stands, with what is owed to the audit."""
    return rules.judge(kind, evidence(session, consultation_id, kind), _owed(session, consultation_id, kind))


def evidence(session: Session, consultation_id: int, kind: Kind) -> list[Audited]:
    """Return the blind decisions about a kind, the latest first."""
    rows = session.execute(
        select(AuditSample.outcome, AuditSample.score, AuditSample.floor)
        .where(
            AuditSample.consultation_id == consultation_id,
            AuditSample.kind == kind,
            AuditSample.outcome.in_(_DECIDED),
        )
        .order_by(AuditSample.decided_at.desc(), AuditSample.id.desc())
        .limit(_LOOKED_AT)
    )
    return [Audited(outcome == Outcome.AGREED, score, floor) for outcome, score, floor in rows]


def _owed(session: Session, consultation_id: int, kind: Kind) -> int:
    """Return how many samples of the last acceptance that stands must be audited first."""
    last = (
        select(func.max(BulkAcceptance.id))
        .where(
            BulkAcceptance.consultation_id == consultation_id,
            BulkAcceptance.kind == kind,
            BulkAcceptance.undone_at.is_(None),
            BulkAcceptance.accepted > 0,
        )
        .scalar_subquery()
    )
    decided = func.count().filter(AuditSample.outcome.in_(_DECIDED))
    drawn, audited = session.execute(
        select(func.count(), decided).where(
            AuditSample.acceptance_id == last, AuditSample.outcome != Outcome.LAPSED
        )
    ).one()
    return rules.owed(drawn, audited)


def count(session: Session, consultation_id: int, kind: Kind, threshold: float | None) -> int:
    """Return how many comments a kind would accept."""
    rows = candidates(consultation_id, kind, threshold).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def preview(session: Session, consultation_id: int, wanted: Offer, limit: int) -> list[Example]:
    """Return some of what would be accepted, at random."""
    rows = candidates(consultation_id, wanted.verdict.kind, wanted.threshold)
    rows_at_once = rows.order_by(Comment.id).limit(wanted.at_once).subquery()
    some = select(rows_at_once.c[0], rows_at_once.c[2]).order_by(func.random()).limit(limit)
    chosen = {comment_id: measure_id for comment_id, measure_id in session.execute(some)}  # noqa: C416
    measures = {m.id: m for m in session.scalars(select(Measure).where(Measure.id.in_(chosen.values())))}
    found = session.execute(
        select(Comment, Submission.receipt, Suggestion.reason, Suggestion.spans)
        .join(Submission)
        .outerjoin(Suggestion, and_(Suggestion.comment_id == Comment.id, Suggestion.rank == 1))
        .where(Comment.id.in_(chosen))
    )
    return [
        Example(receipt, one.excerpt, measures[chosen[one.id]], one.confidence, reason or "", spans or [])
        for one, receipt, reason, spans in found
    ]


# --- samples -----------------------------------------------------------------------------------------


def live() -> ColumnElement[bool]:
    """Return the condition that a sample still asks for a decision; needs the joins with both tables.

    One drawn from what waits does so until somebody decides it elsewhere; one that was accepted, until a
    person changes what was accepted.
    """
    kept = and_(Comment.state.in_(_KEPT), Comment.measure_id == AuditSample.measure_id)
    undone = exists().where(
        BulkAcceptance.id == AuditSample.acceptance_id, BulkAcceptance.undone_at.is_not(None)
    )
    return and_(
        AuditSample.outcome == Outcome.WAITING,
        Submission.state.not_in(UNCOUNTED),
        or_(
            and_(AuditSample.acceptance_id.is_(None), Comment.state.in_(UNDECIDED)),
            and_(AuditSample.acceptance_id.is_not(None), kept, ~undone),
        ),
    )


def waiting_samples(session: Session, consultation_id: int, kind: Kind | None = None) -> int:
    """Return how many samples wait to be decided, of one kind or of all."""
    wanted = (
        select(func.count())
        .select_from(AuditSample)
        .join(Comment, Comment.id == AuditSample.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(AuditSample.consultation_id == consultation_id, live())
    )
    return session.scalar(wanted.where(AuditSample.kind == kind) if kind else wanted) or 0


def draw(
    session: Session, consultation_id: int, kind: Kind, number: int, *, chance: Random, now: datetime
) -> int:
    """Choose comments that wait, at random, to be decided blindly; return how many.

    ``chance`` must be such that nobody can foresee it.
    """
    floor = rules.GRID[-1] if kind is Kind.SCORE else 0.0
    rows = session.execute(candidates(consultation_id, kind, floor)).all()
    chosen = chance.sample(rows, min(number, len(rows)))
    session.add_all(
        AuditSample(
            consultation_id=consultation_id,
            comment_id=comment_id,
            kind=kind,
            measure_id=measure_id,
            score=certainty(confidence),
            floor=floor,
            place=chance.getrandbits(31),
            drawn_at=now,
        )
        for comment_id, _, measure_id, confidence in chosen
    )
    session.flush()
    return len(chosen)


def stale(session: Session) -> list[int]:
    """Return the consultations that have samples to sweep."""
    wanted = (
        select(AuditSample.consultation_id)
        .join(Comment, Comment.id == AuditSample.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(AuditSample.outcome == Outcome.WAITING, ~live())
    )
    return list(session.scalars(wanted.distinct()))


def certainty(confidence: float | None) -> float:
    """Return how sure the machine was, wholly where no model was asked."""
    return 1.0 if confidence is None else confidence


def sweep(session: Session, consultation_id: int, now: datetime) -> int:
    """Settle the samples that no decision can be asked for any more; return how many.

    What a person changed after it was accepted is a disagreement; all else tells nothing.
    """
    rows = session.scalars(
        select(AuditSample)
        .join(Comment, Comment.id == AuditSample.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(
            AuditSample.consultation_id == consultation_id, AuditSample.outcome == Outcome.WAITING, ~live()
        )
        .options(joinedload(AuditSample.comment).joinedload(Comment.submission))
    ).all()
    undone = set(session.scalars(select(BulkAcceptance.id).where(BulkAcceptance.undone_at.is_not(None))))
    for sample in rows:
        void = sample.acceptance_id is None or sample.acceptance_id in undone
        spam = sample.comment.submission.state in UNCOUNTED
        sample.outcome = Outcome.LAPSED if void or spam else Outcome.DIFFERED
        sample.decided_at = now
        kept = sample.comment.state in _KEPT
        sample.decided_measure_id = sample.comment.measure_id if kept else None
    session.flush()
    return len(rows)
