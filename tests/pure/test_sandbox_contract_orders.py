"""Orders in contracts without sockets: whatever two accounts do, wallets, positions and books add up."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contract_order import Wanted
from binance.sandbox.accounts.contract_orders import ContractOrders
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import find
from binance.sandbox.market.amounts import units
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market

LEGS = {"BTCUSDT": ("usdm", "UM"), "BTCUSD_PERP": ("coinm", "CM")}

#: What one of two accounts does: place an order so many ticks from the middle, cancel one, or let time pass.
ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("place"), st.integers(0, 1), st.booleans(), st.integers(1, 3_000), st.integers(-9, 9),
            st.sampled_from(["GTC", "IOC", "GTX", "MARKET"]), st.booleans(),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 1), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 500)),
    ),
    max_size=25,
)  # fmt: skip


class Floor:
    """A market of its own, and two accounts that trade one contract."""

    def __init__(self, symbol):
        kind, self.leg = LEGS[symbol]
        self.spot = Market(rate=0)
        derivatives = Derivatives(1, 40.0, lambda: self.spot.now_ms, ["BTCUSDT"], ["BTCUSD_PERP"])
        self.markets = Markets(self.spot, derivatives)
        self.contract = find(self.markets, symbol, (self.leg,))
        self.book = self.markets.book(self.contract)
        self.orders = ContractOrders(random.Random(1).randrange(10**6), self.markets)
        self.accounts = [Account("one", kind), Account("two", kind)]
        self.before = [account.leg(self.leg).wallet(self.contract.asset) for account in self.accounts]

    def act(self, what, *arguments):
        getattr(self, what)(*arguments)

    def place(self, who, buy, lots, ticks, force, reduce_only):
        tick = self.contract.tick
        price = (self.book.last_price // tick + ticks) * tick
        limit, force = (None, "GTC") if force == "MARKET" else (price, force)
        wanted = Wanted(buy, lots * self.contract.step, limit, force, reduce_only, prevention="EXPIRE_MAKER")
        try:
            self.orders.place(self.accounts[who], self.contract, wanted)
        except BinanceAPIException as error:
            assert error.code in (-2019, -2022, -5022)

    def open_orders(self, who):
        return list(self.orders.ledger(self.accounts[who], self.leg).open.values())

    def cancel(self, who, number):
        for order in self.open_orders(who)[number : number + 1]:
            self.orders.cancel(order)

    def wait(self, duration_ms):
        self.spot.advance(self.spot.now_ms + duration_ms)
        self.markets.futures.market.advance(self.spot.now_ms)


@pytest.mark.parametrize("symbol", LEGS)
@settings(deadline=None, max_examples=30)
@given(ACTS)
def test_what_orders_do_adds_up(symbol, acts):
    """Wallets change by what income says, positions by the trades, and nothing is left held or standing."""
    floor = Floor(symbol)
    for act in acts:
        floor.act(*act)
    for who in (0, 1):
        for order in floor.open_orders(who):
            assert order.stands
            floor.orders.cancel(order)
    events = floor.orders.collect()
    for account, before in zip(floor.accounts, floor.before, strict=True):
        ledger, holdings = floor.orders.ledger(account, floor.leg), account.leg(floor.leg)
        position = holdings.position(floor.contract)
        gained = sum(income.amount for income in ledger.income)
        assert holdings.wallet(floor.contract.asset) == before + gained
        bought = sum(f.trade.quantity * (1 if f.order.buy else -1) for f in ledger.trades)
        assert (position.amount, position.reserved) == (bought, 0)
        own = [event["o"] for owner, event in events if owner is account and "o" in event]
        check_events(own, ledger)
    for side in (floor.book.bid, floor.book.ask):
        assert side.standing == {}
        assert all(isinstance(item, int) for queue in side.queues.values() for item in queue)
        assert side.totals == {key: sum(queue) for key, queue in side.queues.items()}


def check_events(events, ledger):
    """The events of an account's orders are those of its ledger: each begins, trades, and ends once."""
    orders = {order.id: order for order in ledger.orders()}
    assert set(orders) == {event["i"] for event in events}
    filled = Counter()
    ended = Counter()
    for event in events:
        filled[event["i"]] += units(event["l"])
        assert filled[event["i"]] == units(event["z"])
        ended[event["i"]] += event["X"] not in ("NEW", "PARTIALLY_FILLED")
    assert filled == {number: order.executed for number, order in orders.items()}
    assert set(ended.values()) <= {1}
    last = {event["i"]: event["X"] for event in events}
    assert last == {number: order.status for number, order in orders.items()}
