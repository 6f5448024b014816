"""Tests of learning from decisions."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest

from commentbox.core.classifier import (
    Calibration,
    Language,
    Learned,
    Learner,
    MeasureModel,
    count_background,
    learner,
)
from commentbox.core.classifier.learner import REMEMBERED
from commentbox.core.references import ReferenceFinder
from tests.fixtures.app import small_draft

DARK, TREES = "2.1.1.4", "2.1.1.3"
NOBODY = ReferenceFinder((), ())


def cold() -> MeasureModel:
    """Return the model of the first day."""
    return MeasureModel.from_draft(small_draft().nodes)


def learn(*decisions: tuple[str, str]) -> Learned:
    """Return what is learned from decisions."""
    draft = small_draft()
    learning = Learner(cold(), ReferenceFinder(draft.nodes, draft.annex))
    learning.learn(decisions)
    return learning.learned()


def best(model: MeasureModel, text: str) -> str:
    """Return the path of the first suggestion."""
    return model.suggest([text], NOBODY)[0].measures[0].path


def test_what_was_said_before_is_known_again() -> None:
    said = "公园里的路晚上太黑，老人走路不方便"
    learned = learn((said, "2.1.1.2"))
    assert (learned.decisions, learned.share) == (1, 0)
    assert best(cold(), said) == DARK
    model = cold().with_learned(learned)
    assert best(model, said + "。") == "2.1.1.2"
    assert best(model, "行道树飞絮") == TREES


def test_learning_nothing_is_the_first_day() -> None:
    model = cold().with_learned(learn(("x", "no such path")))
    assert model.suggest(["行道树"], NOBODY) == cold().suggest(["行道树"], NOBODY)


def test_learning_anew_forgets_what_was_learned_before() -> None:
    once, other = learn(("树种换成本地的", TREES)), learn(("黑灯瞎火", DARK))
    texts = ["黑灯瞎火", "本地树种"]
    again = cold().with_learned(other).with_learned(once)
    assert again.suggest(texts, NOBODY) == cold().with_learned(once).suggest(texts, NOBODY)


def test_a_path_that_the_draft_has_no_more_is_left_out() -> None:
    learned = learn(("黑灯瞎火", DARK), ("树种换成本地的", TREES))
    gone = replace(learned, paths=tuple("gone" if path == DARK else path for path in learned.paths))
    kept, lost = (cold().with_learned(one).suggest(["黑灯瞎火"], NOBODY)[0] for one in (learned, gone))
    assert kept.measures[0].score > 0.4
    assert lost.measures[0].score < 0.2


def test_the_same_words_count_once() -> None:
    once, often = learn(("黑灯瞎火", DARK)), learn(*[("黑灯瞎火", DARK)] * 500)
    assert often.decisions == 500
    assert often.said.shape == once.said.shape
    assert often.owners.tolist() == once.owners.tolist()


def test_only_the_latest_wordings_are_kept() -> None:
    learned = learn(*[(f"第{n}位老人说{chr(0x4E00 + n)}", DARK) for n in range(REMEMBERED + 30)])
    assert learned.said.shape[0] == REMEMBERED
    latest = cold().with_learned(learned)
    assert latest.suggest([f"位老人说{chr(0x4E00 + REMEMBERED + 29)}"], NOBODY)[0].measures[0].path == DARK


def test_measures_are_moved_only_where_that_proves_right() -> None:
    manners = {DARK: "怕摔跤", TREES: "打喷嚏"}
    told = [
        (manners[path] + "".join(chr(0x9000 - 7 * n + k) for k in range(7)), path)
        for n, path in zip(range(300), cycle(manners), strict=False)
    ]
    assert learn(*told).share > 0
    chance = random.Random(1)
    by_chance = [
        ("路灯飞絮" + chr(0x8000 + chance.randrange(12)) * 3 + text[3:], chance.choice([DARK, TREES]))
        for text, _ in told
    ]
    assert learn(*by_chance).share == 0


def test_no_measure_is_likelier_because_others_were_decided_on() -> None:
    learned = learn(*[(f"怕摔跤{chr(0x9000 + 7 * n)}", DARK) for n in range(20)], ("打喷嚏", TREES))
    model = cold().with_learned(replace(learned, share=1.0))
    pulled = model.pulled(model.rows_of(["怕摔跤", "口袋"]))
    gains = dict(zip(model.paths, pulled.T.tolist(), strict=True))
    assert gains[DARK][0] > 0 > gains[TREES][0]
    assert gains[DARK][1] == gains[TREES][1] == gains["2.1.1.1"][0] == 0


def test_what_everybody_says_tells_less() -> None:
    everybody = count_background(["晚上好，晚上见", "晚上好"])
    assert everybody.frequency["晚上"] == 2
    assert "见" not in everybody.frequency
    draft = small_draft()
    heard = MeasureModel.from_draft(
        draft.nodes, Language(background=count_background(["公园真好", "公园不错"]))
    )
    column = heard.vocabulary.index("公园")
    assert heard.weights[column] < cold().weights[column]


def test_rare_features_are_forgotten_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(f"{chr(0x4E00 + n)}路灯怕{n}", DARK) for n in range(70)]
    everything = learn(*told)
    monkeypatch.setattr(learner, "MOST_FEATURES", 10)
    few = learn(*told)
    assert few.decisions == everything.decisions == 70
    assert few.said.shape[0] == everything.said.shape[0] == REMEMBERED
    assert len(few.features) < len(everything.features)
    assert {"路灯怕", *cold().vocabulary} <= set(few.features)


def test_confidence_follows_decisions() -> None:
    first, second = np.array([0.3, 0.3, 0.1, 0.0]), np.array([0.1, 0.27, 0.09, 0.0])
    expected = Calibration()
    sure = expected.confidence(first, second, 37)
    assert sure[0] > sure[1] > sure[2] > sure[3] == 0
    wrong = expected.fitted(np.full(200, 0.3), np.full(200, 0.1), np.zeros(200, dtype=bool), 37)
    assert wrong.confidence(first, second, 37)[0] < 0.3 < sure[0]
    assert expected.fitted(np.zeros(3), np.zeros(3), np.ones(3, dtype=bool), 37) == expected


def test_the_best_of_very_many_is_less_sure() -> None:
    first, second = np.array([0.3]), np.array([0.2])
    few, many = (Calibration().confidence(first, second, number)[0] for number in (37, 1500))
    assert many < few - 0.2


def test_references_are_trusted_as_they_deserve() -> None:
    learned = learn(*[(f"第（4）条：{chr(0x4E00 + n)}", TREES) for n in range(100)])
    assert learned.calibration.reference < 0.5
    draft = small_draft()
    answer = cold().with_learned(learned).suggest(["第（4）条"], ReferenceFinder(draft.nodes, draft.annex))[0]
    assert answer.confidence == learned.calibration.reference
