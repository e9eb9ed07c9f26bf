"""Answers to calls for public data of USD-M (``/fapi/v1``) and COIN-M (``/dapi/v1``). Pure."""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from binance.constants import KLINE_INTERVALS
from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.answers.asked import Asked, bad_depth_limit, bad_interval, bad_symbol, not_valid
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.candles import KEPT_CANDLES, Candle
from binance.sandbox.market.futures import payloads, rules
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import Venue
from binance.sandbox.market.futures.feed import FuturesFeed
from binance.sandbox.market.futures.prices import FUNDING_MS
from binance.sandbox.market.payloads import MICROS

_DEPTH_LIMITS: Final = (5, 10, 20, 50, 100, 500, 1000)
_MOST_CANDLES: Final = 1500
_RPI_LIMIT: Final = 1000
_MOST_RATES: Final = 1000
_FEW_PERIODS: Final = 30
_PERIODS: Final = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")

_VENUES: Final[dict[str, Venue]] = {"/fapi/v1": "usdm", "/dapi/v1": "coinm"}

# What REST calls the fields of a ticker.
_TICKER: Final = {
    "symbol": "s", "priceChange": "p", "priceChangePercent": "P", "weightedAvgPrice": "w", "lastPrice": "c",
    "lastQty": "Q", "openPrice": "o", "highPrice": "h", "lowPrice": "l", "volume": "v", "quoteVolume": "q",
    "openTime": "O", "closeTime": "C", "firstId": "F", "lastId": "L", "count": "n",
}  # fmt: skip
_BOOK_TICKER: Final = {
    "lastUpdateId": "u", "symbol": "s", "bidPrice": "b", "bidQty": "B", "askPrice": "a", "askQty": "A",
    "time": "T",
}  # fmt: skip
_PREMIUM: Final = {
    "symbol": "s", "markPrice": "p", "indexPrice": "i", "estimatedSettlePrice": "P", "lastFundingRate": "r",
    "nextFundingTime": "T", "time": "E",
}  # fmt: skip


class FuturesAsked(Asked):
    """A public call to one venue, and its parameters read."""

    def __init__(
        self, params: Mapping[str, str], feed: FuturesFeed, venue: Venue, offset_ms: float, limits: Limits
    ) -> None:
        super().__init__(params, feed.market, 1, offset_ms, limits)
        self.feed = feed
        self.venue = venue

    def contract(self) -> FuturesBook:
        """Return the book of the mandatory parameter ``symbol``."""
        found = self.feed.book(self.venue, self.book().symbol.lower())
        if found is None:  # the other venue's
            raise bad_symbol()
        return found

    def contracts(self) -> list[FuturesBook]:
        """Return the book of ``symbol``, those of ``pair``, or without them all of the venue."""
        if "symbol" in self.params:
            return [self.contract()]
        return self._of_pair() if "pair" in self.params else self.feed.of(self.venue)

    def _of_pair(self, kind: str | None = None) -> list[FuturesBook]:
        found = self.feed.of_pair(mandatory(self.params, "pair"), kind)
        if not found:
            raise bad_symbol()
        return found

    def continuous(self) -> FuturesBook:
        """Return the book of ``pair`` and ``contractType``."""
        return self._of_pair(mandatory(self.params, "contractType"))[0]


def _time(asked: FuturesAsked) -> Any:
    return {"serverTime": int(asked.server_ms)}


def _exchange_info(asked: FuturesAsked) -> Any:
    specs = [book.spec for book in asked.feed.of(asked.venue)]
    made = {
        "timezone": "UTC",
        "serverTime": int(asked.server_ms),
        "rateLimits": rules.rate_limits(asked.limits.derivatives_weight_per_min),
        "exchangeFilters": [],
        "symbols": [rules.contract_info(spec) for spec in specs],
    }
    if asked.venue == "usdm":
        made |= {"futuresType": "U_MARGINED", "assets": rules.assets(specs)}
    return made


def _depth(asked: FuturesAsked) -> Any:
    limit = asked.number("limit")
    limit = 500 if limit is None else limit
    if limit not in _DEPTH_LIMITS:
        raise bad_depth_limit(limit)
    return payloads.depth_snapshot(asked.contract(), limit, asked.now_ms)


def _rpi_depth(asked: FuturesAsked) -> Any:
    if asked.number("limit") not in (None, _RPI_LIMIT):
        raise bad_depth_limit(asked.params["limit"])
    return payloads.depth_snapshot(asked.contract(), _RPI_LIMIT, asked.now_ms, rpi=True)


def _trades(asked: FuturesAsked) -> Any:
    book, limit, from_id = asked.contract(), asked.limit(), asked.number("fromId")
    if from_id is None:
        kept = list(book.trades)[-limit:]
    else:
        kept = list(islice((trade for trade in book.trades if trade.id >= from_id), limit))
    spec = book.spec
    money = "baseQty" if spec.size else "quoteQty"
    return [
        {
            "id": trade.id, "price": fixed(trade.price, spec.price_digits),
            "qty": fixed(trade.quantity, spec.quantity_digits),
            money: payloads.worth(spec, book.history.worth(trade.price, trade.quantity)),
            "time": trade.time_ms, "isBuyerMaker": trade.buyer_is_maker,
        }
        for trade in kept
    ]  # fmt: skip


def _agg_trades(asked: FuturesAsked) -> Any:
    book, limit, from_id = asked.contract(), asked.limit(), asked.number("fromId")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    within = [
        agg
        for agg in book.aggs
        if (from_id is None or agg.id >= from_id)
        and (first_ms or 0) * MICROS <= agg.time_us
        and (last_ms is None or agg.time_us < (last_ms + 1) * MICROS)
    ]
    found = within[-limit:] if from_id is None and first_ms is None else within[:limit]
    shown = [payloads.agg_trade(book, agg, 0) for agg in found]
    return [{name: made[name] for name in ("a", "p", "q", "nq", "f", "l", "T", "m") if name in made}
            for made in shown]  # fmt: skip


def _candles(asked: FuturesAsked, book: FuturesBook) -> tuple[str, list[Candle]]:
    interval = mandatory(asked.params, "interval")
    if interval not in KLINE_INTERVALS or interval == "1s":
        raise bad_interval()
    limit = asked.number("limit")
    if limit == 0:
        raise not_valid("limit")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    last_ms = asked.now_ms if last_ms is None else min(last_ms, asked.now_ms)
    limit = min(limit or 500, _MOST_CANDLES)
    return interval, book.history.candles(interval, 0, first_ms, last_ms, limit)


def _rows(asked: FuturesAsked, book: FuturesBook) -> Any:
    interval, found = _candles(asked, book)
    shown = [payloads.candle_fields(book.spec, candle, interval, candle.until_ms) for candle in found]
    return [[made[field] for field in "tohlcvTqnVQB"] for made in shown]


def _price_rows(asked: FuturesAsked, book: FuturesBook, price_of: Callable[[int, int], int]) -> Any:
    found = _candles(asked, book)[1]
    return [
        [
            candle.open_ms,
            *(
                decimal(price_of(candle.until_ms - 1, price))
                for price in (candle.open, candle.high, candle.low, candle.close)
            ),
            "0", candle.until_ms - 1, "0", candle.count, "0", "0", "0",
        ]
        for candle in found
    ]  # fmt: skip


def _index_klines(asked: FuturesAsked) -> Any:
    pair = mandatory(asked.params, "pair")
    book = asked.feed.prices.book_of(pair)
    if book is None:
        raise bad_symbol()
    return _price_rows(asked, book, lambda at, price: asked.feed.prices.index(pair, price))


def _mark_klines(asked: FuturesAsked) -> Any:
    book = asked.contract()
    return _price_rows(asked, book, lambda at, price: asked.feed.prices.mark(book, at, price))


def _each(show: Callable[[FuturesAsked, FuturesBook], dict[str, Any]]) -> Callable[[FuturesAsked], Any]:
    """Return what answers for one ``symbol``, or with a list: on COIN-M always with a list."""

    def respond(asked: FuturesAsked) -> Any:
        shown = [show(asked, book) for book in asked.contracts()]
        return shown[0] if asked.venue == "usdm" and "symbol" in asked.params else shown

    return respond


def _premium(asked: FuturesAsked, book: FuturesBook) -> dict[str, Any]:
    made = payloads.mark_price(book, asked.feed.prices, asked.now_ms)
    shown = {name: made[field] for name, field in _PREMIUM.items()} | {"interestRate": "0.00010000"}
    return shown | {"pair": book.spec.pair} if book.spec.size else shown


def _day_ticker(asked: FuturesAsked, book: FuturesBook) -> dict[str, Any]:
    made = payloads.ticker(book, asked.now_ms)
    shown = {name: made[field] for name, field in _TICKER.items()}
    if book.spec.size:
        shown |= {"baseVolume": shown.pop("quoteVolume"), "pair": book.spec.pair}
    return shown


def _price(asked: FuturesAsked, book: FuturesBook) -> dict[str, Any]:
    spec = book.spec
    shown = {"symbol": spec.symbol, "price": fixed(book.last_price, spec.price_digits), "time": asked.now_ms}
    return shown | {"ps": spec.pair} if spec.size else shown


def _book_ticker(asked: FuturesAsked, book: FuturesBook) -> dict[str, Any]:
    made = payloads.book_ticker(book, asked.now_ms)
    shown = {name: made[field] for name, field in _BOOK_TICKER.items()}
    return shown | {"pair": book.spec.pair} if book.spec.size else shown


def _funding_rates(asked: FuturesAsked) -> Any:
    """Return the rates of funding that has been due since the market began.

    Source: USD-M *Market Data*, "Get Funding Rate History", and COIN-M's.
    """
    books = asked.contracts() if asked.venue == "usdm" else [asked.contract()]
    limit = min(asked.number("limit") or 100, _MOST_RATES)
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    begin_ms = max(first_ms or 0, asked.market.start_ms)
    until_ms = min(asked.now_ms if last_ms is None else last_ms, asked.now_ms)
    shown = [
        _funding(asked, book, due_ms)
        for due_ms in range(-(-begin_ms // FUNDING_MS) * FUNDING_MS, until_ms + 1, FUNDING_MS)
        for book in books
        if book.spec.perpetual
    ]
    return shown[-limit:] if first_ms is None else shown[:limit]


def _funding(asked: FuturesAsked, book: FuturesBook, due_ms: int) -> dict[str, Any]:
    prices = asked.feed.prices
    rate, _ = prices.funding(book, due_ms - 1)
    shown = {"symbol": book.symbol, "fundingTime": due_ms, "fundingRate": decimal(rate)}
    if book.spec.size:
        return shown
    price = book.history.price_before(due_ms)
    return shown | {"markPrice": decimal(prices.mark(book, due_ms - 1, price))}


def _open_interest(asked: FuturesAsked) -> Any:
    book = asked.contract()
    spec, contracts = book.spec, payloads.open_interest(book, asked.now_ms)
    shown = {
        "symbol": spec.symbol, "openInterest": fixed(contracts, spec.quantity_digits), "time": asked.now_ms,
    }  # fmt: skip
    return shown | {"pair": spec.pair, "contractType": spec.kind} if spec.size else shown


def _open_interest_history(asked: FuturesAsked) -> Any:
    """Return the open interest at the end of each period since the market began.

    It is USD-M's by ``symbol``, COIN-M's by ``pair`` and ``contractType``.

    Source: USD-M and COIN-M *Market Data*, "Open Interest Statistics".
    """
    book = asked.continuous() if asked.venue == "coinm" else asked.contract()
    period = mandatory(asked.params, "period")
    if period not in _PERIODS:
        raise not_valid("period")
    limit = asked.number("limit")
    if limit == 0:
        raise not_valid("limit")
    limit = min(limit or _FEW_PERIODS, _MOST_CANDLES // 3)
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    until_ms = min(asked.now_ms if last_ms is None else last_ms, asked.now_ms)
    shown, later = [], 0
    for candle in reversed(book.history.candles(period, 0, None, asked.now_ms, KEPT_CANDLES)):
        if (first_ms or 0) <= candle.until_ms <= until_ms:
            shown.append(_interest(asked, book, candle, later))
        later += candle.volume
    shown.reverse()
    return shown[-limit:] if first_ms is None else shown[:limit]


def _interest(asked: FuturesAsked, book: FuturesBook, candle: Candle, later: int) -> dict[str, Any]:
    spec = book.spec
    contracts = payloads.open_interest(book, asked.now_ms, later)
    price = asked.feed.prices.mark(book, candle.until_ms - 1, candle.close)
    named = {"pair": spec.pair, "contractType": spec.kind} if spec.size else {"symbol": spec.symbol}
    return named | {
        "sumOpenInterest": decimal(contracts),
        "sumOpenInterestValue": decimal(book.history.worth(price, contracts) // UNIT),
        "timestamp": candle.until_ms,
    }  # fmt: skip


# By the path behind the venue's; ``rpiDepth`` is USD-M's alone.
_CALLS: Final[dict[str, Callable[[FuturesAsked], Any]]] = {
    "ping": lambda asked: {},
    "time": _time,
    "exchangeInfo": _exchange_info,
    "depth": _depth,
    "rpiDepth": _rpi_depth,
    "trades": _trades,
    "historicalTrades": _trades,
    "aggTrades": _agg_trades,
    "klines": lambda asked: _rows(asked, asked.contract()),
    "continuousKlines": lambda asked: _rows(asked, asked.continuous()),
    "indexPriceKlines": _index_klines,
    "markPriceKlines": _mark_klines,
    "premiumIndex": _each(_premium),
    "fundingRate": _funding_rates,
    "openInterest": _open_interest,
    "ticker/24hr": _each(_day_ticker),
    "ticker/price": _each(_price),
    "ticker/bookTicker": _each(_book_ticker),
}

#: A path that hosts of both venues have; ``symbol`` is USD-M's, ``pair`` COIN-M's.
OPEN_INTEREST_HISTORY: Final = "/futures/data/openInterestHist"

#: What answers for each path, and which venue it is of.
PUBLIC: Final = {
    f"{prefix}/{name}": (venue, respond)
    for prefix, venue in _VENUES.items()
    for name, respond in _CALLS.items()
    if (venue, name) != ("coinm", "rpiDepth")
} | {
    "/fapi/v2/ticker/price": ("usdm", _each(_price)),
    OPEN_INTEREST_HISTORY: ("usdm", _open_interest_history),
}

# Weights of a call: with ``symbol``, and without it.
_WEIGHTS: Final = {
    "trades": (5, 5), "historicalTrades": (20, 20), "aggTrades": (20, 20), "rpiDepth": (20, 20),
    "premiumIndex": (1, 10), "ticker/24hr": (1, 40), "ticker/price": (1, 2), "ticker/bookTicker": (2, 5),
}  # fmt: skip

# Weights of a call by its limit: up to each, and above.
_DEPTH_WEIGHTS: Final = ((50, 2), (100, 5), (500, 10)), 20
_KLINE_WEIGHTS: Final = ((99, 1), (499, 2), (1000, 5)), 10
_BY_LIMIT: Final = {
    "depth": _DEPTH_WEIGHTS, "klines": _KLINE_WEIGHTS, "continuousKlines": _KLINE_WEIGHTS,
    "indexPriceKlines": _KLINE_WEIGHTS, "markPriceKlines": _KLINE_WEIGHTS,
}  # fmt: skip


def weight(path: str, params: Mapping[str, str]) -> int:
    """Return the weight of a call, of which USD-M and COIN-M share a budget.

    Source: USD-M and COIN-M *Market Data*.
    """
    name = path.split("/", 3)[-1]
    if name in _BY_LIMIT:
        steps, above = _BY_LIMIT[name]
        limit = params.get("limit", "")
        number = int(limit) if re.fullmatch("[0-9]{1,9}", limit) else 500
        return next((cost for most, cost in steps if number <= most), above)
    one, of_all = _WEIGHTS.get(name, (1, 1))
    return one if "symbol" in params else of_all
