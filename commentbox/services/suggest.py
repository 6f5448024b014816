"""The machine's suggestions, stored beside what people decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core.classifier import (
    Evaluation,
    Language,
    Learned,
    Learner,
    MeasureModel,
    evaluate,
    in_excerpt,
    query_text,
)
from commentbox.core.references import ReferenceFinder
from commentbox.core.states import CommentState, MeasureKind
from commentbox.core.types import AnnexItem, Node, Point, Suggested, Suggestions
from commentbox.models import Comment, Consultation, Measure, Submission, Suggestion
from commentbox.services import consultations
from commentbox.services.bulk.candidates import unread

RESPONDENT = "respondent"
RULE = "rule"
TOP = 3
MODELS_KEPT = 8
"""Of drafts worked out before; a worker reads a few consultations in turn."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """Hold what is needed to read comments on one draft."""

    model: MeasureModel
    references: ReferenceFinder
    measure_ids: dict[str, int]
    numbers: dict[str, int | None]
    whole_id: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hold a comment that has no suggestion yet, and all that is known of it as one text."""

    id: int
    text: str
    excerpt: str
    chosen_measure_id: int | None
    no_opinion: bool


@dataclass(frozen=True, slots=True)
class Thought:
    """Hold what the machine thinks of one comment: values of its row, and the rows of its suggestions."""

    comment: dict[str, Any]
    suggestions: list[dict[str, Any]]


def understanding(
    session: Session, consultation_id: int, language: Language, learned: Learned | None
) -> Understanding:
    """Return the model and the references of a draft, with what was learned, where anything was."""
    measures = consultations.tree(session, consultation_id)
    nodes, annex = consultations.nodes(measures), consultations.annex(measures)
    return Understanding(
        model=_model(nodes, language, learned),
        references=_references(nodes, annex),
        measure_ids={m.path: m.id for m in measures},
        numbers={m.path: m.number for m in measures},
        whole_id=next((m.id for m in measures if m.kind == MeasureKind.WHOLE), None),
    )


@lru_cache(maxsize=MODELS_KEPT)
def _cold(nodes: tuple[Node, ...], language: Language) -> MeasureModel:
    return MeasureModel.from_draft(nodes, language)


@lru_cache(maxsize=MODELS_KEPT)
def _model(nodes: tuple[Node, ...], language: Language, learned: Learned | None) -> MeasureModel:
    cold = _cold(nodes, language)
    return cold.with_learned(learned) if learned else cold


@lru_cache(maxsize=MODELS_KEPT)
def _references(nodes: tuple[Node, ...], annex: tuple[AnnexItem, ...]) -> ReferenceFinder:
    return ReferenceFinder(nodes, annex)


def waiting(session: Session, limit: int) -> dict[int, list[Waiting]]:
    """Return comments without a suggestion, by consultation."""
    return _by_consultation(session, Comment.state == CommentState.NEW, limit=limit)


def to_reread(session: Session, limit: int) -> tuple[int, list[Waiting]] | None:
    """Return the next open comments to be read again and their consultation; None where nothing is left.

    A consultation whose comments are all read comes without any.
    """
    found = session.execute(
        select(Consultation.id, Consultation.reread_after_id)
        .where(Consultation.reread_after_id.is_not(None))
        .order_by(Consultation.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    mine = (
        Comment.consultation_id == found.id,
        Comment.state == CommentState.SUGGESTED,
        Comment.id > found.reread_after_id,
    )
    return found.id, _by_consultation(session, *mine, limit=limit).get(found.id, [])


def _by_consultation(
    session: Session, *conditions: ColumnElement[bool], limit: int
) -> dict[int, list[Waiting]]:
    rows = session.execute(
        select(Comment, Submission.no_opinion)
        .join(Submission)
        .where(*conditions)
        .order_by(Comment.id)
        .limit(limit)
    )
    found: dict[int, list[Waiting]] = {}
    for comment, no_opinion in rows:
        text = query_text(comment.excerpt, comment.reference, comment.proposal)
        one = Waiting(comment.id, text, comment.excerpt, comment.chosen_measure_id, no_opinion)
        found.setdefault(comment.consultation_id, []).append(one)
    return found


def think(known: Understanding, batch: Sequence[Waiting]) -> list[Thought]:
    """Return what the machine thinks of each comment of a batch."""
    answers = known.model.suggest([w.text for w in batch], known.references, top=TOP)
    return [
        _thought(known, one, in_excerpt(answer, one.text, one.excerpt))
        for one, answer in zip(batch, answers, strict=True)
    ]


def _thought(known: Understanding, one: Waiting, answer: Suggestions) -> Thought:
    rows = _given(known, one) + [
        _row(known, known.measure_ids[s.path], s) for s in answer.measures if s.path in known.measure_ids
    ]
    unique = {row["measure_id"]: row for row in reversed(rows)}
    kept = [row for row in rows if unique[row["measure_id"]] is row][:TOP]
    return Thought(
        comment={
            "id": one.id,
            "top_measure_id": kept[0]["measure_id"] if kept else None,
            "confidence": answer.confidence,
            "ambiguous": answer.ambiguous,
            "flag": answer.flag,
        },
        suggestions=[{**row, "comment_id": one.id, "rank": rank} for rank, row in enumerate(kept, 1)],
    )


def _given(known: Understanding, one: Waiting) -> list[dict[str, Any]]:
    """Return what needs no model: the respondent's own choice, a bare 无意见 on the whole."""
    if one.chosen_measure_id is not None:
        return [_row(known, one.chosen_measure_id, Suggested("", 1.0, RESPONDENT, ""))]
    if one.no_opinion and known.whole_id is not None:
        return [_row(known, known.whole_id, Suggested("", 1.0, RULE, ""))]
    return []


def _row(known: Understanding, measure_id: int, suggested: Suggested) -> dict[str, Any]:
    return {
        "measure_id": measure_id,
        "score": suggested.score,
        "source": suggested.source,
        "reason": suggested.reason,
        "spans": list(suggested.spans),
        "model_version": known.model.learned.version,
    }


def letters(known: Understanding, texts: Sequence[str]) -> list[list[tuple[Point, Suggestions]]]:
    """Return the points of each text with the measures suggested for them; stores nothing."""
    return known.model.suggest_letters(texts, known.references, top=TOP)


def evaluated(known: Understanding, items: Sequence[tuple[str, list[int | str]]]) -> Evaluation:
    """Score labelled texts, whose labels are measure numbers or words."""
    return evaluate(known.model, known.references, known.numbers, items)


def store(session: Session, thoughts: Sequence[Thought]) -> int:
    """Store what was thought of comments that still wait; return how many that were."""
    return _store(session, thoughts, CommentState.NEW)


def store_again(session: Session, consultation_id: int, thoughts: Sequence[Thought]) -> int:
    """Store what is thought now of comments that are still open, and how far the reading came."""
    last = thoughts[-1].comment["id"] if thoughts else None
    session.execute(
        update(Consultation).where(Consultation.id == consultation_id).values(reread_after_id=last)
    )
    return _store(session, thoughts, CommentState.SUGGESTED)


def _store(session: Session, thoughts: Sequence[Thought], state: CommentState) -> int:
    """Store thoughts on those comments that are still in a state; what a person decided stays."""
    mine = set(
        session.scalars(
            update(Comment)
            .where(Comment.id.in_([thought.comment["id"] for thought in thoughts]), Comment.state == state)
            .values(state=CommentState.SUGGESTED)
            .returning(Comment.id)
        )
    )
    kept = [thought for thought in thoughts if thought.comment["id"] in mine]
    if state == CommentState.SUGGESTED:
        session.execute(delete(Suggestion).where(Suggestion.comment_id.in_(mine)))
    if rows := [row for thought in kept for row in thought.suggestions]:
        session.execute(insert(Suggestion), rows)
    if kept:
        session.execute(update(Comment), [thought.comment for thought in kept])
    return len(mine)


READ_AT_ONCE = 1000
_DECIDED = (CommentState.ASSIGNED, CommentState.DISPOSED)


def decided(session: Session, consultation_id: int) -> int:
    """Return how many comments staff have decided about; what nobody has read does not count."""
    mine = (Comment.consultation_id == consultation_id, Comment.state.in_(_DECIDED), ~unread())
    return session.scalar(select(func.count()).select_from(Comment).where(*mine)) or 0


def decisions(session: Session, consultation_id: int) -> Iterator[tuple[str, str]]:
    """Yield what staff decided so far, in the order in which they did: text and path of the measure.

    Comments accepted in bulk that nobody has read are left out, or the model would learn from itself.
    """
    rows = session.execute(
        select(Comment.excerpt, Comment.reference, Comment.proposal, Measure.path)
        .join(Measure, Comment.measure_id == Measure.id)
        .where(Comment.consultation_id == consultation_id, Comment.state.in_(_DECIDED), ~unread())
        .order_by(Comment.assigned_at, Comment.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for excerpt, reference, proposal, path in rows:
        yield query_text(excerpt, reference, proposal), path


def learn(known: Understanding, decisions: Iterable[tuple[str, str]]) -> Learned:
    """Learn from decisions, given in their order."""
    learner = Learner(known.model, known.references)
    learner.learn(decisions)
    return learner.learned()
