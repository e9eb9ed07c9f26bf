"""Print the best prices of a futures contract beside its mark price, for at most a minute or ten lines."""

import threading

from binance.client import Client
from binance.websockets import BinanceSocketManager

BOOK, MARK = "btcusdt@depth5@100ms", "btcusdt@markPrice@1s"

enough = threading.Event()
latest: dict[str, dict] = {}
lines = 0


def on_message(msg):
    global lines
    if enough.is_set():
        return
    if msg.get("e") == "error":  # it comes bare, without "stream" and "data"
        print("gave up:", msg["m"])
        enough.set()
        return
    # by the stream's name: the top of a book and its changes have the same "e"
    latest[msg["stream"]] = msg["data"]
    if msg["stream"] == MARK and BOOK in latest:
        book, mark = latest[BOOK], latest[MARK]
        print(
            mark["s"], "bid", book["b"][0][0], "ask", book["a"][0][0], "mark", mark["p"], "funding", mark["r"]
        )
        lines += 1
        if lines == 10:
            enough.set()


def on_event(event):
    if event.kind == "connected":  # one for each path
        print("connected:", event.info["url"].partition("?")[0].rpartition(":")[2].partition("/")[2])


with BinanceSocketManager(Client(), on_event=on_event) as bm:
    bm.start_futures_multiplex_socket([BOOK, MARK], on_message)
    enough.wait(60)
