"""Print ten trades of one market from a coroutine, in a program that uses asyncio, then end."""

import asyncio

from binance.client import Client
from binance.websockets import BinanceSocketManager


async def main():
    loop = asyncio.get_running_loop()
    enough = asyncio.Event()
    seen = 0

    async def process_message(msg):  # in the main thread, which runs asyncio's loop
        nonlocal seen
        if msg["e"] == "error" or seen == 10:
            enough.set()
        else:
            seen += 1
            print(msg["s"], msg["p"], "x", msg["q"])

    def hand_on(msg):  # in the reactor's thread; it returns at once
        asyncio.run_coroutine_threadsafe(process_message(msg), loop)

    with BinanceSocketManager(Client()) as bm:
        bm.start_trade_socket("BNBBTC", hand_on)
        await enough.wait()


asyncio.run(main())
