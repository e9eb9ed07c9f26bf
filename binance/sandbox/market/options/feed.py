"""The feed of options: when each stream has a message. Names have their venue in front, ``options:``."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import Final, TypeAlias

from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.book import Trade
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import day_of
from binance.sandbox.market.futures.pushes import REAL_TIME, Klines, Push, PushFeed, Tops, windowed
from binance.sandbox.market.market import Market
from binance.sandbox.market.options import payloads
from binance.sandbox.market.options.names import kind_of
from binance.sandbox.market.payloads import Payload

_TRADE_MS: Final = 50
_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60_000


class OptionsFeed(PushFeed):
    """The messages of the market of options.

    :param index: returns the index price of an underlying, ``"BTCUSDT"``, in units of 1e-8; None for one that
        has none, whose options are priced by the underlying's price at the beginning.

    Source: European Options *Websocket Market Streams*.
    """

    def __init__(self, market: Market, index: Callable[[str], int | None]) -> None:
        super().__init__(market)
        self._index = index

    def index(self, underlying: str) -> int:
        """Return the index price of an underlying, in units of 1e-8."""
        found = self._index(underlying)
        return UNIT if found is None else found

    @property
    def underlyings(self) -> list[str]:
        """All underlyings, e.g. ``"BTCUSDT"``."""
        return list(dict.fromkeys(book.spec.pair for book in self.books.values()))

    def push_of(self, stream: str) -> Push | None:
        """Return the pushes of a stream, by its name with its venue; None if there is no such stream."""
        found = kind_of(stream.partition(":")[2])
        return None if found is None else _MAKERS[found[0]](self, found[1])

    def of(self, match: re.Match[str]) -> list[FuturesBook]:
        """Return the books that a name means: of one symbol, or of an underlying, perhaps of one day."""
        parts = match.groupdict()
        if parts.get("symbol"):
            found = [self.books.get(parts["symbol"].upper())]
        else:  # btcusdt, or btc
            underlying = parts["underlying"].upper()
            found = [book for book in self.books.values() if underlying in (book.spec.pair, book.spec.base)]
        day = parts.get("day")
        return [book for book in found if book is not None and day in (None, day_of(book.spec.delivery_ms))]


# -- makers, by kind -------------------------------------------------------------------------------------

_Maker: TypeAlias = Callable[[OptionsFeed, re.Match[str]], Push | None]


def _of_one(make: Callable[[re.Match[str], FuturesBook], Push]) -> _Maker:
    """Return the maker of a stream of one symbol."""

    def found(feed: OptionsFeed, match: re.Match[str]) -> Push | None:
        books = feed.of(match)
        return make(match, books[0]) if books else None

    return found


class _Trades:
    """Trades of some books since the last push, those agreed on outside of the books included."""

    def __init__(self, books: Iterable[FuturesBook]) -> None:
        self._books = list(books)
        self._said = {book.symbol: book.trade_id for book in self._books}

    def __call__(self, time_ms: int) -> Iterator[Payload]:
        for book in self._books:
            last = self._said[book.symbol]
            self._said[book.symbol] = book.trade_id
            fresh = [(item, block) for block in (False, True) for item in _since(book, last, block)]
            for item, block in sorted(fresh):
                yield payloads.trade(book, item, block)


def _since(book: FuturesBook, last: int, block: bool) -> Iterator[Trade]:
    """Yield the trades of a book behind an id, the newest first."""
    return takewhile(lambda item: item.id > last, reversed(book.blocks if block else book.trades))


def _trade(feed: OptionsFeed, match: re.Match[str]) -> Push | None:
    books = feed.of(match)
    return Push(_TRADE_MS, _Trades(books)) if books else None


def _book_ticker(match: re.Match[str], book: FuturesBook) -> Push:
    return Push(REAL_TIME, Tops(payloads.book_ticker).of, (book,))


def _diff_depth(match: re.Match[str], book: FuturesBook) -> Push:
    return windowed(book, int(match["speed"]), lambda depth, at: payloads.diff_depth(book, depth, at))


def _partial_depth(match: re.Match[str], book: FuturesBook) -> Push:
    levels, speed_ms = int(match["levels"]), int(match["speed"])
    return windowed(book, speed_ms, lambda depth, at: payloads.partial_depth(book, depth, levels, at))


def _ticker(feed: OptionsFeed, match: re.Match[str]) -> Push | None:
    books = feed.of(match)
    return Push(_SECOND_MS, lambda at: (payloads.ticker(book, at) for book in books)) if books else None


def _kline(match: re.Match[str], book: FuturesBook) -> Push:
    interval = match["interval"]
    make = Klines(book, interval, lambda candle, at: payloads.kline(book, candle, interval, at))
    return Push(_SECOND_MS, make)


def _listed(speed_ms: int, make: Callable[[FuturesBook, int, int], Payload]) -> _Maker:
    """Return the maker of a stream that lists what there is to say of each book, with the index."""

    def found(feed: OptionsFeed, match: re.Match[str]) -> Push | None:
        books = feed.of(match)
        if not books:
            return None
        underlying = books[0].spec.pair
        return Push(speed_ms, lambda at: [[make(book, feed.index(underlying), at) for book in books]])

    return found


def _indices(feed: OptionsFeed, match: re.Match[str]) -> Push:
    named = feed.underlyings
    return Push(_SECOND_MS, lambda at: [[payloads.index_price(name, feed.index(name), at) for name in named]])


def _option_symbol(feed: OptionsFeed, match: re.Match[str]) -> Push:
    specs = [payloads.spec_of(book) for book in feed.books.values()]
    # every minute one is announced
    return Push(_MINUTE_MS, lambda at: [payloads.option_symbol(specs[at // _MINUTE_MS % len(specs)], at)])


_MAKERS: Final[dict[str, _Maker]] = {
    "trade": _trade,
    "book_ticker": _of_one(_book_ticker),
    "diff_depth": _of_one(_diff_depth),
    "partial_depth": _of_one(_partial_depth),
    "ticker": _ticker,
    "kline": _of_one(_kline),
    "mark_price": _listed(_SECOND_MS, payloads.mark_price),
    "open_interest": _listed(_MINUTE_MS, payloads.open_interest),
    "indices": _indices,
    "option_symbol": _option_symbol,
}
