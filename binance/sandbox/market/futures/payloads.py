"""Payloads: what each futures stream says. Pure. Times are in milliseconds.

Prices and quantities have the decimals of their contract, mark and index prices eight. ``st`` is 1 on USD-M
and 2 on COIN-M; ``ps`` is the pair.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from binance.sandbox.market.amounts import UNIT, decimal, fixed
from binance.sandbox.market.book import AggTrade, Trade
from binance.sandbox.market.candles import Candle
from binance.sandbox.market.futures.book import Chained, FuturesBook
from binance.sandbox.market.futures.contracts import COMPOSITE, Contract
from binance.sandbox.market.futures.prices import Prices
from binance.sandbox.market.payloads import percent
from binance.sandbox.market.times import DAY_MS, HOUR_MS

# When contracts were listed: 8 September 2019.
ONBOARD_MS: Final = 1_567_965_420_000

# Brackets of leverage: most notional value, most leverage, rate of maintenance margin.
_BRACKETS: Final = ((50_000, 125, 0.004), (250_000, 100, 0.005), (1_000_000, 50, 0.01))

# Buffers of an asset's index, and what is added to or taken from it for them, in units of 1e-8.
_BUFFERS: Final = {"b": UNIT // 20, "a": UNIT // 20, "q": UNIT // 10, "g": UNIT // 10}
_BUFFERED: Final = {"B": ("b", -1), "A": ("a", 1), "Q": ("q", -1), "G": ("g", 1)}

# What is open of a contract when the market begins, in orders of usual size, and which part of what is traded
# later stays open.
_OPEN_LOTS: Final = 100
_OPEN_EVERY: Final = 4

# The parts of a trading day, by its hour in UTC at which each begins.
_SESSIONS: Final = ((0, "OVERNIGHT"), (8, "PRE_MARKET"), (14, "REGULAR"), (21, "AFTER_MARKET"))
_CLOSED: Final = "NO_TRADING"
_SATURDAY: Final = 5
_MARKETS: Final = (
    "EquityUpdate", "CommodityUpdate", "KR_EquityUpdate", "HK_EquityUpdate", "CN_EquityUpdate",
)  # fmt: skip


def pair_and_type(spec: Contract) -> dict[str, Any]:
    """Return ``ps`` and ``st`` of a contract."""
    return {"ps": spec.pair, "st": spec.market_type}


def _levels(spec: Contract, levels: list[tuple[int, int]]) -> list[list[str]]:
    price, quantity = spec.price_digits, spec.quantity_digits
    return [[fixed(each, price), fixed(amount, quantity)] for each, amount in levels]


def worth(spec: Contract, units_of_1e16: int) -> str:
    """Write a volume of money: of COIN-M in the asset, else in what quotes it."""
    digits = 8 if spec.size else min(8, spec.price_digits + spec.quantity_digits)
    return fixed(units_of_1e16 // UNIT, digits)


def agg_trade(book: FuturesBook, item: AggTrade, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@aggTrade``."""
    spec = book.spec
    made = {
        "e": "aggTrade", "E": time_ms, "s": spec.symbol, "a": item.id,
        "p": fixed(item.price, spec.price_digits), "q": fixed(item.quantity, spec.quantity_digits),
        "f": item.first_id, "l": item.last_id, "T": item.time_us // 1000, "m": item.buyer_is_maker,
        "st": spec.market_type,
    }  # fmt: skip
    if spec.venue == "usdm":
        made["nq"] = fixed(book.without_rpi(item), spec.quantity_digits)
    return made


def trade(book: FuturesBook, item: Trade) -> dict[str, Any]:
    """Return the payload of ``<symbol>@trade``, which is not documented."""
    spec = book.spec
    return {
        "e": "trade", "E": item.time_ms, "T": item.time_ms, "s": spec.symbol, "t": item.id,
        "p": fixed(item.price, spec.price_digits), "q": fixed(item.quantity, spec.quantity_digits),
        "X": "MARKET", "m": item.buyer_is_maker,
    }  # fmt: skip


def book_ticker(book: FuturesBook, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@bookTicker``."""
    spec, top = book.spec, book.top()
    price, quantity = spec.price_digits, spec.quantity_digits
    return {
        "e": "bookTicker", "u": book.update_id, "E": time_ms, "T": book.last_trade_us // 1000,
        "s": spec.symbol, "b": fixed(top.bid, price), "B": fixed(top.bid_quantity, quantity),
        "a": fixed(top.ask, price), "A": fixed(top.ask_quantity, quantity),
    } | pair_and_type(spec)  # fmt: skip


def diff_depth(book: FuturesBook, depth: Chained, time_ms: int, rpi: bool = False) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth``, and of ``@rpiDepth``."""
    sides = depth.bids, depth.asks
    bids, asks = (book.with_rpi(side) if rpi else side for side in sides)
    return _depth(book, depth, bids, asks, time_ms)


def partial_depth(book: FuturesBook, depth: Chained, levels: int, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@depth<levels>``: the top of the book, in the form of a change."""
    return _depth(book, depth, book.bid.levels(levels), book.ask.levels(levels), time_ms)


def _depth(
    book: FuturesBook,
    depth: Chained,
    bids: list[tuple[int, int]],
    asks: list[tuple[int, int]],
    time_ms: int,
) -> dict[str, Any]:
    spec = book.spec
    return {
        "e": "depthUpdate", "E": time_ms, "T": time_ms, "s": spec.symbol, "U": depth.first_id,
        "u": depth.last_id, "pu": depth.previous_id, "b": _levels(spec, bids), "a": _levels(spec, asks),
    } | pair_and_type(spec)  # fmt: skip


def depth_snapshot(book: FuturesBook, levels: int, time_ms: int, rpi: bool = False) -> dict[str, Any]:
    """Return REST's answer to ``depth``, and to ``rpiDepth``."""
    spec = book.spec
    sides = (side.levels(levels) for side in (book.bid, book.ask))
    bids, asks = (_levels(spec, book.with_rpi(side) if rpi else side) for side in sides)
    made = {"lastUpdateId": book.update_id, "E": time_ms, "T": time_ms, "bids": bids, "asks": asks}
    return made | {"symbol": spec.symbol, "pair": spec.pair} if spec.venue == "coinm" else made


def candle_fields(spec: Contract, candle: Candle, interval: str, time_ms: int) -> dict[str, Any]:
    """Return what a kline says of a candle; it is closed if its time is over."""
    price, quantity = spec.price_digits, spec.quantity_digits
    return {
        "t": candle.open_ms, "T": candle.until_ms - 1, "i": interval, "f": candle.first_id,
        "L": candle.last_id, "o": fixed(candle.open, price), "c": fixed(candle.close, price),
        "h": fixed(candle.high, price), "l": fixed(candle.low, price), "v": fixed(candle.volume, quantity),
        "n": candle.count, "x": time_ms >= candle.until_ms, "q": worth(spec, candle.quote),
        "V": fixed(candle.taker, quantity), "Q": worth(spec, candle.taker_quote), "B": "0",
    }  # fmt: skip


def kline(spec: Contract, candle: Candle, interval: str, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@kline_<interval>``."""
    made = candle_fields(spec, candle, interval, time_ms) | {"s": spec.symbol}
    return {"e": "kline", "E": time_ms, "s": spec.symbol, "k": made}


def continuous_kline(
    spec: Contract, candle: Candle, interval: str, time_ms: int, update_ids: tuple[int, int]
) -> dict[str, Any]:
    """Return the payload of ``<pair>_<contractType>@continuousKline_<interval>``.

    :param update_ids: of the book, at the candle's first push and now.
    """
    ids = {"f": update_ids[0], "L": update_ids[1]}
    made = candle_fields(spec, candle, interval, time_ms) | ids
    return {"e": "continuous_kline", "E": time_ms, "ps": spec.pair, "ct": spec.kind, "k": made}


def price_kline(
    event: str, pair: str, symbol: str, candle: Candle, prices: tuple[int, int, int, int], interval: str,
    time_ms: int,
) -> dict[str, Any]:  # fmt: skip
    """Return the payload of a kline of index or mark prices.

    :param prices: open, high, low and close, in units of 1e-8.
    """
    opened, high, low, close = map(decimal, prices)
    return {
        "e": event, "E": time_ms, "ps": pair,
        "k": {
            "t": candle.open_ms, "T": candle.until_ms - 1, "s": symbol, "i": interval, "f": candle.open_ms,
            "L": time_ms, "o": opened, "c": close, "h": high, "l": low, "v": "0", "n": candle.count,
            "x": time_ms >= candle.until_ms, "q": "0", "V": "0", "Q": "0", "B": "0",
        },
    }  # fmt: skip


def mark_price(book: FuturesBook, prices: Prices, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@markPrice``."""
    spec = book.spec
    rate, due_ms = prices.funding(book, time_ms)
    index = decimal(prices.index(spec.pair))
    made: dict[str, Any] = {
        "e": "markPriceUpdate", "E": time_ms, "s": spec.symbol, "p": decimal(prices.mark(book, time_ms)),
        "i": index, "P": index, "r": decimal(rate), "T": due_ms, "st": spec.market_type,
    }  # fmt: skip
    if not spec.perpetual:
        made |= {"r": "" if spec.venue == "coinm" else decimal(0), "T": 0}
    if spec.venue == "usdm":
        made["ap"] = decimal(prices.average_mark(book, time_ms))
    return made


def index_price(pair: str, prices: Prices, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<pair>@indexPrice``."""
    return {"e": "indexPriceUpdate", "E": time_ms, "i": pair, "p": decimal(prices.index(pair))}


def mini_ticker(book: FuturesBook, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@miniTicker``."""
    day, spec = book.history.window(time_ms - DAY_MS, time_ms), book.spec
    price = spec.price_digits
    return {
        "e": "24hrMiniTicker", "E": time_ms, "s": spec.symbol, "c": fixed(day.close, price),
        "o": fixed(day.open, price), "h": fixed(day.high, price), "l": fixed(day.low, price),
        "v": fixed(day.volume, spec.quantity_digits), "q": worth(spec, day.quote),
    } | pair_and_type(spec)  # fmt: skip


def ticker(book: FuturesBook, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<symbol>@ticker``."""
    day, spec = book.history.window(time_ms - DAY_MS, time_ms), book.spec
    change, digits = day.close - day.open, spec.price_digits
    if spec.size:
        average = day.volume * spec.size * 10**16 // day.quote if day.quote else 0
    else:
        average = day.quote // day.volume if day.volume else 0
    return mini_ticker(book, time_ms) | {
        "e": "24hrTicker", "p": fixed(change, digits), "P": percent(change, day.open),
        "w": fixed(average, digits), "Q": fixed(book.last_quantity, spec.quantity_digits),
        "O": day.open_ms, "C": day.until_ms, "F": day.first_id, "L": day.last_id, "n": day.count,
    }  # fmt: skip


def force_order(book: FuturesBook, time_ms: int, of_all: bool) -> dict[str, Any] | None:
    """Return the payload of ``<symbol>@forceOrder``, or of ``!forceOrder@arr``; None without a liquidation.

    :param of_all: True for the latter.
    """
    spec, last = book.spec, book.liquidation
    if last is None:
        return None
    quantity = fixed(last.quantity, spec.quantity_digits)
    order: dict[str, Any] = {
        "s": spec.symbol, "S": "BUY" if last.buy else "SELL", "o": "LIMIT", "f": "IOC", "q": quantity,
        "p": fixed(last.price, spec.price_digits), "ap": fixed(last.average, spec.price_digits),
        "X": "FILLED", "l": quantity, "z": quantity, "T": last.time_ms,
    }  # fmt: skip
    made: dict[str, Any] = {"e": "forceOrder", "E": time_ms, "o": order}
    if spec.venue == "coinm":
        order["ps"] = spec.pair
        return made | {"st": spec.market_type} if of_all else made
    return made | pair_and_type(spec) if of_all else made


def composite_index(prices: Prices, time_ms: int) -> dict[str, Any] | None:
    """Return the payload of ``<symbol>@compositeIndex``; None if none of its components is traded."""
    parts = prices.composite()
    total = sum(quantity * price // UNIT for quantity, price in parts.values())
    if not total:
        return None
    components = [
        {
            "b": asset, "q": "USDT", "w": decimal(quantity),
            "W": decimal(quantity * price // total), "i": decimal(price),
        }
        for asset, (quantity, price) in parts.items()
    ]  # fmt: skip
    return {
        "e": "compositeIndex", "E": time_ms, "s": COMPOSITE, "p": decimal(total), "C": "baseAsset",
        "c": components,
    }  # fmt: skip


def contract_info(spec: Contract, time_ms: int, brackets: bool) -> dict[str, Any]:
    """Return the payload of ``!contractInfo``; *brackets*: whether those of leverage have changed."""
    made: dict[str, Any] = {
        "e": "contractInfo", "E": time_ms, "s": spec.symbol, "ps": spec.pair, "ct": spec.kind,
        "dt": spec.delivery_ms, "ot": ONBOARD_MS, "cs": spec.status, "st": spec.market_type,
    }  # fmt: skip
    if brackets:
        made["bks"] = list(_brackets())
    return made


def _brackets() -> Iterator[dict[str, Any]]:
    floor = 0
    for number, (cap, leverage, rate) in enumerate(_BRACKETS, 1):
        yield {
            "bs": number, "bnf": floor, "bnc": cap, "mmr": rate, "cf": 0, "mi": 1, "ma": leverage,
        }  # fmt: skip
        floor = cap


def most_notional(leverage: int) -> int | None:
    """Return the largest position that a leverage allows, in dollars or contracts; None if it is too high."""
    return max((row["bnc"] for row in _brackets() if row["ma"] >= leverage), default=None)


def leverage_brackets(symbol: str, by_quantity: bool) -> dict[str, Any]:
    """Return what ``leverageBracket`` says of one contract: the brackets of ``!contractInfo``.

    :param by_quantity: they are of quantities, as on COIN-M, and not of notional values.
    """
    unit = "qty" if by_quantity else "notional"
    rows = [
        {
            "bracket": row["bs"], "initialLeverage": row["ma"], f"{unit}Cap": row["bnc"],
            f"{unit}Floor": row["bnf"], "maintMarginRatio": row["mmr"], "cum": row["cf"],
        }
        for row in _brackets()
    ]  # fmt: skip
    return {"symbol": symbol, "brackets": rows}


def open_interest(book: FuturesBook, time_ms: int, later: int = 0) -> int:
    """Return how many contracts are open, in units of 1e-8: some at first, and a part of what was traded.

    :param time_ms: now.
    :param later: what was traded after the moment that is meant, up to now.
    """
    traded = book.history.window(0, time_ms).volume - later
    step = book.spec.step
    return _OPEN_LOTS * book.spec.lots * step + traded // _OPEN_EVERY // step * step


def asset_index(pair: str, prices: Prices, time_ms: int) -> dict[str, Any]:
    """Return the payload of ``<asset>@assetIndex``."""
    index = prices.index(pair)
    made = {"e": "assetIndexUpdate", "E": time_ms, "s": pair.removesuffix("T"), "i": decimal(index)}
    made |= {name: decimal(buffer) for name, buffer in _BUFFERS.items()}
    for name, (buffer, sign) in _BUFFERED.items():
        made[name] = decimal(index + sign * index * _BUFFERS[buffer] // UNIT)
    return made


def trading_sessions(time_ms: int) -> list[dict[str, Any]]:
    """Return the payloads of ``tradingSession``: one for each market of equities and commodities."""
    day_ms = time_ms - time_ms % DAY_MS
    hours = [hour for hour, _ in _SESSIONS] + [24]
    at = sum(hour * HOUR_MS <= time_ms - day_ms for hour in hours) - 1
    weekend = datetime.fromtimestamp(time_ms // 1000, UTC).weekday() >= _SATURDAY
    session = _CLOSED if weekend else _SESSIONS[at][1]
    begin_ms, end_ms = day_ms + hours[at] * HOUR_MS, day_ms + hours[at + 1] * HOUR_MS
    return [{"e": event, "E": time_ms, "t": begin_ms, "T": end_ms, "S": session} for event in _MARKETS]
