"""The streams of COIN-M futures. Pure.

Source for all rows: COIN-M Futures *Websocket Market Streams*.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from binance.venues.catalogue_usdm import INTERVALS, USDM
from binance.venues.kinds import HEAD, LEVELS, Kind

CONTRACT_TYPES = ("perpetual", "current_quarter", "next_quarter")

_INTERVALS = "|".join(INTERVALS)
_TYPES = "|".join(CONTRACT_TYPES)
_PAIR = "[^!@_]+usd"  # every one ends so
_SPEEDS = "(100|250|500)ms"  # of depth: the default may be spelt out

_ABSENT = (
    "<symbol>@rpiDepth@500ms",
    "<symbol>@compositeIndex",
    "<asset>@assetIndex",
    "!assetIndex@arr",
    "tradingSession",
)
_DIFFERENT: dict[str, dict[str, Any]] = {
    "!bookTicker": {"speeds_ms": ()},
    "<symbol>@depth": {"pattern": f"{HEAD}@depth(@{_SPEEDS})?"},
    "<symbol>@depth<levels>": {"pattern": f"{HEAD}@depth({LEVELS})(@{_SPEEDS})?"},
    "<symbol>@ticker": {"speeds_ms": (500,)},
    "<symbol>@miniTicker": {"speeds_ms": (500,)},
    "<symbol>@markPrice": {"pattern": f"(?!{_PAIR}@){HEAD}@markPrice(@1s)?"},
    "<pair>_<contractType>@continuousKline_<interval>": {
        "pattern": f"[^!@_]+_({_TYPES})@continuousKline_(1s|{_INTERVALS})"
    },
}

#: Every kind of stream that the exchange documents, and ``@trade``: those of USD-M futures, with what is
#: different here, on paths without categories, and some of its own.
COINM = (
    *(
        replace(kind, category=None, call=None, **_DIFFERENT.get(kind.name, {}))
        for kind in USDM
        if kind.name not in _ABSENT
    ),
    Kind(
        "<pair>@markPrice", f"{_PAIR}@markPrice(@1s)?", "mark prices of all contracts of a pair",
        "markPriceUpdate", array=True, speeds_ms=(3000, 1000), silent_s=60,
    ),
    Kind(
        "<pair>@indexPrice", f"{HEAD}@indexPrice(@1s)?", "index price of a pair", "indexPriceUpdate",
        speeds_ms=(3000, 1000), silent_s=60,
    ),
    Kind(
        "<pair>@indexPriceKline_<interval>", f"{HEAD}@indexPriceKline_({_INTERVALS})",
        "a kline of the index price", "indexPrice_kline", candles="times", speeds_ms=(250,), silent_s=300,
    ),
    Kind(
        "<symbol>@markPriceKline_<interval>", f"{HEAD}@markPriceKline_({_INTERVALS})",
        "a kline of the mark price", "markPrice_kline", candles="times", speeds_ms=(250,), silent_s=300,
        of_both=True,
    ),
)  # fmt: skip
