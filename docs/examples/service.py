"""Log trades until a service manager ends the process: an example for systemd and Docker."""

import logging
import signal
import sys

from binance.client import Client
from binance.websockets import BinanceSocketManager

status = 0


def on_trade(msg):
    global status
    if msg["e"] == "error":
        status = 1  # the service manager starts it again
        bm.close()
        return
    logging.info("%s %s x %s", msg["s"], msg["p"], msg["q"])


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
with BinanceSocketManager(Client()) as bm:
    bm.start_trade_socket("BNBBTC", on_trade)
    bm.join()
sys.exit(status)
