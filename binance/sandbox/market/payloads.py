"""From a market to messages: which streams there are, what each says, and when.

Pure, like the market. A :class:`Feed` is told which streams somebody listens to and makes messages for
these alone, so a market costs little where nobody looks. Times are in milliseconds, or in microseconds
where ``per_ms``, the units of time in a millisecond, is :data:`MICROS`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.book import (
    EAST_MS,
    UTC_MS,
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

# A maker of one symbol's snapshots: takes the book, the moment (ms) and the units in a millisecond.
Snapshot: TypeAlias = Callable[[Book, int, int], dict[str, Any]]

# Names of streams wanted of each symbol, with the units of time in a millisecond.
_Wanted: TypeAlias = dict[str, dict[str, int]]

FAST_MS: Final = 100
SLOW_MS: Final = 1000
KLINE_MS: Final = 2000

# Units of time in a millisecond.
MILLIS: Final = 1
MICROS: Final = 1000

# Behind a stream's name: the same stream with its times in microseconds.
IN_MICROS: Final = "?timeUnit=MICROSECOND"

# Times of the events that do not come from the market.
_EVENT_TIMES: Final = {
    "executionReport": "ETOW", "outboundAccountPosition": "Eu", "balanceUpdate": "ET",
    "listenKeyExpired": "E", "serverShutdown": "E", "eventStreamTerminated": "E",
}  # fmt: skip

# The field with the id of a message, by its event; bookTicker and partial depth name no event.
_ID_FIELDS: Final = {
    "trade": "t",
    "aggTrade": "a",
    "depthUpdate": "u",
    "blockTrade": "t",
    "executionReport": "I",
}

# What REST calls the fields of a stream's payload.
_REST_BOOK_TICKER: Final = {
    "symbol": "s", "bidPrice": "b", "bidQty": "B", "askPrice": "a", "askQty": "A",
}  # fmt: skip
_REST_TICKER: Final = _REST_BOOK_TICKER | {
    "priceChange": "p", "priceChangePercent": "P", "weightedAvgPrice": "w", "prevClosePrice": "x",
    "lastPrice": "c", "lastQty": "Q", "openPrice": "o", "highPrice": "h", "lowPrice": "l", "volume": "v",
    "quoteVolume": "q", "openTime": "O", "closeTime": "C", "firstId": "F", "lastId": "L", "count": "n",
}  # fmt: skip

# Rolling windows of the tickers, in minutes, under the names that streams give them.
WINDOWS: Final = {"1h": 60, "4h": 240, "1d": 1440}
_DAY_MINUTES: Final = 1440
AVERAGE_MINUTES: Final = 5

_NONE: Final[dict[str, int]] = {}

_KLINE: Final = re.compile(rf"kline_({'|'.join(KLINE_INTERVALS)})(@\+08:00)?")
_PARTIAL: Final = re.compile(r"depth(5|10|20)(@100ms)?")


def in_micros(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of a user stream, or of the server, with its times in microseconds.

    Source: Spot *User Data Streams*, "General information" (``timeUnit``).
    """
    return event | {field: event[field] * MICROS for field in _EVENT_TIMES.get(event["e"], "")}


def message_id(payload: Payload) -> tuple[str, int] | None:
    """Return the field that numbers a payload and what it says; None for those without a number."""
    if not isinstance(payload, dict):
        return None
    field = _ID_FIELDS.get(payload["e"]) if "e" in payload else "u" if "u" in payload else "lastUpdateId"
    number = payload.get(field or "")
    return (field, number) if field and isinstance(number, int) else None


def trade(book: Book, item: Trade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@trade``.

    Source: Spot *Web Socket Streams*, "Trade Streams".
    """
    time = item.time_us * per_ms // MICROS
    return {
        "e": "trade", "E": time, "s": book.symbol, "t": item.id, "p": decimal(item.price),
        "q": decimal(item.quantity), "T": time, "m": item.buyer_is_maker, "M": True,
    }  # fmt: skip


def agg_trade(book: Book, item: AggTrade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@aggTrade``.

    Source: Spot *Web Socket Streams*, "Aggregate Trade Streams".
    """
    time = item.time_us * per_ms // MICROS
    return {
        "e": "aggTrade", "E": time, "s": book.symbol, "a": item.id, "p": decimal(item.price),
        "q": decimal(item.quantity), "f": item.first_id, "l": item.last_id, "T": time,
        "m": item.buyer_is_maker, "M": True,
    }  # fmt: skip


def block_trade(book: Book, item: Trade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@blockTrade``, whose ids are not those of trades.

    Source: Spot *Web Socket Streams*, "Block Trade Streams".
    """
    block = trade(book, item, per_ms) | {"e": "blockTrade"}
    del block["M"]
    return block


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


def diff_depth(book: Book, depth: Depth, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth``.

    Source: Spot *Web Socket Streams*, "Diff. Depth Stream".
    """
    return {
        "e": "depthUpdate", "E": time_ms * per_ms, "s": book.symbol, "U": depth.first_id, "u": depth.last_id,
        "b": _pairs(depth.bids), "a": _pairs(depth.asks),
    }  # fmt: skip


def kline(book: Book, candle: Candle, interval: str, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@kline_<interval>``; the candle is closed if its time is over.

    Source: Spot *Web Socket Streams*, "Kline/Candlestick Streams".
    """
    return {
        "e": "kline", "E": time_ms * per_ms, "s": book.symbol,
        "k": {
            "t": candle.open_ms * per_ms, "T": candle.until_ms * per_ms - 1, "s": book.symbol, "i": interval,
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


def mini_ticker(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@miniTicker``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Mini Ticker Stream".
    """
    day = book.window(time_ms, _DAY_MINUTES)
    return {
        "e": "24hrMiniTicker", "E": time_ms * per_ms, "s": book.symbol, "c": decimal(day.close),
        "o": decimal(day.open), "h": decimal(day.high), "l": decimal(day.low), "v": decimal(day.volume),
        "q": _product(day.quote),
    }  # fmt: skip


def _statistics(book: Book, window: Candle, name: str, per_ms: int) -> dict[str, Any]:
    change = window.close - window.open
    average = window.quote // window.volume if window.volume else 0
    return {
        "e": name, "E": window.until_ms * per_ms, "s": book.symbol, "p": decimal(change),
        "P": _percent(change, window.open), "w": decimal(average), "c": decimal(window.close),
        "o": decimal(window.open), "h": decimal(window.high), "l": decimal(window.low),
        "v": decimal(window.volume), "q": _product(window.quote), "O": window.open_ms * per_ms,
        "C": window.until_ms * per_ms,
        "F": window.first_id, "L": window.last_id, "n": window.count,
    }  # fmt: skip


def ticker(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker``.

    The window begins with the minute in which its 24 hours began.

    Source: Spot *Web Socket Streams*, "Individual Symbol Ticker Streams".
    """
    day = book.window(time_ms, _DAY_MINUTES)
    top = book.top()
    return _statistics(book, day, "24hrTicker", per_ms) | {
        "x": decimal(book.price_before(time_ms)), "Q": decimal(book.last_quantity),
        "b": decimal(top.bid), "B": decimal(top.bid_quantity),
        "a": decimal(top.ask), "A": decimal(top.ask_quantity),
    }  # fmt: skip


def window_ticker(book: Book, window: str, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker_<window>``, *window* being ``1h``, ``4h`` or ``1d``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams".
    """
    return _statistics(book, book.window(time_ms, WINDOWS[window]), f"{window}Ticker", per_ms)


def average_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@avgPrice``, over five minutes.

    Source: Spot *Web Socket Streams*, "Average Price".
    """
    average = _average(book, time_ms)
    return {
        "e": "avgPrice", "E": time_ms * per_ms, "s": book.symbol, "i": f"{AVERAGE_MINUTES}m",
        "w": decimal(book.last_price if average is None else average),
        "T": book.last_trade_us * per_ms // MICROS,
    }  # fmt: skip


def reference_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@referencePrice``: the average price, or null without trades.

    Source: Spot *Web Socket Streams*, "Reference Price Streams".
    """
    average = _average(book, time_ms)
    price = None if average is None else decimal(average)
    return {"e": "referencePrice", "s": book.symbol, "r": price, "t": time_ms * per_ms}


def _average(book: Book, time_ms: int) -> int | None:
    window = book.window(time_ms, AVERAGE_MINUTES)
    return window.quote // window.volume if window.volume else None


def rest_trade(item: Trade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return one item of REST's answer to ``trades``.

    Source: Spot *REST API*, "Recent trades list".
    """
    return {
        "id": item.id, "price": decimal(item.price), "qty": decimal(item.quantity),
        "quoteQty": _product(item.price * item.quantity), "time": item.time_us * per_ms // MICROS,
        "isBuyerMaker": item.buyer_is_maker, "isBestMatch": True,
    }  # fmt: skip


def rest_agg_trade(book: Book, item: AggTrade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return one item of REST's answer to ``aggTrades``.

    Source: Spot *REST API*, "Compressed/Aggregate trades list".
    """
    told = agg_trade(book, item, per_ms)
    return {field: told[field] for field in "apqflTmM"}


def rest_kline(book: Book, candle: Candle, interval: str, per_ms: int = MILLIS) -> list[Any]:
    """Return one item of REST's answer to ``klines``.

    Source: Spot *REST API*, "Kline/Candlestick data".
    """
    told = kline(book, candle, interval, candle.until_ms, per_ms)["k"]
    return [told[field] for field in "tohlcvTqnVQB"]


def rest_ticker(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return REST's answer to ``ticker/24hr`` for one symbol.

    Source: Spot *REST API*, "24hr ticker price change statistics".
    """
    told = ticker(book, time_ms, per_ms)
    return {name: told[field] for name, field in _REST_TICKER.items()}


def rest_book_ticker(book: Book) -> dict[str, Any]:
    """Return REST's answer to ``ticker/bookTicker`` for one symbol.

    Source: Spot *REST API*, "Symbol order book ticker".
    """
    told = book_ticker(book)
    return {name: told[field] for name, field in _REST_BOOK_TICKER.items()}


def rest_average_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return REST's answer to ``avgPrice``.

    Source: Spot *REST API*, "Current average price".
    """
    told = average_price(book, time_ms, per_ms)
    return {"mins": AVERAGE_MINUTES, "price": told["w"], "closeTime": told["T"]}


class _Klines:
    """Pushes of one kline stream: when trades have come, and once more when a candle is over."""

    def __init__(self, book: Book, interval: str, offset_ms: int, per_ms: int) -> None:
        self._book, self._interval, self._offset_ms, self._per_ms = book, interval, offset_ms, per_ms
        self._told: tuple[int, int] | None = None

    def __call__(self, time_ms: int) -> Payload | None:
        # The candle over at this very moment, if one is; else the one that runs.
        candle = self._book.candle(time_ms - 1, self._interval, self._offset_ms)
        state = (candle.open_ms, candle.last_id)
        if state == self._told and time_ms < candle.until_ms:
            return None
        self._told = state
        return kline(self._book, candle, self._interval, time_ms, self._per_ms)


class _Arrays:
    """Pushes of an all-market stream: a list of the symbols that were traded since the last one."""

    def __init__(self, books: list[Book], make: Snapshot, per_ms: int) -> None:
        self._books, self._make, self._per_ms = books, make, per_ms
        self._told = {book.symbol: book.trade_id for book in books}

    def __call__(self, time_ms: int) -> Payload | None:
        changed = [book for book in self._books if book.trade_id != self._told[book.symbol]]
        for book in changed:
            self._told[book.symbol] = book.trade_id
        return [self._make(book, time_ms, self._per_ms) for book in changed] or None


class Feed:
    """The messages of one market, for the streams that somebody wants.

    :param market: the market to tell of; the feed alone moves it.

    A name that the exchange does not offer, or no longer, can be wanted and brings nothing: the
    exchange accepts such names without a word. ``!ticker@arr`` and ``!bookTicker`` are among them.
    With :data:`IN_MICROS` behind it a name is the same stream with its times in microseconds.

    Source: Spot *Web Socket Streams*; its change log for what was retired.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        self._books = list(market.books.values())
        self._by_stream_symbol = {book.symbol.lower(): book for book in self._books}
        self._wanted: set[str] = set()
        self._trades: _Wanted = {}
        self._aggs: _Wanted = {}
        self._blocks: _Wanted = {}
        self._tops: _Wanted = {}
        self._last_top: dict[str, tuple[int, int, int, int]] = {}
        self._depths: dict[int, _Wanted] = {FAST_MS: {}, SLOW_MS: {}}
        self._pushes: dict[int, dict[str, Push]] = {}
        self._next_ms = self._boundary_after(market.now_ms)

    @staticmethod
    def _boundary_after(time_ms: float) -> int:
        return (int(time_ms) // FAST_MS + 1) * FAST_MS

    def want(self, stream: str) -> None:
        """Make messages of a stream from now on; asking twice changes nothing."""
        if stream in self._wanted:
            return
        self._wanted.add(stream)
        plan = self._plan(stream)
        if plan is not None:
            table, key, value = plan
            table.setdefault(key, {})[stream] = value

    def unwant(self, stream: str) -> None:
        """Make no more messages of a stream."""
        if stream not in self._wanted:
            return
        self._wanted.remove(stream)
        plan = self._plan(stream)
        if plan is not None:
            table, key, _ = plan
            del table[key][stream]
            if not table[key]:
                del table[key]

    def _plan(self, stream: str) -> tuple[dict[Any, dict[str, Any]], Any, Any] | None:
        """Say in which table a stream stands, under which key and with what; None if it is unknown."""
        name = stream.removesuffix(IN_MICROS)
        per_ms = MILLIS if name == stream else MICROS
        symbol, _, kind = name.partition("@")
        if name.startswith("!"):
            make = self._array_maker(name)
            return None if make is None else (self._pushes, SLOW_MS, _Arrays(self._books, make, per_ms))
        book = self._by_stream_symbol.get(symbol)
        if book is None:
            return None
        real_time = {
            "trade": self._trades, "aggTrade": self._aggs, "blockTrade": self._blocks,
            "bookTicker": self._tops, "depth": self._depths[SLOW_MS], "depth@100ms": self._depths[FAST_MS],
        }.get(kind)  # fmt: skip
        if real_time is not None:
            return real_time, book.symbol, per_ms
        if match := _PARTIAL.fullmatch(kind):
            levels = int(match[1])
            return self._pushes, FAST_MS if match[2] else SLOW_MS, lambda _: partial_depth(book, levels)
        if match := _KLINE.fullmatch(kind):
            speed_ms = SLOW_MS if match[1] == "1s" else KLINE_MS
            offset_ms = EAST_MS if match[2] else UTC_MS
            return self._pushes, speed_ms, _Klines(book, match[1], offset_ms, per_ms)
        single = self._single_maker(kind)
        if single is None:
            return None
        # Traded or not: a window slides by itself, and who came last has had none yet.
        return self._pushes, SLOW_MS, lambda time_ms: single(book, time_ms, per_ms)

    @staticmethod
    def _single_maker(kind: str) -> Snapshot | None:
        if kind.startswith("ticker_") and (window := kind.removeprefix("ticker_")) in WINDOWS:
            return lambda book, time_ms, per_ms: window_ticker(book, window, time_ms, per_ms)
        return {
            "ticker": ticker, "miniTicker": mini_ticker, "avgPrice": average_price,
            "referencePrice": reference_price,
        }.get(kind)  # fmt: skip

    def _array_maker(self, stream: str) -> Snapshot | None:
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
        if not self._pushes and not any(self._depths.values()):
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
        for stream, per_ms in self._trades.get(symbol, _NONE).items():
            for made in book.fresh_trades:
                yield stream, trade(book, made, per_ms)
        for stream, per_ms in self._aggs.get(symbol, _NONE).items():
            for agg in book.fresh_aggs:
                yield stream, agg_trade(book, agg, per_ms)
        if book.fresh_blocks:
            for stream, per_ms in self._blocks.get(symbol, _NONE).items():
                for made in book.fresh_blocks:
                    yield stream, block_trade(book, made, per_ms)
        tops = self._tops.get(symbol)
        if tops:
            top = book.top()
            if top != self._last_top.get(symbol):
                self._last_top[symbol] = top
                told = book_ticker(book)
                for stream in tops:
                    yield stream, told
        book.forget_fresh()

    def _push(self, time_ms: int) -> Iterator[tuple[str, Payload]]:
        for speed_ms in (FAST_MS, SLOW_MS, KLINE_MS):
            if time_ms % speed_ms:
                continue
            depths = self._depths.get(speed_ms)
            if depths is not None:
                for book in self._books:
                    streams = depths.get(book.symbol)
                    if not streams:
                        book.skip_roll(speed_ms)
                    elif (depth := book.roll(speed_ms)) is not None:
                        for stream, per_ms in streams.items():
                            yield stream, diff_depth(book, depth, time_ms, per_ms)
            for stream, push in tuple(self._pushes.get(speed_ms, {}).items()):
                payload = push(time_ms)
                if payload is not None:
                    yield stream, payload
