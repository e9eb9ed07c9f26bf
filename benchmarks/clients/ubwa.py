"""unicorn-binance-websocket-api with picows as its transport, on uvloop, orjson's dicts to a callback.

It makes its event loop itself, and asks the policy for it; that is how uvloop comes in.
"""

from __future__ import annotations

import asyncio

import traffic
import uvloop
from clients import measuring
from unicorn_binance_websocket_api import BinanceWebSocketApiManager

options = measuring.arguments()
measuring.believe(options)
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
callback = measuring.begin(options)
if options.raw:
    raise SystemExit("this client is measured on the combined connection only")
manager = BinanceWebSocketApiManager(
    process_stream_data=callback,
    output_default="dict",
    websocket_library="picows",
    websocket_base_uri=f"{options.base}/",
    warn_on_update=False,  # which would ask the internet
)
manager.create_stream(list(traffic.MIX), [symbol.lower() for symbol in traffic.SYMBOLS])
manager.join()
