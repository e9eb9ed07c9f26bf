"""Answers to calls for public data of options (``/eapi/v1``). Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.answers.asked import Asked, bad_depth_limit, bad_interval, bad_symbol
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import fixed
from binance.sandbox.market.candles import Candle
from binance.sandbox.market.futures import rules
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import day_of
from binance.sandbox.market.futures.payloads import candle_fields, worth
from binance.sandbox.market.options import payloads
from binance.sandbox.market.options.contracts import OptionContract
from binance.sandbox.market.options.feed import OptionsFeed
from binance.sandbox.market.options.names import KINDS

_DEPTH_LIMITS: Final = (10, 20, 50, 100, 500, 1000)
_MOST_CANDLES: Final = 1500
_TICKER: Final = {
    "symbol": "s", "priceChange": "p", "priceChangePercent": "P", "lastPrice": "c", "lastQty": "Q",
    "open": "o", "high": "h", "low": "l", "volume": "v", "amount": "q", "openTime": "O", "closeTime": "C",
    "firstTradeId": "F", "tradeCount": "n",
}  # fmt: skip
_MARK: Final = {
    "symbol": "s", "markPrice": "mp", "bidIV": "b", "askIV": "a", "markIV": "vo", "delta": "d", "theta": "t",
    "gamma": "g", "vega": "v", "highPriceLimit": "hl", "lowPriceLimit": "ll", "riskFreeInterest": "rf",
}  # fmt: skip


class OptionsAsked(Asked):
    """A public call, and its parameters read."""

    def __init__(
        self, params: Mapping[str, str], feed: OptionsFeed, offset_ms: float, limits: Limits
    ) -> None:
        super().__init__(params, feed.market, 1, offset_ms, limits)
        self.feed = feed

    def option(self) -> FuturesBook:
        """Return the book of the mandatory parameter ``symbol``."""
        return self.feed.books[self.book().symbol]

    def options(self) -> list[FuturesBook]:
        """Return the book of ``symbol``, or all."""
        return [self.option()] if "symbol" in self.params else list(self.feed.books.values())

    def underlying(self, name: str) -> str:
        """Return an underlying, e.g. ``"BTCUSDT"``."""
        underlying = mandatory(self.params, name)
        if underlying not in self.feed.underlyings:
            raise bad_symbol()
        return underlying


def _exchange_info(asked: OptionsAsked) -> Any:
    specs = [payloads.spec_of(book) for book in asked.feed.books.values()]
    assets = dict.fromkeys(spec.base for spec in specs)
    return {
        "timezone": "UTC",
        "serverTime": int(asked.server_ms),
        "optionContracts": [
            {"baseAsset": base, "quoteAsset": "USDT", "underlying": f"{base}USDT", "settleAsset": "USDT"}
            for base in assets
        ],
        "optionAssets": [{"name": "USDT"}],
        "optionSymbols": [_symbol(spec) for spec in specs],
        "rateLimits": rules.rate_limits(asked.limits.derivatives_weight_per_min),
    }


def _symbol(spec: OptionContract) -> dict[str, Any]:
    tick, step = fixed(spec.tick, spec.price_digits), fixed(spec.step, spec.quantity_digits)
    most = fixed(spec.step * spec.lots * 1000, spec.quantity_digits)
    return {
        "symbol": spec.symbol, "side": spec.kind, "strikePrice": spec.strike, "underlying": spec.pair,
        "unit": 1, "expiryDate": spec.delivery_ms, "quoteAsset": spec.quote, "minQty": step, "maxQty": most,
        "priceScale": spec.price_digits, "quantityScale": spec.quantity_digits, "status": spec.status,
        "filters": [
            {
                "filterType": "PRICE_FILTER", "minPrice": tick,
                "maxPrice": fixed(spec.price * 100, spec.price_digits), "tickSize": tick,
            },
            {"filterType": "LOT_SIZE", "minQty": step, "maxQty": most, "stepSize": step},
        ],
    }  # fmt: skip


def _depth(asked: OptionsAsked) -> Any:
    limit = asked.number("limit")
    limit = 100 if limit is None else limit
    if limit not in _DEPTH_LIMITS:
        raise bad_depth_limit(limit)
    return payloads.depth_snapshot(asked.option(), limit, asked.now_ms)


def _trades(asked: OptionsAsked) -> Any:
    book, limit = asked.option(), asked.limit()
    spec = book.spec
    return [
        {
            "id": trade.id, "tradeId": trade.id, "symbol": spec.symbol,
            "price": fixed(trade.price, spec.price_digits),
            "qty": fixed(trade.quantity, spec.quantity_digits),
            "quoteQty": worth(spec, trade.price * trade.quantity), "side": -1 if trade.buyer_is_maker else 1,
            "time": trade.time_ms,
        }
        for trade in list(book.trades)[-limit:]
    ]  # fmt: skip


def _klines(asked: OptionsAsked) -> Any:
    book, interval = asked.option(), mandatory(asked.params, "interval")
    if not KINDS["kline"].pattern.fullmatch(f"{book.symbol.lower()}@kline_{interval}"):
        raise bad_interval()
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    last_ms = asked.now_ms if last_ms is None else min(last_ms, asked.now_ms)
    limit = min(asked.number("limit") or 500, _MOST_CANDLES)
    found: list[Candle] = book.history.candles(interval, 0, first_ms, last_ms, limit)
    shown = [candle_fields(book.spec, candle, interval, candle.until_ms) for candle in found]
    return [[made[field] for field in "tohlcvTqnVQB"] for made in shown]


def _mark(asked: OptionsAsked) -> Any:
    shown = []
    for book in asked.options():
        made = payloads.mark_price(book, asked.feed.index(book.spec.pair), asked.now_ms)
        shown.append({name: made[field] for name, field in _MARK.items()})
    return shown


def _ticker(asked: OptionsAsked) -> Any:
    shown = []
    for book in asked.options():
        made = payloads.ticker(book, asked.now_ms)
        top, spec = book.top(), payloads.spec_of(book)
        digits = spec.price_digits
        shown.append(
            {name: made[field] for name, field in _TICKER.items()}
            | {
                "bidPrice": fixed(top.bid, digits), "askPrice": fixed(top.ask, digits),
                "strikePrice": spec.strike,
            }
        )  # fmt: skip
    return shown


def _index(asked: OptionsAsked) -> Any:
    underlying = asked.underlying("underlying")
    made = payloads.index_price(underlying, asked.feed.index(underlying), asked.now_ms)
    return {"time": asked.now_ms, "indexPrice": made["p"]}


def _open_interest(asked: OptionsAsked) -> Any:
    base, day = mandatory(asked.params, "underlyingAsset"), mandatory(asked.params, "expiration")
    found = [
        book
        for book in asked.feed.books.values()
        if (book.spec.base, day_of(book.spec.delivery_ms)) == (base, day)
    ]
    shown = [payloads.open_interest(b, asked.feed.index(b.spec.pair), asked.now_ms) for b in found]
    return [
        {
            "symbol": made["s"], "sumOpenInterest": made["o"], "sumOpenInterestUsd": made["h"],
            "timestamp": str(asked.now_ms),
        }
        for made in shown
    ]  # fmt: skip


#: What answers for each path.
PUBLIC: Final[dict[str, Callable[[OptionsAsked], Any]]] = {
    "/eapi/v1/ping": lambda asked: {},
    "/eapi/v1/time": lambda asked: {"serverTime": int(asked.server_ms)},
    "/eapi/v1/exchangeInfo": _exchange_info,
    "/eapi/v1/depth": _depth,
    "/eapi/v1/trades": _trades,
    "/eapi/v1/klines": _klines,
    "/eapi/v1/mark": _mark,
    "/eapi/v1/ticker": _ticker,
    "/eapi/v1/index": _index,
    "/eapi/v1/openInterest": _open_interest,
}

# Weights of a call; of depth by its limit: up to each, and above.
_WEIGHTS: Final = {"/eapi/v1/trades": 5, "/eapi/v1/mark": 5, "/eapi/v1/ticker": 5}
_DEPTH_WEIGHTS: Final = ((50, 1), (100, 5), (500, 10))


def weight(path: str, params: Mapping[str, str]) -> int:
    """Return the weight of a call.

    Source: European Options *Market Data*.
    """
    if path == "/eapi/v1/depth":
        limit = params.get("limit", "")
        levels = int(limit) if re.fullmatch("[0-9]{1,9}", limit) else 100
        return next((cost for most, cost in _DEPTH_WEIGHTS if levels <= most), 20)
    return _WEIGHTS.get(path, 1)
