"""Record the trades of two markets in a SQLite file, in a thread of its own, and say how many there are."""

import sqlite3
import time

from binance.client import Client
from binance.consumers import in_thread
from binance.websockets import BinanceSocketManager

FILE = "trades.sqlite"
SECONDS = 5  # in a program that records for days, leave the block only when you mean to end it


def connected():
    database = sqlite3.connect(FILE)
    database.execute(
        "CREATE TABLE IF NOT EXISTS trades (symbol TEXT, id INTEGER, time INTEGER, price TEXT, quantity TEXT,"
        " PRIMARY KEY (symbol, id)) WITHOUT ROWID"
    )
    return database


def record(messages):  # called in one thread only, which is the one that SQLite wants
    global database
    if database is None:
        database = connected()
    rows = []
    for msg in messages:
        if msg.get("e") == "error":
            print("gave up:", msg["m"])
            continue
        trade = msg["data"]
        rows.append((trade["s"], trade["t"], trade["T"], trade["p"], trade["q"]))
    with database:  # one transaction for the messages that came together
        database.executemany("INSERT OR IGNORE INTO trades VALUES (?, ?, ?, ?, ?)", rows)


def on_event(event):
    if event.kind == "gap":  # lost on the line, or, with cause "overflow", because the disk is too slow
        print("missing:", event.info)


database = None
with BinanceSocketManager(Client(), on_event=on_event) as bm:
    recorder = in_thread(record, batch=True, limit=1_000_000)
    key = bm.start_multiplex_socket(["bnbbtc@trade", "ethbtc@trade"], recorder)
    time.sleep(SECONDS)
    print("behind by", bm.stats(key)["behind_p99_s"], "s,", bm.stats(key)["pending"], "wait")
recorder.join()  # what was received is still recorded
for row in connected().execute("SELECT symbol, count(*), min(id), max(id) FROM trades GROUP BY symbol"):
    print(*row)
