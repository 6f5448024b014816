"""The full-text index: single characters and bigrams, kept apart from the rows that it finds.

SQLite keeps them in FTS5, PostgreSQL in a tsvector with a GIN index; both without positions, so a
match is a candidate and `matches` rechecks it against the text itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

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
    true,
    update,
)
from sqlalchemy.orm import Session, selectinload

from commentbox.core.text import bigrams, normalise
from commentbox.models import Submission

LONGEST_TOKEN = 40
"""Characters of a word that are indexed; PostgreSQL takes no lexeme of more than 2,046 bytes."""
MOST_BYTES = 900_000
"""Bytes of tokens of one text; a tsvector holds 1 MB. What lies behind is not found by search."""


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
    return Searchable(submission.id, whole, _bounded(_tokens(whole)))


def _tokens(normal: str) -> list[str]:
    """Return the different tokens of a normalised text, in the order in which they first appear."""
    return list(dict.fromkeys(token[:LONGEST_TOKEN] for token in bigrams(normal)))


def _bounded(tokens: Sequence[str]) -> list[str]:
    sizes = accumulate(len(token.encode("utf-8")) for token in tokens)
    return [token for token, size in zip(tokens, sizes, strict=True) if size <= MOST_BYTES]


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
    """Return a token as FTS5's own tokenizer leaves it whole, whichever letters it knows."""
    known = token.isascii() or all("\u3400" <= char <= "\u9fff" for char in token)
    return token if known else "x" + token.encode("utf-8").hex()


def matches(session: Session, query: str) -> ColumnElement[bool]:
    """Return the condition of containing each word of a query, the not yet indexed included.

    Chinese is found anywhere, a word of letters or figures by its beginning.
    """
    typed = query.replace("\x00", " ")
    words = normalise(typed).split()
    tokens = _needed({token for word in words for token in _tokens(word)})
    return or_(Submission.id.in_(_candidates(session, tokens, words)), _unindexed(typed.lower(), words))


def _needed(tokens: set[str]) -> list[str]:
    """Return the tokens without those characters that a pair holds already."""
    pairs = "\n".join(token for token in tokens if len(token) == 2 and not token.isascii())
    return sorted(token for token in tokens if len(token) > 1 or token not in pairs)


def _candidates(session: Session, tokens: Sequence[str], words: Sequence[str]) -> TextualSelect:
    """Return the query for the ids that the index proposes and the text confirms."""
    conditions = [f"content LIKE :w{n} ESCAPE '!'" for n in range(len(words))]
    values = {f"w{n}": _pattern(word) for n, word in enumerate(words)}
    if tokens and session.get_bind().dialect.name == "sqlite":
        conditions.insert(
            0, "submission_id IN (SELECT rowid FROM submission_tokens WHERE submission_tokens MATCH :tokens)"
        )
        values["tokens"] = " AND ".join(f'"{_word(token)}"{_open(token, "*")}' for token in tokens)
    elif tokens:
        conditions.insert(0, "tokens @@ CAST(:tokens AS tsquery)")
        values["tokens"] = " & ".join(f"'{token}'{_open(token, ':*')}" for token in tokens)
    sql = f"SELECT submission_id FROM submission_text WHERE {' AND '.join(conditions) or '1 = 1'}"
    return text(sql).bindparams(**values).columns(submission_id=Integer)


def _open(token: str, mark: str) -> str:
    """Return the mark of a beginning for words of letters and figures, "" for Chinese."""
    return mark if len(token) > 2 or token.isascii() else ""


def _pattern(word: str) -> str:
    escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _unindexed(typed: str, words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition for the few that came in since the last step, without the index.

    Their text is not in the normal form yet: looked for are the words as typed, or in that form.
    """
    name = Submission.respondent + " " + Submission.organisation
    whole = func.lower(Submission.subject + " " + Submission.body + " " + name + " " + Submission.receipt)
    found = [
        and_(true(), *(whole.like(_pattern(w), escape="!") for w in form)) for form in (typed.split(), words)
    ]
    return and_(Submission.indexed_at.is_(None), or_(*found))
