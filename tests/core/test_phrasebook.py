"""Tests of the phrasebook: what people say for sentences of authorities, and what it says for measures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commentbox.adapters import word_lists
from commentbox.core.classifier import BadPhrase, Language, Learner, MeasureModel, Phrasebook
from commentbox.core.references import ReferenceFinder
from tests.fixtures.app import small_draft

NOBODY = ReferenceFinder((), ())
LIGHT, COURT, FLUFF = (
    "公园主要道路安装路灯，改善夜间照明\t" + "\t".join(["天一黑老人家摔跤"] * 5),
    "鼓励学校和机关向居民开放运动场\t" + "\t".join(["娃娃打球进不去，铁门锁了"] * 5),
    "选择本地树种，避免行道树飞絮\t" + "\t".join(["毛毛满天飞，打喷嚏"] * 5),
)
FOREIGN = "屠宰必须检疫\t" + "\t".join(["吃坏肚子找谁"] * 5)
LINES = [LIGHT, COURT, FLUFF, FOREIGN, *(f"{sign}\t{sign * 4}" for sign in "甲乙丙丁戊己庚辛")]
SAID = ["走走就摔跤，天一黑", "铁门关着，娃娃哭", "毛毛满天飞"]


def model(lines: list[str] = LINES) -> MeasureModel:
    """Return the model of the small draft with a phrasebook of these lines."""
    return MeasureModel.from_draft(small_draft().nodes, Language(phrasebook=Phrasebook(lines)))


def best(known: MeasureModel, texts: list[str]) -> list[str]:
    """Return the path of each text's best measure; "" where there is none."""
    answers = known.suggest(texts, NOBODY)
    return [answer.measures[0].path if answer.measures else "" for answer in answers]


def test_what_people_say_finds_the_measure_though_they_share_no_word() -> None:
    assert best(model([]), SAID) != ["2.1.1.4", "2.1.1.2", "2.1.1.3"]
    assert best(model(), SAID) == ["2.1.1.4", "2.1.1.2", "2.1.1.3"]


def test_the_words_that_spoke_are_shown() -> None:
    answer = model().suggest(SAID, NOBODY)[0].measures[0]
    assert {SAID[0][start:end] for start, end in answer.spans} >= {"天一黑", "摔跤"}
    assert all(s.spans for one in model().suggest(SAID, NOBODY) for s in one.measures)


def test_a_sentence_that_is_like_no_measure_says_nothing() -> None:
    assert best(model(), ["吃坏肚子"]) == [""]
    assert best(model([FOREIGN, *LINES[4:]]), SAID) == best(model([]), SAID)


def test_words_that_were_learned_make_no_comment_less_like_the_draft() -> None:
    cold = model()
    learner = Learner(cold, NOBODY)
    learner.learn([("狗粪没人清理", "2.1.1.1"), ("狗粪太臭", "2.1.1.1")])
    taught = cold.with_learned(learner.learned())
    assert len(taught.weights) > len(cold.weights)
    said = [text + "，清理清理" for text in SAID]
    before, after = (one.scores(one.rows_of(said)) for one in (cold, taught))
    assert before.max() > 0
    assert np.allclose(before, after)
    assert cold.lent_scores(cold.rows_of(said)).max() > 0


@pytest.mark.parametrize("line", ["只有官话", "官话\t", "\t人话", "官话\t \t"])
def test_a_line_that_lacks_a_side_is_named(line: str) -> None:
    with pytest.raises(BadPhrase, match="line 2"):
        Phrasebook([LIGHT, line])


def test_a_bad_line_is_named_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parks.tsv").write_text("\n".join([*LINES, "只有官话"]), encoding="utf-8")
    monkeypatch.setattr(word_lists, "PHRASES", tmp_path)
    with pytest.raises(BadPhrase, match=r"parks\.tsv: line 13"):
        word_lists.phrasebook.__wrapped__()


def test_every_line_has_its_own_sentence_and_several_sayings() -> None:
    book = word_lists.phrasebook()
    assert len(set(book.officials)) == len(book.officials) > 1000
    assert min(map(len, book.sayings)) >= 3
    for official, sayings in zip(book.officials, book.sayings, strict=True):
        assert official not in sayings
        assert not [saying for saying in sayings if len(saying) > 100]
