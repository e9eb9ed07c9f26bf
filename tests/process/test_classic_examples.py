"""Whole scripts in the style of python-binance 0.7, unmodified, against the sandbox.

By hand the same files were run with python-binance 0.7.11, and printed the same but for the balance of
futures, which 0.7.11 asks for at a path that the exchange has ended.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from binance.client import Client
from binance.endpoints import EVERYTHING, Endpoints
from binance.helpers import date_to_milliseconds
from binance.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
KEY, SECRET = "a-key-of-a-script", "and-its-secret"
BOUND_S = 60


def ran(sandbox: Sandbox, name: str, *arguments: str) -> list[str]:
    """What a script prints that has the sandbox in the exchange's place, and ends well."""
    return ended(
        [name, *arguments],
        {EVERYTHING: sandbox.url, "BINANCE_API_KEY": KEY, "BINANCE_API_SECRET": SECRET},
    )


def ended(arguments: list[str], environment: dict[str, str]) -> list[str]:
    """What Python prints, given these arguments."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


# -- candles ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fast() -> Iterator[Sandbox]:
    """An exchange where a minute takes a hundredth of a second."""
    with Sandbox(seed=3, rate=200, speed=6_000, symbols=["BNBBTC"]) as running:
        yield running


CANDLE = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d) open ([\d.]+) high ([\d.]+) low ([\d.]+) close ([\d.]+) volume ([\d.]+)"
)


def test_candles_of_the_past_and_of_now_are_one_row_without_a_hole(fast):
    """Each minute once, in order, as REST has it: of the download, of the socket, and what closed in between,
    though several candles close while a call is made.
    """
    lines = ran(fast, "classic_candles.py", "BNBBTC", "1m", "1 day ago UTC", "300")
    assert lines.pop() == "300 candles, each 60000 ms behind the one before"
    candles = [CANDLE.fullmatch(line) for line in lines]
    assert len(candles) == 300
    times = [date_to_milliseconds(candle[1]) for candle in candles if candle is not None]
    assert times == list(range(times[0], times[0] + 300 * 60_000, 60_000))
    client = Client(endpoints=Endpoints.sandbox(fast.host, fast.port))
    rows = client.get_historical_klines("BNBBTC", "1m", times[0], times[-1])
    assert [candle.groups()[1:] for candle in candles if candle is not None] == [
        tuple(row[1:6]) for row in rows
    ]


# -- the maker, and what it leaves ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trading() -> Iterator[Sandbox]:
    """An exchange whose market soon meets an order beside the best price, and orders nothing for accounts."""
    with Sandbox(seed=5, rate=200, user_rate=0, symbols=["BNBBTC", "ETHBTC", "BTCUSDT"]) as running:
        yield running


@pytest.fixture(scope="module")
def account(trading) -> Client:
    """The scripts' own account."""
    return Client(KEY, SECRET, endpoints=Endpoints.sandbox(trading.host, trading.port))


@pytest.fixture(scope="module")
def made(trading) -> list[str]:
    """What the maker has printed, which has run once."""
    return ran(trading, "classic_maker.py", "BNBBTC", "4", "40")


def test_the_maker_quotes_both_sides_until_enough_is_filled(made, account):
    """Orders, cancels and fills are what the exchange has of its account; nothing is left open."""
    orders = account.get_all_orders(symbol="BNBBTC", limit=1000)
    filled = [order for order in orders if order["status"] == "FILLED"]
    said = [line.split() for line in made]
    assert sorted((words[1], words[3]) for words in said if words[0] == "filled") == sorted(
        (order["side"], order["price"]) for order in filled
    )
    assert len(filled) >= 4
    assert len(orders) == 2 * sum(line.startswith("quote BNBBTC ") for line in made)
    assert {order["side"] for order in orders[:2]} == {"BUY", "SELL"}
    assert {order["status"] for order in orders} <= {"FILLED", "CANCELED"}
    assert "orders open: 0" in made
    assert account.get_open_orders() == []


def test_the_maker_says_what_it_has_gained(made, account):
    """The change of both balances is what its trades bought, sold and cost."""
    trades = account.get_my_trades(symbol="BNBBTC", limit=1000)
    change = {"BNB": Decimal(0), "BTC": Decimal(0)}
    for trade in trades:
        sign = 1 if trade["isBuyer"] else -1
        change["BNB"] += sign * Decimal(trade["qty"])
        change["BTC"] -= sign * Decimal(trade["quoteQty"])
        change[trade["commissionAsset"]] -= Decimal(trade["commission"])
    assert made[-2:] == [f"{asset} {amount:+.8f}" for asset, amount in change.items()]


def test_the_portfolio_is_what_the_account_holds(made, trading, account):
    """Balances with what they are worth, open orders, last trades, and the balance of futures."""
    order = account.order_limit_buy(symbol="ETHBTC", quantity="0.5", price="0.03")
    lines = ran(trading, "classic_portfolio.py", "BNBBTC", "ETHBTC")
    account.cancel_order(symbol="ETHBTC", orderId=order["orderId"])
    trades = account.get_my_trades(symbol="BNBBTC", limit=1000)
    bought = sum(Decimal(trade["qty"]) for trade in trades if trade["isBuyer"])
    assert lines[0] == "account: SPOT, may trade: True"
    free = account.get_asset_balance("BNB")["free"]
    assert any(line.startswith(f"BNB   free {free} locked 0.00000000 worth ") for line in lines)
    assert any(re.match(r"BTC   free \S+ locked 0\.01500000 worth ", line) for line in lines)
    assert "  BUY 0.50000000 ETHBTC at 0.03000000, NEW" in lines
    assert any(line.startswith(f"BNBBTC: {len(trades)} trades, bought {bought:.8f}, sold ") for line in lines)
    last = trades[-1]
    side = "BUY" if last["isBuyer"] else "SELL"
    said = f"  {side} {last['qty']} at {last['price']}, fee {last['commission']} {last['commissionAsset']}"
    assert said in lines
    assert "ETHBTC: 0 trades, bought 0.00000000, sold 0.00000000" in lines
    assert "futures: USDT 1000000.00000000" in lines


@pytest.mark.parametrize("name", ["classic_maker.py", "classic_portfolio.py"])
def test_a_script_needs_nothing_but_the_command_of_the_page(name):
    """``sandbox run`` is enough: no key in the environment, no argument, no change."""
    run = ["-m", "binance", "sandbox", "run", "--rate", "200", name]
    arguments = ["BNBBTC", "1"] if name == "classic_maker.py" else []
    lines = ended(run + arguments, {})
    assert ("orders open: 0" if arguments else "open orders: 0") in lines
