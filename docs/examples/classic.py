"""A script in the style of python-binance 0.7: candles of the past, then live ones."""

import time

from twisted.internet import reactor

from binance.client import Client
from binance.enums import KLINE_INTERVAL_1MINUTE
from binance.websockets import BinanceSocketManager

client = Client("", "")

for candle in client.get_historical_klines("BNBBTC", KLINE_INTERVAL_1MINUTE, "5 minutes ago UTC"):
    print("was", candle[4])


def process_message(msg):
    if msg["e"] == "error":
        bm.stop_socket(conn_key)
    else:
        print("is", msg["k"]["c"])


bm = BinanceSocketManager(client, user_timeout=60)
conn_key = bm.start_kline_socket("BNBBTC", process_message, interval=Client.KLINE_INTERVAL_1MINUTE)
bm.start()

time.sleep(5)
bm.close()
reactor.stop()
