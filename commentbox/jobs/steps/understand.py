"""Index, suggest, train: what is worked out about a submission after it is stored."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from commentbox.adapters.model_store import ModelStore
from commentbox.adapters.word_lists import language
from commentbox.core.classifier import Learned
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services import consultations, suggest, text_index

INDEX_BATCH = 100
SUGGEST_BATCH = 200
LEARN_EVERY, LEARN_SHARE = 20, 10
"""New decisions after which the model is trained anew: so many, and one for so many known."""


def index_texts(runtime: Runtime) -> int:
    """Put a batch of submissions into the full-text index."""
    session = runtime.session
    batch = text_index.waiting(session, INDEX_BATCH)
    if batch:
        with transaction(session):
            text_index.store(session, batch, runtime.clock())
    return len(batch)


def suggest_measures(runtime: Runtime) -> int:
    """Suggest measures for a batch of comments; the thinking is done outside the transaction."""
    session = runtime.session
    found = suggest.waiting(session, SUGGEST_BATCH)
    for consultation_id, batch in found.items():
        known = learned_understanding(runtime, consultation_id)
        session.rollback()
        thoughts = suggest.think(known, batch)
        with transaction(session):
            suggest.store(session, thoughts)
    return sum(map(len, found.values()))


def reread(runtime: Runtime) -> int:
    """Read a batch of open comments again with what was learned since."""
    session = runtime.session
    found = suggest.to_reread(session, SUGGEST_BATCH)
    if found is None:
        return 0
    consultation_id, batch = found
    known = learned_understanding(runtime, consultation_id)
    session.rollback()
    thoughts = suggest.think(known, batch)
    with transaction(session):
        suggest.store_again(session, consultation_id, thoughts)
    return len(batch)


@cache
def _models(folder: Path) -> ModelStore:
    return ModelStore(folder)


def models(runtime: Runtime) -> ModelStore:
    """Return where this installation keeps what it learned."""
    return _models(Path(runtime.settings["DATA_DIR"]) / "models")


def learned_understanding(runtime: Runtime, consultation_id: int) -> suggest.Understanding:
    """Return what is needed to read comments, with what was last learned."""
    learned = models(runtime).latest(str(consultation_id))
    return suggest.understanding(runtime.session, consultation_id, language(), learned)


def train(runtime: Runtime) -> int:
    """Train anew each consultation on which staff decided enough since the last time."""
    session = runtime.session
    trained = 0
    for consultation in consultations.everything(session):
        consultation_id, decided = consultation.id, suggest.decided(session, consultation.id)
        if decided < LEARN_EVERY:
            continue
        learned = models(runtime).latest(str(consultation_id))
        known = learned.decisions if learned else 0
        if decided - known >= max(LEARN_EVERY, known // LEARN_SHARE):
            train_one(runtime, consultation_id)
            trained += 1
    session.rollback()
    return trained


def train_one(runtime: Runtime, consultation_id: int) -> Learned:
    """Train on a consultation's decisions and keep what was learned; return it with its version."""
    session = runtime.session
    cold = suggest.understanding(session, consultation_id, language(), None)
    learned = suggest.learn(cold, suggest.decisions(session, consultation_id))
    session.rollback()
    version = models(runtime).save(str(consultation_id), learned)
    with transaction(session):
        consultations.reread_later(session, consultation_id)
    return replace(learned, version=version)
