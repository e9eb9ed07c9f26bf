"""Draw the best prices of some markets twice a second, however often they change."""

import time

from binance.client import Client
from binance.consumers import Latest
from binance.websockets import BinanceSocketManager

SYMBOLS = ["BNBBTC", "ETHBTC", "NEOBTC"]
DRAWN = 6

latest = Latest(by="symbol")
with BinanceSocketManager(Client()) as bm:
    bm.start_multiplex_socket([f"{symbol.lower()}@bookTicker" for symbol in SYMBOLS], latest)
    drawn = 0
    while drawn < DRAWN and not latest.ended:
        time.sleep(0.5)
        if not latest.wait(timeout=0):  # nothing new: draw nothing
            continue
        drawn += 1
        for symbol in SYMBOLS:
            if symbol in latest:
                book = latest[symbol]
                print(f"{symbol} {book['b']} {book['a']} {latest.age_s(symbol):.1f} s old")
    for conn_key, message in latest.errors.items():
        print(conn_key, "gave up:", message["m"])
