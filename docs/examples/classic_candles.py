"""Download the candles of one symbol, and go on with the live ones: no candle is missing or repeated.

    python classic_candles.py [SYMBOL [INTERVAL [START [COUNT]]]]

Written for python-binance 0.7. It prints COUNT candles, each when it is closed, and ends. INTERVAL is of
minutes, hours, days or weeks.
"""

import queue
import sys
import time

from binance.client import Client
from binance.exceptions import BinanceAPIException
from binance.helpers import interval_to_milliseconds
from binance.websockets import BinanceSocketManager
from twisted.internet import reactor

symbol = sys.argv[1] if len(sys.argv) > 1 else "BNBBTC"
interval = sys.argv[2] if len(sys.argv) > 2 else Client.KLINE_INTERVAL_1MINUTE
start = sys.argv[3] if len(sys.argv) > 3 else "1 hour ago UTC"
count = int(sys.argv[4]) if len(sys.argv) > 4 else 120

client = Client("", "")
closed = queue.Queue()
step = interval_to_milliseconds(interval)
shown = 0
last = None


def process_message(msg):
    global conn_key
    if msg["e"] == "error":
        bm.stop_socket(conn_key)
        conn_key = bm.start_kline_socket(symbol, process_message, interval=interval)
    elif msg["k"]["x"]:
        kline = msg["k"]
        closed.put([kline["t"], kline["o"], kline["h"], kline["l"], kline["c"], kline["v"]])


def show(candle):
    global shown, last
    open_time = candle[0]
    if shown == count or open_time <= last:
        return
    if open_time != last + step:
        print("a hole before", open_time)
    at = time.strftime("%Y-%m-%d %H:%M", time.gmtime(open_time / 1000))
    print(at, "open {} high {} low {} close {} volume {}".format(*candle[1:6]))
    shown += 1
    last = open_time


# the socket first: what closes during the download waits in the queue
bm = BinanceSocketManager(client)
conn_key = bm.start_kline_socket(symbol, process_message, interval=interval)
bm.start()

try:
    now = client.get_server_time()["serverTime"]
    rows = client.get_historical_klines(symbol, interval, start)
    last = rows[0][0] - step
    for row in rows:
        if row[6] < now:  # the last one may be open still
            show(row)
    while shown < count:
        candle = closed.get()
        if candle[0] > last + step:  # what closed between the download and the first live candle
            for row in client.get_historical_klines_generator(symbol, interval, last + step, candle[0] - 1):
                show(row)
        show(candle)
    print("{} candles, each {} ms behind the one before".format(shown, step))
except BinanceAPIException as e:
    print("the exchange says no:", e.status_code, e.code, e.message)
finally:
    bm.close()
    reactor.callFromThread(reactor.stop)
