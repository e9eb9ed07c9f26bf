"""Keep each aggregate trade of one market in a SQLite file: also those of outages, and between two runs.

python every_trade.py BNBBTC aggtrades.sqlite
"""

import sqlite3
import sys
import time

from binance.client import Client
from binance.consumers import Inbox
from binance.websockets import BinanceSocketManager

SYMBOL, FILE = sys.argv[1:]

client = Client()
database = sqlite3.connect(FILE)
database.execute(
    "CREATE TABLE IF NOT EXISTS trades (id INTEGER PRIMARY KEY, price TEXT, quantity TEXT, time_ms INTEGER)"
)
(last_id,) = database.execute("SELECT max(id) FROM trades").fetchone()


def save(trades):
    """Write trades, which REST and the stream have under the same names, that follow the last one."""
    global last_id
    rows = [[trade[member] for member in "apqT"] for trade in trades]
    with database:
        database.executemany("INSERT INTO trades VALUES (?, ?, ?, ?)", rows)
    last_id = trades[-1]["a"]


def refill(until_id):
    """Ask REST for the trades between the last one and *until_id*, a thousand at a time."""
    while last_id + 1 < until_id:
        answer = client.get_aggregate_trades(symbol=SYMBOL, fromId=last_id + 1, limit=1000)
        missing = [trade for trade in answer if trade["a"] < until_id]
        print("refilled", len(missing), "trades")
        if missing:
            save(missing)
        else:  # REST is behind the stream
            time.sleep(1)


def on_event(event):
    if event.kind in ("disconnected", "connected", "gap"):
        print(event.kind, event.info)


inbox = Inbox()
with BinanceSocketManager(client, max_retries=None, on_event=on_event) as bm:
    bm.start_aggtrade_socket(SYMBOL, inbox)
    for msg in inbox:  # in the main thread, which may wait for REST and for the disk
        if msg["e"] == "error":  # after five retries; further ones follow
            print("still not connected")
        elif last_id is None or msg["a"] > last_id:
            if last_id is not None:
                refill(msg["a"])
            save([msg])
