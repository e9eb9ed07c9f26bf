"""Make a market of two orders: one bid, one ask, and both again when one of them is filled.

    python classic_maker.py [SYMBOL [FILLS [SECONDS]]]

Written for python-binance 0.7. It ends after FILLS filled orders or SECONDS, and cancels what is then open of
the symbol.
"""

import os
import queue
import sys
import time
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from binance.client import Client
from binance.enums import *
from binance.exceptions import BinanceAPIException, BinanceOrderException
from binance.websockets import BinanceSocketManager

symbol = sys.argv[1] if len(sys.argv) > 1 else "BNBBTC"
fills_wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 4
ends_at = time.time() + (float(sys.argv[3]) if len(sys.argv) > 3 else 60)
QUOTE_SECONDS = 5  # an order that is older is placed again, at the price of then

client = Client(
    os.environ.get("BINANCE_API_KEY", "my-key"), os.environ.get("BINANCE_API_SECRET", "my-secret")
)

info = client.get_symbol_info(symbol)
filters = {f["filterType"]: f for f in info["filters"]}
tick = Decimal(filters["PRICE_FILTER"]["tickSize"])
lot = Decimal(filters["LOT_SIZE"]["stepSize"])
least = Decimal(filters["LOT_SIZE"]["minQty"])
least_value = Decimal(filters.get("MIN_NOTIONAL", filters.get("NOTIONAL"))["minNotional"])

reports = queue.Queue()
orders = {}  # side: order
fills = []


def process_user_message(msg):
    global conn_key
    if msg["e"] == "error":
        print("error:", msg["m"])
        bm.stop_socket(conn_key)
        conn_key = bm.start_user_socket(process_user_message)
    elif msg["e"] == "executionReport" and msg["s"] == symbol:
        reports.put(msg)


def rounded(value, step, rounding):
    return (value / step).to_integral_value(rounding) * step


def quote():
    ticker = client.get_orderbook_ticker(symbol=symbol)
    middle = (Decimal(ticker["bidPrice"]) + Decimal(ticker["askPrice"])) / 2
    bid = rounded(middle - tick, tick, ROUND_FLOOR)
    ask = rounded(middle + tick, tick, ROUND_CEILING)
    quantity = max(least, rounded(2 * least_value / bid, lot, ROUND_CEILING))
    quantity = "{:.8f}".format(quantity)
    print("quote", symbol, quantity, "bid {:.8f} ask {:.8f}".format(bid, ask))
    orders[SIDE_BUY] = client.order_limit_buy(symbol=symbol, quantity=quantity, price="{:.8f}".format(bid))
    orders[SIDE_SELL] = client.create_order(
        symbol=symbol,
        side=Client.SIDE_SELL,
        type=Client.ORDER_TYPE_LIMIT,
        timeInForce=Client.TIME_IN_FORCE_GTC,
        quantity=quantity,
        price="{:.8f}".format(ask),
    )
    return time.time()


def filled(side, price):
    print("filled", side, "at", price)
    fills.append(side)
    del orders[side]


def cancel_both():
    for side, order in sorted(orders.items()):
        try:
            client.cancel_order(symbol=symbol, orderId=order["orderId"])
            print("cancelled", side)
            del orders[side]
        except BinanceAPIException:
            # it is not open any more
            order = client.get_order(symbol=symbol, orderId=order["orderId"])
            if order["status"] == ORDER_STATUS_FILLED:
                filled(side, order["price"])
            else:
                print(side, "is", order["status"])
                del orders[side]


def holdings():
    return [
        Decimal(balance["free"]) + Decimal(balance["locked"])
        for balance in (
            client.get_asset_balance(asset=asset) for asset in (info["baseAsset"], info["quoteAsset"])
        )
    ]


bm = BinanceSocketManager(client, user_timeout=60)
bm.setDaemon(True)  # the program ends with its last line
conn_key = bm.start_user_socket(process_user_message)
bm.start()
time.sleep(1)  # until the socket is open

before = holdings()
try:
    while len(fills) < fills_wanted and time.time() < ends_at:
        quoted_at = quote()
        while len(orders) == 2 and time.time() < min(quoted_at + QUOTE_SECONDS, ends_at):
            try:
                msg = reports.get(timeout=0.2)
            except queue.Empty:
                continue
            order = orders.get(msg["S"])
            if order is not None and msg["i"] == order["orderId"] and msg["X"] == ORDER_STATUS_FILLED:
                filled(msg["S"], msg["p"])
        cancel_both()
except (BinanceAPIException, BinanceOrderException) as e:
    print("stopped:", e)
finally:
    for order in client.get_open_orders(symbol=symbol):
        try:
            client.cancel_order(symbol=symbol, orderId=order["orderId"])
        except BinanceAPIException as e:
            print("not cancelled:", e.message)
    bm.close()

after = holdings()
print("fills: {} bought, {} sold".format(fills.count(SIDE_BUY), fills.count(SIDE_SELL)))
print("orders open:", len(client.get_open_orders(symbol=symbol)))
for asset, change in zip((info["baseAsset"], info["quoteAsset"]), (a - b for a, b in zip(after, before))):
    print("{} {:+.8f}".format(asset, change))
