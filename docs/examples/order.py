"""Place a limit order, look at it and cancel it; if an answer is lost, ask what became of the order."""

import os
import time
from decimal import Decimal

from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException

SYMBOL = "BNBBTC"
RECV_WINDOW_MS = 2_000
NO_SUCH_ORDER = -2013

client = Client(
    os.environ["BINANCE_API_KEY"], os.environ["BINANCE_API_SECRET"], recv_window_ms=RECV_WINDOW_MS
)


def place(**order):
    """Place an order; returns it, or None if the exchange has not taken it."""
    try:
        return client.create_order(**order)
    except BinanceRequestException as exc:
        if exc.client_order_id is None:
            raise  # there is no order: it was refused, or never sent
        print("not known:", exc.message)
        order_id = exc.client_order_id
    time.sleep(RECV_WINDOW_MS / 1000 + 1)  # the exchange takes nothing that arrives later
    try:
        return client.get_order(symbol=order["symbol"], origClientOrderId=order_id)
    except BinanceAPIException as exc:
        if exc.code == NO_SUCH_ORDER:
            return None
        raise


def far_below():
    """A price a tenth below the best bid, in the steps that the symbol has."""
    [symbol] = client.get_exchange_info(symbol=SYMBOL)["symbols"]
    [step] = [rule["tickSize"] for rule in symbol["filters"] if rule["filterType"] == "PRICE_FILTER"]
    bid = Decimal(client.get_order_book(symbol=SYMBOL, limit=5)["bids"][0][0])
    return bid * 9 / 10 // Decimal(step) * Decimal(step)


order = None
while order is None:
    order = place(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.5", price=far_below()
    )
print(order["side"], order["origQty"], order["symbol"], "at", order["price"], "is", order["status"])
cancelled = client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
print("now it is", cancelled["status"])
