"""Print ten trades and five changes of an order book, with asyncio, then end."""

import asyncio

from binance.client import Client
from binance.consumers import Inbox, in_loop
from binance.websockets import BinanceSocketManager


async def print_depth(msg):  # in asyncio's loop, one message after another
    global changes
    await asyncio.sleep(0)  # a database, or whatever there is to wait for
    if msg["e"] != "error" and changes < 5:
        changes += 1
        print(msg["s"], "changes", msg["U"], "to", msg["u"])


async def main():
    trades = Inbox()
    on_depth = in_loop(print_depth, asyncio.get_running_loop())
    with BinanceSocketManager(Client()) as bm:
        bm.start_trade_socket("BNBBTC", trades)
        bm.start_depth_socket("BNBBTC", on_depth, interval=100)
        seen = 0
        async for msg in trades:
            if msg["e"] == "error":
                print("gave up:", msg["m"])
                break
            seen += 1
            if seen <= 10:
                print(msg["s"], msg["p"], "x", msg["q"])
            elif changes == 5:
                break


changes = 0
asyncio.run(main())
