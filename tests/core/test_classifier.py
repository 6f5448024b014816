"""Tests of commentbox.core.classifier."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import sparse

from commentbox.adapters.drafts import read_blocks
from commentbox.adapters.word_lists import language
from commentbox.core.classifier import MeasureModel, evaluate, query_text
from commentbox.core.classifier.features import features, is_chinese, weight
from commentbox.core.classifier.reasons import spans_of
from commentbox.core.classifier.rows import Reader
from commentbox.core.drafts import read_draft
from commentbox.core.references import ReferenceFinder
from commentbox.core.types import Draft
from tests.development_data import REAL_DRAFT, lines_of, needs_data
from tests.fixtures.app import small_draft


def parts(draft: Draft) -> tuple[MeasureModel, ReferenceFinder, dict[str, int | None]]:
    """Return what is needed to suggest measures of a draft."""
    model = MeasureModel.from_draft(draft.nodes, language())
    return model, ReferenceFinder(draft.nodes, draft.annex), {n.path: n.number for n in draft.nodes}


def test_works_on_the_first_day() -> None:
    model, references, _ = parts(small_draft())
    best = model.suggest(["行道树的飞絮太多，请换本地树种"], references)[0].measures[0]
    assert best.path == "2.1.1.3"
    assert best.source == "model"
    assert "本地树种" in best.reason
    said = "行道树的飞絮太多，请换本地树种"
    assert [said[start:end] for start, end in best.spans] == best.reason.split("、")


def test_words_that_hardly_spoke_are_not_shown() -> None:
    counted = Reader({"公": 0, "公园": 1, "太": 2, "太多": 3}).count(["公园太多"])
    measures = sparse.csr_matrix([[0, 1, 0, 0.1], [0, 1, 0, 0.3]])
    spans = spans_of(counted, counted.rows, measures, np.array([[0, 0], [0, 1]]))
    assert spans == [((0, 2),), ((0, 2), (2, 4))]


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


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("一千万", "1000万"),
        ("千万元以上", "1000万"),
        ("五万", "5万"),
        ("五个亿", "5亿"),
        ("2千万", "2000万"),
        ("5个亿", "5亿"),
        ("50万元", "50万"),
        ("百分之三十", "30%"),
        ("三成下来", "30%"),
        ("打七折", "70%"),
        ("7折以下", "70%"),
        ("拿8成", "80%"),
        ("十二家", "12"),
    ],
)
def test_amounts_in_words_meet_amounts_in_figures(written: str, figure: str) -> None:
    assert figure in {found.feature for found in features(written)}


@pytest.mark.parametrize("phrase", ["千万不要", "三成员", "一成不变", "三折页", "三个", "百分之零"])
def test_words_that_only_look_like_amounts(phrase: str) -> None:
    assert all(is_chinese(found.feature) for found in features(phrase))


def test_amounts_count_more() -> None:
    assert weight("50万") == weight("30%") > weight("50") == weight("公园") > weight("口袋公")


def test_what_is_known_of_a_comment_is_said_once() -> None:
    assert query_text("建议写明", "第3条", "建议写明") == "第3条 建议写明"


def test_draft_without_words() -> None:
    model = MeasureModel.from_draft(())
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
    assert found.top1 >= 0.73
    assert found.top3 >= 0.91
    assert 0 <= found.calibration_error <= 0.2
