"""BinanceSocketManager, as a user's script has it: one callback that gets each message.

With ``--stdlib`` it finds no orjson, and decodes with the standard library.
"""

from __future__ import annotations

import sys

import traffic
from clients import measuring

options = measuring.arguments("--stdlib")
if options.stdlib:
    sys.modules["orjson"] = None  # type: ignore[assignment]  # importing it fails

from binance.endpoints import Endpoints  # noqa: E402
from binance.websockets import BinanceSocketManager  # noqa: E402


def start(name: str) -> str | bool:
    """Start the single-stream socket of the stream *name*."""
    symbol, _, kind = name.partition("@")
    if kind == "depth@100ms":
        return manager.start_depth_socket(symbol, callback, interval=100)
    methods = {
        "bookTicker": manager.start_symbol_book_ticker_socket,
        "trade": manager.start_trade_socket,
        "aggTrade": manager.start_aggtrade_socket,
        "ticker": manager.start_symbol_ticker_socket,
    }
    return methods[kind](symbol, callback)


endpoints = Endpoints(stream=options.base, usdm_stream=options.base)
manager = BinanceSocketManager(None, endpoints=endpoints, ca_file=options.ca)
callback = measuring.begin(options)
streams = measuring.streams(options)
if options.venue:
    for names in traffic.names_by_category(options.shapes).values():
        manager.start_multiplex_socket(names, callback, venue=options.venue)
elif options.raw:
    for stream in streams:
        key = start(stream)
        assert key == stream, f"the key of {stream} is {key}"
else:
    manager.start_multiplex_socket(streams, callback)
manager.start()
manager.join()
