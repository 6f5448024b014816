"""Measure the understanding of letters on the development data beside the checkout; prints one table.

References, points, suggestions on the first day and after decisions, and lay questions to statutes. The
texts are nobody's secret and the labels one author's: good against regression, not proof.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from commentbox.adapters.drafts import read_blocks  # noqa: E402
from commentbox.adapters.word_lists import background, thesaurus  # noqa: E402
from commentbox.core.classifier import Learner, MeasureModel, evaluate  # noqa: E402
from commentbox.core.drafts import read_draft  # noqa: E402
from commentbox.core.references import ReferenceFinder  # noqa: E402
from commentbox.core.states import CommentFlag, MeasureKind  # noqa: E402
from commentbox.core.types import Draft, Node, Point, Suggestions  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
DECISIONS = (37, 100, 200)
ROUNDS = 40
HELD_OUT = 54
SAME_SPAN = 0.7

Item = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Hold what reads comments on the draft, and its measures' numbers and paths."""

    model: MeasureModel
    references: ReferenceFinder
    numbers: dict[str, int | None]
    paths: dict[int, str]


def main() -> None:
    """Print the figures, each with the number of texts or points that it stands for."""
    if not DATA.is_dir():
        raise SystemExit(f"no development data in {DATA}")
    reader = make_reader(read_draft(read_blocks(DATA / "langfang-2023-draft.txt")))
    comments, letters = lines("comments_dev.jsonl"), lines("letters_dev.jsonl")
    plain = [c for c in comments if is_single(c) and not c["explicit_ref"]]
    references(reader, comments)
    points(reader, letters)
    suggestions(reader, plain)
    learning(reader, [c for c in comments if is_single(c)])
    statutes(json.loads((DATA / "stard_train.json").read_text(encoding="utf-8")))


def lines(name: str) -> list[Item]:
    """Return the items of a file of JSON lines."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def make_reader(draft: Draft) -> Reader:
    """Return what reads comments on a draft, on the first day."""
    measures = {n.path: n.number for n in draft.nodes if n.kind == MeasureKind.MEASURE}
    return Reader(
        MeasureModel.from_draft(draft.nodes, thesaurus(), background()),
        ReferenceFinder(draft.nodes, draft.annex),
        measures,
        {number: path for path, number in measures.items() if number},
    )


def is_single(item: Item) -> bool:
    """Tell whether a comment is about one measure."""
    return len(item["measures"]) == 1 and isinstance(item["measures"][0], int)


def show(what: str, count: int, **figures: float) -> None:
    """Print one line of the table."""
    told = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"{what:<44} {count:>5}  {told}", flush=True)


# --- references and points -------------------------------------------------------------------------


def references(reader: Reader, comments: Sequence[Item]) -> None:
    """Print how many of the references found are right, and how many of those meant are found."""
    right = wrong = missed = 0
    for item in comments:
        found = reader.references.find(item["text"])
        got = {reader.numbers.get(path) or "general" for one in found for path in one.paths}
        wanted = set(item["measures"])
        right += len(got & wanted)
        wrong += len(got - wanted)
        missed += len(wanted - got) if item["explicit_ref"] else 0
    precision, recall = right / (right + wrong), right / (right + missed)
    show("references: measures named by number", right + missed, precision=precision, recall=recall)


def points(reader: Reader, letters: Sequence[Item]) -> None:
    """Print how well points are cut, and the measures of a letter taken from each point's best."""
    answers = reader.model.suggest_letters([item["text"] for item in letters], reader.references)
    same = quotes = right = got = wanted = 0
    for item, answer in zip(letters, answers, strict=True):
        for gold in item["points"]:
            start = item["text"].find(gold["quote"])
            span = (start, start + len(gold["quote"]))
            same += any(overlap(span, (p.start, p.end)) >= SAME_SPAN for p, _ in answer)
            quotes += 1
        found, meant = best_of(reader, answer), {n for gold in item["points"] for n in gold["measures"]}
        right, got, wanted = right + len(found & meant), got + len(found), wanted + len(meant)
    show("points: gold quotes met by one span", quotes, share=same / quotes)
    show("points: measures of a letter as a set", wanted, f1=2 * right / (got + wanted))


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


def suggestions(reader: Reader, items: Sequence[Item]) -> None:
    """Print the figures of comments without a clause number: all points' measures, then the first's."""
    found = evaluate(reader.model, reader.references, reader.numbers, labelled(items))
    show("comments without a number, first day", found.texts, top1=found.top1, top3=found.top3)
    show("  how sure it says it is", found.texts, ece=found.calibration_error, coverage_95=found.coverage)
    answers = reader.model.suggest_letters([item["text"] for item in items], reader.references)
    firsts = [[reader.numbers.get(s.path) for s in answer[0][1].measures] for answer in answers]
    show("  by the first point alone", len(items), **hits(items, firsts))


def labelled(items: Sequence[Item]) -> list[tuple[str, list[int | str]]]:
    """Return the texts with their labels."""
    return [(item["text"], item["measures"]) for item in items]


def hits(items: Sequence[Item], ranked: Sequence[Sequence[int | None]]) -> dict[str, float]:
    """Return the share of items whose label is first, or among the first three."""
    pairs = list(zip(items, ranked, strict=True))
    return {
        f"top{depth}": sum(item["measures"][0] in found[:depth] for item, found in pairs) / len(pairs)
        for depth in (1, 3)
    }


def learning(reader: Reader, items: Sequence[Item]) -> None:
    """Print what decisions on other points gain on points not seen before, with the standard error."""
    for decisions in DECISIONS:
        gains = [gain(reader, items, decisions, random.Random(n)) for n in range(ROUNDS)]
        for depth, column in zip((1, 3), zip(*gains, strict=True), strict=True):
            show(
                f"gain by {decisions} decisions, top {depth}",
                ROUNDS,
                mean=statistics.mean(column),
                error=statistics.stdev(column) / ROUNDS**0.5,
            )


def gain(reader: Reader, items: Sequence[Item], decisions: int, chance: random.Random) -> tuple[float, float]:
    """Return what learning adds to top-1 and top-3 on comments held out."""
    order = chance.sample(list(items), len(items))
    held_out = labelled([item for item in order[:HELD_OUT] if not item["explicit_ref"]])
    learner = Learner(reader.model, reader.references)
    known = islice(order, HELD_OUT, HELD_OUT + decisions)
    learner.learn((item["text"], reader.paths[item["measures"][0]]) for item in known)
    learned = reader.model.with_learned(learner.learned())
    cold, warm = (evaluate(m, reader.references, reader.numbers, held_out) for m in (reader.model, learned))
    return warm.top1 - cold.top1, warm.top3 - cold.top3


# --- statutes --------------------------------------------------------------------------------------


def statutes(stard: Item) -> None:
    """Print how often a statute article that answers a lay question is among the first suggested."""
    nodes = [
        Node(str(a["id"]), "", None, MeasureKind.MEASURE, law_of(a["name"]), a["text"], None)
        for a in stard["articles"]
    ]
    model, finder = MeasureModel.from_draft(nodes, thesaurus(), background()), ReferenceFinder((), ())
    answers = model.suggest([query["text"] for query in stard["queries"]], finder)
    right = {1: 0, 3: 0}
    for query, answer in zip(stard["queries"], answers, strict=True):
        paths, wanted = [s.path for s in answer.measures], {str(n) for n in query["articles"]}
        for depth in right:
            right[depth] += bool(wanted.intersection(paths[:depth]))
    count = len(answers)
    show("lay questions to statutes", count, hit1=right[1] / count, hit3=right[3] / count)


def law_of(name: str) -> str:
    """Return the law's name without the article's number."""
    return name.partition("第")[0]


if __name__ == "__main__":
    main()
