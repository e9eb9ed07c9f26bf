"""Cut the connection of a socket, and print what a script sees of it."""

import logging
import sys
import time

from binance.client import Client
from binance.endpoints import Endpoints
from binance.sandbox import Sandbox
from binance.websockets import BinanceSocketManager

ids: list[int] = []


def on_trade(msg):
    if msg["e"] == "error":
        print("gave up:", msg["m"])
    else:
        ids.append(msg["t"])


def on_event(event):
    print("  event:", event.kind)
    if event.kind == "gap":
        print("  missing:", event.info["first"], "to", event.info["last"])


logging.basicConfig(
    level=logging.INFO,
    format="%(levelname)s %(message)s",
    stream=sys.stdout,
)
with Sandbox(seed=7, rate=200) as sandbox:
    client = Client(endpoints=Endpoints.sandbox(sandbox.host, sandbox.port))
    with BinanceSocketManager(client, on_event=on_event) as bm:
        bm.start_trade_socket("BNBBTC", on_trade)
        time.sleep(2)
        sandbox.cut()  # the cable is pulled, and plugged in again
        time.sleep(3)
print(len(ids), "trades, and", ids[-1] - ids[0] + 1 - len(ids), "missing")
