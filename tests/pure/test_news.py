"""What happened is shown line by line, and summed up where it is too much to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance.terminal.news import SHOWN, WAITING, WINDOW_S, News


def due(news: News, now_s: float) -> list[str]:
    """The text of the lines that are due."""
    return [text for text, _ in news.due(now_s)]


def rest(news: News, now_s: float) -> list[str]:
    """The text of the last lines."""
    return [text for text, _ in news.rest(now_s)]


def test_a_line_keeps_its_style():
    """It comes out as it was put in; a sum is faint."""
    news = News(is_whole=False)
    for _ in range(SHOWN + 1):
        news.put("gap", "a", "bad")
    lines = news.rest(1.0)
    assert lines[0] == ("a", "bad")
    assert lines[-1] == ("   1.0 s  1 more gap", "faint")


def test_lines_come_in_their_order_as_they_happen():
    """Of several kinds, too; each once."""
    news = News(is_whole=False)
    for kind, line in (("connected", "a"), ("gap", "b"), ("connected", "c")):
        news.put(kind, line)
    assert due(news, 0.0) == ["a", "b", "c"]
    assert due(news, 0.1) == []
    news.put("gap", "d")
    assert due(news, 0.2) == ["d"]
    assert due(news, WINDOW_S + 1) == []
    assert rest(news, WINDOW_S + 1) == []


def test_while_nothing_is_shown_a_bounded_number_of_lines_waits():
    """A terminal that takes no text costs no more memory; how many lines it has missed is said once."""
    news = News(is_whole=True)
    for number in range(WAITING + 5):
        news.put("gap", f"gap {number}")
    assert due(news, 1.0) == [
        *(f"gap {number}" for number in range(WAITING)),
        "   1.0 s  5 lines not shown: the terminal was too slow",
    ]
    news.put("gap", "next")
    assert due(news, 2.0) == ["next"]


def test_of_many_lines_of_a_kind_ten_are_shown_and_then_how_many_more_there_were():
    """Those of other kinds are not held back; after the sum the next ten are shown again."""
    news = News(is_whole=False)
    for number in range(600):
        news.put("gap", f"gap {number}")
    assert due(news, 1.0) == [f"gap {number}" for number in range(SHOWN)]
    for number in range(400):
        news.put("gap", f"late {number}")
    news.put("connected", "connected")
    assert due(news, 2.0) == ["connected"]
    assert due(news, 0.9 + WINDOW_S) == []
    news.put("gap", "next")
    assert due(news, 1.0 + WINDOW_S) == ["   6.0 s  990 more gaps", "next"]
    assert rest(news, 1.0 + WINDOW_S) == []


def test_at_the_end_nothing_is_left_out_without_a_word():
    """What waits is shown, and what was left out is summed up."""
    news = News(is_whole=False)
    for number in range(15):
        news.put("gap", f"gap {number}")
    assert rest(news, 3.0) == [*(f"gap {number}" for number in range(SHOWN)), "   3.0 s  5 more gaps"]


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
    due(news, 9.0)
    assert due(news, 9.0 + WINDOW_S) == [f"  14.0 s  {words}"]


@pytest.mark.parametrize("count", [1, 1000])
def test_for_a_pipe_every_line_is_shown(count):
    """Nothing is summed up."""
    news = News(is_whole=True)
    lines = [f"gap {number}" for number in range(count)]
    for line in lines:
        news.put("gap", line)
    assert due(news, 0.0) == lines
    assert due(news, 99.0) + rest(news, 99.0) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 2)), max_size=80))
def test_what_is_shown_and_what_is_summed_up_is_all_there_was(steps):
    """Whatever comes whenever: lines shown and numbers of lines left out add up."""
    news = News(is_whole=False)
    now_s, shown = 0.0, []
    for kind, later_s in steps:
        now_s += later_s
        news.put(kind, kind)
        shown += due(news, now_s)
    shown += rest(news, now_s)
    for kind in "ab":
        sums = [int(line.split()[3]) for line in shown if f" s  {kind}: " in line]
        assert shown.count(kind) + sum(sums) == [put for put, _ in steps].count(kind)
