"""Follow the best prices of every symbol against USDT, and print once a second how many have moved."""

import time

from binance.client import Client
from binance.websockets import BinanceSocketManager

KEY = "all of usdt"
LOOK_AGAIN_S = 5  # in a program that runs for days, 3600 say


def names(client):
    """The streams of all symbols that are trading now."""
    symbols = client.get_exchange_info()["symbols"]
    return [
        f"{symbol['symbol'].lower()}@bookTicker"
        for symbol in symbols
        if symbol["status"] == "TRADING" and symbol["quoteAsset"] == "USDT"
    ]


best: dict[str, tuple[str, str]] = {}  # the latest of each symbol


def on_message(msg):
    if msg.get("e") == "error":
        print("gave up:", msg["m"])
        return
    book = msg["data"]
    best[book["s"]] = (book["b"], book["a"])


client = Client()
with BinanceSocketManager(client) as bm:
    bm.start_multiplex_socket(names(client), on_message, name=KEY)
    for second in range(1, 11):
        time.sleep(1)
        print(len(best), "of", len(bm.streams(KEY)), "symbols have moved")
        if second % LOOK_AGAIN_S == 0:
            bm.subscribe(KEY, names(client))  # those that were listed meanwhile; the others are left alone
