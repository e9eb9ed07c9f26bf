"""Keep one trade socket open through long outages: when it is given up, start it again."""

import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
conn_key = None
seen = 0


def start_socket():
    global conn_key
    conn_key = bm.start_trade_socket("BNBBTC", on_trade)


def on_trade(msg):
    global seen
    if msg["e"] == "error":
        print("error:", msg["m"])
        bm.stop_socket(conn_key)
        start_socket()
        return
    seen += 1
    print(msg["t"], msg["p"], msg["q"])
    if seen >= 10:
        enough.set()


def on_event(event):
    # what happens to the connection, as it happens; see the page on events
    print("event:", event.kind, event.info)


bm = BinanceSocketManager(Client(), on_event=on_event)
with bm:
    start_socket()
    enough.wait(600)
