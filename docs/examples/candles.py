"""Keep the closed candles of one market in a SQLite file, without holes: after outages, and between two runs.

python candles.py BNBBTC 1m candles.sqlite
"""

import sqlite3
import sys

from binance.client import Client
from binance.consumers import Inbox
from binance.websockets import BinanceSocketManager

SYMBOL, INTERVAL, FILE = sys.argv[1:]

client = Client()
database = sqlite3.connect(FILE)
database.execute(
    "CREATE TABLE IF NOT EXISTS candles (opened_ms INTEGER PRIMARY KEY,"
    " open TEXT, high TEXT, low TEXT, close TEXT, volume TEXT, closed_ms INTEGER)"
)
(last_ms,) = database.execute("SELECT max(closed_ms) FROM candles").fetchone()


def save(rows):
    """Write candles, in the form that REST has, that follow the last one."""
    global last_ms
    with database:
        database.executemany("INSERT INTO candles VALUES (?, ?, ?, ?, ?, ?, ?)", [row[:7] for row in rows])
    last_ms = rows[-1][6]


def refill(running_ms):
    """Ask REST for the candles from the last one to the running one; return whether it has that already."""
    global last_ms
    candles = client.get_historical_klines(SYMBOL, INTERVAL, last_ms + 1, running_ms, limit=1000)
    if not candles or candles[-1][0] < running_ms:
        return False  # REST is a moment behind the stream
    print("refilled", len(candles) - 1, "candles")
    if candles[:-1]:
        save(candles[:-1])
    last_ms = running_ms - 1  # also if the exchange has no candles of that time
    return True


def on_event(event):
    if event.kind in ("disconnected", "connected", "gap"):
        print(event.kind, event.info)


inbox = Inbox()
with BinanceSocketManager(client, max_retries=None, on_event=on_event) as bm:
    bm.start_kline_socket(SYMBOL, inbox, interval=INTERVAL)
    for msg in inbox:  # in the main thread, which may wait for REST and for the disk
        if msg["e"] == "error":  # after five retries; further ones follow
            print("still not connected")
            continue
        candle = msg["k"]
        if last_ms is None:  # the first run begins with the candle that is running now
            last_ms = candle["t"] - 1
        if candle["t"] > last_ms + 1 and not refill(candle["t"]):
            continue  # the next message asks again
        if candle["x"] and candle["t"] > last_ms:  # closed
            save([[candle[member] for member in "tohlcvT"]])
