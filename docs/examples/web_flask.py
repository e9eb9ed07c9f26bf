"""Serve the newest prices of some markets by HTTP, with Flask.

python web_flask.py 5000
"""

import sys

from flask import Flask

from binance.client import Client
from binance.consumers import Latest
from binance.websockets import BinanceSocketManager

STREAMS = ["bnbbtc@bookTicker", "ethbtc@bookTicker", "btcusdt@bookTicker"]

app = Flask(__name__)
latest = Latest(by="symbol")


@app.get("/prices")
def prices():
    return {symbol: {"bid": book["b"], "ask": book["a"]} for symbol, book in latest.items()}


@app.get("/health")
def health():
    stale = [symbol for symbol in latest if latest.age_s(symbol) > 60]
    return {"stale": stale}, 503 if stale or not latest else 200


bm = BinanceSocketManager(Client(), max_retries=None)
bm.start_multiplex_socket(STREAMS, latest)
bm.daemon = True  # the process ends when the web server does
bm.start()

if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
