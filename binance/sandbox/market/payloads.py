"""Payloads: what each stream, and REST, says of a book.

Pure, like the market. Times are in milliseconds, or in microseconds where ``per_ms``, the units of time in a
millisecond, is :data:`MICROS`.
"""

from typing import Any, Final, TypeAlias

from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import AggTrade, Book, Depth, Trade
from binance.sandbox.market.candles import Candle
from binance.sandbox.market.times import DAY_MS, HOUR_MS, MINUTE_MS, kline_open

Payload: TypeAlias = dict[str, Any] | list[dict[str, Any]]

# Units of time in a millisecond.
MILLIS: Final = 1
MICROS: Final = 1000

# Behind a stream's name: the same stream with its times in microseconds.
IN_MICROS: Final = "?timeUnit=MICROSECOND"

# Times of the events that do not come from the market.
_EVENT_TIMES: Final = {
    "executionReport": "ETOW", "outboundAccountPosition": "Eu", "balanceUpdate": "ET",
    "listStatus": "ET", "listenKeyExpired": "E", "serverShutdown": "E", "eventStreamTerminated": "E",
}  # fmt: skip

# The events of accounts of derivatives, whose time is their id: no two of a name have the same.
_TIMED: Final = (
    "ORDER_TRADE_UPDATE", "TRADE_LITE", "ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE", "MARGIN_CALL",
    "ALGO_UPDATE", "STRATEGY_UPDATE", "GRID_UPDATE", "CONDITIONAL_ORDER_TRIGGER_REJECT",
    "BALANCE_POSITION_UPDATE", "GREEK_UPDATE", "RISK_LEVEL_CHANGE", "liabilityChange", "openOrderLoss",
    "riskLevelChange", "CONDITIONAL_ORDER_TRADE_UPDATE", "ALGO_ORDER_UPDATE",
)  # fmt: skip

# The field with the id of a message, by its event; bookTicker and partial depth of spot name no event.
_ID_FIELDS: Final = dict.fromkeys(_TIMED, "E") | {
    "trade": "t",
    "aggTrade": "a",
    "depthUpdate": "u",
    "blockTrade": "t",
    "bookTicker": "u",
    "executionReport": "I",
}

# What REST calls the fields of a stream's payload.
_REST_BOOK_TICKER: Final = {
    "symbol": "s", "bidPrice": "b", "bidQty": "B", "askPrice": "a", "askQty": "A",
}  # fmt: skip
_REST_MINI_TICKER: Final = {
    "symbol": "s", "openPrice": "o", "highPrice": "h", "lowPrice": "l", "lastPrice": "c", "volume": "v",
    "quoteVolume": "q", "openTime": "O", "closeTime": "C", "firstId": "F", "lastId": "L", "count": "n",
}  # fmt: skip
_REST_WINDOW_TICKER: Final = {
    "symbol": "s", "priceChange": "p", "priceChangePercent": "P", "weightedAvgPrice": "w",
} | _REST_MINI_TICKER  # fmt: skip
_REST_TICKER: Final = (
    _REST_WINDOW_TICKER | {"prevClosePrice": "x", "lastQty": "Q"} | _REST_BOOK_TICKER
)  # fmt: skip

# Types of REST's tickers: which fields each has.
TICKER_TYPES: Final = ("FULL", "MINI")

# Rolling windows of the tickers, in milliseconds, under the names that streams give them.
WINDOWS: Final = {"1h": HOUR_MS, "4h": 4 * HOUR_MS, "1d": DAY_MS}
AVERAGE_MINUTES: Final = 5


def in_micros(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of a user stream, or of the server, with its times in microseconds.

    Source: Spot *User Data Streams*, "General information" (``timeUnit``).
    """
    times = _EVENT_TIMES.get(event["e"], "")
    return event | {field: event[field] * MICROS for field in times if field in event}


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


def percent(change: int, base: int) -> str:
    """Write *change* as a percentage of *base*, three decimals, rounded half away from zero."""
    thousandths = (abs(change) * 200_000 + base) // (2 * base)
    sign = "-" if change < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"


def mini_ticker(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@miniTicker``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Mini Ticker Stream".
    """
    day = book.history.window(time_ms - DAY_MS, time_ms)
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
        "P": percent(change, window.open), "w": decimal(average), "c": decimal(window.close),
        "o": decimal(window.open), "h": decimal(window.high), "l": decimal(window.low),
        "v": decimal(window.volume), "q": _product(window.quote), "O": window.open_ms * per_ms,
        "C": window.until_ms * per_ms,
        "F": window.first_id, "L": window.last_id, "n": window.count,
    }  # fmt: skip


def ticker(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker``.

    The window is 24 hours long.

    Source: Spot *Web Socket Streams*, "Individual Symbol Ticker Streams".
    """
    day = book.history.window(time_ms - DAY_MS, time_ms)
    top = book.top()
    return _statistics(book, day, "24hrTicker", per_ms) | {
        "x": decimal(book.history.price_before(day.open_ms)), "Q": decimal(book.last_quantity),
        "b": decimal(top.bid), "B": decimal(top.bid_quantity),
        "a": decimal(top.ask), "A": decimal(top.ask_quantity),
    }  # fmt: skip


def window_ticker(book: Book, window: str, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker_<window>``, *window* being ``1h``, ``4h`` or ``1d``.

    Source: Spot *Web Socket Streams*, "Individual Symbol Rolling Window Statistics Streams".
    """
    return _statistics(book, _rolling(book, WINDOWS[window], time_ms), f"{window}Ticker", per_ms)


def _rolling(book: Book, length_ms: int, time_ms: int) -> Candle:
    """Return a rolling window, which begins with the minute in which its length began."""
    open_ms = time_ms - time_ms % MINUTE_MS - length_ms
    return book.history.window(open_ms, time_ms)


def average_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@avgPrice``, over five minutes.

    Source: Spot *Web Socket Streams*, "Average Price".
    """
    mean = average(book, time_ms)
    return {
        "e": "avgPrice", "E": time_ms * per_ms, "s": book.symbol, "i": f"{AVERAGE_MINUTES}m",
        "w": decimal(book.last_price if mean is None else mean),
        "T": book.last_trade_us * per_ms // MICROS,
    }  # fmt: skip


def reference_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return the payload of ``<symbol>@referencePrice``: the average price, or null without trades.

    Source: Spot *Web Socket Streams*, "Reference Price Streams".
    """
    mean = average(book, time_ms)
    price = None if mean is None else decimal(mean)
    return {"e": "referencePrice", "s": book.symbol, "r": price, "t": time_ms * per_ms}


def average(book: Book, time_ms: int) -> int | None:
    """Return the average price of five minutes, in units of 1e-8; None without trades."""
    window = _rolling(book, AVERAGE_MINUTES * MINUTE_MS, time_ms)
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
    made = agg_trade(book, item, per_ms)
    return {field: made[field] for field in "apqflTmM"}


def rest_kline(book: Book, candle: Candle, interval: str, per_ms: int = MILLIS) -> list[Any]:
    """Return one item of REST's answer to ``klines``.

    Source: Spot *REST API*, "Kline/Candlestick data".
    """
    made = kline(book, candle, interval, candle.until_ms, per_ms)["k"]
    return [made[field] for field in "tohlcvTqnVQB"]


def _renamed(payload: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {name: payload[field] for name, field in names.items()}


def rest_ticker(book: Book, time_ms: int, per_ms: int = MILLIS, mini: bool = False) -> dict[str, Any]:
    """Return REST's answer to ``ticker/24hr`` for one symbol.

    :param mini: True for the fields of ``type=MINI``.

    Source: Spot *REST API*, "24hr ticker price change statistics".
    """
    return _renamed(ticker(book, time_ms, per_ms), _REST_MINI_TICKER if mini else _REST_TICKER)


def rest_window_ticker(
    book: Book, length_ms: int, time_ms: int, per_ms: int = MILLIS, mini: bool = False
) -> dict[str, Any]:
    """Return REST's answer to ``ticker``, over a rolling window, for one symbol.

    :param length_ms: length of the window, seven days at most; it begins on a minute.
    :param mini: True for the fields of ``type=MINI``.

    Source: Spot *REST API*, "Rolling window price change statistics".
    """
    made = _statistics(book, _rolling(book, length_ms, time_ms), "", per_ms)
    return _renamed(made, _REST_MINI_TICKER if mini else _REST_WINDOW_TICKER)


def rest_trading_day(
    book: Book, offset_ms: int, time_ms: int, per_ms: int = MILLIS, mini: bool = False
) -> dict[str, Any]:
    """Return REST's answer to ``ticker/tradingDay`` for one symbol, whose day is not over yet.

    :param offset_ms: what the clock of the day's time zone shows more than UTC.
    :param mini: True for the fields of ``type=MINI``.

    Source: Spot *REST API*, "Trading Day Ticker".
    """
    open_ms = kline_open(time_ms, "1d", offset_ms)
    made = _statistics(book, book.history.window(open_ms, time_ms), "", per_ms)
    made["C"] = (open_ms + DAY_MS) * per_ms - 1
    return _renamed(made, _REST_MINI_TICKER if mini else _REST_WINDOW_TICKER)


def rest_book_ticker(book: Book) -> dict[str, Any]:
    """Return REST's answer to ``ticker/bookTicker`` for one symbol.

    Source: Spot *REST API*, "Symbol order book ticker".
    """
    return _renamed(book_ticker(book), _REST_BOOK_TICKER)


def rest_average_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return REST's answer to ``avgPrice``.

    Source: Spot *REST API*, "Current average price".
    """
    made = average_price(book, time_ms, per_ms)
    return {"mins": AVERAGE_MINUTES, "price": made["w"], "closeTime": made["T"]}


def rest_reference_price(book: Book, time_ms: int, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return REST's answer to ``referencePrice``.

    Source: Spot *REST API*, "Query Reference Price".
    """
    made = reference_price(book, time_ms, per_ms)
    return {"symbol": made["s"], "referencePrice": made["r"], "timestamp": made["t"]}


def rest_block_trade(item: Trade, per_ms: int = MILLIS) -> dict[str, Any]:
    """Return one item of REST's answer to ``historicalBlockTrades``.

    Source: Spot *REST API*, "Historical Block Trades".
    """
    made = rest_trade(item, per_ms)
    del made["isBestMatch"]
    return made
