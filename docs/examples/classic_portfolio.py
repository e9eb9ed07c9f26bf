"""Print what an account holds, what that is worth, its open orders and its last trades.

    python classic_portfolio.py [SYMBOL ...]

Written for python-binance 0.7.
"""

import os
import sys

from binance.client import Client
from binance.enums import SIDE_BUY, SIDE_SELL
from binance.exceptions import BinanceAPIException, BinanceRequestException

symbols = sys.argv[1:] or ["BNBBTC", "ETHBTC", "BTCUSDT"]

client = Client(
    os.environ.get("BINANCE_API_KEY", "my-key"), os.environ.get("BINANCE_API_SECRET", "my-secret")
)

prices = {ticker["symbol"]: float(ticker["price"]) for ticker in client.get_all_tickers()}


def in_usdt(asset, amount):
    """None if no market has a price for it."""
    if asset == "USDT":
        return amount
    if asset + "USDT" in prices:
        return amount * prices[asset + "USDT"]
    if asset + "BTC" in prices:
        return amount * prices[asset + "BTC"] * prices["BTCUSDT"]
    return None


account = client.get_account()
print("account: {}, may trade: {}".format(account["accountType"], account["canTrade"]))

total = 0
for balance in sorted(account["balances"], key=lambda b: b["asset"]):
    free, locked = float(balance["free"]), float(balance["locked"])
    if free + locked == 0:
        continue
    worth = in_usdt(balance["asset"], free + locked)
    total += worth or 0
    print(
        "{:5} free {:.8f} locked {:.8f} worth {}".format(
            balance["asset"], free, locked, "?" if worth is None else "{:.2f} USDT".format(worth)
        )
    )
print("all of it: {:.2f} USDT".format(total))
print("BTC once more:", client.get_asset_balance(asset="BTC")["free"])

open_orders = client.get_open_orders()
print("open orders:", len(open_orders))
for order in sorted(open_orders, key=lambda o: o["orderId"]):
    print("  {side} {origQty} {symbol} at {price}, {status}".format(**order))

for symbol in symbols:
    trades = client.get_my_trades(symbol=symbol, limit=1000)
    bought = sum(float(t["qty"]) for t in trades if t["isBuyer"])
    sold = sum(float(t["qty"]) for t in trades if not t["isBuyer"])
    print("{}: {} trades, bought {:.8f}, sold {:.8f}".format(symbol, len(trades), bought, sold))
    for trade in trades[-3:]:
        side = SIDE_BUY if trade["isBuyer"] else SIDE_SELL
        print("  {} {qty} at {price}, fee {commission} {commissionAsset}".format(side, **trade))

try:
    for balance in client.futures_account_balance():
        print("futures:", balance["asset"], balance["balance"])
except (BinanceAPIException, BinanceRequestException) as e:
    print("no futures account:", e.code if isinstance(e, BinanceAPIException) else e.message)
