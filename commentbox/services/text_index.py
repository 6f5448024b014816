"""The full-text index: single characters and bigrams, kept apart from the rows that it finds.

SQLite keeps them in FTS5, PostgreSQL in a tsvector with a GIN index; both without positions, so a
match is a candidate and `matches` rechecks it against the text itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    TextualSelect,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session, selectinload

from commentbox.core.text import bigrams, normalise
from commentbox.models import Submission


@dataclass(frozen=True, slots=True)
class Searchable:
    """Hold a submission's texts in the normal form, ready for the index."""

    id: int
    text: str
    tokens: list[str]


def waiting(session: Session, limit: int) -> list[Searchable]:
    """Return submissions that are not in the index yet."""
    wanted = select(Submission).where(Submission.indexed_at.is_(None)).order_by(Submission.id).limit(limit)
    return [_searchable(s) for s in session.scalars(wanted.options(selectinload(Submission.attachments)))]


def _searchable(submission: Submission) -> Searchable:
    parts = [
        submission.receipt,
        submission.respondent,
        submission.organisation,
        submission.subject,
        submission.body,
        *(part for a in submission.attachments for part in (a.filename, a.text)),
    ]
    whole = normalise("\n".join(filter(None, parts)))
    return Searchable(submission.id, whole, sorted(set(bigrams(whole))))


def store(session: Session, batch: Sequence[Searchable], now: datetime) -> None:
    """Put texts into the index; harmless to repeat."""
    ids = [one.id for one in batch]
    stored = set(
        session.scalars(
            text("SELECT submission_id FROM submission_text WHERE submission_id IN :ids").bindparams(
                bindparam("ids", ids, expanding=True)
            )
        )
    )
    fresh = [one for one in batch if one.id not in stored]
    if fresh and session.get_bind().dialect.name == "sqlite":
        _store_sqlite(session, fresh)
    elif fresh:
        _store_postgresql(session, fresh)
    session.execute(update(Submission).where(Submission.id.in_(ids)).values(indexed_at=now))


def _store_sqlite(session: Session, batch: Sequence[Searchable]) -> None:
    session.execute(
        text("INSERT INTO submission_text (submission_id, content) VALUES (:id, :content)"),
        [{"id": one.id, "content": one.text} for one in batch],
    )
    session.execute(
        text("INSERT INTO submission_tokens (rowid, tokens) VALUES (:id, :tokens)"),
        [{"id": one.id, "tokens": " ".join(map(_word, one.tokens))} for one in batch],
    )


def _store_postgresql(session: Session, batch: Sequence[Searchable]) -> None:
    session.execute(
        text(
            "INSERT INTO submission_text (submission_id, content, tokens) "
            "VALUES (:id, :content, array_to_tsvector(CAST(:tokens AS text[])))"
        ),
        [{"id": one.id, "content": one.text, "tokens": one.tokens} for one in batch],
    )


def _word(token: str) -> str:
    """Return a token as letters and digits only, so that FTS5's own tokenizer leaves it whole."""
    return "x" + token.encode("utf-8").hex() if not token.isalnum() else token


def matches(session: Session, query: str) -> ColumnElement[bool]:
    """Return the condition of containing each word of a query, the not yet indexed included."""
    words = normalise(query).split()
    tokens = sorted({token for word in words for token in bigrams(word)})
    return or_(Submission.id.in_(_candidates(session, tokens, words)), _unindexed(words))


def _candidates(session: Session, tokens: Sequence[str], words: Sequence[str]) -> TextualSelect:
    """Return the query for the ids that the index proposes and the text confirms."""
    conditions = [f"content LIKE :w{n} ESCAPE '!'" for n in range(len(words))]
    values = {f"w{n}": _pattern(word) for n, word in enumerate(words)}
    if tokens and session.get_bind().dialect.name == "sqlite":
        conditions.insert(
            0, "submission_id IN (SELECT rowid FROM submission_tokens WHERE submission_tokens MATCH :tokens)"
        )
        values["tokens"] = " AND ".join(f'"{_word(token)}"' for token in tokens)
    elif tokens:
        conditions.insert(0, "tokens @@ CAST(:tokens AS tsquery)")
        values["tokens"] = " & ".join(map(_quoted, tokens))
    sql = f"SELECT submission_id FROM submission_text WHERE {' AND '.join(conditions) or '1 = 1'}"
    return text(sql).bindparams(**values).columns(submission_id=Integer)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _pattern(word: str) -> str:
    escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _unindexed(words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition for the few that came in since the last step, without the index."""
    whole = func.lower(
        Submission.subject + " " + Submission.body + " " + Submission.respondent + " " + Submission.receipt
    )
    likes = (whole.like(_pattern(word), escape="!") for word in words)
    return and_(Submission.indexed_at.is_(None), *likes)
