"""python-binance's BinanceSocketManager on uvloop, with the orjson that it uses where it is installed."""

from __future__ import annotations

import uvloop
from clients import measuring

from binance import AsyncClient, BinanceSocketManager

options = measuring.arguments()
measuring.believe(options)
callback = measuring.begin(options)
if options.raw:
    raise SystemExit("this client is measured on the combined connection only")


async def main() -> None:
    # not AsyncClient.create(), which asks the exchange for its time; and a queue that does not overflow:
    # with its default, 100, the reading ends when the callback lags so many messages
    manager = BinanceSocketManager(AsyncClient(), max_queue_size=10**9)
    manager.STREAM_URL = f"{options.base}/"
    async with manager.multiplex_socket(measuring.streams(options)) as socket:
        while True:
            callback(await socket.recv())


uvloop.run(main())
