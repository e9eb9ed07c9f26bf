"""Tables and screens: texts that the exchange chooses, very many rows, windows of any size."""

from __future__ import annotations

import io
import os
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from binance.terminal.rows import BARS, LAST_WIDTH, History, Link, Row
from binance.terminal.screen import LINES_KEPT, Screen, cell, cropped, plain
from binance.terminal.table import CHOSEN_FOR_S, PIPE_ROWS, Table, number

HOSTILE = "\x1b[2J\x9b31m\r\nlive\u202e"


class Terminal(io.StringIO):
    """A stream that is, or is not, a terminal."""

    def __init__(self, live: bool) -> None:
        super().__init__()
        self.live = live

    def isatty(self) -> bool:
        return self.live


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that has colours, and nobody who wants others."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def screen(live: bool, columns: int = 120, lines: int = 24) -> tuple[Screen, Terminal]:
    """A screen of that size, and what is written to it."""
    out = Terminal(live)
    return Screen(out, size=lambda: os.terminal_size((columns, lines))), out


def rows(count: int) -> list[Row]:
    """Rows that have counted nothing, on one connection that is open."""
    link = Link()
    link.state = "live"
    return [Row(f"s{number:04}@trade", link) for number in range(count)]


class Clock:
    """Seconds since the rows began to count."""

    now_s = 1.0

    def __call__(self) -> float:
        return self.now_s


def texts(table: Table, columns: int | None, lines: int | None) -> list[str]:
    """A picture as text."""
    return [plain(line) for line in table.picture(columns, lines)]


@pytest.mark.parametrize("live", [True, False], ids=["terminal", "pipe"])
def test_values_and_news_of_the_exchange_do_nothing_to_the_terminal(live):
    """A price, and the words of an event, are text on one line; the table keeps its rows."""
    row = Row("bnbbtc@trade")
    row.count({"e": "trade", "p": HOSTILE})
    shown, out = screen(live, 200)
    table = Table([row], Clock())
    shown.draw(table)
    shown.say(f"refused: {HOSTILE}")
    shown.draw(table)
    shown.end()
    written = out.getvalue()
    assert "refused: \\x1b[2J\\x9b31m  live\\u202e" in written
    assert "\\x1b[2J\\x9b31m" in written.partition("refused")[0]
    assert "\x9b" not in written and "\r" not in written
    assert live or written.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "data",
    [
        {"e": "trade"},
        {"e": "kline", "k": 1},
        {"b": 5},
        {"bids": [[]]},
        {"e": "trade", "p": "2", "E": None},
        None,
        "x",
    ],
)
def test_a_message_of_another_shape_counts(data):
    """An exchange that changes its messages ends no row: it goes on counting, and keeps its last value."""
    row = Row("bnbbtc@trade")
    row.count({"e": "trade", "p": "1"})
    row.count(data)
    assert row.messages == 2
    assert row.last in ("1", "2")
    assert row.lag_ms is None


@pytest.mark.parametrize("live", [True, False], ids=["terminal", "pipe"])
def test_what_looks_like_markup_is_text(live):
    """Neither a name, nor a value, nor the words of an event are read as markup of rich, or as emoji."""
    row = Row("[red]s[/red]@trade")
    row.count({"e": "trade", "p": "[b]1[/] :ok:"})
    shown, out = screen(live, 120)
    table = Table([row], Clock())
    shown.draw(table)
    shown.say("[blink]gap[/blink] :x:")
    shown.draw(table)
    written = out.getvalue()
    for words in ("[red]s[/red]@trade", "[b]1[/] :ok:", "[blink]gap[/blink] :x:"):
        assert words in written


def test_a_value_without_end_keeps_the_table_narrow():
    """What is kept of it has the length of a long price."""
    row = Row("bnbbtc@trade")
    row.count({"e": "trade", "p": "9" * 1_000_000})
    assert len(row.last) == LAST_WIDTH


def test_a_window_shows_as_many_rows_as_it_has_lines_those_with_the_most_messages():
    """The most first; below them how many are left out, and what all of them have sent, and send now."""
    made = rows(3000)
    for n in range(1000, 1020):
        made[n].messages = 10_000 - n
    made[7].messages = 5
    lines = texts(Table(made, Clock()), 120, 23)
    assert len(lines) == 23
    assert [line.split()[0] for line in lines[2:-2]] == [f"s{n}@trade" for n in range(1000, 1019)]
    total = sum(row.messages for row in made)
    assert lines[-2] == "2,981 more; shown are those with the most messages"
    assert lines[-1] == f"all 3,000: 21 have sent {total:,} messages, {total:,.1f}/s"


def test_the_rows_that_are_shown_stay_for_a_while():
    """Their numbers go on; others are chosen every two seconds, and when the window gets another size."""
    made, clock = rows(50), Clock()
    table = Table(made, clock)

    def shown(now_s: float, lines: int = 7) -> list[str]:
        clock.now_s = now_s
        return [line.split("@")[0] for line in texts(table, 120, lines) if "@trade" in line]

    first = shown(0.2)
    assert first == ["s0000", "s0001", "s0002"]
    made[40].messages = 9
    assert shown(0.4) == first
    assert shown(0.2 + CHOSEN_FOR_S)[0] == "s0040"
    made[30].messages = 10
    assert shown(0.3 + CHOSEN_FOR_S, lines=8)[0] == "s0030"


def test_before_any_message_the_rows_are_not_those_with_the_most():
    """Nothing has been chosen yet; once one has sent a message, it is said by what."""
    made = rows(600)
    table = Table(made, Clock())
    assert texts(table, None, None)[-2:] == ["550 more", "all 600: 0 have sent 0 messages, 0.0/s"]
    made[599].messages = 1
    assert texts(table, None, None)[-2] == "550 more; shown are those with the most messages"


def test_columns_are_named_with_their_units_and_numbers_have_their_thousands_set_apart():
    """In the rows as in the sum; what has sent nothing ends with its rate."""
    made = rows(PIPE_ROWS + 1)
    made[0].messages = 1_234_567
    lines = texts(Table(made, Clock()), None, None)
    assert lines[1].split() == ["stream", "state", "messages", "rate", "/s", "last", "value", "lag", "ms"]
    assert lines[2].split() == ["s0000@trade", "live", "1,234,567", "1,234,567.0"]
    assert lines[3].split() == ["s0001@trade", "waiting", "0", "0.0"]
    assert lines[-1] == "all 51: 1 have sent 1,234,567 messages, 1,234,567.0/s"


def test_a_row_has_the_state_of_its_connection_and_of_its_stream():
    """Waiting before the first message, silent until the next one; the connection's if that is lost."""
    link = Link()
    row, other = Row("a@trade", link), Row("b@trade", link)
    assert row.state == "connecting"
    link.state = "live"
    assert row.state == "waiting"
    row.count({})
    assert (row.state, other.state) == ("live", "waiting")
    row.silent()
    assert row.state == "silent"
    row.count({})
    assert row.state == "live"
    link.state = "lost"
    assert {row.state, other.state} == {"lost"}


def test_rows_of_several_connections_have_the_number_of_theirs():
    """In a column of its own, which one connection alone does not need."""
    made = [Row(f"s{n}@trade", Link(n % 2)) for n in range(4)]
    lines = texts(Table(made, Clock()), 120, 23)
    assert lines[1].split()[:3] == ["stream", "shard", "state"]
    assert [line.split()[1] for line in lines[2:]] == ["0", "1", "0", "1"]


@pytest.mark.parametrize("columns", [20, 53, 60, 80, 81, 120, 250])
@pytest.mark.parametrize("has_shards", [True, False])
def test_the_table_fits_the_window(columns, has_shards):
    """No line is wider than the window; from 80 columns on, 86 with shards, there is a sparkline."""
    made = [Row(name, Link(0 if has_shards else None)) for name in ("x" * 60, "\u5e01\u5b89usdt@trade")]
    made[0].count({"e": "trade", "p": "104567.12000000"})
    made[0].lag_ms = 12_345.6
    picture = [cropped(line, columns) for line in Table(made, Clock()).picture(columns, 23)]
    widths = [cell_len("".join(text for text, _ in line)) for line in picture]
    assert max(widths) <= columns
    assert (" last 8 s " in plain(picture[1])) == (80 + 6 * has_shards <= columns <= 120)
    if columns >= 80:
        assert len(set(widths[1:])) == 1  # the columns stand below each other, wide characters or not
        assert plain(picture[1]).endswith("lag ms")


@pytest.mark.parametrize("lines", [1, 2, 5, 6])
def test_the_smallest_window_shows_the_head_and_a_row(lines):
    """There is no table without a row."""
    assert sum("@trade" in line for line in texts(Table(rows(9), Clock()), 120, lines)) == 1 + 1 * (lines > 5)


def test_a_pipe_gets_a_bounded_table():
    """Fifty rows are printed; of more as many, and what all of them have sent."""
    for count, more in ((PIPE_ROWS, None), (PIPE_ROWS + 1, "1 more; ")):
        made = rows(count)
        made[0].messages = 1
        lines = texts(Table(made, Clock()), None, None)
        assert sum("@trade" in line for line in lines) == PIPE_ROWS
        assert any(line.startswith("1 more; ") for line in lines) == (more is not None)


def test_only_rows_that_are_shown_are_formatted(monkeypatch):
    """So thousands of rows can be drawn five times a second."""
    formatted: list[int] = []
    rate = History.rate

    def counting(history: History, row: int | None = None) -> float:
        formatted.append(-1 if row is None else row)
        return rate(history, row)

    monkeypatch.setattr(History, "rate", counting)
    texts(Table(rows(3000), Clock()), 120, 23)
    assert len(formatted) == 19 + 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (9_999_999, "9,999,999"), (10_000_000, "10M"), (1_234_567_890, "1,235M")],
)
def test_a_number_that_is_too_long_is_in_millions(value, text):
    """It keeps its column."""
    assert number(value, 9) == text


def test_a_sparkline_has_a_bar_for_each_second():
    """The highest for the most messages of these seconds, a blank for none; the latest stands last."""
    history = History(2)
    for second, counts in enumerate(([0, 0], [8, 0], [8, 0], [9, 0], [13, 0])):
        history.add(float(second), counts)
    assert history.bars(0, 8) == f"{BARS[-1]} {BARS[1]}{BARS[4]}"
    assert history.bars(0, 2) == f"{BARS[2]}{BARS[-1]}"
    assert History(1).bars(0, 8) == ""
    assert history.bars(1, 8).strip() == ""
    assert history.rate(0) == 2.5  # of the last two seconds
    assert history.rate() == 2.5


@given(st.text(max_size=30), st.integers(min_value=1, max_value=40))
def test_a_cell_has_its_width(text, width):
    """Whatever is in it, wide characters too."""
    assert cell_len(cell(text, width)) == width or any(cell_len(one) == 0 for one in text)


def frames(written: str) -> list[list[str]]:
    """The lines of each picture on a terminal, without styles."""
    bare = re.sub(r"\x1b\[[0-9;]*m", "", written)
    return [frame.replace("\x1b[2K", "").split("\n") for frame in bare.split("\x1b[H")[2:]]  # two at first


def test_pictures_are_in_the_alternate_screen_and_fill_the_window():
    """The head is in the second line of every picture; events are below, cropped; nothing scrolls."""
    shown, out = screen(True, 80, 24)
    table = Table(rows(100), Clock())
    for n in range(100):
        shown.draw(table)
        shown.say(f"{n:5}.0 s  {'word ' * 40}")
    shown.draw(table)
    written = out.getvalue()
    assert written.startswith("\x1b[?1049h")
    pictures = frames(written)
    assert {len(picture) for picture in pictures} == {24}
    assert all(picture[1].startswith("stream ") for picture in pictures)
    assert max(len(line) for picture in pictures for line in picture) <= 80
    last = pictures[-1]
    assert last[19].startswith("\u2500\u2500 events, 96 earlier \u2500\u2500")
    assert [line.split()[0] for line in last[20:]] == ["96.0", "97.0", "98.0", "99.0"]
    assert last[18].startswith("all 100: ")
    shown.end()
    after = out.getvalue()[len(written) :].partition("\x1b[?1049l")[2]
    assert len(after.splitlines()) == LINES_KEPT + 2 + 23  # the lines, how many are not, and the last picture
    assert after.startswith("\x1b[2m(60 earlier lines are not shown)\x1b[0m\n")


def test_a_window_of_another_size_is_cleared_first():
    """So that no line of the last picture stays."""
    size = os.terminal_size((120, 40))
    out = Terminal(True)
    shown = Screen(out, size=lambda: size)
    table = Table(rows(100), Clock())
    shown.draw(table)
    shown.draw(table)
    assert out.getvalue().count("\x1b[2J") == 1
    size = os.terminal_size((80, 24))
    shown.draw(table)
    assert out.getvalue().count("\x1b[2J") == 2
    assert len(frames(out.getvalue())[-1]) == 24


@pytest.mark.parametrize(
    ("variable", "live", "colours"),
    [(None, True, True), (None, False, False), ("NO_COLOR", True, False), ("FORCE_COLOR", False, True)],
)
def test_states_have_colours_where_they_are_wanted(variable, live, colours, monkeypatch):
    """Green on a terminal; NO_COLOR turns that off, FORCE_COLOR on in a pipe, where nothing else changes."""
    if variable is not None:
        monkeypatch.setenv(variable, "1")
    shown, out = screen(live)
    made: Any = rows(1)
    made[0].messages = 1
    shown.draw(Table(made, Clock()))
    assert ("\x1b[32mlive" in out.getvalue()) == colours
    assert ("\x1b[H" in out.getvalue()) == live
