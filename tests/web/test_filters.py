"""Tests of how spans of a text are shown."""

from __future__ import annotations

from commentbox.web.filters import marked, spoken


def test_marked_spans_are_escaped_and_taken_together() -> None:
    text = "a<b>路灯坏了"
    assert marked(text, [[4, 6], [5, 7]]) == 'a&lt;b&gt;<em class="spoke">路灯坏</em>了'
    assert marked(text, []) == "a&lt;b&gt;路灯坏了"


def test_words_are_shown_once_and_single_characters_not() -> None:
    assert spoken("食堂和食堂的门", [[0, 2], [3, 5], [6, 7]]) == ["食堂"]
