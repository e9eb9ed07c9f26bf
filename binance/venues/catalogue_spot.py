"""The streams of spot markets: binance.com, its test environments, and binance.us. Pure.

Source for all rows: Spot *Web Socket Streams* and *CHANGELOG*; binance.us *Web Socket Streams*.
"""

from __future__ import annotations

from dataclasses import replace

from binance.constants import KLINE_INTERVALS
from binance.venues.kinds import HEAD, LEVELS, Kind, Retirement

TICKER_WINDOWS = {"1h": "hour", "4h": "4 hours", "1d": "day"}  # of rolling window tickers, in words

_INTERVALS = "|".join(interval for interval in KLINE_INTERVALS if interval != "1s")
_SPEEDS = "(100|1000)ms"  # of depth: the default may be spelt out

#: Every kind of spot stream that the exchange documents or has documented. Partial depth, klines and tickers
#: are snapshots: the next one contains what was missed, and one that comes twice says the same again; but no
#: kline contains the candle before it.
SPOT = (
    Kind(
        "<symbol>@trade", f"{HEAD}@trade", "each trade", "trade", "t", "t", contiguous=True,
        silent_s=600, call="start_trade_socket",
    ),
    Kind(
        "<symbol>@aggTrade", f"{HEAD}@aggTrade", "what one order took at one price", "aggTrade", "a", "a",
        contiguous=True, silent_s=600, call="start_aggtrade_socket",
    ),
    Kind(
        "<symbol>@blockTrade", f"{HEAD}@blockTrade", "each block trade", "blockTrade", "t", "t",
        call="start_block_trade_socket", since="2026-05-12", us=False,
    ),
    Kind(
        "<symbol>@kline_<interval>", f"{HEAD}@kline_({_INTERVALS})", "a kline while it is made", "kline",
        candles="ids", speeds_ms=(2000,), silent_s=300, call="start_kline_socket",
    ),
    Kind(
        "<symbol>@kline_1s", rf"{HEAD}@kline_1s(@\+08:00)?", "klines of one second", "kline",
        candles="ids", speeds_ms=(1000,), silent_s=300, call="start_kline_socket", since="2022-08", us=False,
    ),
    Kind(
        "<symbol>@kline_<interval>@+08:00", rf"{HEAD}@kline_({_INTERVALS})@\+08:00",
        "a kline that begins and ends by the clock of UTC+8", "kline",
        candles="ids", speeds_ms=(2000,), silent_s=300, call="start_kline_socket", since="2024-05-30",
        us=False,
    ),
    Kind(
        "<symbol>@depth", f"{HEAD}@depth(@{_SPEEDS})?", "changes of the order book", "depthUpdate", "U", "u",
        contiguous=True, speeds_ms=(1000, 100), silent_s=120, call="start_depth_socket",
    ),
    Kind(
        "<symbol>@depth<levels>", f"{HEAD}@depth({LEVELS})(@{_SPEEDS})?", "top of the order book", None,
        speeds_ms=(1000, 100), silent_s=60, call="start_depth_socket",
    ),
    Kind(
        "<symbol>@bookTicker", f"{HEAD}@bookTicker", "best bid and ask at each change", None, "u", "u",
        silent_s=120, call="start_symbol_book_ticker_socket", since="2019-09",
    ),
    Kind(
        "<symbol>@ticker", f"{HEAD}@ticker", "statistics of 24 hours", "24hrTicker",
        speeds_ms=(1000,), silent_s=60, call="start_symbol_ticker_socket",
    ),
    Kind(
        "<symbol>@miniTicker", f"{HEAD}@miniTicker", "short statistics of 24 hours", "24hrMiniTicker",
        speeds_ms=(1000,), silent_s=60, call="start_symbol_miniticker_socket",
    ),
    Kind(
        "!miniTicker@arr", r"!miniTicker@arr(@\d+ms)?", "the same of all symbols that changed",
        "24hrMiniTicker", array=True, speeds_ms=(1000,), silent_s=60, call="start_miniticker_socket",
    ),
    *(
        Kind(
            f"<symbol>@ticker_{window}", f"{HEAD}@ticker_{window}", f"statistics of the last {words}",
            f"{window}Ticker", speeds_ms=(1000,), silent_s=60,
            call="start_symbol_rolling_window_ticker_socket",
        )
        for window, words in TICKER_WINDOWS.items()
    ),
    *(
        Kind(
            f"!ticker_{window}@arr", f"!ticker_{window}@arr", f"the last {words} of all symbols that changed",
            f"{window}Ticker", array=True, speeds_ms=(1000,), silent_s=60,
            call="start_rolling_window_ticker_socket",
        )
        for window, words in TICKER_WINDOWS.items()
    ),
    Kind(
        "<symbol>@avgPrice", f"{HEAD}@avgPrice", "average price of some minutes", "avgPrice",
        speeds_ms=(1000,), silent_s=60, call="start_avg_price_socket", since="2023-12", us=False,
    ),
    Kind(
        "<symbol>@referencePrice", f"{HEAD}@referencePrice", "price that the exchange refers to",
        "referencePrice", speeds_ms=(1000,), silent_s=60, call="start_reference_price_socket",
        since="2026-03", us=False,
    ),
    Kind(
        "!ticker@arr", r"!ticker@arr(@\d+ms)?", "statistics of 24 hours of all symbols that changed",
        "24hrTicker", array=True, speeds_ms=(1000,), silent_s=60, call="start_ticker_socket",
        retirement=Retirement(
            "2026-03-26", "!miniTicker@arr (start_miniticker_socket), or <symbol>@ticker for each symbol"
        ),
    ),
    Kind(
        "!bookTicker", "!bookTicker", "best bid and ask of all symbols", None, "u", "u", by_symbol=True,
        silent_s=60, call="start_book_ticker_socket",
        retirement=Retirement(
            "2022-12-07",
            "<symbol>@bookTicker for each symbol (start_symbol_book_ticker_socket, or a multiplex socket)",
        ),
    ),
)  # fmt: skip

#: The kinds that binance.us serves; what binance.com has ended lives on there.
US = tuple(replace(kind, retirement=None) for kind in SPOT if kind.us)
