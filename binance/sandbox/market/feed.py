"""The feed: which streams there are, and when each has a message.

Pure, like the market. A :class:`Feed` makes messages for the streams that somebody listens to and for no
others, so a market costs little where nobody listens.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from binance.constants import KLINE_INTERVALS
from binance.sandbox.market.book import Book
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import (
    IN_MICROS,
    MICROS,
    MILLIS,
    WINDOWS,
    Payload,
    agg_trade,
    average_price,
    block_trade,
    book_ticker,
    diff_depth,
    kline,
    mini_ticker,
    partial_depth,
    reference_price,
    ticker,
    trade,
    window_ticker,
)
from binance.sandbox.market.times import EAST_MS, UTC_MS

# A maker of one stream's pushes: takes the moment (ms), gives the payload or None for no push.
Push: TypeAlias = Callable[[int], Payload | None]

# A maker of one symbol's snapshots: takes the book, the moment (ms) and the units in a millisecond.
Snapshot: TypeAlias = Callable[[Book, int, int], dict[str, Any]]

# Names of streams wanted of each symbol, with the units of time in a millisecond.
_Wanted: TypeAlias = dict[str, dict[str, int]]

FAST_MS: Final = 100
SLOW_MS: Final = 1000
KLINE_MS: Final = 2000

_NONE: Final[dict[str, int]] = {}

_KLINE: Final = re.compile(rf"kline_({'|'.join(KLINE_INTERVALS)})(@\+08:00)?")
_PARTIAL: Final = re.compile(r"depth(5|10|20)(@100ms)?")

# Names that spell out the default speed: the streams of the names without it.
_SPELT_OUT: Final = re.compile(r"(!miniTicker@arr|[^!@]+@depth(?:5|10|20)?)@1000ms")


class _Klines:
    """Pushes of one kline stream: when trades have come, and again when a candle has closed."""

    def __init__(self, book: Book, interval: str, offset_ms: int, per_ms: int) -> None:
        self._book, self._interval, self._offset_ms, self._per_ms = book, interval, offset_ms, per_ms
        self._pushed: tuple[int, int] | None = None

    def __call__(self, time_ms: int) -> Payload | None:
        # The candle over at this very moment, if one is; else the one that runs.
        candle = self._book.history.candle(time_ms - 1, self._interval, self._offset_ms)
        state = (candle.open_ms, candle.last_id)
        if state == self._pushed and time_ms < candle.until_ms:
            return None
        self._pushed = state
        return kline(self._book, candle, self._interval, time_ms, self._per_ms)


class _Arrays:
    """Pushes of an all-market stream: a list of the symbols that were traded since the last one."""

    def __init__(self, books: list[Book], make: Snapshot, per_ms: int) -> None:
        self._books, self._make, self._per_ms = books, make, per_ms
        self._pushed = {book.symbol: book.trade_id for book in books}

    def __call__(self, time_ms: int) -> Payload | None:
        changed = [book for book in self._books if book.trade_id != self._pushed[book.symbol]]
        for book in changed:
            self._pushed[book.symbol] = book.trade_id
        return [self._make(book, time_ms, self._per_ms) for book in changed] or None


class Feed:
    """The messages of one market, for the streams that somebody wants.

    :param market: the market whose messages it makes; the feed alone moves it.

    A name that the exchange does not offer, or no longer, can be wanted and has no messages: the
    exchange accepts such names without a word. ``!ticker@arr`` and ``!bookTicker`` are among them, and names
    in another case: symbols are in lower case, the rest as it is documented. ``@1000ms`` may stand behind
    depth and ``!miniTicker@arr``; messages come under the name that was asked for.
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
        # By speed, the books that have changed since diff depth of that speed was last due.
        self._stirred: dict[int, dict[str, Book]] = {speed_ms: {} for speed_ms in self._depths}
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
        if spelt_out := _SPELT_OUT.fullmatch(name):
            name = spelt_out[1]
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
        """Move the market to a moment and yield what happens on the way.

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
                for passed_ms in self._depths:
                    if last_ms % passed_ms == 0:
                        self._skip_rolls(passed_ms)
        self._next_ms = max(self._next_ms, self._boundary_after(until_ms))

    def _skip_rolls(self, speed_ms: int) -> None:
        """Close the windows of diff depth that nobody listens to."""
        wanted = self._depths[speed_ms]
        for symbol, book in self._stirred[speed_ms].items():
            if symbol not in wanted:
                book.skip_roll(speed_ms)
        self._stirred[speed_ms].clear()

    def _live(self, until_ms: float) -> Iterator[tuple[str, Payload]]:
        for book in self.market.run(until_ms):
            yield from self.fresh(book)

    def fresh(self, book: Book) -> Iterator[tuple[str, Payload]]:
        """Yield what the real-time streams say of a book in which an order has just acted."""
        symbol = book.symbol
        for stirred in self._stirred.values():
            stirred[symbol] = book
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
                pushed = book_ticker(book)
                for stream in tops:
                    yield stream, pushed
        book.forget_fresh()

    def _push(self, time_ms: int) -> Iterator[tuple[str, Payload]]:
        for speed_ms in (FAST_MS, SLOW_MS, KLINE_MS):
            if time_ms % speed_ms:
                continue
            if speed_ms in self._depths:
                for symbol, streams in tuple(self._depths[speed_ms].items()):
                    book = self.market.books[symbol]
                    if (depth := book.roll(speed_ms)) is not None:
                        for stream, per_ms in streams.items():
                            yield stream, diff_depth(book, depth, time_ms, per_ms)
                self._skip_rolls(speed_ms)
            for stream, push in tuple(self._pushes.get(speed_ms, {}).items()):
                payload = push(time_ms)
                if payload is not None:
                    yield stream, payload
