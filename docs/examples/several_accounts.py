"""Print the orders and balances of two accounts, for five seconds."""

import os
import time
from functools import partial

from binance.client import Client
from binance.websockets import BinanceSocketManager


def on_event_of(account, msg):
    if msg["e"] == "error":
        print(account, "gave up:", msg["m"])
    elif msg["e"] == "executionReport":
        print(account, "order", msg["s"], msg["S"], msg["X"])
    elif msg["e"] == "outboundAccountPosition":
        print(account, "balance", *(f"{item['a']} {item['f']}" for item in msg["B"]))


managers = []
for account in ("FIRST", "SECOND"):
    client = Client(os.environ[f"{account}_API_KEY"], os.environ[f"{account}_API_SECRET"])
    bm = BinanceSocketManager(client)
    bm.start_user_socket(partial(on_event_of, account))
    bm.start()
    managers.append(bm)
time.sleep(5)
for bm in managers:
    bm.close()
