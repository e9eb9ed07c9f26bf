"""Print the events of an account on binance.us, until ten have come or Ctrl-C. It needs no secret."""

import os
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen: list[dict] = []


def on_user_event(msg):
    print(msg["e"], msg.get("s", ""), msg.get("X", ""))
    seen.append(msg)
    if len(seen) >= 10 or msg["e"] == "error":
        enough.set()


client = Client(os.environ["BINANCE_API_KEY"], tld="us")
with BinanceSocketManager(client) as bm:
    bm.start_user_socket(on_user_event)
    enough.wait()
