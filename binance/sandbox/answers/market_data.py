"""Answers to calls for public data: a function from a call to a JSON value. Pure."""

import json
import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from binance.constants import KLINE_INTERVALS
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.signatures import mandatory
from binance.sandbox.answers.asked import Asked, bad_combination, bad_interval, not_valid
from binance.sandbox.market import payloads, rules
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import AggTrade, Book, Trade
from binance.sandbox.market.payloads import MICROS
from binance.sandbox.market.times import DAY_MS, EAST_MS, HOUR_MS, MINUTE_MS, UTC_MS

_MOST_LEVELS: Final = 5000

# Symbols that a call may name where it has to name some.
_MOST_NAMED: Final = 100

_TIME_ZONES: Final = {"0": UTC_MS, "00:00": UTC_MS, "8": EAST_MS, "08:00": EAST_MS}
_WESTMOST_MS: Final = -12 * HOUR_MS
_EASTMOST_MS: Final = 14 * HOUR_MS

# Rolling windows: the length of a unit, and how many there may be of it.
_WINDOWS: Final = {"m": (MINUTE_MS, 59), "h": (HOUR_MS, 23), "d": (DAY_MS, 7)}

_Item = TypeVar("_Item", Trade, AggTrade)


def _time(asked: Asked) -> Any:
    return {"serverTime": int(asked.server_ms * asked.per_ms)}


def _exchange_info(asked: Asked) -> Any:
    show, limits = asked.flag("showPermissionSets", True), asked.limits
    return {
        "timezone": "UTC",
        "serverTime": _time(asked)["serverTime"],
        "rateLimits": rules.rate_limits(
            limits.weight_per_min, orders=(limits.orders_per_10_s, limits.orders_per_day)
        ),
        "exchangeFilters": [],
        "symbols": [rules.symbol_info(book.spec, show) for book in _exchange_info_books(asked)],
    }


def _exchange_info_books(asked: Asked) -> list[Book]:
    params = asked.params
    narrowed = "permissions" in params or "symbolStatus" in params
    if narrowed and ("symbol" in params or "symbols" in params):
        raise bad_combination()
    books = asked.books()
    if books is None:
        return [asked.book()]
    wanted = _permissions(params["permissions"]) if "permissions" in params else rules.PERMISSIONS
    return books if set(wanted) & set(rules.PERMISSIONS) else []


def _permissions(text: str) -> list[str]:
    """Read one permission, or a JSON list of some."""
    try:
        wanted = json.loads(text) if text.startswith("[") else [text]
    except (ValueError, RecursionError) as exc:
        raise not_valid("permissions") from exc
    if not wanted or not all(re.fullmatch(rules.PERMISSION, str(name)) for name in wanted):
        raise not_valid("permissions")
    return list(wanted)


def _execution_rules(asked: Asked) -> Any:
    if len({"symbol", "symbols", "symbolStatus"} & asked.params.keys()) > 1:
        raise bad_combination()
    books = asked.books()
    listed = [asked.book()] if books is None else books
    return {"symbolRules": [rules.execution_rules(book.spec) for book in listed]}


def _depth(asked: Asked) -> Any:
    # 0 is answered with the default number of levels.
    return payloads.partial_depth(asked.book(), min(asked.number("limit") or 100, _MOST_LEVELS))


def _kept(kept: Sequence[_Item], from_id: int | None, limit: int) -> list[_Item]:
    """Return the last items, or those from an id on; ids are without holes."""
    begin = len(kept) - limit if from_id is None or not kept else from_id - kept[0].id
    return list(islice(kept, max(0, begin), max(0, begin) + limit))


def _trades(asked: Asked) -> Any:
    found = _kept(asked.book().trades, None, asked.limit())
    return [payloads.rest_trade(trade, asked.per_ms) for trade in found]


def _historical_trades(asked: Asked) -> Any:
    found = _kept(asked.book().trades, asked.number("fromId"), asked.limit())
    return [payloads.rest_trade(trade, asked.per_ms) for trade in found]


def _agg_trades(asked: Asked) -> Any:
    book, limit, from_id = asked.book(), asked.limit(), asked.number("fromId")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    if first_ms is None and last_ms is None:
        found = _kept(book.aggs, from_id, limit)
    else:
        if from_id is not None:
            raise bad_combination()
        within = [
            agg
            for agg in book.aggs
            if (first_ms or 0) * MICROS <= agg.time_us
            and (last_ms is None or agg.time_us < (last_ms + 1) * MICROS)
        ]
        found = within[-limit:] if first_ms is None else within[:limit]
    return [payloads.rest_agg_trade(book, agg, asked.per_ms) for agg in found]


def _klines(asked: Asked) -> Any:
    book, interval = asked.book(), mandatory(asked.params, "interval")
    if interval not in KLINE_INTERVALS:
        raise bad_interval()
    zone = asked.params.get("timeZone", "0").strip("+ ")  # a + that is not escaped is a blank
    if zone not in _TIME_ZONES:
        raise not_valid("timeZone")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    last_ms = asked.now_ms if last_ms is None else min(last_ms, asked.now_ms)
    listed = book.history.candles(interval, _TIME_ZONES[zone], first_ms, last_ms, asked.limit())
    return [payloads.rest_kline(book, candle, interval, asked.per_ms) for candle in listed]


def _block_trades(asked: Asked) -> Any:
    mandatory(asked.params, "fromId")
    found = _kept(asked.book().blocks, asked.number("fromId"), asked.limit())
    return [payloads.rest_block_trade(block, asked.per_ms) for block in found]


def _average_price(asked: Asked) -> Any:
    return payloads.rest_average_price(asked.book(), asked.now_ms, asked.per_ms)


def _reference_price(asked: Asked) -> Any:
    return payloads.rest_reference_price(asked.book(), asked.now_ms, asked.per_ms)


def _reference_calculation(asked: Asked) -> Any:
    # Method 3 is the average of five minutes.
    return {"symbol": asked.book().symbol, "calculationType": "EXTERNAL", "externalCalculationId": 3}


def _each(show: Callable[[Asked, Book], Any], named: bool = False) -> Callable[[Asked], Any]:
    """Return what answers for the one ``symbol``, or with a list for several.

    :param named: whether symbols have to be named, a hundred at the most; else all are meant.
    """

    def respond(asked: Asked) -> Any:
        if named and not {"symbol", "symbols"} & asked.params.keys():
            text = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
            raise BinanceAPIException(400, -1102, text)
        books = asked.books()
        if books is None:
            return show(asked, asked.book())
        if named and len(books) > _MOST_NAMED:
            text = f"Too many parameters; expected '{_MOST_NAMED}' and received '{len(books)}'."
            raise BinanceAPIException(400, -1101, text)
        return [show(asked, book) for book in books]

    return respond


def _mini(asked: Asked) -> bool:
    """Return whether tickers are to have the fields of the type MINI."""
    wanted = asked.params.get("type", "FULL")
    if wanted not in payloads.TICKER_TYPES:
        raise BinanceAPIException(400, -1139, "Invalid ticker type.")
    return wanted == "MINI"


def _day_ticker(asked: Asked, book: Book) -> Any:
    return payloads.rest_ticker(book, asked.now_ms, asked.per_ms, _mini(asked))


def _window_ticker(asked: Asked, book: Book) -> Any:
    found = re.fullmatch("([1-9][0-9]?)([mhd])", asked.params.get("windowSize", "1d"))
    if found is None or int(found[1]) > _WINDOWS[found[2]][1]:
        raise not_valid("windowSize")
    length_ms = int(found[1]) * _WINDOWS[found[2]][0]
    return payloads.rest_window_ticker(book, length_ms, asked.now_ms, asked.per_ms, _mini(asked))


def _trading_day(asked: Asked, book: Book) -> Any:
    # A + that is not escaped is a blank.
    zone = asked.params.get("timeZone", "0").replace(" ", "+")
    found = re.fullmatch(r"([+-]?)([0-9]{1,2})(?::([0-5][0-9]))?", zone)
    if found is None:
        raise not_valid("timeZone")
    offset_ms = int(found[2]) * HOUR_MS + int(found[3] or 0) * MINUTE_MS
    offset_ms = -offset_ms if found[1] == "-" else offset_ms
    if not _WESTMOST_MS <= offset_ms <= _EASTMOST_MS:
        raise not_valid("timeZone")
    return payloads.rest_trading_day(book, offset_ms, asked.now_ms, asked.per_ms, _mini(asked))


PUBLIC: Final[dict[str, Callable[[Asked], Any]]] = {
    "/api/v3/ping": lambda asked: {},
    "/api/v3/time": _time,
    "/api/v3/exchangeInfo": _exchange_info,
    "/api/v3/executionRules": _execution_rules,
    "/api/v3/depth": _depth,
    "/api/v3/trades": _trades,
    "/api/v3/historicalTrades": _historical_trades,
    "/api/v3/historicalBlockTrades": _block_trades,
    "/api/v3/aggTrades": _agg_trades,
    "/api/v3/klines": _klines,
    "/api/v3/uiKlines": _klines,
    "/api/v3/avgPrice": _average_price,
    "/api/v3/referencePrice": _reference_price,
    "/api/v3/referencePrice/calculation": _reference_calculation,
    "/api/v3/ticker": _each(_window_ticker, named=True),
    "/api/v3/ticker/24hr": _each(_day_ticker),
    "/api/v3/ticker/tradingDay": _each(_trading_day, named=True),
    "/api/v3/ticker/bookTicker": _each(lambda asked, book: payloads.rest_book_ticker(book)),
    "/api/v3/ticker/price": _each(
        lambda asked, book: {"symbol": book.symbol, "price": decimal(book.last_price)}
    ),
    "/sapi/v1/system/status": lambda asked: {"status": 0, "msg": "normal"},
}
