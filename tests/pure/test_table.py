"""What the terminal commands show of texts that the exchange chooses, and of very many rows."""

from __future__ import annotations

import io
import os

import pytest

from binance.terminal.table import CHOSEN_FOR_S, LAST_WIDTH, PIPE_ROWS, Row, Screen, Table

HOSTILE = "\x1b[2J\x9b31m\r\nlive\u202e"


class Terminal(io.StringIO):
    """A stream that is, or is not, a terminal."""

    def __init__(self, live: bool) -> None:
        super().__init__()
        self.live = live

    def isatty(self) -> bool:
        return self.live


@pytest.mark.parametrize("live", [True, False], ids=["terminal", "pipe"])
def test_values_and_news_of_the_exchange_do_nothing_to_the_terminal(live, monkeypatch):
    """A price, and the words of an event, are text on one line; the table keeps its rows."""
    monkeypatch.setenv("COLUMNS", "200")
    out = Terminal(live)
    row = Row("bnbbtc@trade")
    row.count({"e": "trade", "p": HOSTILE})
    screen = Screen(out)
    screen.say(f"refused: {HOSTILE}")
    Table(screen, [row]).draw(1.0)
    shown = out.getvalue().replace("\x1b[K", "")  # the table's own
    assert shown.replace("\n", "").isprintable()
    assert shown.count("\n") == 4
    assert "refused: \\x1b[2J\\x9b31m  live\\u202e" in shown


def test_a_value_without_end_keeps_the_table_narrow():
    """What is kept of it has the length of a long price."""
    row = Row("bnbbtc@trade")
    row.count({"e": "trade", "p": "9" * 1_000_000})
    assert len(row.last) == LAST_WIDTH


def rows(count: int) -> list[Row]:
    """Rows that have counted nothing, and are live."""
    made = [Row(f"s{number:04}@trade") for number in range(count)]
    for row in made:
        row.state = "live"
    return made


def test_a_terminal_shows_as_many_rows_as_it_has_lines_those_with_the_most_messages(monkeypatch):
    """The most first; below them how many are left out, and what all of them have brought, and bring now."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((120, 24)))
    out = Terminal(live=True)
    made = rows(3000)
    table = Table(Screen(out), made)
    for number in range(1000, 1020):
        made[number].messages = 10_000 - number
    made[7].messages = 5
    table.draw(1.0)
    lines = out.getvalue().replace("\x1b[K", "").splitlines()
    assert len(lines) == 23  # the cursor stands on the last one
    assert [line.split()[0] for line in lines[2:-2]] == [f"s{number}@trade" for number in range(1000, 1019)]
    total = sum(row.messages for row in made)
    assert lines[-2] == "2,981 more; shown are those with the most messages"
    assert lines[-1] == f"all 3,000: 21 heard, {total:,} messages, {total:,.1f}/s"


def test_the_rows_that_are_shown_stay_for_a_while(monkeypatch):
    """Their numbers go on; others are chosen every two seconds, and when the terminal gets another size."""
    size = os.terminal_size((120, 8))
    monkeypatch.setattr("shutil.get_terminal_size", lambda: size)
    out = Terminal(live=True)
    made = rows(50)
    table = Table(Screen(out), made)

    def shown(now_s: float) -> list[str]:
        out.truncate(out.seek(0))
        table.draw(now_s)
        return [line.split("@")[0] for line in out.getvalue().splitlines() if "@trade" in line]

    first = shown(0.2)
    assert [name.removeprefix("\x1b[K") for name in first] == ["s0000", "s0001", "s0002"]
    made[40].messages = 9
    assert shown(0.4) == first
    assert shown(0.2 + CHOSEN_FOR_S)[0].endswith("s0040")
    made[30].messages = 10
    size = os.terminal_size((120, 9))
    assert shown(0.3 + CHOSEN_FOR_S)[0].endswith("s0030")


def test_before_any_message_the_rows_are_not_those_with_the_most():
    """Nothing has been chosen yet; once one is heard, it is said by what."""
    out = Terminal(live=False)
    made = rows(600)
    table = Table(Screen(out), made)
    table.draw(1.0)
    assert out.getvalue().splitlines()[-2:] == ["550 more", "all 600: 0 heard, 0 messages, 0.0/s"]
    made[599].messages = 1
    table.draw(2.0)
    assert out.getvalue().splitlines()[-2] == "550 more; shown are those with the most messages"


def test_all_numbers_have_their_thousands_set_apart_and_no_line_ends_in_blanks():
    """In the rows as in the sum; what has sent nothing ends with its rate."""
    out = Terminal(live=False)
    made = rows(PIPE_ROWS + 1)
    made[0].messages = 1_234_567
    Table(Screen(out), made).draw(1.0)
    lines = out.getvalue().splitlines()
    assert lines[2].split() == ["s0000@trade", "live", "1,234,567", "1,234,567.0"]
    assert lines[3].split() == ["s0001@trade", "nothing", "yet", "0", "0.0"]
    assert lines[-1] == "all 51: 1 heard, 1,234,567 messages, 1,234,567.0/s"
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("lines", [1, 2, 5, 6])
def test_the_smallest_terminal_shows_one_row(lines, monkeypatch):
    """There is no table without a row."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((120, lines)))
    out = Terminal(live=True)
    Table(Screen(out), rows(9)).draw(1.0)
    assert out.getvalue().count("@trade") == 1


def test_a_pipe_gets_a_bounded_table():
    """Fifty rows are printed; of more as many, and what all of them have brought."""
    for count, more in ((PIPE_ROWS, None), (PIPE_ROWS + 1, "1 more; ")):
        out = Terminal(live=False)
        made = rows(count)
        made[0].messages = 1
        Table(Screen(out), made).draw(1.0)
        assert out.getvalue().count("@trade") == PIPE_ROWS
        assert (more is None) == ("more; " not in out.getvalue())
        assert more is None or f"\n{more}" in out.getvalue()


def test_only_rows_that_are_shown_are_formatted(monkeypatch):
    """So thousands of rows can be drawn five times a second."""
    formatted: list[str] = []
    text = Row.text

    def counting(row: Row, rate: float, width: int) -> str:
        formatted.append(row.name)
        return text(row, rate, width)

    monkeypatch.setattr(Row, "text", counting)
    Table(Screen(Terminal(live=False)), rows(3000)).draw(1.0)
    assert len(formatted) == PIPE_ROWS
