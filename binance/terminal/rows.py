"""Rows of a table: what streams have sent, and over which connections. Pure."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from binance.text.counted import counted
from binance.text.keys import short_key
from binance.text.printable import printable

#: Characters of the last value that are kept; a price has fewer.
LAST_WIDTH = 40
#: Seconds over which rates are taken.
RATE_OVER_S = 2.0
#: Seconds that a sparkline has at most, one character each.
MOST_BARS = 20

BARS = " \N{LOWER ONE EIGHTH BLOCK}\N{LOWER ONE QUARTER BLOCK}\N{LOWER THREE EIGHTHS BLOCK}" + (
    "\N{LOWER HALF BLOCK}\N{LOWER FIVE EIGHTHS BLOCK}\N{LOWER THREE QUARTERS BLOCK}"
    "\N{LOWER SEVEN EIGHTHS BLOCK}"  # not the full block, which would touch the row above
)
_HIGHEST = len(BARS) - 1


class Link:
    """One connection, which several rows may share.

    :ivar number: of the shard, where a key has several; else None.
    :ivar state: ``"connecting"``, ``"live"``, ``"lost"`` or ``"given up"``.
    """

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.state = "connecting"


class Row:
    """What one socket or stream has sent so far.

    :param name: of the stream, or the connection key, which is shown shortened.
    :ivar link: the connection that it comes over.

    Written in the reactor's thread, read in the main thread; each number stands for itself.
    """

    def __init__(self, name: str, link: Link | None = None) -> None:
        self.name = short_key(name)
        self.link = link or Link()
        self.messages = 0
        self.last = ""
        self.lag_ms: float | None = None
        self._silent_at: int | None = None  # messages, when it was reported as silent

    @property
    def state(self) -> str:
        """That of the connection; on one that is open ``"waiting"`` before the first message, ``"silent"``
        from the event of that name to the next message, else ``"live"``.
        """
        state = self.link.state
        if state != "live":
            return state
        if self.messages == self._silent_at:
            return "silent"
        return "live" if self.messages else "waiting"

    def count(self, data: Any) -> None:
        """Take one message, without its ``{"stream", "data"}``."""
        self.messages += 1
        try:
            self.last = printable(last_value(data), LAST_WIDTH) or self.last
            first = data[0] if isinstance(data, list) and data else data
            if isinstance(first, dict) and "E" in first:
                self.lag_ms = time.time() * 1000 - first["E"]
        except (LookupError, TypeError, AttributeError, OverflowError):
            return  # of another shape than is documented today: it counts, and the cells keep what they have

    def silent(self) -> None:
        """The stream is reported as silent."""
        self._silent_at = self.messages


#: Where the last value is, by event type; a liquidation's is the average price at which it was filled.
_VALUES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("trade", "aggTrade", "blockTrade"), ("p",)),
    **dict.fromkeys(("24hrTicker", "24hrMiniTicker", "1hTicker", "4hTicker", "1dTicker"), ("c",)),
    **dict.fromkeys(("kline", "continuous_kline", "indexPrice_kline", "markPrice_kline"), ("k", "c")),
    **dict.fromkeys(("markPriceUpdate", "indexPriceUpdate", "compositeIndex"), ("p",)),
    "avgPrice": ("w",),
    "executionReport": ("L",),
    "forceOrder": ("o", "ap"),
    "assetIndexUpdate": ("i",),
}


def last_value(data: Any) -> str:
    """The number a reader looks for in a message: a price, the best bid of a book; "" if it has none."""
    if isinstance(data, list):
        return counted(len(data), "symbol")
    members = _VALUES.get(data.get("e"))
    if members is not None:
        for member in members:
            data = data[member]
        return str(data)
    bids = data.get("bids", data.get("b", ""))  # of the book ticker it is one price
    return bids if isinstance(bids, str) else str(bids[0][0]) if bids else ""


#: When, and how many messages each row had.
_Counted = tuple[float, Sequence[int]]


class History:
    """How many messages each of some rows had, over the last seconds.

    :param count: of rows.
    """

    def __init__(self, count: int) -> None:
        self.counts: Sequence[int] = [0] * count
        self._recent: deque[_Counted] = deque([(0.0, self.counts)])
        self._seconds: deque[_Counted] = deque([(0.0, self.counts)], MOST_BARS + 1)
        self._now_s = 0.0

    def add(self, now_s: float, counts: Sequence[int]) -> None:
        """Note what they have now."""
        self._now_s, self.counts = now_s, counts
        self._recent.append((now_s, counts))
        while len(self._recent) > 2 and now_s - self._recent[1][0] >= RATE_OVER_S:
            self._recent.popleft()
        if now_s - self._seconds[-1][0] >= 1:
            self._seconds.append((now_s, counts))

    def rate(self, row: int | None = None) -> float:
        """Messages a second of the last two, of one row or of all."""
        then_s, then = self._recent[0]
        span_s = max(self._now_s - then_s, 0.1)
        if row is None:
            return (sum(self.counts) - sum(then)) / span_s
        return (self.counts[row] - then[row]) / span_s

    def bars(self, row: int, width: int) -> str:
        """A bar for each of the last *width* seconds, the highest for the most messages; a blank for none."""
        marks = list(self._seconds)[-width - 1 :]
        sent = [after[1][row] - before[1][row] for before, after in pairwise(marks)]
        most = max([1, *sent])
        return "".join(BARS[-(-_HIGHEST * one // most)] for one in sent)
