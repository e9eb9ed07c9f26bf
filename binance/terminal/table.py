"""What the terminal commands share: rows that count messages, a table of them, and a screen."""

from __future__ import annotations

import heapq
import os
import shutil
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from binance.text.counted import counted
from binance.text.keys import short_key
from binance.text.printable import printable

#: Seconds between two pictures: redrawn on a terminal, printed below each other into a pipe.
REDRAW_S = 0.2
PRINT_S = 2.0
#: Rates are those of so many seconds.
RATE_OVER_S = 2.0

#: Characters of a line; what the exchange says has up to 1,000.
LONGEST_LINE = 2_000
#: Characters of the last value that are kept; a price has fewer.
LAST_WIDTH = 40

#: Rows of a table in a pipe, and seconds for which the same are shown where there are more.
PIPE_ROWS = 50
CHOSEN_FOR_S = 2.0

#: Lines of a picture besides the rows: a blank one and the head; where rows are left out, two that say so.
_HEAD, _FOOT = 2, 2
#: What a line of the table needs besides the name.
_NUMBERS_WIDTH = 54


def _line(width: int, name: str, state: str, *numbers: str) -> str:
    if len(name) > width:
        name = name[: width - 1] + "\N{HORIZONTAL ELLIPSIS}"
    messages, rate, last, lag = numbers
    return f"{name:<{width}}  {state:<11} {messages:>10} {rate:>7} {last:>14} {lag:>6}".rstrip()


class Row:
    """What one socket or stream has brought so far.

    :param name: of the stream, or the connection key, which is shown shortened.

    Written in the reactor's thread, read in the main thread; each number stands for itself.
    """

    def __init__(self, name: str) -> None:
        self.name = short_key(name)
        self.state = "waiting"
        self.messages = 0
        self.last = ""
        self.lag_ms: float | None = None

    def count(self, data: Any) -> None:
        """Take one message, without its ``{"stream", "data"}``."""
        self.messages += 1
        self.last = printable(last_value(data), LAST_WIDTH) or self.last
        first = data[0] if isinstance(data, list) and data else data
        if isinstance(first, dict) and "E" in first:
            self.lag_ms = time.time() * 1000 - first["E"]

    def text(self, rate: float, width: int) -> str:
        """The row as a line, its name in *width* columns."""
        lag = "" if self.lag_ms is None else f"{self.lag_ms:,.0f}"
        state = "nothing yet" if self.state == "live" and not self.messages else self.state
        return _line(width, self.name, state, f"{self.messages:,}", f"{rate:,.1f}", self.last, lag)


_PRICE = {
    "trade": "p",
    "aggTrade": "p",
    "blockTrade": "p",
    "24hrTicker": "c",
    "24hrMiniTicker": "c",
    "1hTicker": "c",
    "4hTicker": "c",
    "1dTicker": "c",
    "avgPrice": "w",
    "executionReport": "L",
}


def last_value(data: Any) -> str:
    """The number a reader looks for in a message: a price, the best bid of a book; "" if it has none."""
    if isinstance(data, list):
        return counted(len(data), "symbol")
    kind = data.get("e")
    if kind in _PRICE:
        return str(data[_PRICE[kind]])
    if kind == "kline":
        return str(data["k"]["c"])
    bids = data.get("bids", data.get("b", ""))  # of the book ticker it is one price
    return bids if isinstance(bids, str) else str(bids[0][0]) if bids else ""


class Screen:
    """A table that redraws itself on a terminal, and lines of it anywhere else.

    What it is given is shown, and does nothing else to the terminal: see :mod:`binance.text.printable`.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.live = out.isatty()
        self._drawn = 0

    def size(self) -> os.terminal_size | None:
        """How many columns and lines a picture may have; None: it is not a terminal's."""
        if not self.live:
            return None
        columns, lines = shutil.get_terminal_size()
        return os.terminal_size((columns - 1, lines - 1))

    def draw(self, lines: list[str]) -> None:
        """Show *lines* in place of the last picture, or below it."""
        lines = [printable(line, LONGEST_LINE) for line in lines]
        if self.live:
            size = self.size()
            columns = None if size is None else size.columns
            text = "".join(f"\x1b[K{line[:columns]}\n" for line in lines)
            self._out.write((f"\x1b[{self._drawn}A" if self._drawn else "") + text)
            self._drawn = len(lines)
        else:
            self._out.write("\n".join(lines) + "\n")
        self._out.flush()

    def keep(self) -> None:
        """Let the last picture stand; what comes next goes below it."""
        self._drawn = 0

    def say(self, line: str) -> None:
        """A line that stays."""
        if self.live and self._drawn:
            # above the table: write over its first row, and draw the table anew below
            self._out.write(f"\x1b[{self._drawn}A\x1b[J")
            self._drawn = 0
        self._out.write(printable(line, LONGEST_LINE) + "\n")
        self._out.flush()


class Table:
    """Rows with their rates, drawn now and then.

    If there are more rows than a terminal has lines, or than 50 in a pipe, those with the most messages are
    shown, the most first, and two lines say how many are not and what all of them have brought. Only what is
    shown is formatted, so that thousands of rows may be drawn five times a second.
    """

    def __init__(self, screen: Screen, rows: Iterable[Row]) -> None:
        self._screen = screen
        self._rows = list(rows)
        self._width = max(len("stream"), *(len(row.name) for row in self._rows))
        self._every_s = REDRAW_S if screen.live else PRINT_S
        self._next_s = self._every_s
        self._counts = deque([(0.0, [0] * len(self._rows))])
        self._chosen: Sequence[int] = ()  # the rows that are shown, where not all are
        self._chosen_until_s = 0.0

    def draw_if_due(self, now_s: float) -> None:
        """Draw, if it is time.

        :param now_s: seconds since the rows began to count.
        """
        if now_s >= self._next_s:
            self._next_s = now_s + self._every_s
            self.draw(now_s)

    def draw(self, now_s: float) -> None:
        """Draw."""
        counts = [row.messages for row in self._rows]
        self._counts.append((now_s, counts))
        while len(self._counts) > 2 and now_s - self._counts[1][0] >= RATE_OVER_S:
            self._counts.popleft()
        then_s, then = self._counts[0]
        span_s = max(now_s - then_s, 0.1)
        size, width = self._screen.size(), self._width
        if size is not None:
            width = max(10, min(width, size.columns - _NUMBERS_WIDTH))
        shown = self._shown(counts, None if size is None else size.lines, now_s)
        lines = ["", _line(width, "stream", "state", "messages", "rate/s", "last", "lag ms")]
        lines += [self._rows[n].text((counts[n] - then[n]) / span_s, width) for n in shown]
        if len(shown) < len(counts):
            heard, messages, before = len(counts) - counts.count(0), sum(counts), sum(then)
            chosen = "; shown are those with the most messages" if heard else ""
            lines += [
                f"{len(counts) - len(shown):,} more{chosen}",
                f"all {len(counts):,}: {heard:,} heard, {counted(messages, 'message')}, "
                f"{(messages - before) / span_s:,.1f}/s",
            ]
        self._screen.draw(lines)

    def _shown(self, counts: list[int], lines: int | None, now_s: float) -> Sequence[int]:
        """The rows that a picture of so many lines has room for, or one in a pipe."""
        if len(counts) <= (PIPE_ROWS if lines is None else lines - _HEAD):
            return range(len(counts))
        room = PIPE_ROWS if lines is None else max(1, lines - _HEAD - _FOOT)
        # not anew for each picture: nobody could read it
        if len(self._chosen) != room or now_s >= self._chosen_until_s:
            self._chosen = heapq.nlargest(room, range(len(counts)), key=counts.__getitem__)
            self._chosen_until_s = now_s + CHOSEN_FOR_S
        return self._chosen
