"""The feed of futures: when each stream has a message.

Like the feed of spot it makes messages for the streams that somebody listens to and for no others. Names have
their venue in front here, ``usdm:btcusdt@aggTrade``: USD-M and COIN-M have the same names for all-market
streams, which carry the contracts of both, and each at speeds of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

from binance.sandbox.market.candles import Candle
from binance.sandbox.market.futures import payloads
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import COMPOSITE, Contract, Venue
from binance.sandbox.market.futures.names import kind_of
from binance.sandbox.market.futures.prices import Prices
from binance.sandbox.market.futures.pushes import REAL_TIME, Klines, Push, PushFeed, Tops, windowed
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import Payload

_FAST_MS: Final = 100
_KLINE_MS: Final = 250
_DEPTH_MS: Final = 250
_RPI_MS: Final = 500
_SECOND_MS: Final = 1000
_MARK_MS: Final = 3000
_CONTRACTS_MS: Final = 60_000
_TICKER_MS: Final[dict[Venue, int]] = {"usdm": 2000, "coinm": 500}
_BOOK_TICKERS_MS: Final[dict[Venue, int]] = {"usdm": 5000, "coinm": REAL_TIME}


class _Changed:
    """What is said of each book that has traded since it was last said."""

    def __init__(self, books: Iterable[FuturesBook], make: Callable[[FuturesBook, int], Payload]) -> None:
        self._books, self._make = list(books), make
        self._said = {book.symbol: book.trade_id for book in self._books}

    def __call__(self, time_ms: int) -> Iterator[Any]:
        for book in self._books:
            if book.trade_id != self._said[book.symbol]:
                self._said[book.symbol] = book.trade_id
                yield self._make(book, time_ms)

    def together(self, time_ms: int) -> Iterator[Payload]:
        """Yield one list of it, if there is any."""
        if said := list(self(time_ms)):
            yield said


class _Liquidations:
    """The last liquidation of each book since the second before."""

    def __init__(self, books: Iterable[FuturesBook], of_all: bool) -> None:
        self._books, self._of_all = list(books), of_all
        self._said = {book.symbol: book.liquidation for book in self._books}

    def __call__(self, time_ms: int) -> Iterator[Payload]:
        for book in self._books:
            if book.liquidation is not self._said[book.symbol]:
                self._said[book.symbol] = book.liquidation
                said = payloads.force_order(book, time_ms, self._of_all)
                assert said is not None
                yield said


class FuturesFeed(PushFeed):
    """The messages of one market of futures, for the streams that somebody wants.

    :param market: of :class:`FuturesBook`; the feed alone moves it.

    A name that there is not can be wanted and has no messages.

    Source: USD-M and COIN-M *Websocket Market Streams*; the notice on the integration of both.
    """

    def __init__(self, market: Market, seed: int) -> None:
        super().__init__(market)
        self.prices = Prices(seed, self.books)
        self._by_name = {symbol.lower(): book for symbol, book in self.books.items()}

    def push_of(self, stream: str) -> Push | None:
        """Return the pushes of a stream, by its name with its venue; None if there is no such stream."""
        venue, _, name = stream.partition(":")
        found = kind_of(venue, name)  # type: ignore[arg-type]
        return None if found is None else _MAKERS[found[0]](self, venue, found[1])

    # -- what is asked of books ------------------------------------------------------------------------

    def book(self, venue: Venue, symbol: str, either: bool = False) -> FuturesBook | None:
        """Return the book of a contract of a venue; *either*: of the other venue, too.

        :param symbol: in lower case, as in the names of streams.
        """
        book = self._by_name.get(symbol)
        return book if book is not None and (either or book.spec.venue == venue) else None

    def of(self, venue: Venue) -> list[FuturesBook]:
        """Return the books of a venue."""
        return [book for book in self.books.values() if book.spec.venue == venue]

    def of_pair(self, pair: str, kind: str | None = None) -> list[FuturesBook]:
        """Return the books of a pair; *kind*: those of one kind of contract."""
        found = [book for book in self.books.values() if book.spec.pair == pair]
        return [book for book in found if kind in (None, book.spec.kind)]


# -- makers, by kind -------------------------------------------------------------------------------------

_Maker: TypeAlias = Callable[[FuturesFeed, Any, re.Match[str]], Push | None]


def _named(make: Callable[[FuturesFeed, Venue, re.Match[str], FuturesBook], Push], either: bool) -> _Maker:
    """Return the maker of a stream of one contract, of either venue where both hosts accept it."""

    def found(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
        book = feed.book(venue, match["symbol"], either)
        return None if book is None else make(feed, venue, match, book)

    return found


def _book_ticker(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return Push(REAL_TIME, Tops(payloads.book_ticker).of, (book,))


def _book_tickers(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    speed_ms = _BOOK_TICKERS_MS[venue]
    if speed_ms == REAL_TIME:
        return Push(REAL_TIME, Tops(payloads.book_ticker).of, tuple(feed.books.values()))
    tops = Tops(payloads.book_ticker)
    return Push(speed_ms, lambda at: (said for book in feed.books.values() for said in tops.of(book, at)))


def _trade(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    def make(traded: FuturesBook, time_ms: int) -> Iterator[Payload]:
        return (payloads.trade(traded, item) for item in traded.fresh_trades)

    return Push(REAL_TIME, make, (book,))


def _agg_trade(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    said = book.agg_id

    def make(time_ms: int) -> Iterator[Payload]:
        nonlocal said
        fresh = min(book.agg_id - said, len(book.aggs))
        said = book.agg_id
        for number in range(-fresh, 0):
            yield payloads.agg_trade(book, book.aggs[number], time_ms)

    return Push(_FAST_MS, make)


def _speed(match: re.Match[str]) -> int:
    return int(match["speed"] or _DEPTH_MS)


def _diff_depth(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return windowed(book, _speed(match), lambda depth, at: payloads.diff_depth(book, depth, at))


def _rpi_depth(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return windowed(book, _RPI_MS, lambda depth, at: payloads.diff_depth(book, depth, at, rpi=True))


def _partial_depth(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    levels = int(match["levels"])
    return windowed(book, _speed(match), lambda depth, at: payloads.partial_depth(book, depth, levels, at))


def _mark_ms(match: re.Match[str]) -> int:
    return _SECOND_MS if match["fast"] else _MARK_MS


def _mark_price(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    book = feed.book(venue, match["symbol"], either=True)
    if book is not None:
        return Push(_mark_ms(match), lambda at: [payloads.mark_price(book, feed.prices, at)])
    books = feed.of_pair(match["symbol"].upper()) if venue == "coinm" else []
    # of a pair: a list of all its contracts
    return _mark_list(feed, match, books) if books else None


def _mark_list(feed: FuturesFeed, match: re.Match[str], books: Iterable[FuturesBook]) -> Push:
    listed = list(books)
    return Push(_mark_ms(match), lambda at: [[payloads.mark_price(book, feed.prices, at) for book in listed]])


def _mark_prices(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    return _mark_list(feed, match, feed.books.values())


def _kline(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    interval, spec = match["interval"], book.spec
    make = Klines(book, interval, lambda candle, at: payloads.kline(spec, candle, interval, at))
    return Push(_KLINE_MS, make)


def _continuous_kline(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    books = feed.of_pair(match["pair"].upper(), match["kind"].upper())
    if not books:
        return None
    book, interval = books[0], match["interval"]
    first_ids: dict[int, int] = {}

    def make(candle: Candle, time_ms: int) -> Payload:
        if candle.open_ms not in first_ids:
            first_ids.clear()
            first_ids[candle.open_ms] = book.update_id
        ids = first_ids[candle.open_ms], book.update_id
        return payloads.continuous_kline(book.spec, candle, interval, time_ms, ids)

    return Push(_KLINE_MS, Klines(book, interval, make))


def _price_klines(
    feed: FuturesFeed, event: str, book: FuturesBook, interval: str, symbol: str,
    price_of: Callable[[int, int], int],
) -> Push:  # fmt: skip
    def make(candle: Candle, time_ms: int) -> Payload:
        traded = candle.open, candle.high, candle.low, candle.close
        first, high, low, last = (price_of(candle.until_ms - 1, price) for price in traded)
        pair, prices = book.spec.pair, (first, high, low, last)
        return payloads.price_kline(event, pair, symbol, candle, prices, interval, time_ms)

    return Push(_KLINE_MS, Klines(book, interval, make))


def _index_kline(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    pair = match["pair"].upper()
    book = feed.prices.book_of(pair)
    if book is None:
        return None
    return _price_klines(
        feed,
        "indexPrice_kline",
        book,
        match["interval"],
        "0",
        lambda at, price: feed.prices.index(pair, price),
    )


def _mark_kline(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    def price_of(time_ms: int, price: int) -> int:
        return feed.prices.mark(book, time_ms, price)

    return _price_klines(feed, "markPrice_kline", book, match["interval"], book.symbol, price_of)


def _mini_ticker(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return Push(_TICKER_MS[venue], lambda at: [payloads.mini_ticker(book, at)])


def _ticker(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return Push(_TICKER_MS[venue], lambda at: [payloads.ticker(book, at)])


def _mini_tickers(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    return Push(_SECOND_MS, _Changed(feed.books.values(), payloads.mini_ticker).together)


def _tickers(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    return Push(_SECOND_MS, _Changed(feed.books.values(), payloads.ticker).together)


def _force_order(feed: FuturesFeed, venue: Venue, match: re.Match[str], book: FuturesBook) -> Push:
    return Push(_SECOND_MS, _Liquidations([book], of_all=False))


def _force_orders(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    return Push(_SECOND_MS, _Liquidations(feed.books.values(), of_all=True))


def _composite_index(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    if match["symbol"].upper() != COMPOSITE:
        return None
    return Push(_SECOND_MS, lambda at: filter(None, [payloads.composite_index(feed.prices, at)]))


def _contract_info(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    specs: list[Contract] = [book.spec for book in feed.books.values()]

    def make(time_ms: int) -> Iterator[Payload]:
        # every minute one contract gets other brackets, and one is announced as it is
        number = time_ms // _CONTRACTS_MS
        yield payloads.contract_info(specs[number % len(specs)], time_ms, brackets=number % 2 == 0)

    return Push(_CONTRACTS_MS, make)


def _asset_index(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    pair = f"{match['asset'].upper()}T"
    if feed.prices.book_of(pair) is None:
        return None
    return Push(_SECOND_MS, lambda at: [payloads.asset_index(pair, feed.prices, at)])


def _asset_indices(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    pairs = [pair for pair in feed.prices.pairs if pair.endswith("USDT")]
    return Push(_SECOND_MS, lambda at: [[payloads.asset_index(pair, feed.prices, at) for pair in pairs]])


def _trading_session(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push:
    return Push(_SECOND_MS, payloads.trading_sessions)


def _index_price(feed: FuturesFeed, venue: Venue, match: re.Match[str]) -> Push | None:
    pair = match["pair"].upper()
    if feed.prices.book_of(pair) is None:
        return None
    return Push(_mark_ms(match), lambda at: [payloads.index_price(pair, feed.prices, at)])


_MAKERS: Final[dict[str, _Maker]] = {
    "book_ticker": _named(_book_ticker, either=False),
    "book_tickers": _book_tickers,
    "diff_depth": _named(_diff_depth, either=False),
    "partial_depth": _named(_partial_depth, either=False),
    "rpi_depth": _named(_rpi_depth, either=False),
    "trade": _named(_trade, either=False),
    "agg_trade": _named(_agg_trade, either=False),
    "mark_price": _mark_price,
    "mark_prices": _mark_prices,
    "kline": _named(_kline, either=True),
    "continuous_kline": _continuous_kline,
    "mini_ticker": _named(_mini_ticker, either=False),
    "mini_tickers": _mini_tickers,
    "ticker": _named(_ticker, either=False),
    "tickers": _tickers,
    "force_order": _named(_force_order, either=False),
    "force_orders": _force_orders,
    "composite_index": _composite_index,
    "contract_info": _contract_info,
    "asset_index": _asset_index,
    "asset_indices": _asset_indices,
    "trading_session": _trading_session,
    "index_price": _index_price,
    "index_kline": _index_kline,
    "mark_kline": _named(_mark_kline, either=True),
}
