"""Accepting in bulk and taking it back, a portion at a time; each portion is a transaction of the caller's.

What is stored of each comment is what `triage` stores of one: its columns, an entry of the audit trail, the
state of its submission.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.rules import acceptance as rules
from commentbox.core.rules.acceptance import Kind, Outcome
from commentbox.core.states import CommentState
from commentbox.core.types import Actor
from commentbox.models import AuditSample, BulkAcceptance, BulkItem, Comment, Consultation, Measure
from commentbox.services import audit, triage
from commentbox.services.bulk import offers
from commentbox.services.bulk.candidates import candidates, unread
from commentbox.services.errors import Conflict, Invalid, NotFound

PORTION = 500
ENTITY = "bulk_acceptance"
_BEFORE = {"state": CommentState.SUGGESTED, "dismissed_reason": ""}


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
    rows = candidates(consultation_id, kind, threshold).subquery()
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
    states.check_move(CommentState.SUGGESTED, CommentState.ASSIGNED)
    actor = Actor(one.by_name, one.by_id)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for comment_id, version, measure_id, _ in rows:
        groups[measure_id, version].append(comment_id)
    taken = {
        comment_id: (measure_id, version + 1)
        for (measure_id, version), ids in groups.items()
        for comment_id in _moved(
            session, ids, version, CommentState.SUGGESTED, triage.assigned(measure_id, actor, now)
        )
    }
    _keep(session, one, taken, now)
    scores = {comment_id: confidence for comment_id, _, _, confidence in rows}
    _sample(session, one, {key: (taken[key][0], scores[key]) for key in taken}, chance, now)
    one.reached_id, one.accepted = rows[-1][0], one.accepted + len(taken)
    return len(rows)


def _stands(session: Session, one: BulkAcceptance) -> bool:
    """Tell whether the audit still allows what was confirmed; its own samples are not owed to itself."""
    kind = Kind(one.kind)
    verdict = rules.judge(kind, offers.evidence(session, one.consultation_id, kind))
    return verdict.offered and (verdict.threshold or 0) <= (one.threshold or 0)


def _moved(
    session: Session, ids: Sequence[int], version: int, old: CommentState, values: dict[str, Any]
) -> Iterable[int]:
    """Change those of the comments that are as we saw them; return which."""
    return session.scalars(
        update(Comment)
        .where(Comment.id.in_(ids), Comment.version == version, Comment.state == old)
        .values(version=version + 1, **values)
        .returning(Comment.id)
        .execution_options(synchronize_session=False)
    )


def _keep(session: Session, one: BulkAcceptance, taken: dict[int, tuple[int, int]], now: datetime) -> None:
    """Store what was accepted, its entries in the audit trail, and what follows for the submissions."""
    if not taken:
        return
    items = [{"acceptance_id": one.id, "comment_id": key, "version": v} for key, (_, v) in taken.items()]
    session.execute(insert(BulkItem), items)
    before = {**dict.fromkeys(triage.COMMENT_FIELDS), **_BEFORE}
    entries = [
        _entry(one.by_name, "assign", key, now, before, {**before, **_after(one, measure)}, version, one.id)
        for key, (measure, version) in taken.items()
    ]
    audit.record_many(session, entries)
    _settle(session, taken)


def _after(one: BulkAcceptance, measure_id: int) -> dict[str, Any]:
    return {"state": CommentState.ASSIGNED, "measure_id": measure_id, "assigned_by_id": one.by_id}


def _entry(
    who: str,
    action: str,
    comment_id: int,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
    version: int,
    acceptance_id: int,
) -> dict[str, Any]:
    detail = {"before": before, "after": after, "version": version, "bulk": acceptance_id}
    return {
        "at": now,
        "actor": who,
        "action": action,
        "entity": "comment",
        "entity_id": comment_id,
        "detail": detail,
    }


def _settle(session: Session, comment_ids: Iterable[int]) -> None:
    letters = select(Comment.submission_id).where(Comment.id.in_(list(comment_ids))).distinct()
    triage.settle(session, list(session.scalars(letters)))


def _sample(
    session: Session,
    one: BulkAcceptance,
    taken: dict[int, tuple[int, float | None]],
    chance: Random,
    now: datetime,
) -> None:
    """Choose what of a portion is audited."""
    session.add_all(
        AuditSample(
            consultation_id=one.consultation_id,
            acceptance_id=one.id,
            comment_id=key,
            kind=one.kind,
            measure_id=taken[key][0],
            score=1.0 if taken[key][1] is None else taken[key][1],
            floor=one.threshold or 0.0,
            place=chance.getrandbits(31),
            drawn_at=now,
        )
        for key in chance.sample(sorted(taken), rules.samples(len(taken)))
    )
    session.flush()


# --- taking back -------------------------------------------------------------------------------------


def take_back(session: Session, acceptance_id: int, *, actor: Actor, now: datetime) -> None:
    """Begin to take back what an acceptance did; what a person has touched since stays as it is."""
    one = _locked(session, acceptance_id)
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
    states.check_move(CommentState.ASSIGNED, CommentState.SUGGESTED)
    groups: dict[int, list[int]] = defaultdict(list)
    for comment_id, version, _ in rows:
        groups[version].append(comment_id)
    moved = {
        comment_id: version + 1
        for version, ids in groups.items()
        for comment_id in _moved(session, ids, version, CommentState.ASSIGNED, triage.REOPENED)
    }
    _note_taken_back(session, one, moved, {key: measure or 0 for key, _, measure in rows}, now)
    one.taken_back += len(moved)
    return len(rows)


def _note_taken_back(
    session: Session, one: BulkAcceptance, moved: dict[int, int], measures: dict[int, int], now: datetime
) -> None:
    session.execute(
        update(BulkItem)
        .where(BulkItem.acceptance_id == one.id, BulkItem.comment_id.in_(moved))
        .values(version=BulkItem.version + 1)
        .execution_options(synchronize_session=False)
    )
    after = {**dict.fromkeys(triage.COMMENT_FIELDS), **_BEFORE}
    entries = [
        _entry(
            one.undone_by_name,
            "reopen",
            key,
            now,
            {**after, **_after(one, measures[key])},
            after,
            version,
            one.id,
        )
        for key, version in moved.items()
    ]
    audit.record_many(session, entries)
    _settle(session, moved)


# --- looking ------------------------------------------------------------------------------------------


def history(session: Session, consultation_id: int, limit: int) -> list[BulkAcceptance]:
    """Return what was accepted in bulk, the latest first."""
    mine = BulkAcceptance.consultation_id == consultation_id
    return list(
        session.scalars(select(BulkAcceptance).where(mine).order_by(BulkAcceptance.id.desc()).limit(limit))
    )


def untouched(session: Session, acceptance_ids: Sequence[int]) -> dict[int, int]:
    """Return how many comments of each acceptance no person has touched since: those that can be taken back."""
    rows = session.execute(
        select(BulkItem.acceptance_id, func.count())
        .join(Comment, Comment.id == BulkItem.comment_id)
        .where(
            BulkItem.acceptance_id.in_(acceptance_ids),
            BulkItem.version == Comment.version,
            Comment.state == CommentState.ASSIGNED,
        )
        .group_by(BulkItem.acceptance_id)
    )
    return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs to mypy


def audited(session: Session, acceptance_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the samples of each acceptance by their outcome."""
    rows = session.execute(
        select(AuditSample.acceptance_id, AuditSample.outcome, func.count())
        .where(AuditSample.acceptance_id.in_(acceptance_ids))
        .group_by(AuditSample.acceptance_id, AuditSample.outcome)
    )
    found: dict[int, dict[str, int]] = {key: dict.fromkeys(Outcome, 0) for key in acceptance_ids}
    for key, outcome, number in rows:
        found[key or 0][outcome] = number
    return found


def _lock(session: Session, consultation_id: int) -> None:
    """Let one at a time work on the acceptances of a consultation; letters still come in."""
    wanted = select(Consultation.id).where(Consultation.id == consultation_id)
    session.execute(wanted.with_for_update(key_share=True))


def _locked(session: Session, acceptance_id: int) -> BulkAcceptance:
    one = session.get(BulkAcceptance, acceptance_id)
    if one is None:
        raise NotFound(str(acceptance_id))
    _lock(session, one.consultation_id)
    session.refresh(one)
    return one
