"""Suggestions for drafts of a few and of very many clauses, and learning, beside bare scikit-learn.

`python -m bench.understanding COUNT` learns COUNT decisions in a process of its own; so its memory is known.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from bench.measure import show
from commentbox.adapters.drafts import read_blocks
from commentbox.adapters.word_lists import language
from commentbox.core.classifier import Learner, MeasureModel
from commentbox.core.classifier.features import features
from commentbox.core.drafts import read_draft
from commentbox.core.references import ReferenceFinder
from commentbox.core.states import MeasureKind
from commentbox.core.text import even
from commentbox.core.types import Node

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "bench" / "data"
TEXTS = 2000
BATCH = 200
CLAUSES = (34, 1500)
DECISIONS = (10_000, 110_000)
LINE = "{:<44} {:>10}  {}"
CHANGED = 0.15
"""Share of a comment's characters that a copy has changed, so that no two decisions are on the same words."""


def measure() -> None:
    """Print suggestions a second beside bare vectors and their product, and what learning takes."""
    texts = [text for text, _ in comments(TEXTS)]
    for clauses in CLAUSES:
        suggest(clauses, texts)
    for count in DECISIONS:
        ran = json.loads(_alone(count))
        print(LINE.format("learn decisions", count, f"{ran['seconds']:.1f} s  {ran['mb']} MB"), flush=True)


def suggest(clauses: int, texts: list[str]) -> None:
    """Suggest measures, references and reasons in batches, on one core."""
    nodes = draft(clauses)
    model, finder = MeasureModel.from_draft(nodes, language()), ReferenceFinder(nodes, ())
    vectorizer = TfidfVectorizer(analyzer=named_features, vocabulary=model.vocabulary, sublinear_tf=True)
    vectorizer.idf_ = model.weights
    portions = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    show(
        f"suggest among {clauses} clauses",
        len(texts),
        lambda: [model.suggest(portion, finder) for portion in portions],
        lambda: [(vectorizer.transform(portion) @ model.rows.T).toarray() for portion in portions],
    )


def named_features(text: str) -> list[str]:
    """Return the features of a text as scikit-learn wants them."""
    return [found.feature for found in features(even(text))]


def draft(clauses: int) -> tuple[Node, ...]:
    """Return the measures of a draft of our own; more clauses than it has are mixed of its sentences."""
    own = [n for n in read_draft(read_blocks(DATA / "jobs.txt")).nodes if n.kind == MeasureKind.MEASURE]
    sentences = [part for node in own for part in node.text.split("，")]
    chance = random.Random(2)
    more = (
        Node(
            f"9.{n}",
            f"{n}.",
            n,
            MeasureKind.MEASURE,
            "".join(chance.sample(sentences, 1))[:16],
            "，".join(chance.sample(sentences, 6)),
            None,
        )
        for n in range(len(own) + 1, clauses + 1)
    )
    return (*own, *more)[:clauses]


def comments(count: int) -> Iterator[tuple[str, int]]:
    """Yield comments on it with their measure's number, each with some characters changed."""
    told = [json.loads(line) for line in (DATA / "jobs.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [item for item in told if len(item["measures"]) == 1]
    chance, signs = random.Random(1), "".join(item["text"] for item in told)
    for _ in range(count):
        item = chance.choice(told)
        letters = [chance.choice(signs) if chance.random() < CHANGED else sign for sign in item["text"]]
        yield "".join(letters), item["measures"][0]


def _alone(count: int) -> bytes:
    command = [sys.executable, "-m", "bench.understanding", str(count)]
    return subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout


def main(count: int) -> None:
    """Learn so many decisions; print seconds of one core and megabytes as JSON."""
    nodes = draft(CLAUSES[0])
    paths = {node.number: node.path for node in nodes}
    model = MeasureModel.from_draft(nodes, language())
    learner = Learner(model, ReferenceFinder(nodes, ()))
    told = ((text, paths[number]) for text, number in comments(count))
    start = time.process_time()
    learner.learn(told)
    model.with_learned(learner.learned())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(json.dumps({"seconds": time.process_time() - start, "mb": memory}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
