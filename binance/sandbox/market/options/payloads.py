"""Payloads: what each stream of options says. Pure. Times are in milliseconds."""

from typing import Any, Final

from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.book import Trade
from binance.sandbox.market.candles import Candle
from binance.sandbox.market.futures import payloads as futures
from binance.sandbox.market.futures.book import Chained, FuturesBook
from binance.sandbox.market.futures.payloads import ONBOARD_MS
from binance.sandbox.market.options.contracts import RATE, VOLATILITY, OptionContract, priced

# What futures have, and options have not.
_OF_FUTURES: Final = ("ps", "st")

# How far the volatilities of bid and ask lie from that of the mark price, and the limits of prices from it.
_SPREAD: Final = 0.02
_PRICE_LIMIT: Final = 10

# One contract in 3 of those traded is still open; the open interest at the beginning.
_OPEN_EVERY: Final = 3
_OPEN_FIRST: Final = 100 * UNIT

# What a trade is: of the book, or agreed on outside of it.
_IN_THE_BOOK: Final = "MARKET"
_BLOCK: Final = "BLOCK"


def spec_of(book: FuturesBook) -> OptionContract:
    """Return the option that a book is of."""
    spec = book.spec
    assert isinstance(spec, OptionContract)
    return spec


def _without(made: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in (*_OF_FUTURES, *names)}


def trade(book: FuturesBook, item: Trade, block: bool = False) -> dict[str, Any]:
    """Return the payload of ``<symbol>@optionTrade``, ``<underlying>@optionTrade``."""
    side = "SELL" if item.buyer_is_maker else "BUY"
    return futures.trade(book, item) | {"X": _BLOCK if block else _IN_THE_BOOK, "S": side}


def book_ticker(book: FuturesBook, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@bookTicker``."""
    return _without(futures.book_ticker(book, time_ms))


def diff_depth(book: FuturesBook, depth: Chained, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth@<speed>``."""
    return _without(futures.diff_depth(book, depth, time_ms))


def partial_depth(book: FuturesBook, depth: Chained, levels: int, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth<levels>@<speed>``."""
    return _without(futures.partial_depth(book, depth, levels, time_ms))


def ticker(book: FuturesBook, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@optionTicker<day>``."""
    return _without(futures.ticker(book, time_ms))


def kline(book: FuturesBook, candle: Candle, interval: str, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@kline_<interval>``."""
    made = futures.kline(book.spec, candle, interval, time_ms)
    return made | {"k": _without(made["k"], "B")}


def mark_price(book: FuturesBook, index: int, time_ms: int) -> dict[str, Any]:
    """Return one item of ``<underlying>@optionMarkPrice``.

    :param index: of the underlying, in units of 1e-8.
    """
    spec, top, digits = spec_of(book), book.top(), book.spec.price_digits
    found = priced(spec, index / UNIT, time_ms)
    mark = int(found.price * UNIT)
    return {
        "e": "markPrice", "E": time_ms, "s": spec.symbol, "mp": fixed(mark, digits), "i": decimal(index),
        "P": decimal(index), "bo": fixed(top.bid, digits), "ao": fixed(top.ask, digits),
        "bq": fixed(top.bid_quantity, spec.quantity_digits),
        "aq": fixed(top.ask_quantity, spec.quantity_digits), "b": _number(VOLATILITY - _SPREAD),
        "a": _number(VOLATILITY + _SPREAD), "hl": fixed(mark + index // _PRICE_LIMIT, digits),
        "ll": fixed(max(spec.tick, mark - index // _PRICE_LIMIT), digits), "vo": _number(VOLATILITY),
        "rf": _number(RATE), "d": _number(found.delta), "t": _number(found.theta),
        "g": _number(found.gamma), "v": _number(found.vega),
    }  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.8f}"


def open_contracts(book: FuturesBook, time_ms: int) -> int:
    """Return how many contracts are open, in units of 1e-8."""
    traded = book.history.window(0, time_ms).volume
    return _OPEN_FIRST + traded // _OPEN_EVERY // book.spec.step * book.spec.step


def open_interest(book: FuturesBook, index: int, time_ms: int) -> dict[str, Any]:
    """Return one item of ``<underlying>@openInterest@<day>``: contracts, and what they are worth."""
    contracts = open_contracts(book, time_ms)
    return {
        "e": "openInterest", "E": time_ms, "s": book.symbol, "o": fixed(contracts, 2),
        "h": decimal(contracts * index // UNIT),
    }  # fmt: skip


def index_price(underlying: str, index: int, time_ms: int) -> dict[str, Any]:
    """Return one item of ``!index@arr``."""
    return {"e": "indexPrice", "E": time_ms, "s": underlying, "p": decimal(index)}


def option_symbol(spec: OptionContract, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``!optionSymbol``."""
    return {
        "e": "optionSymbol", "E": time_ms, "s": spec.symbol, "ps": spec.pair, "qa": spec.quote,
        "d": spec.kind, "sp": spec.strike, "dt": spec.delivery_ms, "u": 1, "ot": ONBOARD_MS,
        "cs": spec.status,
    }  # fmt: skip


def depth_snapshot(book: FuturesBook, levels: int, time_ms: int) -> dict[str, Any]:
    """Return REST's answer to ``depth``."""
    made = futures.depth_snapshot(book, levels, time_ms)
    return {name: made[name] for name in ("lastUpdateId", "T", "bids", "asks")}
