"""Log the account's events on binance.us, for at most ten minutes or ten events.

The API key is read from the environment variable BINANCE_API_KEY.
"""

import os
import threading

from binance import endpoints
from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen = 0


def on_user_event(msg):
    global seen
    if msg["e"] == "executionReport":
        print(f"order {msg['i']}: {msg['S']} {msg['s']} is {msg['X']}, filled {msg['z']} of {msg['q']}")
    elif msg["e"] == "outboundAccountPosition":
        print("balances:", {balance["a"]: balance["f"] for balance in msg["B"]})
    else:
        print(msg["e"])  # "balanceUpdate", "listenKeyExpired", "error" ...
    seen += 1
    if seen >= 10 or msg["e"] == "error":
        enough.set()


def on_event(event):
    if event.kind == "key_failed":
        print("listen key:", event.info["message"])
    elif event.kind == "gave_up":
        print("given up:", event.info["reason"])
        enough.set()


client = Client(os.environ["BINANCE_API_KEY"], endpoints=endpoints.BINANCE_US)
with BinanceSocketManager(client, on_event=on_event) as bm:
    bm.start_user_socket(on_user_event)
    enough.wait(600)
