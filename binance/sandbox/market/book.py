"""A seeded market: order books, and the trades, candles and windows that come out of them.

Pure: no clock, no sockets, no Twisted. Time is an argument, in milliseconds since the epoch; prices and
quantities are integers in units of 1e-8, and only :func:`decimal` turns them into text. Orders arrive by
themselves, whoever listens, so the same seed and the same times make the same market. What is past is kept
for a while (:data:`KEPT_TRADES`, :data:`KEPT_CANDLES`), for those who ask later.
"""

import random
import re
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from math import inf
from math import log as natural_log
from typing import Final, NamedTuple

from binance.constants import KLINE_INTERVALS
from binance.exceptions import InvalidArgument

UNIT: Final = 10**8

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000

# Pushes of diff depth: each of the two speeds has its own chain of update ids.
DEPTH_SPEEDS_MS: Final = (100, 1000)

DEFAULT_SYMBOLS: Final = ("BNBBTC", "BTCUSDT", "ETHBTC", "NEOBTC", "ETHUSDT", "LTCBTC")

# Letters of any script: the exchange lists such symbols too.
SYMBOL: Final = r"[\w.-]{1,20}"

_QUOTES: Final = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD")

_LENGTH_MS: Final = {
    "1s": SECOND_MS, "1m": MINUTE_MS, "3m": 3 * MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS, "1h": HOUR_MS, "2h": 2 * HOUR_MS, "4h": 4 * HOUR_MS, "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS, "12h": 12 * HOUR_MS, "1d": DAY_MS, "3d": 3 * DAY_MS, "1w": 7 * DAY_MS,
}  # fmt: skip

# The first Monday after the epoch, a Thursday.
_MONDAY_MS: Final = 4 * DAY_MS

# Trades, aggregate trades and candles of each interval that a book remembers.
KEPT_TRADES: Final = 10_000
KEPT_CANDLES: Final = 1_500

# What a clock of the venue may show more than UTC: that of the ``@+08:00`` streams.
UTC_MS: Final = 0
EAST_MS: Final = 8 * HOUR_MS

# How often a quiet symbol is traded, where an ordinary one is traded once.
QUIET_WEIGHT: Final = 0.01

# One arrival in so many brings a block trade too, of so many times an order's size.
_BLOCK_EVERY: Final = 25
_BLOCK_SIZES: Final = 40

_FEWEST_LEVELS: Final = 40
_MOST_LEVELS: Final = 80
_LONGEST_QUEUE: Final = 6
_REACH_TICKS: Final = 9.0


@lru_cache(maxsize=1 << 16)
def decimal(units: int) -> str:
    """Write an amount the way the exchange does: eight decimals, always.

    :param units: amount in units of 1e-8; may be negative.
    :returns: e.g. ``"0.00900000"``.

    Source: Spot *Web Socket Streams*, the payloads shown there.
    """
    if units < 0:
        return "-" + decimal(-units)
    return f"{units // UNIT}.{units % UNIT:08d}"


def units(text: str) -> int:
    """Read a decimal string exactly.

    :param text: e.g. ``"0.5"``; at most eight decimals.
    :returns: amount in units of 1e-8.
    :raises InvalidArgument: if *text* is no such number.
    """
    found = re.fullmatch(r"([+-]?)([0-9]+)(?:\.([0-9]{1,8}))?", text)
    if found is None:
        raise InvalidArgument(f"{text!r} is no decimal number with at most eight decimals")
    sign, whole, fraction = found.groups(default="")
    amount = int(whole) * UNIT + int(fraction.ljust(8, "0"))
    return -amount if sign == "-" else amount


def kline_open(time_ms: int, interval: str, offset_ms: int = 0) -> int:
    """Say when the candle that covers a moment began.

    :param time_ms: the moment, milliseconds since the epoch.
    :param interval: kline interval, e.g. ``"1m"``; ``"1M"`` is a calendar month.
    :param offset_ms: what the venue's clock shows more than UTC, for the ``@+08:00`` streams.
    :returns: milliseconds since the epoch, in UTC whatever the offset.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams" (UTC and with timezone offset).
    """
    local_ms = time_ms + offset_ms
    if interval == "1M":
        day = datetime.fromtimestamp(local_ms // 1000, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) * 1000 - offset_ms
    length_ms = _LENGTH_MS[interval]
    first_ms = _MONDAY_MS if interval == "1w" else 0
    return local_ms - (local_ms - first_ms) % length_ms - offset_ms


def kline_end(open_ms: int, interval: str, offset_ms: int = 0) -> int:
    """Say when the candle after the one opened at *open_ms* begins (ms since the epoch)."""
    if interval != "1M":
        return open_ms + _LENGTH_MS[interval]
    # 32 days after the first of a month is always within the next month.
    return kline_open(open_ms + 32 * DAY_MS, interval, offset_ms)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is traded under one symbol, and where its price begins.

    :ivar tick: smallest price step, in units of 1e-8.
    :ivar step: smallest quantity step, in units of 1e-8.
    :ivar price: the price at which the market opens and to which it is drawn back, in units of 1e-8.
    :ivar lots: mean size of an order, in steps.

    Source: Spot *REST API*, "Exchange information" (``PRICE_FILTER``, ``LOT_SIZE``).
    """

    symbol: str
    base: str
    quote: str
    tick: int
    step: int
    price: int
    lots: int


_KNOWN: Final = {
    spec.symbol: spec
    for spec in (
        Instrument("BNBBTC", "BNB", "BTC", 100, 100_000, 900_000, 900),
        Instrument("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000, 6_700_000_000_000, 4_000),
        Instrument("ETHBTC", "ETH", "BTC", 1_000, 10_000, 4_000_000, 6_000),
        Instrument("NEOBTC", "NEO", "BTC", 10, 1_000_000, 15_000, 900),
        Instrument("ETHUSDT", "ETH", "USDT", 1_000_000, 10_000, 260_000_000_000, 6_000),
        Instrument("LTCBTC", "LTC", "BTC", 100, 100_000, 120_000, 1_500),
    )
}


def instrument(symbol: str) -> Instrument:
    """Describe a symbol; one that the sandbox does not know gets ordinary numbers.

    :param symbol: market symbol in any case, e.g. ``"BNBBTC"``.
    :raises InvalidArgument: if *symbol* is empty, or could not be told from the rest of a stream's name.
    """
    name = symbol.upper()
    if not re.fullmatch(SYMBOL, name):
        raise InvalidArgument(f"{symbol!r} is no symbol; use 1 to 20 letters, digits, or any of - _ .")
    known = _KNOWN.get(name)
    if known is not None:
        return known
    quote = next((q for q in _QUOTES if name.endswith(q) and name != q), name[-3:])
    return Instrument(name, name[: -len(quote)] or name, quote, 10_000, 100_000, 100_000_000, 900)


class Trade(NamedTuple):
    """One resting order met by one taker; a block trade too. Amounts in units of 1e-8, time in µs."""

    id: int
    price: int
    quantity: int
    time_us: int
    buyer_is_maker: bool

    @property
    def time_ms(self) -> int:
        """When it was, in whole milliseconds."""
        return self.time_us // 1000


class AggTrade(NamedTuple):
    """The trades of one taker at one price. Amounts in units of 1e-8, time in µs."""

    id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    time_us: int
    buyer_is_maker: bool


class Depth(NamedTuple):
    """What changed in a book over one window: update ids and absolute quantities per price."""

    first_id: int
    last_id: int
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


class Top(NamedTuple):
    """Best prices of a book and what stands there, in units of 1e-8."""

    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


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


class _Side:
    """One side of a book. A key is the price times *sign*, so that the best key is always the last."""

    __slots__ = ("keys", "queues", "sign", "totals", "touched")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.queues: dict[int, list[int]] = {}
        self.totals: dict[int, int] = {}
        self.touched: tuple[set[int], set[int]] = (set(), set())

    def levels(self, count: int) -> list[tuple[int, int]]:
        """List the best *count* levels as (price, quantity), best first."""
        sign, totals = self.sign, self.totals
        return [(sign * key, totals[key]) for key in self.keys[: -count - 1 : -1]]


class Book:
    """One symbol's order book and all that follows from it.

    :ivar fresh_trades: trades since :meth:`forget_fresh` was last called; ``fresh_aggs`` and
        ``fresh_blocks`` likewise. Block trades have ids of their own and meet neither the book nor the
        candles.
    :ivar trades: the last :data:`KEPT_TRADES` trades, oldest first; ``aggs`` likewise.
    :ivar update_id: id of the last change of a level.

    Source: Spot *Web Socket Streams*; *Filters*.
    """

    def __init__(self, spec: Instrument, rng: random.Random, start_ms: int) -> None:
        self.spec = spec
        self.symbol = spec.symbol
        self._random = rng.random
        self.bid = _Side(1)
        self.ask = _Side(-1)
        self.update_id = rng.randrange(10**6, 10**7)
        self.trade_id = rng.randrange(10**5, 10**6)
        self.agg_id = rng.randrange(10**4, 10**5)
        self.last_price = spec.price
        self.last_quantity = 0
        self.last_trade_us = start_ms * 1000
        self.fresh_trades: list[Trade] = []
        self.fresh_aggs: list[AggTrade] = []
        self.fresh_blocks: list[Trade] = []
        self.trades: deque[Trade] = deque(maxlen=KEPT_TRADES)
        self.aggs: deque[AggTrade] = deque(maxlen=KEPT_TRADES)
        self._pushed_id = [0, 0]
        self._start_ms = start_ms
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
        self._before_price = spec.price
        for side in (self.bid, self.ask):
            for distance in range(1, _FEWEST_LEVELS + 1):
                self._add(side, side.sign * (spec.price - side.sign * distance * spec.tick), self._size())
        self._pushed_id = [self.update_id, self.update_id]
        for side in (self.bid, self.ask):
            for touched in side.touched:
                touched.clear()
        # A source of their own: block trades change nothing of the rest.
        self._block_random = random.Random(rng.random()).random
        self.block_id = rng.randrange(10**3, 10**4)

    def _candle_at(self, time_ms: int, interval: str, offset_ms: int) -> Candle:
        open_ms = kline_open(time_ms, interval, offset_ms)
        return Candle(open_ms, kline_end(open_ms, interval, offset_ms), self.last_price)

    # -- the book ----------------------------------------------------------------------------------

    def _size(self) -> int:
        return self.spec.step * (1 + int(-natural_log(1.0 - self._random()) * self.spec.lots))

    def _touch(self, side: _Side, key: int) -> None:
        self.update_id += 1
        fast, slow = side.touched
        fast.add(key)
        slow.add(key)

    def _add(self, side: _Side, key: int, quantity: int) -> None:
        queue = side.queues.get(key)
        if queue is None:
            side.queues[key] = [quantity]
            side.totals[key] = quantity
            insort(side.keys, key)
        else:
            if len(queue) >= _LONGEST_QUEUE:
                side.totals[key] -= queue.pop()
            queue.append(quantity)
            side.totals[key] += quantity
        self._touch(side, key)

    def _remove(self, side: _Side, index: int) -> None:
        key = side.keys.pop(index)
        del side.queues[key], side.totals[key]
        self._touch(side, key)

    def _refill(self, side: _Side) -> None:
        while len(side.keys) < _FEWEST_LEVELS:
            key = side.keys[0] if side.keys else side.sign * self.last_price
            key -= self.spec.tick * (1 + int(self._random() * 3))
            if side.sign * key <= 0:
                return
            self._add(side, key, self._size())

    def stir(self, time_us: int) -> int:
        """Let one order come to rest, now and then one go, and one taker come.

        :param time_us: microseconds since the epoch.
        :returns: how many trades that made, at least 1.
        """
        rand = self._random
        spec = self.spec
        side, other = (self.bid, self.ask) if rand() < 0.5 else (self.ask, self.bid)
        key = -other.keys[-1] - spec.tick * (1 + int(-natural_log(1.0 - rand()) * _REACH_TICKS))
        if side.sign * key > 0:
            self._add(side, key, self._size())
        if len(side.keys) > _MOST_LEVELS:
            self._remove(side, int(rand() * _FEWEST_LEVELS))
        # A walk without a leash would reach zero some day.
        pull = 8.0 * (spec.price - self.last_price) / spec.price
        buy = rand() < 0.5 + max(-0.3, min(0.3, pull))
        if self._block_random() * _BLOCK_EVERY < 1:
            self._block(time_us)
        return len(self.take(buy, self._size(), None, time_us))

    def _block(self, time_us: int) -> None:
        rand = self._block_random
        self.block_id += 1
        quantity = self.spec.step * self.spec.lots * (_BLOCK_SIZES + int(rand() * _BLOCK_SIZES))
        self.fresh_blocks.append(Trade(self.block_id, self.last_price, quantity, time_us, rand() < 0.5))

    def take(self, buy: bool, quantity: int, limit: int | None, time_us: int) -> list[Trade]:
        """Let a taker meet the book.

        :param buy: True takes asks, False takes bids.
        :param quantity: wanted, in units of 1e-8.
        :param limit: worst price accepted, in units of 1e-8; None for any.
        :param time_us: microseconds since the epoch.
        :returns: the trades made, in order; fewer than wanted if the book or the limit ends them.
        """
        side = self.ask if buy else self.bid
        worst = None if limit is None else side.sign * limit
        made: list[Trade] = []
        fresh = self.fresh_trades
        while quantity and side.keys:
            key = side.keys[-1]
            if worst is not None and key < worst:
                break
            price = side.sign * key
            queue = side.queues[key]
            first_id = self.trade_id + 1
            taken = 0
            while queue and quantity:
                head = queue[0]
                if head <= quantity:
                    del queue[0]
                    got = head
                else:
                    queue[0] = head - quantity
                    got = quantity
                quantity -= got
                taken += got
                self.trade_id += 1
                trade = Trade(self.trade_id, price, got, time_us, not buy)
                fresh.append(trade)
                made.append(trade)
            if queue:
                side.totals[key] -= taken
            else:
                side.keys.pop()
                del side.queues[key], side.totals[key]
            self._touch(side, key)
            self.agg_id += 1
            agg = AggTrade(self.agg_id, price, taken, first_id, self.trade_id, time_us, not buy)
            self.fresh_aggs.append(agg)
            self.aggs.append(agg)
            self._count(price, taken, first_id, time_us // 1000, buy)
        if made:
            self.trades += made
            self.last_quantity = made[-1].quantity
            self.last_trade_us = time_us
        self._refill(side)
        return made

    def forget_fresh(self) -> None:
        """Empty ``fresh_trades`` and its like: they have been told."""
        self.fresh_trades = []
        self.fresh_aggs = []
        if self.fresh_blocks:
            self.fresh_blocks = []

    # -- what follows from trades ------------------------------------------------------------------

    def _count(self, price: int, quantity: int, first_id: int, time_ms: int, buy: bool) -> None:
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
        second.last_id = self.trade_id
        second.count += self.trade_id - first_id + 1
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

    # -- what can be read at any moment -------------------------------------------------------------

    def top(self) -> Top:
        """Return the best bid and ask and what stands there."""
        bid, ask = self.bid.keys[-1], self.ask.keys[-1]
        return Top(bid, self.bid.totals[bid], -ask, self.ask.totals[ask])

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
        begin_ms, price = kline_open(self._start_ms, interval, offset_ms), self.spec.price
        if len(known) >= KEPT_CANDLES:
            begin_ms, price = known[0].open_ms, known[0].open
        if first_ms is not None:
            open_ms = kline_open(first_ms, interval, offset_ms)
            begin_ms = max(
                begin_ms, open_ms if open_ms == first_ms else kline_end(open_ms, interval, offset_ms)
            )
        elif interval in _LENGTH_MS:  # of months there are never many
            last_open_ms = kline_open(last_ms, interval, offset_ms)
            begin_ms = max(begin_ms, last_open_ms - (limit - 1) * _LENGTH_MS[interval])
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

    def roll(self, speed_ms: int) -> Depth | None:
        """Close one window of diff depth and begin the next.

        :param speed_ms: one of :data:`DEPTH_SPEEDS_MS`.
        :returns: what changed since this was last called for the speed, or None if nothing did.

        Source: Spot *Web Socket Streams*, "Diff. Depth Stream".
        """
        index = DEPTH_SPEEDS_MS.index(speed_ms)
        first_id = self._pushed_id[index] + 1
        if self.update_id < first_id:
            return None
        self._pushed_id[index] = self.update_id
        sides = []
        for side in (self.bid, self.ask):
            totals, sign = side.totals, side.sign
            touched = side.touched[index]
            sides.append([(sign * key, totals.get(key, 0)) for key in sorted(touched, reverse=True)])
            touched.clear()
        return Depth(first_id, self.update_id, *sides)

    def skip_roll(self, speed_ms: int) -> None:
        """Close one window of diff depth that nobody listens to."""
        index = DEPTH_SPEEDS_MS.index(speed_ms)
        self._pushed_id[index] = self.update_id
        self.bid.touched[index].clear()
        self.ask.touched[index].clear()


class Market:
    """Several books under one seed and one flow of orders.

    :param symbols: market symbols in any case.
    :param seed: makes the market; the same seed and times make the same one.
    :param rate: trades a second of market time, over all symbols; 0 for a market that stands still.
    :param start_ms: when it opens, milliseconds since the epoch.
    :param quiet_symbols: those of *symbols*, or further ones, that are listed but hardly traded.
    :param quiet_weight: how often one of these is traded, where an ordinary symbol is traded once.
    :raises InvalidArgument: if *symbols* is empty or names one twice or what is no symbol, or *rate* or
        *quiet_weight* is negative or not finite, or nothing is traded.
    """

    def __init__(
        self,
        symbols: Sequence[str] = DEFAULT_SYMBOLS,
        seed: int = 1,
        rate: float = 50.0,
        start_ms: int = 1_700_000_000_000,
        quiet_symbols: Collection[str] = (),
        quiet_weight: float = QUIET_WEIGHT,
    ) -> None:
        quiet = [symbol.upper() for symbol in quiet_symbols]
        listed = [symbol.upper() for symbol in symbols]
        specs = [instrument(symbol) for symbol in listed + [new for new in quiet if new not in listed]]
        if not specs or len({spec.symbol for spec in specs}) != len(specs):
            raise InvalidArgument("a market needs at least one symbol, and each only once")
        if not 0 <= rate < inf:
            raise InvalidArgument(f"{rate} trades a second cannot be; use a finite number, 0 or more")
        weights = [quiet_weight if spec.symbol in quiet else 1.0 for spec in specs]
        if not 0 <= quiet_weight < inf or not sum(weights):
            raise InvalidArgument("a market needs a symbol that is traded, and a finite weight, 0 or more")
        self._rng = random.Random(seed)
        self.now_ms: float = start_ms
        self.start_ms = start_ms
        self.rate = rate
        self.books = {
            spec.symbol: Book(spec, random.Random(f"{seed}/{spec.symbol}"), start_ms) for spec in specs
        }
        self._order = list(self.books.values())
        self._bounds = list(accumulate(weights))
        self._next_ms = start_ms + self._wait_ms(1)

    def _wait_ms(self, trades: int) -> float:
        """Draw the time that so many trades take."""
        if not self.rate:
            return inf
        return trades * 1000.0 / self.rate * (0.5 + self._rng.random())

    def run(self, until_ms: float) -> Iterator[Book]:
        """Let orders arrive until a moment, which itself is not reached by any.

        :param until_ms: milliseconds since the epoch.
        :returns: after each arrival the book it came to; use it up, the market moves as it is read.
        """
        rand: Callable[[], float] = self._rng.random
        books, bounds, total = self._order, self._bounds, self._bounds[-1]
        while self._next_ms < until_ms:
            time_ms = self._next_ms
            self.now_ms = max(self.now_ms, time_ms)
            book = books[bisect_right(bounds, rand() * total)]
            trades = book.stir(int(time_ms * 1000))
            self._next_ms = time_ms + self._wait_ms(trades)
            yield book
        self.now_ms = max(self.now_ms, until_ms)

    def advance(self, until_ms: float) -> None:
        """Run the market to a moment without looking at what happens."""
        for book in self.run(until_ms):
            book.forget_fresh()

    def idle(self, duration_ms: float) -> None:
        """Put off the next arrival: a pause in which nobody trades."""
        self._next_ms += duration_ms

    def take(self, symbol: str, buy: bool, quantity: int, limit: int | None = None) -> list[Trade]:
        """Let an order of our own meet the book, now.

        :param symbol: market symbol in any case.
        :param quantity: in units of 1e-8; see :meth:`Book.take`.
        :raises InvalidArgument: if the market has no such symbol, or *quantity* is not above 0.
        """
        book = self.books.get(symbol.upper())
        if book is None:
            raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(self.books)}")
        if quantity <= 0:
            raise InvalidArgument("an order needs a quantity above 0")
        # Not a whole millisecond: that may lie before the trade ahead of it.
        return book.take(buy, quantity, limit, max(int(self.now_ms * 1000), book.last_trade_us))
