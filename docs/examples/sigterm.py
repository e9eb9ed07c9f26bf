"""End in good order when a service manager sends SIGTERM."""

import signal

from twisted.internet import reactor

from binance.client import Client
from binance.websockets import BinanceSocketManager


def on_trade(msg):
    print(msg["s"], msg["p"], flush=True)


signal.signal(signal.SIGTERM, lambda number, frame: reactor.callFromThread(reactor.stop))
bm = BinanceSocketManager(Client())
bm.start_trade_socket("BNBBTC", on_trade)
bm.start()
bm.join()
print("closed")
