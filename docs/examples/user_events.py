"""Print the orders and balances of a spot account on binance.com, until ten events have come or Ctrl-C.

The API key and its secret are read from the environment: BINANCE_API_KEY and BINANCE_API_SECRET.
"""

import os
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen: list[dict] = []


def on_user_event(msg):
    if msg["e"] == "executionReport":
        print(f"order {msg['i']}: {msg['S']} {msg['s']} is {msg['X']}, filled {msg['z']} of {msg['q']}")
    elif msg["e"] == "outboundAccountPosition":
        print("balances:", {balance["a"]: balance["f"] for balance in msg["B"]})
    else:
        print(msg["e"])  # "balanceUpdate", "eventStreamTerminated", "error" ...
    seen.append(msg)
    if len(seen) >= 10 or msg["e"] == "error":
        enough.set()


def on_event(event):
    if event.kind == "key_failed":
        print("not authorised:", event.info["message"])
    elif event.kind == "gave_up":
        print("given up:", event.info["reason"])
        enough.set()


client = Client(os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"])
with BinanceSocketManager(client, on_event=on_event) as bm:
    bm.start_user_socket(on_user_event)
    enough.wait()
