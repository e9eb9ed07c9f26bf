"""What the terminal commands show of texts that the exchange chooses."""

from __future__ import annotations

import io

import pytest

from binance.terminal.table import LAST_WIDTH, Row, Screen, Table

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
