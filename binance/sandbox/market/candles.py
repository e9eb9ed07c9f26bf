"""Candles: the trades of one symbol added up by second, interval and window."""

import marshal
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.times import (
    DAY_MS,
    EAST_MS,
    UTC_MS,
    fixed_length_ms,
    kline_end,
    kline_open,
)

# Closed candles of each interval that a history keeps.
KEPT_CANDLES: Final = 1_500

# How far back a window reaches: eight days, since a trading day of any zone lies within a week's window.
LONGEST_WINDOW_MS: Final = 8 * DAY_MS


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


_fields: Final = attrgetter(*Candle.__slots__)


class _Minute:
    """A closed minute, and its seconds, packed: a day's of one busy symbol are 86,400 candles."""

    __slots__ = ("_packed", "candle")

    def __init__(self, candle: Candle, seconds: list[Candle]) -> None:
        self.candle = candle
        self._packed: bytes | None = marshal.dumps([_fields(second) for second in seconds])

    def seconds(self) -> list[Candle]:
        """Return the seconds that had trades; the minute itself once they are forgotten."""
        if self._packed is None:
            return [self.candle]
        return [_candle_of(values) for values in marshal.loads(self._packed)]

    def forget_seconds(self) -> None:
        """Keep the minute alone."""
        self._packed = None


def _candle_of(values: tuple[int, ...]) -> Candle:
    candle = Candle(0, 0, 0)
    for name, value in zip(Candle.__slots__, values, strict=True):
        setattr(candle, name, value)
    return candle


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
        # All closed seconds: what a window has that reaches back to the beginning, as most do.
        self._whole = self._candle_at(start_ms, "1s", UTC_MS)
        self._candles: dict[tuple[str, int], Candle] = {}
        for interval in KLINE_INTERVALS:
            if interval != "1s":
                self._candles[interval, UTC_MS] = self._candle_at(start_ms, interval, UTC_MS)
                shifted = self._candle_at(start_ms, interval, EAST_MS)
                if shifted.open_ms != self._candles[interval, UTC_MS].open_ms:  # 1h and its like are the same
                    self._candles[interval, EAST_MS] = shifted
        self._seconds: deque[Candle] = deque(maxlen=KEPT_CANDLES)
        self._past = {name: deque[Candle](maxlen=KEPT_CANDLES) for name in self._candles}
        self._minutes: list[_Minute] = []
        self._minute_seconds: list[Candle] = []

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
        quote = self.worth(price, quantity)
        second.volume += quantity
        second.quote += quote
        if buy:
            second.taker += quantity
            second.taker_quote += quote

    def worth(self, price: int, quantity: int) -> int:
        """Return what a quantity costs, in units of 1e-16."""
        return price * quantity

    def _close_second(self) -> None:
        second = self._second
        if not second.count:
            return
        self._seconds.append(second)
        self._whole.add(second)
        minute = self._candles["1m", UTC_MS]
        if second.open_ms >= minute.until_ms:
            self._close_minute(minute, second.open_ms)
        self._minute_seconds.append(second)
        for name, candle in self._candles.items():
            if second.open_ms >= candle.until_ms:
                if candle.count:
                    self._past[name].append(candle)
                candle = Candle(*self._span(second.open_ms, *name), second.open)
                self._candles[name] = candle
            candle.add(second)

    def _span(self, time_ms: int, interval: str, offset_ms: int) -> tuple[int, int]:
        open_ms = kline_open(time_ms, interval, offset_ms)
        return open_ms, kline_end(open_ms, interval, offset_ms)

    def _close_minute(self, minute: Candle, time_ms: int) -> None:
        if self._minute_seconds:
            self._minutes.append(_Minute(minute, self._minute_seconds))
            self._minute_seconds = []
        # One more than a window reaches back: its price is the one before the window.
        del self._minutes[: max(0, self._ended_before(time_ms - LONGEST_WINDOW_MS) - 1)]
        for past in self._minutes[: self._ended_before(time_ms - DAY_MS)]:
            past.forget_seconds()

    def _ended_before(self, time_ms: int) -> int:
        """Return how many of the minutes had ended at a moment."""
        return bisect_right(self._minutes, time_ms, key=lambda minute: minute.candle.until_ms)

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

    def window(self, open_ms: int, time_ms: int) -> Candle:
        """Add up the trades from one moment to another.

        :param open_ms: milliseconds since the epoch, up to :data:`LONGEST_WINDOW_MS` back. More than a day
            back trades are known by their minute, else by their second: those that began before do not count.
        :param time_ms: no earlier than the last trade.
        :returns: a candle from *open_ms* to *time_ms*.

        Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams".
        """
        result = Candle(open_ms, time_ms, self.last_price)
        if open_ms <= self._whole.open_ms:
            result.add(self._whole)
            result.add(self._second)
            return result
        for piece in self._pieces(open_ms):
            if piece.open_ms >= open_ms:
                result.add(piece)
        return result

    def price_before(self, open_ms: int) -> int:
        """Return the last price before a window that begins at *open_ms* (units of 1e-8)."""
        price = self._first_price
        for piece in self._pieces(open_ms):
            if piece.open_ms >= open_ms:
                break
            if piece.count:
                price = piece.close
        return price

    def _pieces(self, open_ms: int) -> Iterator[Candle]:
        """Yield what a window is made of: the minute before it, the seconds of one it cuts, and the rest."""
        at = self._ended_before(open_ms)
        yield from (minute.candle for minute in self._minutes[max(0, at - 1) : at])
        if at < len(self._minutes) and self._minutes[at].candle.open_ms < open_ms:
            yield from self._minutes[at].seconds()
            at += 1
        yield from (minute.candle for minute in self._minutes[at:])
        running = self._candles["1m", UTC_MS]
        yield from [running] if running.open_ms >= open_ms else self._minute_seconds
        yield self._second
