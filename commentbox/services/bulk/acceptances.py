"""Accepting in bulk and taking it back, a portion at a time; each portion is a transaction of the caller's.

What is stored of each comment is what `triage` stores of one: its columns, an entry of the audit trail, the
state of its submission.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core.rules import acceptance as rules
from commentbox.core.rules.acceptance import Kind
from commentbox.core.states import CommentState
from commentbox.core.types import Actor
from commentbox.models import AuditSample, BulkAcceptance, BulkItem, Comment, Consultation
from commentbox.services import audit, triage
from commentbox.services.bulk import offers
from commentbox.services.bulk.candidates import candidates
from commentbox.services.bulk.portions import Change, moved, note
from commentbox.services.errors import Conflict, Invalid, NotFound

PORTION = 500
ENTITY = "bulk_acceptance"


def begin(
    session: Session,
    consultation_id: int,
    kind: Kind,
    threshold: float | None,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Confirm an offer as it was shown; return the id that `carry_on` works on.

    Raise Conflict where it is not offered so any more, or another acceptance is under way.
    """
    _lock(session, consultation_id)
    offers.sweep(session, consultation_id, now)
    verdict = offers.judged(session, consultation_id, kind)
    if not verdict.offered or verdict.threshold != threshold or unfinished(session, consultation_id):
        raise Conflict(kind)
    wanted = candidates(consultation_id, kind, threshold).order_by(Comment.id)
    rows = wanted.limit(rules.most(verdict)).subquery()
    last = session.scalar(select(func.max(rows.c[0])))
    if last is None:
        raise Invalid("nothing_to_accept")
    made = BulkAcceptance(
        consultation_id=consultation_id,
        kind=kind,
        threshold=threshold,
        by_id=actor.user_id,
        by_name=actor.name,
        started_at=now,
        last_id=last,
    )
    session.add(made)
    session.flush()
    figures = {"audited": verdict.audited, "wrong": verdict.wrong, "bound": round(verdict.bound, 4)}
    audit.record(session, actor, "bulk", ENTITY, made.id, now, kind=kind, threshold=threshold, **figures)
    return made.id


def unfinished(session: Session, consultation_id: int | None = None) -> list[int]:
    """Return the acceptances that are under way, of one consultation or of all."""
    wanted = select(BulkAcceptance.id).where(BulkAcceptance.finished_at.is_(None))
    if consultation_id is not None:
        wanted = wanted.where(BulkAcceptance.consultation_id == consultation_id)
    return list(session.scalars(wanted.order_by(BulkAcceptance.id)))


def carry_on(session: Session, acceptance_id: int, *, chance: Random, now: datetime) -> int:
    """Work on one portion of an acceptance, or of taking it back; return 0 when it is finished.

    ``chance`` chooses what is audited; it must be such that nobody can foresee it.
    """
    one = _locked(session, acceptance_id)
    if one.finished_at is not None:
        return 0
    done = _take_back(session, one, now) if one.undone_at else _accept(session, one, chance, now)
    if not done:
        one.finished_at = now
    session.flush()
    return done


def _accept(session: Session, one: BulkAcceptance, chance: Random, now: datetime) -> int:
    if not _stands(session, one):
        one.stopped = True
        return 0
    wanted = candidates(one.consultation_id, Kind(one.kind), one.threshold)
    rows = session.execute(
        wanted.where(Comment.id > one.reached_id, Comment.id <= one.last_id)
        .order_by(Comment.id)
        .limit(PORTION)
    ).all()
    if not rows:
        return 0
    taken = _taken(session, one, rows, now)
    if taken:
        session.execute(insert(BulkItem), [_item(one, change) for change in taken])
    note(session, one, taken, back=False, now=now)
    _sample(session, one, taken, {row[0]: row[3] for row in rows}, chance, now)
    one.reached_id, one.accepted = rows[-1][0], one.accepted + len(taken)
    return len(rows)


def _taken(
    session: Session, one: BulkAcceptance, rows: Sequence[Row[int, int, Any, float | None]], now: datetime
) -> list[Change]:
    """Assign comments to their measures, in one statement for each measure; return those that were."""
    actor = Actor(one.by_name, one.by_id)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for comment_id, version, measure_id, _ in rows:
        groups[measure_id, version].append(comment_id)
    return [
        Change(comment_id, measure_id, version + 1)
        for (measure_id, version), ids in groups.items()
        for comment_id in moved(
            session, ids, version, CommentState.SUGGESTED, triage.assigned(measure_id, actor, now)
        )
    ]


def _item(one: BulkAcceptance, change: Change) -> dict[str, int]:
    return {"acceptance_id": one.id, "comment_id": change.comment_id, "version": change.version}


def _stands(session: Session, one: BulkAcceptance) -> bool:
    """Tell whether the audit still allows what was confirmed; its own samples are not owed to itself."""
    kind = Kind(one.kind)
    verdict = rules.judge(kind, offers.evidence(session, one.consultation_id, kind))
    return verdict.offered and (verdict.threshold or 0) <= (one.threshold or 0)


def _sample(
    session: Session,
    one: BulkAcceptance,
    taken: Sequence[Change],
    scores: dict[int, float | None],
    chance: Random,
    now: datetime,
) -> None:
    """Choose what of a portion is audited."""
    session.add_all(
        AuditSample(
            consultation_id=one.consultation_id,
            acceptance_id=one.id,
            comment_id=change.comment_id,
            kind=one.kind,
            measure_id=change.measure_id,
            score=offers.certainty(scores[change.comment_id]),
            floor=one.threshold or 0.0,
            place=chance.getrandbits(31),
            drawn_at=now,
        )
        for change in chance.sample(taken, rules.samples(len(taken)))
    )
    session.flush()


# --- taking back -------------------------------------------------------------------------------------


def take_back(
    session: Session, consultation_id: int, acceptance_id: int, *, actor: Actor, now: datetime
) -> None:
    """Begin to take back what an acceptance did; what a person has touched since stays as it is."""
    one = _locked(session, acceptance_id)
    if one.consultation_id != consultation_id:
        raise NotFound(str(acceptance_id))
    if one.undone_at is not None:
        raise Conflict(str(acceptance_id))
    offers.sweep(session, one.consultation_id, now)
    one.undone_at, one.undone_by_id, one.undone_by_name = now, actor.user_id, actor.name
    one.finished_at = None
    session.flush()
    audit.record(session, actor, "undo", ENTITY, one.id, now)


def _take_back(session: Session, one: BulkAcceptance, now: datetime) -> int:
    rows = session.execute(
        select(Comment.id, Comment.version, Comment.measure_id)
        .join(BulkItem, BulkItem.comment_id == Comment.id)
        .where(
            BulkItem.acceptance_id == one.id,
            BulkItem.version == Comment.version,
            Comment.state == CommentState.ASSIGNED,
        )
        .order_by(Comment.id)
        .limit(PORTION)
    ).all()
    if not rows:
        offers.sweep(session, one.consultation_id, now)
        return 0
    groups: dict[int, list[int]] = defaultdict(list)
    for comment_id, version, _ in rows:
        groups[version].append(comment_id)
    measures = {row[0]: row[2] or 0 for row in rows}
    changes = [
        Change(comment_id, measures[comment_id], version + 1)
        for version, ids in groups.items()
        for comment_id in moved(session, ids, version, CommentState.ASSIGNED, triage.REOPENED)
    ]
    _keep_versions(session, one, changes)
    note(session, one, changes, back=True, now=now)
    one.taken_back += len(changes)
    return len(rows)


def _keep_versions(session: Session, one: BulkAcceptance, changes: Sequence[Change]) -> None:
    """Note that the acceptance, and no person, was the last to touch these comments."""
    session.execute(
        update(BulkItem)
        .where(BulkItem.acceptance_id == one.id, BulkItem.comment_id.in_([c.comment_id for c in changes]))
        .values(version=BulkItem.version + 1)
        .execution_options(synchronize_session=False)
    )


def _lock(session: Session, consultation_id: int) -> None:
    """Let one at a time work on the acceptances of a consultation; letters still come in."""
    wanted = select(Consultation.id).where(Consultation.id == consultation_id)
    session.execute(wanted.with_for_update(key_share=True))


def get(session: Session, acceptance_id: int) -> BulkAcceptance:
    """Return an acceptance; raise NotFound."""
    one = session.get(BulkAcceptance, acceptance_id)
    if one is None:
        raise NotFound(str(acceptance_id))
    return one


def _locked(session: Session, acceptance_id: int) -> BulkAcceptance:
    one = get(session, acceptance_id)
    _lock(session, one.consultation_id)
    session.refresh(one)
    return one
