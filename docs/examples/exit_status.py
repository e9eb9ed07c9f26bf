"""Leave with a status of your own: the callback passes it to the main thread, which exits."""

import queue
import sys

from binance.client import Client
from binance.websockets import BinanceSocketManager

done: queue.Queue[int] = queue.Queue()
seen = 0


def on_trade(msg):
    global seen
    seen += 1
    if msg["e"] == "error":
        done.put(1)
    elif seen == 10:
        done.put(0)


with BinanceSocketManager(Client(), max_retries=2) as bm:
    bm.start_trade_socket("BNBBTC", on_trade)
    status = done.get()
print("status", status)
sys.exit(status)
