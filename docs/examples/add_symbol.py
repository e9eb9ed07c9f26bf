"""Print trades of symbols that are typed while it runs: "add ethbtc", "remove bnbbtc"."""

import sys

from binance.client import Client
from binance.websockets import BinanceSocketManager


def on_message(msg):
    if msg.get("e") == "error":
        print("gave up:", msg["m"])
    else:
        print(msg["stream"], msg["data"]["p"])


def on_event(event):
    if event.kind in ("subscribed", "unsubscribed", "refused"):
        print(event.kind, *event.info.get("streams", [event.info]))


with BinanceSocketManager(Client(), on_event=on_event) as bm:
    key = bm.start_multiplex_socket(["bnbbtc@trade"], on_message, name="trades")
    change = {"add": bm.subscribe, "remove": bm.unsubscribe}
    for line in sys.stdin:
        command, _, symbol = line.lower().strip().partition(" ")
        try:
            change[command](key, [f"{symbol}@trade"])
        except KeyError:
            print("type add SYMBOL or remove SYMBOL; the end of the input ends it")
        except ValueError as error:  # not a symbol
            print(error)
