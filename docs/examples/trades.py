"""Print ten trades of one market, then end."""

import logging

from binance.client import Client
from binance.websockets import BinanceSocketManager

seen = 0


def on_trade(msg):
    global seen
    if msg["e"] == "error":
        print("gave up:", msg["m"])
        bm.close()
        return
    print(f"{msg['s']} {msg['p']} x {msg['q']}")
    seen += 1
    if seen == 10:
        bm.close()


logging.basicConfig(level=logging.INFO)
bm = BinanceSocketManager(Client())
bm.start_trade_socket("BNBBTC", on_trade)
bm.start()
