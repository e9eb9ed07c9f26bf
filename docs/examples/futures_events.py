"""Print the events of an account of USD-M futures, until ten have come or Ctrl-C. It needs no secret."""

import os
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen: list[dict] = []


def on_futures_event(msg):
    if enough.is_set():
        return  # the main thread is about to close
    order = msg.get("o", {})
    print(msg["e"], order.get("s", ""), order.get("X", ""))
    seen.append(msg)
    if len(seen) >= 10 or msg["e"] == "error":
        enough.set()


client = Client(os.environ["BINANCE_API_KEY"])
with BinanceSocketManager(client) as bm:
    bm.start_futures_user_socket(on_futures_event)
    enough.wait()
