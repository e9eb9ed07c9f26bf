"""Print the events of two isolated margin accounts, until five of each have come or Ctrl-C."""

import os
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
seen = {"BNBBTC": 0, "ETHBTC": 0}


def printer(symbol):
    def on_event(msg):
        print(symbol, msg["e"], msg.get("X", ""))
        seen[symbol] += 1
        if min(seen.values()) >= 5 or msg["e"] == "error":
            enough.set()

    return on_event


client = Client(os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"])
with BinanceSocketManager(client) as bm:
    for symbol in seen:
        bm.start_isolated_margin_socket(symbol, printer(symbol))
    enough.wait()
