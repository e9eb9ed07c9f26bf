"""Use the manager in a program that runs the reactor itself: five klines, then the end."""

from twisted.internet import reactor

from binance.client import Client
from binance.websockets import BinanceSocketManager

seen = 0


def on_kline(msg):
    global seen
    if msg["e"] == "error":
        reactor.stop()
        return
    print(msg["k"]["i"], "close so far", msg["k"]["c"])
    seen += 1
    if seen == 5:
        reactor.stop()


bm = BinanceSocketManager(Client(), reactor=reactor)
bm.start_kline_socket("BNBBTC", on_kline, interval="1m")
bm.start()
reactor.run()
