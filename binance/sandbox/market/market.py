"""A seeded market: several order books under one flow of orders.

Pure: no clock, no sockets, no Twisted. Time is an argument, in milliseconds since the epoch. Orders arrive
whether or not anybody listens, so the same seed and the same times make the same market.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate
from math import inf
from typing import Any

from binance.exceptions import InvalidArgument
from binance.sandbox.market.book import Book, Trade
from binance.sandbox.market.symbols import DEFAULT_SYMBOLS, QUIET_WEIGHT, Instrument, instrument


class Market:
    """Several books under one seed and one flow of orders.

    :param symbols: market symbols in any case.
    :param seed: makes the market; the same seed and times make the same one.
    :param rate: trades a second of market time, over all symbols; 0 for a market that stands still.
    :param start_ms: when it opens, milliseconds since the epoch.
    :param quiet_symbols: those of *symbols*, or further ones, that are listed but hardly traded.
    :param quiet_weight: how often one of these is traded, where an ordinary symbol is traded once.
    :param describe: returns what is traded under a symbol; *make_book* makes the book of it.
    :raises InvalidArgument: if *symbols* is empty or names one twice or an invalid one, or *rate* or
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
        describe: Callable[[str], Instrument] = instrument,
        make_book: Callable[[Any, random.Random, int], Book] = Book,
    ) -> None:
        quiet = [symbol.upper() for symbol in quiet_symbols]
        listed = [symbol.upper() for symbol in symbols]
        specs = [describe(symbol) for symbol in listed + [new for new in quiet if new not in listed]]
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
            spec.symbol: make_book(spec, random.Random(f"{seed}/{spec.symbol}"), start_ms) for spec in specs
        }
        self._order = list(self.books.values())
        self._bounds = list(accumulate(weights))
        self._next_ms = start_ms + self._wait_ms(1)

    def _wait_ms(self, trades: int) -> float:
        """Draw the time that a number of trades takes."""
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

    def book(self, symbol: str) -> Book:
        """Return the book of a symbol, in any case.

        :raises InvalidArgument: if the market has no such symbol.
        """
        book = self.books.get(symbol.upper())
        if book is None:
            raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(self.books)}")
        return book

    def moment_us(self, book: Book) -> int:
        """Return the time of a trade that is made now, microseconds since the epoch."""
        # Not a whole millisecond: that may lie before the trade ahead of it.
        return max(int(self.now_ms * 1000), book.last_trade_us)

    def take(self, symbol: str, buy: bool, quantity: int, limit: int | None = None) -> list[Trade]:
        """Let an order of our own meet the book, now.

        :param symbol: market symbol in any case.
        :param quantity: in units of 1e-8; see :meth:`Book.take`.
        :raises InvalidArgument: if the market has no such symbol, or *quantity* is not above 0.
        """
        book = self.book(symbol)
        if quantity <= 0:
            raise InvalidArgument("an order needs a quantity above 0")
        return book.take(buy, quantity, limit, self.moment_us(book))
