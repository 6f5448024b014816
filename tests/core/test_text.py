"""Tests of commentbox.core.text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commentbox.core.text import bigrams, fingerprint, fold, normalise


def test_one_normal_form() -> None:
    assert normalise("ＡＢＣ　測試 第１２條\n") == "abc 测试 第12条"


def test_fingerprint_ignores_space_and_punctuation() -> None:
    assert fingerprint("建议，多种树！") == fingerprint("建 议多种树。\n")
    assert fingerprint("建议多种树") != fingerprint("建议少种树")
    assert fingerprint("，。") == ""


def test_tokens_are_characters_pairs_and_words() -> None:
    assert bigrams("公园ab12 夜间") == ["公", "园", "公园", "ab12", "夜", "间", "夜间"]


@given(st.text())
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_normal_form_is_stable(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or not once.isascii()
