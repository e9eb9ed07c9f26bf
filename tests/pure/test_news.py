"""What happened is shown line by line, and summed up where it is too much to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.terminal.news import SHOWN, WINDOW_S, News


def test_lines_come_in_their_order_as_they_happen():
    """Of several kinds, too; each once."""
    news = News(is_whole=False)
    for kind, line in (("connected", "a"), ("gap", "b"), ("connected", "c")):
        news.put(kind, line)
    assert news.due(0.0) == ["a", "b", "c"]
    assert news.due(0.1) == []
    news.put("gap", "d")
    assert news.due(0.2) == ["d"]
    assert news.due(WINDOW_S + 1) == []
    assert news.rest(WINDOW_S + 1) == []


def test_of_many_lines_of_a_kind_ten_are_shown_and_then_how_many_more_there_were():
    """Those of other kinds are not held back; after the sum the next ten are shown again."""
    news = News(is_whole=False)
    for number in range(600):
        news.put("gap", f"gap {number}")
    assert news.due(1.0) == [f"gap {number}" for number in range(SHOWN)]
    for number in range(400):
        news.put("gap", f"late {number}")
    news.put("connected", "connected")
    assert news.due(2.0) == ["connected"]
    assert news.due(0.9 + WINDOW_S) == []
    news.put("gap", "next")
    assert news.due(1.0 + WINDOW_S) == ["   6.0 s  990 more gaps", "next"]
    assert news.rest(1.0 + WINDOW_S) == []


def test_at_the_end_nothing_is_left_out_without_a_word():
    """What waits is shown, and what was left out is summed up."""
    news = News(is_whole=False)
    for number in range(15):
        news.put("gap", f"gap {number}")
    assert news.rest(3.0) == [*(f"gap {number}" for number in range(SHOWN)), "   3.0 s  5 more gaps"]


@pytest.mark.parametrize(
    ("kind", "count", "words"),
    [
        ("reset", 266, "266 more streams had their ids restarted"),
        ("reset", 1, "1 more stream had its ids restarted"),
        ("gap", 1990, "1,990 more gaps"),
        ("silent", 2, "2 more streams are silent"),
        ("doubt", 1990, "doubt: 1,990 more"),
    ],
)
def test_a_sum_says_what_happened_and_when(kind, count, words):
    """In words for what happens to many streams at once; of other kinds by their name."""
    news = News(is_whole=False)
    for _ in range(SHOWN + count):
        news.put(kind, "line")
    news.due(9.0)
    assert news.due(9.0 + WINDOW_S) == [f"  14.0 s  {words}"]


@pytest.mark.parametrize("count", [1, 1000])
def test_for_a_pipe_every_line_is_shown(count):
    """Nothing is summed up."""
    news = News(is_whole=True)
    lines = [f"gap {number}" for number in range(count)]
    for line in lines:
        news.put("gap", line)
    assert news.due(0.0) == lines
    assert news.due(99.0) + news.rest(99.0) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 2)), max_size=80))
def test_what_is_shown_and_what_is_summed_up_is_all_there_was(steps):
    """Whatever comes whenever: lines shown and numbers of lines left out add up."""
    news = News(is_whole=False)
    now_s, shown = 0.0, []
    for kind, later_s in steps:
        now_s += later_s
        news.put(kind, kind)
        shown += news.due(now_s)
    shown += news.rest(now_s)
    for kind in "ab":
        sums = [int(line.split()[3]) for line in shown if f" s  {kind}: " in line]
        assert shown.count(kind) + sum(sums) == [put for put, _ in steps].count(kind)
