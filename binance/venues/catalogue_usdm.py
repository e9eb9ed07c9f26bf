"""The streams of USD-M futures. Pure.

Source for all rows: USD-M Futures *Websocket Market Streams*, and *Important WebSocket Change Notice* for the
categories.
"""

from __future__ import annotations

from binance.constants import KLINE_INTERVALS
from binance.venues.kinds import HEAD, LEVELS, Kind

CONTRACT_TYPES = ("perpetual", "current_quarter", "next_quarter", "tradifi_perpetual")
#: Klines of a contract have no 1s; continuous klines do.
INTERVALS = tuple(interval for interval in KLINE_INTERVALS if interval != "1s")

#: Milliseconds between two messages of depth, the default first.
DEPTH_SPEEDS_MS = (250, 100, 500)

_INTERVALS = "|".join(INTERVALS)
_TYPES = "|".join(CONTRACT_TYPES)
_SPEEDS = "(100|500)ms"  # of depth: the default has no suffix
_SESSIONS = ("Equity", "Commodity", "KR_Equity", "HK_Equity", "CN_Equity")

#: Every kind of stream that the exchange documents, and ``@trade``, which it does not. Partial depth has the
#: event type of diff depth, and is a snapshot as on spot. Trades of the insurance fund and auto-deleveraging
#: have ids and no messages: the ids of trades have holes, also those in klines.
USDM = (
    Kind(
        "<symbol>@aggTrade", f"{HEAD}@aggTrade", "what one order took at one price, within 100 ms",
        "aggTrade", "a", "a", contiguous=True, silent_s=600, category="market",
        call="start_aggtrade_futures_socket",
    ),
    Kind(
        "<symbol>@trade", f"{HEAD}@trade", "each trade; not documented", "trade", "t", "t",
        silent_s=600, category="public",
        doubt="the exchange does not document this stream of futures; <symbol>@aggTrade has the same trades",
    ),
    Kind(
        "<symbol>@bookTicker", f"{HEAD}@bookTicker", "best bid and ask at each change", "bookTicker",
        "u", "u", silent_s=120, category="public", call="start_symbol_ticker_futures_socket",
    ),
    Kind(
        "!bookTicker", "!bookTicker", "best bid and ask of all symbols", "bookTicker", "u", "u",
        by_symbol=True, speeds_ms=(5000,), silent_s=60, category="public",
        call="start_all_ticker_futures_socket",
    ),
    Kind(
        "<symbol>@depth", f"{HEAD}@depth(@{_SPEEDS})?", "changes of the order book", "depthUpdate", "U", "u",
        previous_id="pu", contiguous=True, speeds_ms=DEPTH_SPEEDS_MS, silent_s=120, category="public",
        call="start_futures_depth_socket",
    ),
    Kind(
        "<symbol>@depth<levels>", f"{HEAD}@depth({LEVELS})(@{_SPEEDS})?", "top of the order book",
        "depthUpdate", speeds_ms=DEPTH_SPEEDS_MS, silent_s=60, category="public",
        call="start_futures_depth_socket",
    ),
    Kind(
        "<symbol>@rpiDepth@500ms", f"{HEAD}@rpiDepth@500ms",
        "changes of the order book with retail price improvement orders", "depthUpdate", "U", "u",
        previous_id="pu", contiguous=True, speeds_ms=(500,), silent_s=120, category="public",
    ),
    Kind(
        "<symbol>@kline_<interval>", f"{HEAD}@kline_({_INTERVALS})", "a kline while it is made", "kline",
        candles="times", speeds_ms=(250,), silent_s=300, category="market", of_both=True,
        call="start_kline_futures_socket",
    ),
    Kind(
        "<pair>_<contractType>@continuousKline_<interval>",
        f"[^!@_]+_({_TYPES})@continuousKline_(1s|{_INTERVALS})",
        "a kline of the contract that is the nearest of its type", "continuous_kline",
        candles="times", speeds_ms=(250,), silent_s=300, category="market",
    ),
    Kind(
        "<symbol>@markPrice", f"{HEAD}@markPrice(@1s)?", "mark price, index price and funding rate",
        "markPriceUpdate", speeds_ms=(3000, 1000), silent_s=60, category="market", of_both=True,
        call="start_symbol_mark_price_socket",
    ),
    Kind(
        "!markPrice@arr", "!markPrice@arr(@1s)?", "the same of all symbols", "markPriceUpdate", array=True,
        speeds_ms=(3000, 1000), silent_s=60, category="market", call="start_all_mark_price_socket",
    ),
    Kind(
        "<symbol>@miniTicker", f"{HEAD}@miniTicker", "short statistics of 24 hours", "24hrMiniTicker",
        speeds_ms=(2000,), silent_s=60, category="market",
    ),
    Kind(
        "!miniTicker@arr", "!miniTicker@arr", "the same of all symbols that changed", "24hrMiniTicker",
        array=True, speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "<symbol>@ticker", f"{HEAD}@ticker", "statistics of 24 hours", "24hrTicker",
        speeds_ms=(2000,), silent_s=60, category="market",
        call="start_individual_symbol_ticker_futures_socket",
    ),
    Kind(
        "!ticker@arr", "!ticker@arr", "the same of all symbols that changed", "24hrTicker", array=True,
        speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "<symbol>@forceOrder", f"{HEAD}@forceOrder", "the last liquidation order, one a second at most",
        "forceOrder", category="market",
    ),
    Kind(
        "!forceOrder@arr", "!forceOrder@arr", "the same of all symbols, one object a message", "forceOrder",
        category="market",
    ),
    Kind(
        "<symbol>@compositeIndex", f"{HEAD}@compositeIndex", "an index symbol's price and parts",
        "compositeIndex", speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "!contractInfo", "!contractInfo", "contracts that are listed, settled or change their brackets",
        "contractInfo", category="market",
    ),
    Kind(
        "<asset>@assetIndex", f"{HEAD}@assetIndex", "index of an asset in multi-assets mode",
        "assetIndexUpdate", speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "!assetIndex@arr", "!assetIndex@arr", "the same of all assets", "assetIndexUpdate", array=True,
        speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "tradingSession", "tradingSession", "which session the markets behind TradFi contracts are in",
        tuple(f"{market}Update" for market in _SESSIONS), speeds_ms=(1000,), silent_s=60, category="market",
    ),
)  # fmt: skip
