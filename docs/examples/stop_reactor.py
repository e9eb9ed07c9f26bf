"""Stop the reactor after ten trades: the sockets of all managers end."""

from twisted.internet import reactor

from binance.client import Client
from binance.websockets import BinanceSocketManager

seen = 0


def on_trade(msg):
    global seen
    seen += 1
    print(msg["s"], msg["p"])
    if seen == 10:
        reactor.stop()


bm = BinanceSocketManager(Client())
bm.start_trade_socket("BNBBTC", on_trade)
bm.start()
