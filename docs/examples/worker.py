"""Ask REST after messages of a socket, in a thread of its own, so that no socket waits for an answer."""

import queue
import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

waiting = queue.SimpleQueue()
client = Client()


def on_trade(msg):  # in the reactor's thread
    waiting.put(msg)  # returns at once


def newest():
    """The newest message; those before it are dropped, should they come faster than calls are made."""
    msg = waiting.get()
    while not waiting.empty():
        msg = waiting.get()
    return msg


def work():  # in a thread of its own
    for _ in range(5):
        msg = newest()
        if msg["e"] == "error":
            print("gave up:", msg["m"])
            break
        book = client.get_order_book(symbol=msg["s"], limit=5)  # as long as it takes
        print("traded at", msg["p"], "bid", book["bids"][0][0], "ask", book["asks"][0][0])


with BinanceSocketManager(client) as bm:
    bm.start_trade_socket("BNBBTC", on_trade)
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join()
