"""End with the main thread, whatever the sockets do."""

import time

from binance.client import Client
from binance.websockets import BinanceSocketManager


def on_trade(msg):
    print(msg["s"], msg["p"])


bm = BinanceSocketManager(Client())
bm.daemon = True  # or bm.setDaemon(True), before the first start of the process
bm.start_trade_socket("BNBBTC", on_trade)
bm.start()
time.sleep(3)
print("the last line")
