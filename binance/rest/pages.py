"""Candles and aggregate trades, page after page, without gaps or duplicates.

Pure: what asks is handed in. A page is a list as the exchange answers it, in order of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Candle = list[Any]
Trade = dict[str, Any]

# Of a candle.
_OPEN_TIME, _CLOSE_TIME = 0, 6

_HOUR_MS = 3_600_000


def candles(
    ask: Callable[[int], list[Candle]], start_ms: int, end_ms: int | None, limit: int, now_ms: int
) -> Iterator[Candle]:
    """Candles from one moment to another.

    The next page begins where the last candle ends: intervals have no length here, so that months are right,
    too. A page that is shorter than asked for ends them only if its last candle still runs: the exchange may
    have come to allow fewer at a time.

    :param ask: for the first *limit* candles that open at a moment or later.
    :param start_ms: epoch milliseconds; *end_ms*: of the last moment at which one may open, None for no end;
        *now_ms*: the present.
    """
    while end_ms is None or start_ms <= end_ms:
        page = ask(start_ms)
        fresh = [candle for candle in page if candle[_OPEN_TIME] >= start_ms]
        yield from fresh
        if not fresh:
            return
        start_ms = max(fresh[-1][_OPEN_TIME], fresh[-1][_CLOSE_TIME]) + 1
        if len(page) < limit and start_ms > now_ms:
            return


def trades_after(ask: Callable[[int], list[Trade]], last_id: int) -> Iterator[Trade]:
    """Aggregate trades after the one with an id, until there are no newer ones.

    :param ask: for trades from an id on.
    """
    # from the last one on, which exists: what is answered to an id that is still to come is not documented
    while page := [trade for trade in ask(last_id) if trade["a"] > last_id]:
        yield from page
        last_id = page[-1]["a"]


def first_trades(ask: Callable[[int, int], list[Trade]], start_ms: int, now_ms: int) -> list[Trade]:
    """The first page of aggregate trades from a moment on; empty if there were none until now.

    :param ask: for the first trades between two moments, both included; they are less than an hour apart.
    """
    for begin_ms in range(start_ms, now_ms + 1, _HOUR_MS):
        page = ask(begin_ms, begin_ms + _HOUR_MS - 1)
        if page:
            return page
    return []
