"""Tests of commentbox.core.classifier."""

from __future__ import annotations

from functools import cache

from commentbox.adapters.drafts import read_blocks
from commentbox.core.classifier import MeasureModel, evaluate, query_text
from commentbox.core.classifier.features import features, spoken
from commentbox.core.drafts import read_draft
from commentbox.core.references import ReferenceFinder
from commentbox.core.types import Draft
from tests.development_data import REAL_DRAFT, lines_of, needs_data
from tests.fixtures.app import small_draft


def parts(draft: Draft) -> tuple[MeasureModel, ReferenceFinder, dict[str, int | None]]:
    """Return what is needed to suggest measures of a draft."""
    model = MeasureModel.from_draft(draft.nodes, draft.annex)
    return model, ReferenceFinder(draft.nodes, draft.annex), {n.path: n.number for n in draft.nodes}


def test_works_on_the_first_day() -> None:
    model, references, _ = parts(small_draft())
    best = model.suggest(["行道树的飞絮太多，请换本地树种"], references)[0].measures[0]
    assert best.path == "2.1.1.3"
    assert best.source == "model"
    assert "本地树种" in best.matched


def test_explicit_reference_comes_first() -> None:
    model, references, _ = parts(small_draft())
    answer = model.suggest(["第（4）条：行道树的飞絮太多，请换本地树种"], references)[0]
    assert [(s.path, s.source) for s in answer.measures[:2]] == [
        ("2.1.1.4", "reference"),
        ("2.1.1.3", "model"),
    ]
    assert answer.measures[0].score == 1.0


def test_three_at_most_each_once() -> None:
    model, references, _ = parts(small_draft())
    measures = model.suggest(["公园绿地树种照明资金"], references)[0].measures
    assert len(measures) == 3
    assert len({m.path for m in measures}) == 3
    assert [m.score for m in measures] == sorted((m.score for m in measures), reverse=True)


def test_words_that_nobody_knows() -> None:
    model, references, _ = parts(small_draft())
    answer = model.suggest(["zzz", ""], references)
    assert [a.measures for a in answer] == [(), ()]
    assert answer[0].confidence == 0


def test_learns_from_decisions_and_keeps_the_draft() -> None:
    model, references, _ = parts(small_draft())
    said = "公园里的路晚上太黑，老人走路不方便"
    assert model.suggest([said], references)[0].measures[0].path == "2.1.1.4"
    learned = model.learn([said], ["2.1.1.2"])
    assert learned.decisions == 1
    assert learned.suggest([said + "。"], references)[0].measures[0].path == "2.1.1.2"
    assert learned.suggest(["行道树飞絮"], references)[0].measures[0].path == "2.1.1.3"


def test_learning_nothing_is_the_first_day() -> None:
    model, references, _ = parts(small_draft())
    same = model.learn(["x"], ["no such path"])
    text = ["行道树"]
    assert same.suggest(text, references) == model.suggest(text, references)


def test_learning_anew_forgets_what_was_learned_before() -> None:
    model, references, _ = parts(small_draft())
    once = model.learn(["树种换成本地的"], ["2.1.1.3"])
    again = model.learn(["黑灯瞎火"], ["2.1.1.4"]).learn(["树种换成本地的"], ["2.1.1.3"])
    texts = ["黑灯瞎火", "本地树种"]
    assert again.vocabulary == once.vocabulary
    assert again.suggest(texts, references) == once.suggest(texts, references)


def test_more_decisions_move_a_measure_farther() -> None:
    model, references, _ = parts(small_draft())
    few = model.learn(["散步怕黑"] * 2, ["2.1.1.4"] * 2)
    many = model.learn(["散步怕黑"] * 40, ["2.1.1.4"] * 40)
    scores = [m.suggest(["散步"], references)[0].measures for m in (model, few, many)]
    assert not any(s.path == "2.1.1.4" for s in scores[0])
    assert 0 < scores[1][0].score < scores[2][0].score


def test_amounts_in_words_meet_amounts_in_figures() -> None:
    assert "1000万" in features("一千万")
    assert "30%" in features("百分之三十")


def test_matched_words_are_words_of_the_text() -> None:
    shared = {"研发": 1.0, "发费": 1.0, "补助": 0.5}
    assert spoken("研发费的补助", shared) == ("研发费", "补助")


def test_what_is_known_of_a_comment_is_said_once() -> None:
    assert query_text("建议写明", "第3条", "建议写明") == "第3条 建议写明"


def test_draft_without_words() -> None:
    model = MeasureModel.from_draft((), ())
    assert model.suggest(["公园"], ReferenceFinder((), ()))[0].measures == ()


@cache
def _real() -> tuple[MeasureModel, ReferenceFinder, dict[str, int | None]]:
    return parts(read_draft(read_blocks(REAL_DRAFT)))


def _labelled() -> list[tuple[str, list[int | str]]]:
    """Return the comments on one measure that name no clause."""
    items = lines_of("comments_dev.jsonl")
    return [(i["text"], i["measures"]) for i in items if len(i["measures"]) == 1 and not i["explicit_ref"]]


@needs_data
def test_development_comments_cold() -> None:
    found = evaluate(*_real(), _labelled())
    assert found.top1 >= 0.65
    assert found.top3 >= 0.84
    assert 0 <= found.calibration_error <= 0.2


@needs_data
def test_learning_does_no_harm() -> None:
    model, references, numbers = _real()
    paths = {numbers[path]: path for path in model.paths if numbers[path]}
    items = [(text, labels) for text, labels in _labelled() if isinstance(labels[0], int)]
    cold = learned = 0.0
    for fold in range(5):
        known = [item for n, item in enumerate(items) if n % 5 != fold]
        held_out = items[fold::5]
        trained = model.learn([t for t, _ in known], [paths[m[0]] for _, m in known if isinstance(m[0], int)])
        cold += evaluate(model, references, numbers, held_out).top1 / 5
        learned += evaluate(trained, references, numbers, held_out).top1 / 5
    assert learned >= cold
