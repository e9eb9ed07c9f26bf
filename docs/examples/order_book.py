"""Keep the order book of a symbol: ten lines with its best prices and its balance, or a minute of them."""

import threading
from decimal import Decimal

from binance.client import Client
from binance.websockets import BinanceSocketManager

enough = threading.Event()
lines = 0


def process_book(book):
    global lines
    if isinstance(book, dict):  # the error message, as on every socket
        print("gave up:", book["m"])
        enough.set()
        return
    if enough.is_set() or not (book.best_bid and book.best_ask):
        return
    bid, ask = (sum(Decimal(quantity) for _, quantity in rows) for rows in (book.bids(10), book.asks(10)))
    print(book.symbol, "bid", book.best_bid[0], "ask", book.best_ask[0], f"bids are {bid / (bid + ask):.0%}")
    lines += 1
    if lines == 10:
        enough.set()


def on_event(event):
    if event.kind in ("book_synced", "book_lost"):
        print(f"{event.kind}: {event.info['reason']}")


with BinanceSocketManager(Client(), on_event=on_event) as bm:
    bm.start_order_book_socket("BNBBTC", process_book, audit=True)
    enough.wait(60)
