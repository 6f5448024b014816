"""The machine's suggestions, stored beside what people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from commentbox.core.classifier import Evaluation, MeasureModel, evaluate, query_text
from commentbox.core.references import ReferenceFinder
from commentbox.core.states import CommentState, MeasureKind
from commentbox.core.types import Point, Suggested, Suggestions
from commentbox.models import Comment, Measure, Submission, Suggestion
from commentbox.services import consultations

RESPONDENT = "respondent"
RULE = "rule"
TOP = 3


@dataclass(frozen=True, slots=True)
class Understanding:
    """Hold what is needed to read comments on one draft."""

    model: MeasureModel
    references: ReferenceFinder
    measure_ids: dict[str, int]
    numbers: dict[str, int | None]
    whole_id: int | None
    version: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hold a comment that has no suggestion yet."""

    id: int
    text: str
    chosen_measure_id: int | None
    no_opinion: bool


def understanding(session: Session, consultation_id: int, learned: MeasureModel | None) -> Understanding:
    """Return the model and the references of a draft; the learned model, where there is one."""
    measures = consultations.tree(session, consultation_id)
    nodes, annex = consultations.nodes(measures), consultations.annex(measures)
    return Understanding(
        model=learned or MeasureModel.from_draft(nodes, annex),
        references=ReferenceFinder(nodes, annex),
        measure_ids={m.path: m.id for m in measures},
        numbers={m.path: m.number for m in measures},
        whole_id=next((m.id for m in measures if m.kind == MeasureKind.WHOLE), None),
        version=learned.version if learned else "",
    )


def waiting(session: Session, limit: int) -> dict[int, list[Waiting]]:
    """Return comments without a suggestion, by consultation."""
    rows = session.execute(
        select(Comment, Submission.no_opinion)
        .join(Submission)
        .where(Comment.state == CommentState.NEW)
        .order_by(Comment.id)
        .limit(limit)
    )
    found: dict[int, list[Waiting]] = {}
    for comment, no_opinion in rows:
        text = query_text(comment.excerpt, comment.reference, comment.proposal)
        one = Waiting(comment.id, text, comment.chosen_measure_id, no_opinion)
        found.setdefault(comment.consultation_id, []).append(one)
    return found


def think(known: Understanding, batch: Sequence[Waiting]) -> list[list[dict[str, Any]]]:
    """Return the rows of suggestions for each comment of a batch, best first."""
    answers = known.model.suggest([w.text for w in batch], known.references, top=TOP)
    return [_rows(known, one, answer) for one, answer in zip(batch, answers, strict=True)]


def _rows(known: Understanding, one: Waiting, answer: Suggestions) -> list[dict[str, Any]]:
    rows = _given(known, one) + [
        _row(known, known.measure_ids[s.path], s) for s in answer.measures if s.path in known.measure_ids
    ]
    unique = {row["measure_id"]: row for row in reversed(rows)}
    kept = [row for row in rows if unique[row["measure_id"]] is row][:TOP]
    common = {"comment_id": one.id, "confidence": answer.confidence, "ambiguous": answer.ambiguous}
    return [{**row, **common, "rank": rank} for rank, row in enumerate(kept, 1)]


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
        "matched": list(suggested.matched),
        "model_version": known.version,
    }


def letters(known: Understanding, texts: Sequence[str]) -> list[list[tuple[Point, Suggestions]]]:
    """Return the points of each text with the measures suggested for them; stores nothing."""
    return known.model.suggest_letters(texts, known.references, top=TOP)


def evaluated(known: Understanding, items: Sequence[tuple[str, list[int | str]]]) -> Evaluation:
    """Score labelled texts, whose labels are measure numbers or words."""
    return evaluate(known.model, known.references, known.numbers, items)


def store(session: Session, suggestions: Sequence[Sequence[dict[str, Any]]], ids: Sequence[int]) -> int:
    """Store suggestions for those comments that still wait; return how many comments that were."""
    mine = set(
        session.scalars(
            update(Comment)
            .where(Comment.id.in_(ids), Comment.state == CommentState.NEW)
            .values(state=CommentState.SUGGESTED)
            .returning(Comment.id)
        )
    )
    firsts = [rows[0] for rows in suggestions if rows and rows[0]["comment_id"] in mine]
    flat = [row for rows in suggestions for row in rows if row["comment_id"] in mine]
    if flat:
        session.execute(insert(Suggestion), [_only_columns(row) for row in flat])
    if firsts:
        session.execute(
            update(Comment),
            [
                {
                    "id": row["comment_id"],
                    "top_measure_id": row["measure_id"],
                    "confidence": row["confidence"],
                    "ambiguous": row["ambiguous"],
                }
                for row in firsts
            ],
        )
    return len(mine)


def _only_columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"confidence", "ambiguous"}}


_DECIDED = (CommentState.ASSIGNED, CommentState.DISPOSED)


def decided(session: Session, consultation_id: int) -> int:
    """Return how many comments staff have decided about."""
    mine = (Comment.consultation_id == consultation_id, Comment.state.in_(_DECIDED))
    return session.scalar(select(func.count()).select_from(Comment).where(*mine)) or 0


def decisions(session: Session, consultation_id: int) -> list[tuple[str, str]]:
    """Return what staff decided so far: text of the comment and path of the measure."""
    rows = session.execute(
        select(Comment.excerpt, Measure.path)
        .join(Measure, Comment.measure_id == Measure.id)
        .where(
            Comment.consultation_id == consultation_id,
            Comment.state.in_(_DECIDED),
        )
        .order_by(Comment.id)
    )
    return [(excerpt, path) for excerpt, path in rows]
