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
    ("start_miniticker_socket", (nothing, 10_000), "!miniTicker@arr"),
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


OPTION = "BTC-261225-70000-C"
_CALL = OPTION.lower()

#: Of derivatives: venue, method, arguments, the path that it asks for. Where that is of several streams, the
#: form of their messages is ``{"stream", "data"}``.
DERIVATIVES = [
    ("usdm", "start_aggtrade_futures_socket", ("BTCUSDT",), "/market/stream?streams=btcusdt@aggTrade"),
    ("usdm", "start_symbol_mark_price_socket", ("btcusdt",), "/market/stream?streams=btcusdt@markPrice@1s"),
    (
        "usdm", "start_symbol_mark_price_socket", ("BTCUSDT", False),
        "/market/stream?streams=btcusdt@markPrice",
    ),
    ("usdm", "start_all_mark_price_socket", (), "/market/stream?streams=!markPrice@arr@1s"),
    ("usdm", "start_all_mark_price_socket", (False,), "/market/stream?streams=!markPrice@arr"),
    ("usdm", "start_symbol_ticker_futures_socket", ("BTCUSDT",), "/public/stream?streams=btcusdt@bookTicker"),
    (
        "usdm", "start_individual_symbol_ticker_futures_socket", ("BTCUSDT",),
        "/market/stream?streams=btcusdt@ticker",
    ),
    ("usdm", "start_all_ticker_futures_socket", (), "/public/stream?streams=!bookTicker"),
    ("usdm", "start_kline_futures_socket", ("BTCUSDT",), "/market/ws/btcusdt@kline_1m"),
    ("usdm", "start_kline_futures_socket", ("BTCUSDT", "1h"), "/market/ws/btcusdt@kline_1h"),
    ("usdm", "start_futures_depth_socket", ("BTCUSDT",), "/public/ws/btcusdt@depth"),
    ("usdm", "start_futures_depth_socket", ("BTCUSDT", 10, 100), "/public/ws/btcusdt@depth10@100ms"),
    ("options", "start_options_ticker_socket", (OPTION,), f"/public/ws/{_CALL}@optionTicker261225"),
    ("options", "start_options_recent_trades_socket", (OPTION,), f"/public/ws/{_CALL}@optionTrade"),
    ("options", "start_options_recent_trades_socket", ("BTCUSDT",), "/public/ws/btcusdt@optionTrade"),
    ("options", "start_options_kline_socket", (OPTION,), f"/market/ws/{_CALL}@kline_1m"),
    ("options", "start_options_depth_socket", (OPTION,), f"/public/ws/{_CALL}@depth10@500ms"),
    ("options", "start_options_depth_socket", (OPTION, None), f"/public/ws/{_CALL}@depth@500ms"),
]  # fmt: skip
