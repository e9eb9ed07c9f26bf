"""Print what happens to the orders of a cross margin account, until ten events have come or Ctrl-C."""

import os
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen: list[dict] = []


def on_margin_event(msg):
    print("margin", msg["e"], msg.get("s", ""), msg.get("X", ""))
    seen.append(msg)
    if len(seen) >= 10 or msg["e"] == "error":
        enough.set()


client = Client(os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"])
with BinanceSocketManager(client) as bm:
    bm.start_margin_socket(on_margin_event)
    enough.wait()
