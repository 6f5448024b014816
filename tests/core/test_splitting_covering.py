"""Tests of commentbox.core.splitting.covering: a letter that only leads to its files."""

from __future__ import annotations

import pytest

from commentbox.core.splitting import covers


@pytest.mark.parametrize(
    "letter",
    [
        "详见附件，请查收。\n市二院总务处",
        "盖章件扫描版见附件，请以附件为准。\n翠竹里小区业主委员会",
        "各位老师好，\n\n附件是我们对口袋公园的书面意见，四点。谢谢！\n\n绿野养护有限公司",
        "您好：\n  按照通知要求，商会征求了意见，整理成意见反馈表，见附件，共4条。\n  请审阅。",
        "老师好，建议书在附件里，一共三点，都是关于路灯的。期待能参加座谈会。\n\n-----------\n绿野养护",
        "您好！附件为我公司盖章意见函的电子版，请查收。如需养护的统计数据，我们可以提供。\n电话：0000-5550477",
        "《方案（征求意见稿）》收悉。我县共提出修改意见4条，详见附表。\n"
        "  其他内容无不同意见。\n桐坞县人民政府办公室",
        "Dear all,\nPlease find our comments attached.\nBest,\nKelly",
    ],
)
def test_letter_that_only_covers(letter: str) -> None:
    assert covers(letter)


@pytest.mark.parametrize(
    "letter",
    [
        "",
        "建议多种树。",
        "附件第21项由市县各半，请写明。",
        "附件第18项我局同意作为责任单位。",
        "附件第18项的责任单位是市交通局。",
        "照片见附件。石臼路天天有车停在人行道上，根本过不去。",
        "附件是我们的意见。另外建议把公示期改为三十日。",
        "详见附件。" * 100,
    ],
)
def test_letter_that_says_something_too(letter: str) -> None:
    assert not covers(letter)
