"""Run the reactor in the calling thread, so that callbacks are called there."""

from binance.client import Client
from binance.websockets import BinanceSocketManager

seen = 0


def on_trade(msg):
    global seen
    seen += 1
    print(msg["s"], msg["p"])
    if seen == 10:
        bm.close()


bm = BinanceSocketManager(Client())
bm.start_trade_socket("BNBBTC", on_trade)
bm.run()
print("run has returned")
