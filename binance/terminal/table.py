"""A table of streams, as wide and as high as a window. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len

from binance.terminal.rows import MOST_BARS, History, Row
from binance.terminal.screen import Line, Span, cell
from binance.text.counted import counted

#: Rows of a table in a pipe, and seconds for which the same are shown where there are more.
PIPE_ROWS = 50
CHOSEN_FOR_S = 2.0

#: Lines of a picture besides the rows: the title and the head; where rows are left out, two that say so.
_HEAD, _FOOT = 2, 2
#: Characters of a sparkline at least, and of a name that it leaves room for.
_LEAST_BARS, _LEAST_NAME = 8, 18
#: Columns that a window too narrow for the names has not, in the order in which they go, and their widths.
_LEFT_OUT = (("lag", 7), ("rate", 9), ("messages", 10))

_STATES = {
    "connecting": "waiting",
    "waiting": "waiting",
    "live": "good",
    "silent": "waiting",
    "lost": "bad",
    "given up": "bad",
}


def number(value: float, width: int) -> str:
    """A whole number with its thousands set apart; in millions if that is too long."""
    text = f"{value:,.0f}"
    return text if len(text) <= width else f"{value / 1e6:,.0f}M"


class Table:
    """Rows with their rates.

    If there are more rows than a window has lines, or than 50 in a pipe, those with the most messages are
    shown, the most first, and two lines say how many are not and what all of them have sent. Only what is
    shown is formatted, so that thousands of rows may be drawn five times a second.

    :param now_s: seconds since the rows began to count.
    :param title: the first line.
    """

    def __init__(
        self, rows: Iterable[Row], now_s: Callable[[], float], title: Callable[[], Line] = list
    ) -> None:
        self._rows = list(rows)
        self._now_s = now_s
        self._title = title
        self._longest = max(cell_len("stream"), *(cell_len(row.name) for row in self._rows))
        self._history = History(len(self._rows))
        self._chosen: Sequence[int] = ()  # the rows that are shown, where not all are
        self._chosen_until_s = 0.0

    def height(self, columns: int) -> int:
        """See :class:`~binance.terminal.screen.View`."""
        return _HEAD + len(self._rows)

    def picture(self, columns: int | None, lines: int | None) -> list[Line]:
        """See :class:`~binance.terminal.screen.View`."""
        now_s = self._now_s()
        counts = [row.messages for row in self._rows]
        history = self._history
        history.add(now_s, counts)
        shown = self._shown(counts, PIPE_ROWS if lines is None else lines - _HEAD, now_s)
        layout = _Layout(self._longest, any(row.link.number is not None for row in self._rows), columns)
        picture = [self._title(), layout.head()]
        picture += [layout.row(self._rows[n], history, n) for n in shown]
        hidden = len(counts) - len(shown)
        if hidden:
            senders, messages = len(counts) - counts.count(0), sum(counts)
            chosen = "; shown are those with the most messages" if senders else ""
            picture += [
                [(f"{hidden:,} more{chosen}", "title")],
                [
                    (
                        f"all {len(counts):,}: {senders:,} have sent {counted(messages, 'message')}, "
                        f"{history.rate():,.1f}/s",
                        "title",
                    )
                ],
            ]
        return picture

    def _shown(self, counts: list[int], room: int, now_s: float) -> Sequence[int]:
        """The rows that a picture with room for *room* of them shows."""
        if len(counts) <= room:
            return range(len(counts))
        room = PIPE_ROWS if room == PIPE_ROWS else max(1, room - _FOOT)
        # not again for each picture: nobody could read it
        if len(self._chosen) != room or now_s >= self._chosen_until_s:
            self._chosen = heapq.nlargest(room, range(len(counts)), key=counts.__getitem__)
            self._chosen_until_s = now_s + CHOSEN_FOR_S
        return self._chosen


class _Layout:
    """The columns: which there are, and how wide.

    :param longest: cells of the longest name.
    :param columns: of the window; None: no limit, and no sparkline.
    """

    def __init__(self, longest: int, has_shards: bool, columns: int | None) -> None:
        self._has_shards = has_shards
        self._name = longest
        self._bars = 0
        self._left_out: set[str] = set()
        if columns is not None:
            room = columns - 53 - 6 * has_shards
            bars = min(MOST_BARS, max(_LEAST_BARS, room - longest - 1))
            if room - bars - 1 >= min(longest, _LEAST_NAME):
                self._bars = bars
                room -= bars + 1
            for column, width in _LEFT_OUT:
                if room < min(longest, _LEAST_NAME):
                    self._left_out.add(column)
                    room += width
            self._name = max(4, min(longest, room))

    def head(self) -> Line:
        """The names of the columns, with their units."""
        bars = f"last {self._bars} s"
        titles = self._line("stream", "shard", "state", "messages", "rate /s", bars, "last value", "lag ms")
        return [("".join(text for text, _ in titles), "head")]

    def row(self, row: Row, history: History, n: int) -> Line:
        """One row."""
        lag = "" if row.lag_ms is None else number(row.lag_ms, 6)
        shard = "" if row.link.number is None else str(row.link.number)
        bars = history.bars(n, self._bars).rjust(self._bars) if self._bars else ""
        state, messages = row.state, number(row.messages, 9)
        rate = f"{history.rate(n):,.1f}"
        return self._line(row.name, shard, state, messages, rate, bars, row.last, lag, _STATES[state])

    def _line(
        self,
        name: str,
        shard: str,
        state: str,
        messages: str,
        rate: str,
        bars: str,
        last: str,
        lag: str,
        state_style: str = "",
    ) -> list[Span]:
        spans = [(cell(name, self._name) + " ", "")]
        if self._has_shards:
            spans.append((cell(shard, 5, to_right=True) + " ", ""))
        spans.append((cell(state, 10), state_style))
        if "messages" not in self._left_out:
            spans.append((f" {messages:>9}", ""))
        if "rate" not in self._left_out:
            spans.append((f" {rate:>8}", ""))
        if self._bars:
            spans.append((" " + cell(bars, self._bars), "spark"))
        spans.append((" " + cell(last, 15, to_right=True), ""))
        if "lag" not in self._left_out:
            spans.append((f" {lag:>6}", ""))
        return spans
