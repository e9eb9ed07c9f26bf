"""Print the messages of three streams on one connection, for at most a minute or five messages of each."""

import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

STREAMS = ["bnbbtc@aggTrade", "neobtc@ticker", "bnbbtc@depth5@100ms"]

enough = threading.Event()
seen = dict.fromkeys(STREAMS, 0)


def on_message(msg):
    if enough.is_set():
        return  # the main thread is about to close, and has something to print itself
    if msg.get("e") == "error":  # it comes bare, without "stream" and "data"
        print("gave up:", msg["m"])
        enough.set()
        return
    data = msg["data"]
    # a partial book has no "e", so ask with get() or look at the stream's name
    print(msg["stream"], data.get("e", "partial book"))
    seen[msg["stream"]] += 1
    if min(seen.values()) == 5:
        enough.set()


with BinanceSocketManager(Client()) as bm:
    bm.start_multiplex_socket(STREAMS, on_message)
    enough.wait(60)
print("closed after", sum(seen.values()), "messages")
