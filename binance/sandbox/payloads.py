"""From a market to messages: which streams there are, what each says, and when.

Pure, like the market. A :class:`Feed` is told which streams somebody listens to and makes messages for
these alone, so a market costs little where nobody looks.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market import (
    HOUR_MS,
    AggTrade,
    Book,
    Candle,
    Depth,
    Market,
    Trade,
    decimal,
)

Payload: TypeAlias = dict[str, Any] | list[dict[str, Any]]

# A maker of one stream's pushes: takes the moment (ms), gives the payload or None for no push.
Push: TypeAlias = Callable[[int], Payload | None]

FAST_MS: Final = 100
SLOW_MS: Final = 1000
KLINE_MS: Final = 2000

# Rolling windows of the tickers, in minutes, under the names that streams give them.
WINDOWS: Final = {"1h": 60, "4h": 240, "1d": 1440}
_DAY_MINUTES: Final = 1440

_KLINE: Final = re.compile(rf"kline_({'|'.join(KLINE_INTERVALS)})(@\+08:00)?")
_PARTIAL: Final = re.compile(r"depth(5|10|20)(@100ms)?")


def trade(book: Book, item: Trade, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@trade``.

    Source: Spot *Web Socket Streams*, "Trade Streams".
    """
    return {
        "e": "trade", "E": time_ms, "s": book.symbol, "t": item.id, "p": decimal(item.price),
        "q": decimal(item.quantity), "T": item.time_ms, "m": item.buyer_is_maker, "M": True,
    }  # fmt: skip


def agg_trade(book: Book, item: AggTrade, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@aggTrade``.

    Source: Spot *Web Socket Streams*, "Aggregate Trade Streams".
    """
    return {
        "e": "aggTrade", "E": time_ms, "s": book.symbol, "a": item.id, "p": decimal(item.price),
        "q": decimal(item.quantity), "f": item.first_id, "l": item.last_id, "T": item.time_ms,
        "m": item.buyer_is_maker, "M": True,
    }  # fmt: skip


def book_ticker(book: Book) -> dict[str, Any]:
    """Return the payload of ``<symbol>@bookTicker``, which on spot has no ``e``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Book Ticker Streams".
    """
    top = book.top()
    return {
        "u": book.update_id, "s": book.symbol, "b": decimal(top.bid), "B": decimal(top.bid_quantity),
        "a": decimal(top.ask), "A": decimal(top.ask_quantity),
    }  # fmt: skip


def _pairs(levels: list[tuple[int, int]]) -> list[list[str]]:
    return [[decimal(price), decimal(quantity)] for price, quantity in levels]


def partial_depth(book: Book, levels: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth<levels>``, which is also REST's answer to ``depth``.

    Source: Spot *Web Socket Streams*, "Partial Book Depth Streams"; *REST API*, "Order book".
    """
    return {
        "lastUpdateId": book.update_id,
        "bids": _pairs(book.bid.levels(levels)),
        "asks": _pairs(book.ask.levels(levels)),
    }


def diff_depth(book: Book, depth: Depth, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth``.

    Source: Spot *Web Socket Streams*, "Diff. Depth Stream".
    """
    return {
        "e": "depthUpdate", "E": time_ms, "s": book.symbol, "U": depth.first_id, "u": depth.last_id,
        "b": _pairs(depth.bids), "a": _pairs(depth.asks),
    }  # fmt: skip


def kline(book: Book, candle: Candle, interval: str, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@kline_<interval>``; the candle is closed if its time is over.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams".
    """
    return {
        "e": "kline", "E": time_ms, "s": book.symbol,
        "k": {
            "t": candle.open_ms, "T": candle.until_ms - 1, "s": book.symbol, "i": interval,
            "f": candle.first_id, "L": candle.last_id, "o": decimal(candle.open),
            "c": decimal(candle.close), "h": decimal(candle.high), "l": decimal(candle.low),
            "v": decimal(candle.volume), "n": candle.count, "x": time_ms >= candle.until_ms,
            "q": _product(candle.quote), "V": decimal(candle.taker), "Q": _product(candle.taker_quote),
            "B": "0",
        },
    }  # fmt: skip


def _product(units_of_1e16: int) -> str:
    return decimal(units_of_1e16 // 10**8)


def _percent(change: int, base: int) -> str:
    """Write *change* as a percentage of *base*, three decimals, rounded half away from zero."""
    thousandths = (abs(change) * 200_000 + base) // (2 * base)
    sign = "-" if change < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"


def mini_ticker(book: Book, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@miniTicker``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Mini Ticker Stream".
    """
    day = book.window(time_ms, _DAY_MINUTES)
    return {
        "e": "24hrMiniTicker", "E": time_ms, "s": book.symbol, "c": decimal(day.close),
        "o": decimal(day.open), "h": decimal(day.high), "l": decimal(day.low), "v": decimal(day.volume),
        "q": _product(day.quote),
    }  # fmt: skip


def _statistics(book: Book, window: Candle, name: str, time_ms: int) -> dict[str, Any]:
    change = window.close - window.open
    average = window.quote // window.volume if window.volume else 0
    return {
        "e": name, "E": time_ms, "s": book.symbol, "p": decimal(change),
        "P": _percent(change, window.open), "w": decimal(average), "c": decimal(window.close),
        "o": decimal(window.open), "h": decimal(window.high), "l": decimal(window.low),
        "v": decimal(window.volume), "q": _product(window.quote), "O": window.open_ms, "C": time_ms,
        "F": window.first_id, "L": window.last_id, "n": window.count,
    }  # fmt: skip


def ticker(book: Book, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker``.

    The window begins with the minute in which its 24 hours began.

    Source: Spot *Web Socket Streams*, "Individual Symbol Ticker Streams".
    """
    day = book.window(time_ms, _DAY_MINUTES)
    top = book.top()
    return _statistics(book, day, "24hrTicker", time_ms) | {
        "x": decimal(book.price_before(time_ms)), "Q": decimal(book.last_quantity),
        "b": decimal(top.bid), "B": decimal(top.bid_quantity),
        "a": decimal(top.ask), "A": decimal(top.ask_quantity),
    }  # fmt: skip


def window_ticker(book: Book, window: str, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker_<window>``, *window* being ``1h``, ``4h`` or ``1d``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams".
    """
    return _statistics(book, book.window(time_ms, WINDOWS[window]), f"{window}Ticker", time_ms)


def average_price(book: Book, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@avgPrice``, over five minutes.

    Source: Spot *Web Socket Streams*, "Average Price".
    """
    window = book.window(time_ms, 5)
    average = window.quote // window.volume if window.volume else book.last_price
    return {
        "e": "avgPrice", "E": time_ms, "s": book.symbol, "i": "5m", "w": decimal(average),
        "T": book.last_trade_ms,
    }  # fmt: skip


class _Klines:
    """Pushes of one kline stream: when trades have come, and once more when a candle is over."""

    def __init__(self, book: Book, interval: str, offset_ms: int) -> None:
        self._book, self._interval, self._offset_ms = book, interval, offset_ms
        self._told: tuple[int, int] | None = None

    def __call__(self, time_ms: int) -> Payload | None:
        # The candle over at this very moment, if one is; else the one that runs.
        candle = self._book.candle(time_ms - 1, self._interval, self._offset_ms)
        state = (candle.open_ms, candle.last_id)
        if state == self._told and time_ms < candle.until_ms:
            return None
        self._told = state
        return kline(self._book, candle, self._interval, time_ms)


class _WhenTraded:
    """Pushes of one symbol's ticker: the first at once, later ones when trades have come."""

    def __init__(self, book: Book, make: Push) -> None:
        self._book, self._make = book, make
        self._told: int | None = None

    def __call__(self, time_ms: int) -> Payload | None:
        if self._book.trade_id == self._told:
            return None
        self._told = self._book.trade_id
        return self._make(time_ms)


class _Arrays:
    """Pushes of an all-market stream: a list of the symbols that were traded since the last one."""

    def __init__(self, books: list[Book], make: Callable[[Book, int], dict[str, Any]]) -> None:
        self._books, self._make = books, make
        self._told = {book.symbol: book.trade_id for book in books}

    def __call__(self, time_ms: int) -> Payload | None:
        changed = [book for book in self._books if book.trade_id != self._told[book.symbol]]
        for book in changed:
            self._told[book.symbol] = book.trade_id
        return [self._make(book, time_ms) for book in changed] or None


class _Partial:
    """Pushes of one partial depth stream: whenever the book has changed."""

    def __init__(self, book: Book, levels: int) -> None:
        self._book, self._levels = book, levels
        self._told: int | None = None

    def __call__(self, time_ms: int) -> Payload | None:
        if self._book.update_id == self._told:
            return None
        self._told = self._book.update_id
        return partial_depth(self._book, self._levels)


class Feed:
    """The messages of one market, for the streams that somebody wants.

    :param market: the market to tell of; the feed alone moves it.

    A name that the exchange does not offer, or no longer, can be wanted and brings nothing: the
    exchange accepts such names without a word. ``!ticker@arr`` and ``!bookTicker`` are among them.

    Source: Spot *Web Socket Streams*; its change log for what was retired.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self._books = list(market.books.values())
        self._by_stream_symbol = {book.symbol.lower(): book for book in self._books}
        self._wanted: set[str] = set()
        self._trades: dict[str, str] = {}
        self._aggs: dict[str, str] = {}
        self._tops: dict[str, str] = {}
        self._last_top: dict[str, tuple[int, int, int, int]] = {}
        self._depths: dict[int, dict[str, str]] = {FAST_MS: {}, SLOW_MS: {}}
        self._pushes: dict[int, dict[str, Push]] = {FAST_MS: {}, SLOW_MS: {}, KLINE_MS: {}}
        self._next_ms = self._boundary_after(market.now_ms)

    @staticmethod
    def _boundary_after(time_ms: float) -> int:
        return (int(time_ms) // FAST_MS + 1) * FAST_MS

    @property
    def wanted(self) -> frozenset[str]:
        """Names of all streams wanted now, those that bring nothing included."""
        return frozenset(self._wanted)

    def offers(self, stream: str) -> bool:
        """Say whether a name is a stream of this market, rather than one that stays silent."""
        return self._plan(stream) is not None

    def want(self, stream: str) -> None:
        """Make messages of a stream from now on; asking twice changes nothing."""
        if stream in self._wanted:
            return
        self._wanted.add(stream)
        plan = self._plan(stream)
        if plan is None:
            return
        table, key, value = plan
        table[key] = value

    def unwant(self, stream: str) -> None:
        """Make no more messages of a stream."""
        if stream not in self._wanted:
            return
        self._wanted.remove(stream)
        plan = self._plan(stream)
        if plan is not None:
            plan[0].pop(plan[1], None)

    def _plan(self, stream: str) -> tuple[dict[str, Any], str, Any] | None:
        """Say in which table a stream stands, under which key and with what; None if it is unknown."""
        symbol, _, kind = stream.partition("@")
        if stream.startswith("!"):
            make = self._array_maker(stream)
            return None if make is None else (self._pushes[SLOW_MS], stream, _Arrays(self._books, make))
        book = self._by_stream_symbol.get(symbol)
        if book is None:
            return None
        real_time = {"trade": self._trades, "aggTrade": self._aggs, "bookTicker": self._tops}.get(kind)
        if real_time is not None:
            return real_time, book.symbol, stream
        if kind in ("depth", "depth@100ms"):
            return self._depths[FAST_MS if kind == "depth@100ms" else SLOW_MS], book.symbol, stream
        if match := _PARTIAL.fullmatch(kind):
            return self._pushes[FAST_MS if match[2] else SLOW_MS], stream, _Partial(book, int(match[1]))
        if match := _KLINE.fullmatch(kind):
            speed_ms = SLOW_MS if match[1] == "1s" else KLINE_MS
            return self._pushes[speed_ms], stream, _Klines(book, match[1], 8 * HOUR_MS if match[2] else 0)
        single = self._single_maker(kind)
        if single is None:
            return None
        return self._pushes[SLOW_MS], stream, _WhenTraded(book, lambda time_ms: single(book, time_ms))

    @staticmethod
    def _single_maker(kind: str) -> Callable[[Book, int], dict[str, Any]] | None:
        if kind.startswith("ticker_") and (window := kind.removeprefix("ticker_")) in WINDOWS:
            return lambda book, time_ms: window_ticker(book, window, time_ms)
        return {"ticker": ticker, "miniTicker": mini_ticker, "avgPrice": average_price}.get(kind)

    def _array_maker(self, stream: str) -> Callable[[Book, int], dict[str, Any]] | None:
        kind = stream.removeprefix("!").removesuffix("@arr")
        if not stream.endswith("@arr") or not kind.startswith(("ticker_", "miniTicker")):
            return None
        return self._single_maker(kind)

    def advance(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        """Move the market to a moment and tell what happens on the way.

        :param until_ms: milliseconds since the epoch.
        :returns: (stream name, payload) in the order in which the exchange would send them; use it
            up, the market moves as it is read.
        """
        if not any(self._pushes.values()) and not any(self._depths.values()):
            yield from self._skip(until_ms)
        while self._next_ms <= until_ms:
            boundary_ms = self._next_ms
            yield from self._live(boundary_ms)
            yield from self._push(boundary_ms)
            self._next_ms += FAST_MS
        yield from self._live(until_ms)

    def _skip(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        """Pass the times of pushes of which none is wanted: of each speed only the last one matters."""
        for speed_ms in sorted(self._depths, reverse=True):
            last_ms = int(until_ms) // speed_ms * speed_ms
            if last_ms >= self._next_ms:
                yield from self._live(last_ms)
                for book in self._books:
                    for passed_ms in self._depths:
                        if last_ms % passed_ms == 0:
                            book.skip_roll(passed_ms)
        self._next_ms = max(self._next_ms, self._boundary_after(until_ms))

    def _live(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        for book in self.market.run(until_ms):
            yield from self.fresh(book)

    def fresh(self, book: Book) -> Iterator[tuple[str, Payload]]:
        """Tell what the real-time streams say of a book in which an order has just acted."""
        symbol = book.symbol
        stream = self._trades.get(symbol)
        if stream is not None:
            for made in book.fresh_trades:
                yield stream, trade(book, made, made.time_ms)
        stream = self._aggs.get(symbol)
        if stream is not None:
            for agg in book.fresh_aggs:
                yield stream, agg_trade(book, agg, agg.time_ms)
        stream = self._tops.get(symbol)
        if stream is not None:
            top = book.top()
            if top != self._last_top.get(symbol):
                self._last_top[symbol] = top
                yield stream, book_ticker(book)
        book.forget_fresh()

    def _push(self, time_ms: int) -> Iterator[tuple[str, Payload]]:
        for speed_ms, pushes in self._pushes.items():
            if time_ms % speed_ms:
                continue
            depths = self._depths.get(speed_ms)
            if depths is not None:
                for book in self._books:
                    stream = depths.get(book.symbol)
                    if stream is None:
                        book.skip_roll(speed_ms)
                    elif (depth := book.roll(speed_ms)) is not None:
                        yield stream, diff_depth(book, depth, time_ms)
            for stream, push in tuple(pushes.items()):
                payload = push(time_ms)
                if payload is not None:
                    yield stream, payload
