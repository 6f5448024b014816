"""Measure the understanding of letters, print one table, and write it into docs/classifier.md.

On development data beside the checkout (``../shared/data``), on comments in bench/data that other hands
wrote for this project, and on those of bench/data/held_out, which nothing was fitted to.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import bulk  # noqa: E402
from commentbox.adapters.drafts import read_blocks  # noqa: E402
from commentbox.adapters.word_lists import language  # noqa: E402
from commentbox.core.classifier import (  # noqa: E402
    Language,
    Learner,
    MeasureModel,
    Phrasebook,
    calibration_error,
    count_background,
    evaluate,
    interval,
)
from commentbox.core.drafts import read_draft  # noqa: E402
from commentbox.core.references import ReferenceFinder  # noqa: E402
from commentbox.core.states import CommentFlag, MeasureKind  # noqa: E402
from commentbox.core.types import Draft, Node, Point, Suggestions  # noqa: E402

DATA, OWN = ROOT.parent / "shared" / "data", ROOT / "bench" / "data"
PAGE = ROOT / "docs" / "classifier.md"
BEGIN, END = "<!-- figures: make evaluate -->", "<!-- end of figures -->"
DECISIONS = (37, 100, 200)
ROUNDS = 40
HELD_OUT = 54
SAME_SPAN = 0.7
WITHOUT = "  without the phrasebook"

Item = dict[str, Any]
Ranker = Callable[[Sequence[str]], list[list[str]]]
"""From texts to the paths of their likeliest measures, best first."""


@dataclass(frozen=True)
class Reader:
    """Hold what reads comments on a draft, and its measures' numbers and paths."""

    model: MeasureModel
    without_phrases: MeasureModel
    references: ReferenceFinder
    nodes: tuple[Node, ...]
    numbers: dict[str, int | None]
    paths: dict[int, str]


@dataclass
class Table:
    """Hold the lines of the table, printed as they come."""

    lines: list[str] = field(default_factory=list)

    def show(self, what: str, count: int, **figures: float | Sequence[float]) -> None:
        """Add a line; a figure that comes as a list of values has its interval beside it."""
        told = "  ".join(f"{name} {_told(value)}" for name, value in figures.items())
        self.lines.append(f"{what:<46} {count:>5}  {told}")
        print(self.lines[-1], flush=True)


def _told(value: float | Sequence[float]) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    low, high = interval(value)
    return f"{statistics.mean(value):.3f} ({low:.2f} to {high:.2f})"


def main() -> None:
    """Print the figures, each with the number of texts or points that it stands for."""
    if not DATA.is_dir():
        raise SystemExit(f"no development data in {DATA}")
    table, draft = Table(), read_draft(read_blocks(DATA / "langfang-2023-draft.txt"))
    reader = make_reader(draft, language())
    comments = lines(DATA / "comments_dev.jsonl")
    references(table, reader, comments)
    points(table, reader, "development letters", lines(DATA / "letters_dev.jsonl"))
    points(table, reader, "held-out letters", lines(OWN / "held_out" / "letters.jsonl"))
    cold(table, reader, "development comments", [c for c in comments if is_plain(c)])
    for manner in ("lay", "mixed"):
        for name, file in (("held-out", "comments"), ("last", "last")):
            items = in_manner(OWN / f"held_out/{file}.jsonl", manner)
            cold(table, reader, f"{name} {manner} comments", items)
    for name in ("property", "jobs"):
        another_draft(table, name)
    flags(table, reader, comments)
    learning(table, reader, "development", [c for c in comments if is_single(c)])
    recurring(table)
    statutes(table, json.loads((DATA / "stard_train.json").read_text(encoding="utf-8")))
    accepting(table)
    write_page(table)


def lines(file: Path) -> list[Item]:
    """Return the items of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def make_reader(draft: Draft, known: Language) -> Reader:
    """Return what reads comments on a draft, on the first day."""
    measures = {n.path: n.number for n in draft.nodes if n.kind == MeasureKind.MEASURE}
    return Reader(
        MeasureModel.from_draft(draft.nodes, known),
        MeasureModel.from_draft(draft.nodes, replace(known, phrasebook=Phrasebook())),
        ReferenceFinder(draft.nodes, draft.annex),
        tuple(n for n in draft.nodes if n.kind == MeasureKind.MEASURE),
        measures,
        {number: path for path, number in measures.items() if number},
    )


def is_single(item: Item) -> bool:
    """Tell whether a comment is about one measure."""
    return len(item["measures"]) == 1 and isinstance(item["measures"][0], int)


def is_plain(item: Item) -> bool:
    """Tell whether a comment is about one measure and names no clause."""
    return is_single(item) and not item["explicit_ref"]


def in_manner(file: Path, manner: str) -> list[Item]:
    """Return the comments on one measure that are written in a manner."""
    return [item for item in lines(file) if item["manner"] == manner and is_single(item)]


# --- references and points -------------------------------------------------------------------------


def references(table: Table, reader: Reader, comments: Sequence[Item]) -> None:
    """Show how many of the references found are right, and how many of those meant are found."""
    right = wrong = missed = 0
    for item in comments:
        found = reader.references.find(item["text"])
        got = {reader.numbers.get(path) or "general" for one in found for path in one.paths}
        wanted = set(item["measures"])
        right += len(got & wanted)
        wrong += len(got - wanted)
        missed += len(wanted - got) if item["explicit_ref"] else 0
    precision, recall = right / (right + wrong), right / (right + missed)
    table.show("references: measures named by number", right + missed, precision=precision, recall=recall)


def points(table: Table, reader: Reader, name: str, letters: Sequence[Item]) -> None:
    """Show how well points are cut, and the measures of a letter taken from each point's best."""
    answers = reader.model.suggest_letters([item["text"] for item in letters], reader.references)
    met: list[float] = []
    counts = []
    for item, answer in zip(letters, answers, strict=True):
        for gold in item["points"]:
            start = item["text"].find(gold["quote"])
            span = (start, start + len(gold["quote"]))
            met.append(any(overlap(span, (p.start, p.end)) >= SAME_SPAN for p, _ in answer))
        found, meant = best_of(reader, answer), {n for gold in item["points"] for n in gold["measures"]}
        counts.append((len(found & meant), len(found), len(meant)))
    table.show(f"{name}: gold quotes met by one span", len(met), share=met)
    right, got, wanted = np.sum(counts, axis=0)
    drawn = np.array(counts)[np.random.default_rng(0).integers(0, len(counts), (1000, len(counts)))].sum(
        axis=1
    )
    low, high = np.quantile(2 * drawn[:, 0] / (drawn[:, 1] + drawn[:, 2]), (0.025, 0.975))
    table.show(
        f"{name}: measures as a set", int(wanted), f1=float(2 * right / (got + wanted)), low=low, high=high
    )


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the length that two spans share over the length that they cover."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0]))


def best_of(reader: Reader, answer: Iterable[tuple[Point, Suggestions]]) -> set[int | str]:
    """Return the numbers of the measures that each point names, or else of its likeliest.

    What is no measure is "general"; a point that is flagged as none of the draft's says nothing.
    """
    chosen: set[int | str] = set()
    for _, suggestions in answer:
        if suggestions.flag != CommentFlag.NONE:
            named = [s for s in suggestions.measures if s.source == "reference"]
            chosen |= {reader.numbers.get(s.path) or "general" for s in named or suggestions.measures[:1]}
    return chosen


# --- suggestions -----------------------------------------------------------------------------------


def cold(table: Table, reader: Reader, name: str, items: Sequence[Item]) -> None:
    """Show the figures of the first day, beside those of a plain TF-IDF of one and two characters."""
    found = evaluate(reader.model, reader.references, reader.numbers, labelled(items))
    texts = [item["text"] for item in items]
    answers = reader.model.suggest(texts, reader.references)
    table.show(name, len(items), **hits(reader, items, [[s.path for s in a.measures] for a in answers]))
    table.show("  cut into points, all taken together", len(items), top1=found.top1, top3=found.top3)
    answers = reader.without_phrases.suggest(texts, reader.references)
    table.show(WITHOUT, len(items), **hits(reader, items, [[s.path for s in a.measures] for a in answers]))
    table.show("  plain TF-IDF", len(items), **hits(reader, items, plain(reader.nodes)(texts)))
    table.show(
        "  how sure it says it is", len(items), ece=found.calibration_error, coverage_95=found.coverage
    )


def plain(nodes: Sequence[Node]) -> Ranker:
    """Return a ranking by the cosine of characters and pairs of characters, nothing else."""
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    rows = vectors.fit_transform([f"{node.title} {node.text}" for node in nodes])

    def rank(texts: Sequence[str]) -> list[list[str]]:
        order = np.argsort(-(vectors.transform(texts) @ rows.T).toarray(), axis=1, kind="stable")[:, :3]
        return [[nodes[n].path for n in one] for one in order]

    return rank


def labelled(items: Sequence[Item]) -> list[tuple[str, list[int | str]]]:
    """Return the texts with their labels."""
    return [(item["text"], item["measures"]) for item in items]


def hits(reader: Reader, items: Sequence[Item], ranked: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """Return for each item whether its label is first, and whether it is among the first three."""
    pairs = [
        (item["measures"][0], [reader.numbers.get(p) for p in one])
        for item, one in zip(items, ranked, strict=True)
    ]
    return {f"top{depth}": [label in found[:depth] for label, found in pairs] for depth in (1, 3)}


def another_draft(table: Table, name: str) -> None:
    """Show the figures on a draft written for this project; its own comments are not in the background."""
    others = [item["text"] for file in OWN.glob("*.jsonl") if file.stem != name for item in lines(file)]
    known = replace(language(), background=count_background(others))
    reader = make_reader(read_draft(read_blocks(OWN / f"{name}.txt")), known)
    for manner in ("lay", "mixed"):
        cold(table, reader, f"draft on {name}: {manner} comments", in_manner(OWN / f"{name}.jsonl", manner))


def flags(table: Table, reader: Reader, comments: Sequence[Item]) -> None:
    """Show how many comments about no measure are flagged, and how many about one are by mistake."""
    for label in ("general", "none"):
        mine = [item["text"] for item in comments if item["measures"] == [label]]
        answers = reader.model.suggest(mine, reader.references)
        named = [a for a in answers if a.measures and a.measures[0].source == "reference"]
        found = [float(a.flag == label) for a in answers if a not in named]
        table.show(f"flagged as {label}, of those that name no clause", len(found), share=found)
    texts = [item["text"] for item in comments if is_plain(item)]
    wrong = [float(a.flag is not None) for a in reader.model.suggest(texts, reader.references)]
    table.show("flagged though about a measure", len(wrong), share=wrong)


# --- learning --------------------------------------------------------------------------------------


def learning(table: Table, reader: Reader, name: str, items: Sequence[Item]) -> None:
    """Show what decisions on other points gain on points not seen before, with the standard error."""
    for decisions in DECISIONS:
        gains = [gain(reader, items, decisions, random.Random(n)) for n in range(ROUNDS)]
        for depth, column in zip((1, 3), zip(*gains, strict=True), strict=True):
            table.show(
                f"{name}: gain by {decisions} decisions, top {depth}",
                ROUNDS,
                mean=statistics.mean(column),
                error=statistics.stdev(column) / ROUNDS**0.5,
            )


def gain(reader: Reader, items: Sequence[Item], decisions: int, chance: random.Random) -> tuple[float, float]:
    """Return what learning adds to top-1 and top-3 on comments held out."""
    order = chance.sample(list(items), len(items))
    held_out = labelled([item for item in order[:HELD_OUT] if not item["explicit_ref"]])
    learned = learn(reader, islice(order, HELD_OUT, HELD_OUT + decisions))
    before, after = (
        evaluate(m, reader.references, reader.numbers, held_out) for m in (reader.model, learned)
    )
    return after.top1 - before.top1, after.top3 - before.top3


def learn(reader: Reader, items: Iterable[Item]) -> MeasureModel:
    """Return the model that was taught these comments."""
    learner = Learner(reader.model, reader.references)
    learner.learn((item["text"], reader.paths[item["measures"][0]]) for item in items)
    return reader.model.with_learned(learner.learned())


def recurring(table: Table) -> None:
    """Show what other comments teach about points that recur in other words, each third held out."""
    before: list[float] = []
    after: list[float] = []
    for name in ("property", "jobs"):
        reader = make_reader(read_draft(read_blocks(OWN / f"{name}.txt")), language())
        told = [item for item in lines(OWN / f"{name}.jsonl") if is_single(item)]
        told = [item for item in told if item["measures"][0] in reader.paths]
        again = [item for item in lines(OWN / "recurring.jsonl") if item["draft"] == name]
        again = [item for item in again if item["measures"][0] in reader.paths]
        for third in range(3):
            held_out = again[third::3]
            taught = learn(reader, [*told, *(item for item in again if item not in held_out)])
            for model, found in ((reader.model, before), (taught, after)):
                answers = model.suggest([item["text"] for item in held_out], reader.references)
                found += hits(reader, held_out, [[s.path for s in a.measures] for a in answers])["top1"]
    table.show("points that recur in other words, first day", len(before), top1=before)
    table.show("  after some 200 decisions, two of three seen", len(after), top1=after)


# --- statutes and acceptance -----------------------------------------------------------------------


def statutes(table: Table, stard: Item) -> None:
    """Show how often a statute article that answers a lay question is among the first suggested."""
    nodes = [
        Node(str(a["id"]), "", None, MeasureKind.MEASURE, law_of(a["name"]), a["text"], None)
        for a in stard["articles"]
    ]
    model, finder = MeasureModel.from_draft(nodes, language()), ReferenceFinder((), ())
    texts = [query["text"] for query in stard["queries"]]
    answers = model.suggest(texts, finder)
    ours = [[s.path for s in answer.measures] for answer in answers]
    without = MeasureModel.from_draft(nodes, replace(language(), phrasebook=Phrasebook()))
    wanted = [{str(n) for n in query["articles"]} for query in stard["queries"]]
    for name, ranked in (
        ("lay questions to statutes", ours),
        (WITHOUT, [[s.path for s in answer.measures] for answer in without.suggest(texts, finder)]),
        ("  plain TF-IDF", plain(nodes)(texts)),
    ):
        found = {
            f"hit{depth}": [
                float(bool(w.intersection(one[:depth]))) for w, one in zip(wanted, ranked, strict=True)
            ]
            for depth in (1, 3)
        }
        table.show(name, len(texts), **found)
    sure = [(a.confidence, a.measures[0].path in w) for a, w in zip(answers, wanted, strict=True)]
    table.show("  how sure it says it is", len(texts), ece=calibration_error(sure))


def law_of(name: str) -> str:
    """Return the law's name without the article's number."""
    return name.partition("第")[0]


def accepting(table: Table) -> None:
    """Show the simulation of acceptance in bulk, with models that turn bad."""
    told = StringIO()
    with redirect_stdout(told):
        bulk.main()
    table.lines += [
        "",
        "acceptance in bulk, simulated (bench/bulk.py)",
        *told.getvalue().rstrip().splitlines(),
    ]
    print("\n".join(table.lines[-len(told.getvalue().splitlines()) - 2 :]))


def write_page(table: Table) -> None:
    """Put the table into the page between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    told = "\n".join(line.rstrip() for line in table.lines)
    PAGE.write_text(f"{head}{BEGIN}\n```text\n{told}\n```\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
