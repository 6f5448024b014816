"""Index, suggest, cluster, train: what is worked out about a submission after it is stored."""

from __future__ import annotations

from pathlib import Path

from commentbox.adapters.model_store import ModelStore
from commentbox.db import transaction
from commentbox.jobs.runtime import Runtime
from commentbox.services import campaigns, consultations, suggest, text_index

INDEX_BATCH = 100
SUGGEST_BATCH = 200
CLUSTER_BATCH = 100
LEARN_EVERY = 20
"""New decisions after which the model is trained anew."""


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
        rows = suggest.think(known, batch)
        with transaction(session):
            suggest.store(session, rows, [one.id for one in batch])
    return sum(map(len, found.values()))


def _models(runtime: Runtime) -> ModelStore:
    return ModelStore(Path(runtime.settings["DATA_DIR"]) / "models")


def learned_understanding(runtime: Runtime, consultation_id: int) -> suggest.Understanding:
    """Return what is needed to read comments, with the latest trained model where there is one."""
    learned = _models(runtime).latest(str(consultation_id))
    return suggest.understanding(runtime.session, consultation_id, learned)


def cluster(runtime: Runtime) -> int:
    """Compare a batch of submissions with those before them."""
    session = runtime.session
    letters = campaigns.waiting(session, CLUSTER_BATCH)
    session.rollback()
    if letters:
        with transaction(session):
            campaigns.store(session, letters, runtime.clock())
    return len(letters)


def train(runtime: Runtime) -> int:
    """Train anew each consultation on which staff decided enough since the last time."""
    session = runtime.session
    trained = 0
    for consultation in consultations.everything(session):
        consultation_id, decided = consultation.id, suggest.decided(session, consultation.id)
        if decided < LEARN_EVERY:
            continue
        learned = _models(runtime).latest(str(consultation_id))
        if decided - (learned.decisions if learned else 0) >= LEARN_EVERY:
            train_one(runtime, consultation_id, suggest.decisions(session, consultation_id))
            trained += 1
    session.rollback()
    return trained


def train_one(runtime: Runtime, consultation_id: int, decisions: list[tuple[str, str]]) -> str:
    """Train on a consultation's decisions and keep the model; return its version."""
    cold = suggest.understanding(runtime.session, consultation_id, None)
    runtime.session.rollback()
    texts, paths = [text for text, _ in decisions], [path for _, path in decisions]
    return _models(runtime).save(str(consultation_id), cold.model.learn(texts, paths))
