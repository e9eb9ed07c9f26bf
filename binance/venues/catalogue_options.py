"""The streams of options. Pure.

Source for all rows: Options *Websocket Market Streams*.
"""

from __future__ import annotations

from binance.venues.catalogue_usdm import INTERVALS as OF_FUTURES
from binance.venues.kinds import HEAD, LEVELS, Kind

INTERVALS = tuple(interval for interval in OF_FUTURES if interval not in ("8h", "1M"))

#: Milliseconds between two messages of depth; every name says one of them.
DEPTH_SPEEDS_MS = (500, 100)

_INTERVALS = "|".join(INTERVALS)
_SPEEDS = "(100|500)ms"

#: Every kind of stream that the exchange documents. Most options trade rarely, so that little is expected of
#: them; whether ids of trades have holes is not said.
OPTIONS = (
    Kind(
        "<symbol>@optionTrade", f"[^!@-]+-{HEAD}@optionTrade", "each trade", "trade", "t", "t",
        category="public", call="start_options_recent_trades_socket",
    ),
    Kind(
        "<underlying>@optionTrade", "[^!@-]+@optionTrade", "each trade of all options of an underlying",
        "trade", "t", "t", by_symbol=True, category="public", call="start_options_recent_trades_socket",
    ),
    Kind(
        "<symbol>@bookTicker", f"{HEAD}@bookTicker", "best bid and ask at each change", "bookTicker",
        "u", "u", silent_s=300, category="public",
    ),
    Kind(
        "<symbol>@depth@<speed>ms", f"{HEAD}@depth@{_SPEEDS}", "changes of the order book", "depthUpdate",
        "U", "u", previous_id="pu", contiguous=True, speeds_ms=DEPTH_SPEEDS_MS, silent_s=300,
        category="public", call="start_options_depth_socket",
    ),
    Kind(
        "<symbol>@depth<levels>@<speed>ms", f"{HEAD}@depth({LEVELS})@{_SPEEDS}", "top of the order book",
        "depthUpdate", speeds_ms=DEPTH_SPEEDS_MS, silent_s=300, category="public",
        call="start_options_depth_socket",
    ),
    Kind(
        "<symbol>@optionTicker<YYMMDD>", rf"{HEAD}@optionTicker@?\d{{6}}", "statistics of 24 hours",
        "24hrTicker", speeds_ms=(1000,), silent_s=300, category="public", call="start_options_ticker_socket",
    ),
    Kind(
        "<symbol>@kline_<interval>", f"{HEAD}@kline_({_INTERVALS})", "a kline while it is made", "kline",
        candles="times", speeds_ms=(1000,), category="market", call="start_options_kline_socket",
    ),
    Kind(
        "<underlying>@optionMarkPrice", f"{HEAD}@optionMarkPrice",
        "mark prices and greeks of all options of an underlying", "markPrice", array=True,
        speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "<underlying>@openInterest@<YYMMDD>", rf"{HEAD}@openInterest@\d{{6}}",
        "open interest of all options of an underlying that expire on a day", "openInterest", array=True,
        speeds_ms=(60_000,), silent_s=300, category="market",
    ),
    Kind(
        "!index@arr", "!index@arr", "index prices of all underlyings", "indexPrice", array=True,
        speeds_ms=(1000,), silent_s=60, category="market",
    ),
    Kind(
        "!optionSymbol", "!optionSymbol", "options that are listed", "optionSymbol", category="market",
    ),
)  # fmt: skip
