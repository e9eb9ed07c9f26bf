"""Print ten trades in a program that uses asyncio, then end."""

import asyncio

from binance.client import Client
from binance.consumers import Inbox
from binance.websockets import BinanceSocketManager


async def main():
    inbox = Inbox()
    with BinanceSocketManager(Client()) as bm:
        bm.start_trade_socket("BNBBTC", inbox)
        seen = 0
        async for msg in inbox:
            if msg["e"] == "error":
                print("gave up:", msg["m"])
                break
            print(msg["s"], msg["p"], "x", msg["q"])
            seen += 1
            if seen == 10:
                break


asyncio.run(main())
