"""Positions and wallets of the sandbox's derivatives: nothing is lost to rounding, and the events agree."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import CM, UM, Contract
from binance.sandbox.accounts.dealings import Dealings
from binance.sandbox.accounts.holdings import Holdings, Position
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.orders import Orders
from binance.sandbox.market.amounts import UNIT, decimal, units
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market

LINEAR = Contract("BTCUSDT", UM, "BTCUSDT", "BTC", "USDT", 1_000, UNIT // 100)
INVERSE = Contract("BTCUSD_PERP", CM, "BTCUSDT", "BTC", "BTC", UNIT, UNIT // 10, 100 * UNIT)

TRADES = st.lists(
    st.tuples(st.booleans(), st.integers(1_000, 90_000).map(UNIT.__mul__), st.integers(1, 50)), max_size=40
)


@pytest.mark.parametrize("contract", [LINEAR, INVERSE], ids=["linear", "inverse"])
@given(TRADES)
def test_profits_are_what_was_received_less_what_was_paid(contract, trades):
    """Once a position is closed, its realised profit is the difference of all values sold and bought."""
    position = Position(contract)
    cash = 0
    for buy, price, lots in trades:
        quantity = lots * contract.step
        position.trade(buy, price, quantity)
        cash += contract.value(price, quantity) * (-1 if buy else 1)
        assert position.cost >= 0
        assert bool(position.amount) == bool(position.sign)
        # what is still open counts at what it has cost
        assert contract.sense * (cash + position.cost * position.sign) == position.realised
    if position.amount:
        price = 50_000 * UNIT
        cash += contract.value(price, abs(position.amount)) * position.sign
        position.trade(position.amount < 0, price, abs(position.amount))
    assert (position.amount, position.cost) == (0, 0)
    assert position.realised == contract.sense * cash


def test_a_coin_margined_long_gains_coin_when_the_price_rises():
    """100 contracts of 100 dollars from 50,000 to 100,000 gain 0.1 BTC, and a short loses it."""
    for buy, profit in ((True, UNIT // 10), (False, -UNIT // 10)):
        position = Position(INVERSE)
        position.trade(buy, 50_000 * UNIT, 100 * UNIT)
        assert position.entry == 50_000 * UNIT
        assert position.unrealised(100_000 * UNIT) == profit
        assert position.trade(not buy, 100_000 * UNIT, 100 * UNIT) == profit


def test_a_position_turns_over():
    """Selling more than there is closes the long at its profit, and opens a short at the trade's price."""
    position = Position(LINEAR)
    position.trade(True, 50_000 * UNIT, 2 * UNIT)
    assert position.trade(False, 60_000 * UNIT, 5 * UNIT) == 20_000 * UNIT
    assert (position.amount, position.entry) == (-3 * UNIT, 60_000 * UNIT)
    assert position.unrealised(61_000 * UNIT) == -3_000 * UNIT


def new_dealings():
    """A market of its own, and those who trade on it."""
    spot = Market()
    markets = Markets(spot, Derivatives(1, 50.0, lambda: spot.now_ms))
    return Dealings(random.Random(1), Orders(random.Random(1)), markets)


def advance(dealings, duration_ms):
    """Let time pass on both markets."""
    spot, futures = dealings.markets.spot, dealings.markets.futures.market
    spot.advance(spot.now_ms + duration_ms)
    futures.advance(spot.now_ms)


ORDERS = st.lists(st.tuples(st.sampled_from(["BUY", "SELL"]), st.integers(1, 9)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("kind", "leg", "asset", "symbol"),
    [
        ("usdm", "UM", "USDT", "BTCUSDT"), ("coinm", "CM", "BTC", "BTCUSD_PERP"),
        ("portfolio_margin", "UM", "USDT", "ETHUSDT"), ("portfolio_margin", "CM", "ETH", "ETHUSD_PERP"),
    ],
)  # fmt: skip
@settings(deadline=None, max_examples=25)
@given(ORDERS)
def test_profits_less_fees_are_the_change_of_the_balance(kind, leg, asset, symbol, orders):
    """What ``rp`` and ``n`` of all trades come to is how far ``wb`` has moved, to the last digit."""
    dealings, account = new_dealings(), Account("someone", kind)
    before = account.leg(leg).wallet(asset)
    gained = held = 0
    for side, quantity in orders:
        for event in dealings.send(account, symbol, side, str(quantity)):
            if event["e"] == "ORDER_TRADE_UPDATE":
                held += units(event["o"]["l"]) * (1 if side == "BUY" else -1)
                gained += units(event["o"]["rp"]) - units(event["o"]["n"])
            elif event["e"] == "ACCOUNT_UPDATE":
                [balance], [position] = event["a"]["B"], event["a"]["P"]
        advance(dealings, 500)
    assert units(balance["wb"]) == before + gained == account.leg(leg).wallet(asset)
    assert units(position["pa"]) == held


@settings(deadline=None, max_examples=25)
@given(ORDERS)
def test_premiums_and_fees_are_the_change_of_an_options_balance(orders):
    """The deltas of BALANCE_POSITION_UPDATE add up to the balance, and a delta is a premium and a fee."""
    dealings, account = new_dealings(), Account("someone", "options")
    wallet = units(dealings.deposit(account, "USDT", "1000000")[0]["B"][0]["b"])
    symbol = next(c for c in account_symbols(dealings, account) if c.endswith("-C"))
    for side, quantity in orders:
        events = dealings.send(account, symbol, side, str(quantity))
        updates = [event for event in events if event["e"] == "BALANCE_POSITION_UPDATE"]
        trades = [e["o"] for e in events if e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["x"] == "TRADE"]
        for update, trade in zip(updates, trades, strict=True):
            premium = Fraction(trade["L"]) * Fraction(trade["l"]) * (-1 if side == "BUY" else 1)
            assert Fraction(update["B"][0]["bc"]) == premium - Fraction(trade["n"])
            wallet += units(update["B"][0]["bc"])
            assert units(update["B"][0]["b"]) == wallet
        account_update = next(event for event in events if event["e"] == "ACCOUNT_UPDATE")
        assert units(account_update["b"]) + units(account_update["m"]) == units(account_update["eq"])


def account_symbols(dealings, account):
    """What an account can trade: the sandbox says so where a symbol is unknown."""
    with pytest.raises(InvalidArgument, match="this account trades no NONE; it has ") as found:
        dealings.send(account, "NONE", "BUY", "1")
    return str(found.value).partition("it has ")[2].split(", ")


@pytest.mark.parametrize(
    ("kind", "order", "words"),
    [
        ("usdm", ("BTCUSD_PERP", "BUY", "1"), "this account trades no BTCUSD_PERP"),
        ("usdm", ("BTCUSDT", "HOLD", "1"), "side"), ("usdm", ("BTCUSDT", "BUY", "0"), "above 0"),
        ("usdm", ("BTCUSDT", "BUY", "1", "-1"), "above 0"),
        ("coinm", ("BTCUSD_PERP", "BUY", "0.5"), "in steps of 1.0"),
        ("usdm", ("BTCUSDT", "BUY", "1000000"), "Margin is insufficient"),
    ],
)  # fmt: skip
def test_orders_that_cannot_be_are_refused(kind, order, words):
    """An order of an unknown contract, side or amount, or one beyond the account's means, changes nothing."""
    account = Account("someone", kind)
    with pytest.raises(InvalidArgument, match=words):
        new_dealings().send(account, *order)
    assert not account.leg(UM).open_positions() + account.leg(CM).open_positions()


def test_a_limit_ends_an_order():
    """What is worth less than the limit is dealt, and the rest expires."""
    dealings, account = new_dealings(), Account("someone", "usdm")
    best = dealings.markets.futures.books["BTCUSDT"].top()
    events = dealings.send(account, "BTCUSDT", "BUY", "9", decimal(best.ask))
    orders = [event["o"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"]
    assert {order["L"] for order in orders[1:-1]} == {decimal(best.ask)}
    assert [(o["x"], o["X"]) for o in orders[:2]] == [("NEW", "NEW"), ("TRADE", "PARTIALLY_FILLED")]
    assert (orders[-1]["X"], orders[-1]["z"]) == ("EXPIRED", decimal(best.ask_quantity))


def test_no_two_events_of_a_name_have_the_same_time():
    """Events of one moment differ in ``E``, so that a test can tell a double from another event."""
    dealings, account = new_dealings(), Account("someone", "usdm")
    events = [e for number in range(40) for e in dealings.send_any(account, number)]
    seen = [(event["e"], event["E"]) for event in events]
    assert len(seen) == len(set(seen)) > 150


def test_leverage_counts_for_what_can_be_traded():
    """Doubled leverage lets an account trade twice as much."""
    dealings, account = new_dealings(), Account("someone", "usdm")
    with pytest.raises(InvalidArgument, match="insufficient"):
        dealings.send(account, "BTCUSDT", "BUY", "400")
    [event] = dealings.make(account, "ACCOUNT_CONFIG_UPDATE", "BTCUSDT")
    assert event["ac"] == {"s": "BTCUSDT", "l": 40}
    assert dealings.send(account, "BTCUSDT", "BUY", "400")
    assert Holdings().leverage_of("BTCUSDT") == 20
