"""Candles: the trades of one symbol added up by second, interval and window."""

from bisect import bisect_left
from collections import deque
from typing import Final

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.times import (
    DAY_MS,
    EAST_MS,
    MINUTE_MS,
    UTC_MS,
    fixed_length_ms,
    kline_end,
    kline_open,
)

# Closed candles of each interval that a history keeps.
KEPT_CANDLES: Final = 1_500


class Candle:
    """Trades of one span of time, added up.

    Amounts in units of 1e-8; ``quote`` and ``taker_quote`` in units of 1e-16, the exact product of price
    and quantity. Without trades ``first_id`` and ``last_id`` are -1 and the four prices are the last one.
    """

    __slots__ = (
        "close", "count", "first_id", "high", "last_id", "low", "open", "open_ms", "quote", "taker",
        "taker_quote", "until_ms", "volume",
    )  # fmt: skip

    def __init__(self, open_ms: int, until_ms: int, price: int) -> None:
        self.open_ms = open_ms
        self.until_ms = until_ms
        self.open = self.high = self.low = self.close = price
        self.volume = self.quote = self.taker = self.taker_quote = self.count = 0
        self.first_id = self.last_id = -1

    def add(self, other: "Candle") -> None:
        """Take in a later candle that lies within this one's span."""
        if not other.count:
            return
        if not self.count:
            self.open, self.high, self.low = other.open, other.high, other.low
            self.first_id = other.first_id
        else:
            self.high = max(self.high, other.high)
            self.low = min(self.low, other.low)
        self.close = other.close
        self.last_id = other.last_id
        self.count += other.count
        self.volume += other.volume
        self.quote += other.quote
        self.taker += other.taker
        self.taker_quote += other.taker_quote


class History:
    """The candles of one symbol.

    Trades are added to a candle of one second, and closed seconds to the candles of all intervals.

    :param start_ms: when the market opened, milliseconds since the epoch.
    :param price: the price at which it opened, in units of 1e-8.

    :ivar last_price: price of the last trade, in units of 1e-8.
    """

    def __init__(self, start_ms: int, price: int) -> None:
        self.last_price = price
        self._start_ms = start_ms
        self._first_price = price
        self._second = self._candle_at(start_ms, "1s", UTC_MS)
        self._candles: dict[tuple[str, int], Candle] = {}
        for interval in KLINE_INTERVALS:
            if interval != "1s":
                self._candles[interval, UTC_MS] = self._candle_at(start_ms, interval, UTC_MS)
                shifted = self._candle_at(start_ms, interval, EAST_MS)
                if shifted.open_ms != self._candles[interval, UTC_MS].open_ms:  # 1h and its like are the same
                    self._candles[interval, EAST_MS] = shifted
        self._seconds: deque[Candle] = deque(maxlen=KEPT_CANDLES)
        self._past = {name: deque[Candle](maxlen=KEPT_CANDLES) for name in self._candles}
        self._minutes: deque[Candle] = deque()
        self._before_price = price

    def _candle_at(self, time_ms: int, interval: str, offset_ms: int) -> Candle:
        open_ms = kline_open(time_ms, interval, offset_ms)
        return Candle(open_ms, kline_end(open_ms, interval, offset_ms), self.last_price)

    def count(self, price: int, quantity: int, first_id: int, last_id: int, time_ms: int, buy: bool) -> None:
        """Add the trades of one taker at one price.

        :param first_id: id of the first of them; *last_id* of the last.
        :param time_ms: milliseconds since the epoch.
        :param buy: True if the taker bought.
        """
        second = self._second
        if time_ms >= second.until_ms:
            self._close_second()
            second = self._second = self._candle_at(time_ms, "1s", UTC_MS)
        if second.count:
            if price > second.high:
                second.high = price
            elif price < second.low:
                second.low = price
        else:
            second.open = second.high = second.low = price
            second.first_id = first_id
        second.close = self.last_price = price
        second.last_id = last_id
        second.count += last_id - first_id + 1
        quote = price * quantity
        second.volume += quantity
        second.quote += quote
        if buy:
            second.taker += quantity
            second.taker_quote += quote

    def _close_second(self) -> None:
        second = self._second
        if not second.count:
            return
        self._seconds.append(second)
        for name, candle in self._candles.items():
            if second.open_ms >= candle.until_ms:
                if candle.count:
                    self._past[name].append(candle)
                if name == ("1m", UTC_MS) and candle.count:
                    self._minutes.append(candle)
                    self._drop_old_minutes(second.open_ms)
                candle = Candle(*self._span(second.open_ms, *name), second.open)
                self._candles[name] = candle
            candle.add(second)

    def _span(self, time_ms: int, interval: str, offset_ms: int) -> tuple[int, int]:
        open_ms = kline_open(time_ms, interval, offset_ms)
        return open_ms, kline_end(open_ms, interval, offset_ms)

    def _drop_old_minutes(self, time_ms: int) -> None:
        minutes = self._minutes
        oldest_ms = time_ms - time_ms % MINUTE_MS - DAY_MS
        while minutes and minutes[0].open_ms < oldest_ms:
            self._before_price = minutes.popleft().close

    def candle(self, time_ms: int, interval: str, offset_ms: int = 0) -> Candle:
        """Return the candle that covers a moment no earlier than the last trade's second.

        :param time_ms: milliseconds since the epoch; the market has not gone further than this
            candle's end.
        """
        open_ms, until_ms = self._span(time_ms, interval, offset_ms)
        candle = Candle(open_ms, until_ms, self.last_price)
        whole = self._candles.get(self._kept_as(interval, offset_ms))
        if whole is not None and whole.open_ms == open_ms:
            candle.add(whole)
        if open_ms <= self._second.open_ms < until_ms:
            candle.add(self._second)
        return candle

    def _kept_as(self, interval: str, offset_ms: int) -> tuple[str, int]:
        # An offset that moves no candle of an interval has none of its own.
        return (interval, offset_ms if (interval, offset_ms) in self._candles else UTC_MS)

    def candles(
        self, interval: str, offset_ms: int, first_ms: int | None, last_ms: int, limit: int
    ) -> list[Candle]:
        """List candles in order of time, those without trades and the one that runs included.

        :param first_ms: the earliest moment at which one may open; None for the last *limit* of them.
        :param last_ms: the latest moment at which one may open, no later than now.
        :param limit: how many at most.
        :returns: none from before the market opened, or from before what is kept.

        Source: Spot *REST API*, "Kline/Candlestick data".
        """
        if first_ms is not None and first_ms > last_ms:  # perhaps further than there are calendar months
            return []
        name = self._kept_as(interval, offset_ms)
        known = list(self._seconds if interval == "1s" else self._past[name])
        if interval != "1s" and self._candles[name].count:
            known.append(self._candles[name])
        second = self._second
        if second.count:
            running = self._candle_at(second.open_ms, interval, offset_ms)
            if known and known[-1].open_ms == running.open_ms:
                running.add(known.pop())
            running.add(second)
            known.append(running)
        begin_ms, price = kline_open(self._start_ms, interval, offset_ms), self._first_price
        if len(known) >= KEPT_CANDLES:
            begin_ms, price = known[0].open_ms, known[0].open
        if first_ms is not None:
            open_ms = kline_open(first_ms, interval, offset_ms)
            begin_ms = max(
                begin_ms, open_ms if open_ms == first_ms else kline_end(open_ms, interval, offset_ms)
            )
        elif (length_ms := fixed_length_ms(interval)) is not None:  # of months there are never many
            last_open_ms = kline_open(last_ms, interval, offset_ms)
            begin_ms = max(begin_ms, last_open_ms - (limit - 1) * length_ms)
        at = bisect_left(known, begin_ms, key=lambda candle: candle.open_ms)
        if at:
            price = known[at - 1].close
        listed: deque[Candle] = deque(maxlen=limit)
        while begin_ms <= last_ms and (first_ms is None or len(listed) < limit):
            if at < len(known) and known[at].open_ms == begin_ms:
                candle = known[at]
                at += 1
            else:
                candle = Candle(begin_ms, kline_end(begin_ms, interval, offset_ms), price)
            listed.append(candle)
            begin_ms, price = candle.until_ms, candle.close
        return list(listed)

    def window(self, time_ms: int, minutes: int) -> Candle:
        """Add up the last *minutes* minutes, from the beginning of the minute in which they began.

        :param time_ms: milliseconds since the epoch.
        :returns: a candle from the window's beginning to *time_ms*.

        Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams".
        """
        open_ms = time_ms - time_ms % MINUTE_MS - minutes * MINUTE_MS
        result = Candle(open_ms, time_ms, self.last_price)
        for candle in self._minutes:
            if candle.open_ms >= open_ms:
                result.add(candle)
        running = self._candles["1m", UTC_MS]
        if running.open_ms >= open_ms:
            result.add(running)
        if self._second.open_ms >= open_ms:
            result.add(self._second)
        return result

    def price_before(self, time_ms: int) -> int:
        """Return the last price before the 24 hours that end at *time_ms* (units of 1e-8)."""
        self._drop_old_minutes(time_ms)
        return self._before_price
