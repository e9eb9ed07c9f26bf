"""Every call of the manager that starts a market stream, and the name that it has to make."""

from __future__ import annotations

from typing import Any

from binance import constants as bc


def nothing(message: Any) -> None:
    """A callback for tests in which no message matters."""


#: Method, arguments, the key that it returns.
CALLS = [
    ("start_depth_socket", ("BNBBTC", nothing), "bnbbtc@depth"),
    ("start_depth_socket", ("BNBBTC", nothing, bc.WEBSOCKET_DEPTH_5), "bnbbtc@depth5"),
    ("start_depth_socket", ("BNBBTC", nothing, 10, 100), "bnbbtc@depth10@100ms"),
    ("start_depth_socket", ("BNBBTC", nothing, None, 0), "bnbbtc@depth"),
    ("start_kline_socket", ("bnbbtc", nothing), "bnbbtc@kline_1m"),
    ("start_kline_socket", ("BnbBtc", nothing, bc.KLINE_INTERVAL_30MINUTE), "bnbbtc@kline_30m"),
    ("start_aggtrade_socket", ("BNBBTC", nothing), "bnbbtc@aggTrade"),
    ("start_trade_socket", ("BNBBTC", nothing), "bnbbtc@trade"),
    ("start_symbol_ticker_socket", ("BNBBTC", nothing), "bnbbtc@ticker"),
    ("start_symbol_miniticker_socket", ("BNBBTC", nothing), "bnbbtc@miniTicker"),
    ("start_symbol_book_ticker_socket", ("BNBBTC", nothing), "bnbbtc@bookTicker"),
    ("start_ticker_socket", (nothing,), "!ticker@arr"),
    ("start_miniticker_socket", (nothing,), "!miniTicker@arr"),
    ("start_miniticker_socket", (nothing, 1000), "!miniTicker@arr"),
    ("start_miniticker_socket", (nothing, 3000), "!miniTicker@arr"),
    ("start_book_ticker_socket", (nothing,), "!bookTicker"),
    ("start_block_trade_socket", ("BNBBTC", nothing), "bnbbtc@blockTrade"),
    ("start_symbol_rolling_window_ticker_socket", ("BNBBTC", nothing), "bnbbtc@ticker_1h"),
    ("start_symbol_rolling_window_ticker_socket", ("BNBBTC", nothing, "4h"), "bnbbtc@ticker_4h"),
    ("start_symbol_rolling_window_ticker_socket", ("BNBBTC", nothing, "1d"), "bnbbtc@ticker_1d"),
    ("start_rolling_window_ticker_socket", (nothing,), "!ticker_1h@arr"),
    ("start_rolling_window_ticker_socket", (nothing, "4h"), "!ticker_4h@arr"),
    ("start_rolling_window_ticker_socket", (nothing, "1d"), "!ticker_1d@arr"),
    ("start_avg_price_socket", ("BNBBTC", nothing), "bnbbtc@avgPrice"),
    ("start_reference_price_socket", ("BNBBTC", nothing), "bnbbtc@referencePrice"),
    ("start_stream_socket", ("BNBBTC@kline_1M", nothing), "bnbbtc@kline_1M"),
    ("start_stream_socket", ("!miniTicker@arr", nothing), "!miniTicker@arr"),
]
