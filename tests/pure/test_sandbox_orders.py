"""Orders of spot accounts in the sandbox: balances, events and history that agree, whatever is ordered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.order_counts import OrderCounts, TooManyOrders
from binance.sandbox.accounts.orders import FEE_DIVISOR, Orders
from binance.sandbox.accounts.spot_order import AT_MARKET, Wanted
from binance.sandbox.limits import Limits
from binance.sandbox.market.amounts import UNIT, decimal, units
from binance.sandbox.market.book import KEPT_TRADES
from binance.sandbox.market.market import Market
from binance.sandbox.market.resting import size_of

START_MS = 1_700_000_000_000
WEALTH = 1_000_000 * UNIT
ASSETS = ("BNB", "BTC")


class Desk:
    """One symbol, some accounts, and what they are sent."""

    def __init__(self, seed=1, rate=200.0):
        self.market = Market(("BNBBTC",), seed=seed, rate=rate, start_ms=START_MS)
        self.book = self.market.books["BNBBTC"]
        self.orders = Orders(random.Random(seed))
        self.accounts = [Account(name) for name in ("one", "two")]
        for account in self.accounts:
            assert [account.balance(asset) for asset in ASSETS] == [WEALTH, WEALTH]
        self.events = []

    @property
    def time_us(self):
        return self.market.moment_us(self.book)

    def place(self, account, wanted):
        return self.orders.place(account, self.book, wanted, self.time_us)

    def place_pair(self, account, *pair):
        return self.orders.place_pair(account, self.book, pair, None, self.time_us)

    def cancel(self, order):
        return self.orders.cancel(order, self.time_us, f"cancel-{order.id}")

    def advance(self, duration_ms):
        self.market.advance(self.market.now_ms + duration_ms)

    def reach(self, price):
        return self.book.reach(price, self.time_us)

    def collect(self):
        """The events since the last time, by account."""
        new = self.orders.collect()[1]
        self.events += new
        return new

    def price(self, ticks):
        return self.book.last_price + ticks * self.book.spec.tick

    def order(self, kind="LIMIT", buy=True, ticks=-20, lots=100, stop_ticks=0, **more):
        """An order whose prices are ticks from the last price."""
        return Wanted(
            buy,
            kind,
            lots * self.book.spec.step,
            price=0 if kind in AT_MARKET else self.price(ticks),
            stop_price=self.price(stop_ticks) if stop_ticks else 0,
            **more,
        )


def sums(desk, account):
    """What an account should own of each asset, going by its trades alone."""
    owned = dict.fromkeys(ASSETS, WEALTH)
    for fill in desk.orders.ledger(account).trades:
        trade = fill.trade
        assert fill.quote == trade.price * trade.quantity // UNIT
        gain = trade.quantity if fill.order.buy else fill.quote
        assert fill.fee == gain // FEE_DIVISOR
        owned["BNB"] += trade.quantity if fill.order.buy else -trade.quantity
        owned["BTC"] -= fill.quote if fill.order.buy else -fill.quote
        owned[fill.fee_asset] -= fill.fee
    return owned


def check(desk):
    """Balances, holds, books and events say the same of every account."""
    for account in desk.accounts:
        ledger = desk.orders.ledger(account)
        owned = sums(desk, account)
        held = dict.fromkeys(ASSETS, 0)
        holders = {id(order.order_list or order): order for order in ledger.open.values()}
        for order in holders.values():
            legs = order.order_list.orders if order.order_list else [order]
            held[order.paid] += max(leg.needed() for leg in legs)
        for asset in ASSETS:
            free, locked = account.balance(asset), account.locked.get(asset, 0)
            assert free >= 0
            assert locked == held[asset] >= 0
            assert free + locked == owned[asset]
        for order in ledger.orders():
            fills = [fill for fill in ledger.trades if fill.order is order]
            assert order.fills == fills
            assert order.executed == sum(fill.trade.quantity for fill in fills)
            assert order.quote == sum(fill.quote for fill in fills)
            assert order.left == order.remaining
            assert order.is_open == (order.id in ledger.open)
            assert not (order.stands and not order.is_open)
            if order.status in ("FILLED", "PARTIALLY_FILLED"):
                assert (order.status == "FILLED") == (order.executed == order.quantity)
            side = desk.book.side_of(order)
            queue = side.queues.get(side.sign * order.price, [])
            assert sum(item is order for item in queue) == order.stands
        for orders in ledger.lists():
            assert sum(order.executed > 0 for order in orders.orders) <= 1
    for side in (desk.book.bid, desk.book.ask):
        assert all(side.totals[key] == sum(map(size_of, queue)) for key, queue in side.queues.items())


def check_events(desk):
    """Events report an order's life in order, and the last balances are the account's."""
    desk.collect()
    for account in desk.accounts:
        ledger = desk.orders.ledger(account)
        own = [event for to, event in desk.events if to is account]
        reports = [event for event in own if event["e"] == "executionReport"]
        numbers = [event["I"] for event in reports]
        assert numbers == sorted(set(numbers))
        for order in ledger.orders():
            sent = [event for event in reports if event["i"] == order.id]
            assert sent[0]["x"] == "NEW"
            assert (sent[-1]["X"], sent[-1]["z"]) == (order.status, decimal(order.executed))
            assert sent[-1]["Z"] == decimal(order.quote)
            trades = [event for event in sent if event["x"] == "TRADE"]
            assert [(event["t"], event["l"], event["n"]) for event in trades] == [
                (fill.trade.id, decimal(fill.trade.quantity), decimal(fill.fee)) for fill in order.fills
            ]
            assert sum(units(event["Y"]) for event in trades) == order.quote
        if reports:
            assert own[-1]["e"] == "outboundAccountPosition"
            assert {item["a"]: (item["f"], item["l"]) for item in own[-1]["B"]} == {
                asset: (decimal(account.balance(asset)), decimal(account.locked.get(asset, 0)))
                for asset in ASSETS
            }
        for orders in ledger.lists():
            sent = [event for event in own if event["e"] == "listStatus" and event["g"] == orders.id]
            states = [event["L"] for event in sent]
            assert states == (["EXECUTING"] if orders.is_open else ["EXECUTING", "ALL_DONE"])


KINDS = ("LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
MODES = ("EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "NONE")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("place"), st.integers(0, 1), st.sampled_from(KINDS), st.booleans(),
            st.integers(-40, 40), st.integers(1, 9_000), st.integers(-30, 30),
            st.sampled_from(["GTC", "IOC", "FOK"]), st.sampled_from(MODES),
        ),
        st.tuples(st.just("pair"), st.integers(0, 1), st.booleans(), st.integers(1, 30), st.integers(1, 900)),
        st.tuples(st.just("spend"), st.integers(0, 1), st.booleans(), st.integers(1, 30)),
        st.tuples(st.just("cancel"), st.integers(0, 1), st.integers(0, 30)),
        st.tuples(st.just("advance"), st.integers(1, 3_000)),
        st.tuples(st.just("reach"), st.integers(-60, 60)),
        st.tuples(st.just("send"), st.integers(0, 1), st.booleans(), st.integers(1, 3_000)),
    ),
    min_size=5, max_size=30,
)  # fmt: skip


def act(desk, name, *given_):
    """Do one thing; what the exchange refuses changes nothing."""
    if name == "advance":
        desk.advance(*given_)
    elif name == "reach":
        desk.reach(desk.price(*given_))
    else:
        number, *given_ = given_
        account = desk.accounts[number]
        open_orders = desk.orders.ledger(account).open_orders()
        if name == "place":
            kind, buy, ticks, lots, stop_ticks, in_force, mode = given_
            at_once = in_force if kind in ("LIMIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT") else "GTC"
            stop_ticks = stop_ticks if "STOP" in kind or "PROFIT" in kind else 0
            wanted = desk.order(kind, buy, ticks, lots, stop_ticks, time_in_force=at_once, prevention=mode)
            desk.place(account, wanted)
        elif name == "pair":
            buy, ticks, lots = given_
            away = -ticks if buy else ticks
            desk.place_pair(
                account,
                desk.order("LIMIT_MAKER", buy, away, lots),
                desk.order("STOP_LOSS_LIMIT", buy, -away, lots, -away),
            )
        elif name == "spend":
            buy, hundredths = given_
            desk.place(account, Wanted(buy, "MARKET", quote_quantity=hundredths * UNIT // 100))
        elif name == "send":
            buy, lots = given_
            side, quantity = "BUY" if buy else "SELL", decimal(lots * desk.book.spec.step)
            desk.events += [
                (account, event) for event in desk.orders.send(account, desk.market, "BNBBTC", side, quantity)
            ]
        elif open_orders:
            desk.cancel(open_orders[given_[0] % len(open_orders)])


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), STEPS)
def test_whatever_is_ordered_everything_adds_up(seed, steps):
    """Free and locked, fees and trades add up to the digit; books, orders, history and events agree."""
    desk = Desk(seed)
    for step in steps:
        before = [dict(account.free) for account in desk.accounts]
        desk.collect()
        try:
            act(desk, *step)
        except BinanceAPIException as error:
            assert error.code in (-1013, -2010)
            assert [dict(account.free) for account in desk.accounts] == before
            assert not desk.orders.collect()[1]
        check(desk)
    check_events(desk)


# -- single orders --------------------------------------------------------------------------------------


def test_an_order_that_stands_is_filled_by_the_market():
    """A limit order locks what it needs; when the price comes by, it is filled at its own, as maker."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    order = desk.place(account, desk.order(ticks=-20, lots=100))
    cost = order.price * order.quantity // UNIT
    assert (order.status, account.locked["BTC"]) == ("NEW", cost)
    desk.reach(order.price)
    assert order.status == "FILLED"
    assert account.locked["BTC"] == 0
    assert {(fill.trade.price, fill.maker) for fill in order.fills} == {(order.price, True)}
    assert account.balance("BNB") == WEALTH + order.quantity - order.quantity // FEE_DIVISOR
    kinds = [(event["e"], event.get("x"), event.get("m")) for _, event in desk.collect()]
    assert kinds == [
        ("executionReport", "NEW", False), ("outboundAccountPosition", None, None),
        ("executionReport", "TRADE", True), ("outboundAccountPosition", None, None),
    ]  # fmt: skip
    check(desk)


def test_an_order_that_crosses_takes_first_and_stands_with_the_rest():
    """A limit order beyond the best price trades with what is there; the rest waits at its limit."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    top = desk.book.top()
    wanted = Wanted(True, "LIMIT", top.ask_quantity + 300 * desk.book.spec.step, price=top.ask)
    order = desk.place(account, wanted)
    assert (order.status, order.executed) == ("PARTIALLY_FILLED", top.ask_quantity)
    assert desk.book.top().bid == top.ask
    assert desk.book.top().bid_quantity == order.left
    assert not any(fill.maker for fill in order.fills)
    check(desk)


@pytest.mark.parametrize(
    ("in_force", "status", "expiry"),
    [
        ("IOC", "EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED"), ("FOK", "EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED"),
        ("GTC", "PARTIALLY_FILLED", None),
    ],
)  # fmt: skip
def test_what_an_order_leaves_goes_by_its_time_in_force(in_force, status, expiry):
    """IOC keeps what it could get, FOK takes all or nothing, GTC waits."""
    desk = Desk(rate=0)
    top = desk.book.top()
    wanted = Wanted(
        True, "LIMIT", top.ask_quantity + 5_000_000_00, price=top.ask, time_in_force=in_force
    )  # fmt: skip
    order = desk.place(desk.accounts[0], wanted)
    assert (order.status, order.expiry) == (status, expiry)
    assert order.executed == (0 if in_force == "FOK" else top.ask_quantity)
    fits = desk.place(
        desk.accounts[1],
        Wanted(True, "LIMIT", UNIT, price=desk.book.top().ask + 10**6, time_in_force=in_force),
    )
    assert fits.status == "FILLED"
    check(desk)


STOPS = [
    ("STOP_LOSS", True, 30), ("STOP_LOSS", False, -30), ("TAKE_PROFIT", True, -30), ("TAKE_PROFIT", False,
    30),
]  # fmt: skip


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize(("kind", "buy", "ticks"), STOPS)
def test_a_stop_price_lets_an_order_work(kind, buy, ticks, limited):
    """Until a trade reaches its stop price an order waits outside of the book; then it takes, or stands."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    kind = f"{kind}_LIMIT" if limited else kind
    wanted = desk.order(kind, buy, ticks - (25 if buy else -25), 100, ticks)
    order = desk.place(account, wanted)
    assert (order.status, order.stands, order.working_ms) == ("NEW", False, -1)
    assert account.locked[order.paid] == order.needed() > 0
    desk.reach(desk.price(ticks - (1 if ticks > 0 else -1)))
    assert not order.fills
    assert order.waits
    desk.advance(50)
    desk.reach(wanted.stop_price)
    assert not order.waits
    assert order.working_ms == int(desk.market.now_ms)
    assert (order.status, order.stands) == (("NEW", True) if limited else ("FILLED", False))
    sent = [event["w"] for _, event in desk.collect() if event.get("x") == "NEW"]
    assert sent == [False, True]
    check(desk)
    with pytest.raises(BinanceAPIException, match="Order would trigger immediately"):
        desk.place(account, desk.order(kind, buy, ticks, 100, -ticks))


@pytest.mark.parametrize("buy", [True, False])
def test_of_a_pair_the_limit_order_cancels_the_other(buy):
    """A first trade of the limit order expires the stop order, and what both needed is locked once."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    away = -20 if buy else 20
    pair = desk.place_pair(
        account, desk.order("STOP_LOSS_LIMIT", buy, -away, 5000, -away), desk.order("LIMIT_MAKER", buy, away,
        5000)
    )  # fmt: skip
    stop, limit = pair.orders
    assert account.locked[limit.paid] == max(stop.needed(), limit.needed())
    part = 10 * desk.book.spec.step
    there = sum(quantity for _, quantity in desk.book.offers(not buy, limit.price)) - limit.left
    desk.book.take(not buy, there + part, limit.price, desk.time_us)
    assert (limit.status, limit.executed) == ("PARTIALLY_FILLED", part)
    assert (stop.status, stop.expiry) == ("EXPIRED", "OCO_TRIGGER")
    assert pair.is_open
    check(desk)
    desk.reach(limit.price)
    assert (limit.status, pair.states) == ("FILLED", ("ALL_DONE", "ALL_DONE"))
    check(desk)
    check_events(desk)


def test_of_a_pair_the_stop_order_cancels_the_other():
    """When its stop price is reached the limit order leaves the book, and nothing stays locked at the end."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    pair = desk.place_pair(
        account, desk.order("LIMIT_MAKER", False, 20), desk.order("STOP_LOSS", False, 0, 100, -20)
    )
    limit, stop = pair.orders
    desk.reach(stop.wanted.stop_price)
    assert (limit.status, limit.expiry, limit.stands) == ("EXPIRED", "OCO_TRIGGER", False)
    assert stop.status == "FILLED"
    assert account.locked["BNB"] == 0
    check_events(desk)


def test_a_cancel_of_one_order_cancels_its_list():
    """Both orders end, each with its event: the cancel's id, and the order's own as the original."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    pair = desk.place_pair(
        account, desk.order("LIMIT_MAKER", False, 20), desk.order("STOP_LOSS", False, 0, 100, -20)
    )
    desk.collect()
    assert desk.cancel(pair.orders[1]) == pair.orders
    events = [event for _, event in desk.collect()]
    assert [(event["e"], event.get("X"), event.get("L")) for event in events] == [
        ("executionReport", "CANCELED", "0.00000000"), ("executionReport", "CANCELED", "0.00000000"),
        ("listStatus", None, "ALL_DONE"), ("outboundAccountPosition", None, None),
    ]  # fmt: skip
    assert len({event["c"] for event in events[:2]}) == 1
    assert [event["C"] for event in events[:2]] == [order.client_id for order in pair.orders]
    check(desk)


def test_a_chain_of_stop_prices_is_followed_to_its_end():
    """An order that a stop price sets off may move the price to the next one, whoever's that is."""
    desk = Desk(rate=0)
    step = desk.book.spec.step
    waiting = [
        desk.place(account, desk.order("STOP_LOSS", False, 0, 60_000, ticks))
        for account in desk.accounts
        for ticks in (-3, -30, -60, -90)
    ]
    desk.reach(desk.price(-3))
    assert not any(order.waits for order in waiting)
    assert {order.status for order in waiting} <= {"FILLED", "EXPIRED"}
    assert all(order.executed % step == 0 for order in waiting)
    check(desk)
    check_events(desk)


def test_a_triggered_order_that_nobody_can_pay_expires():
    """What was withdrawn meanwhile is missing when the stop price comes: the order expires as rejected."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    order = desk.place(account, desk.order("STOP_LOSS", True, 0, 100, 30))
    account.add("BTC", -account.balance("BTC"))
    desk.reach(desk.price(40))
    assert (order.status, order.expiry) == ("EXPIRED", "REJECTED")
    assert account.locked["BTC"] == 0


@pytest.mark.parametrize("buy", [True, False])
def test_an_amount_of_the_quote_asset_is_spent_as_far_as_steps_allow(buy):
    """A market order by quote quantity comes as near to it as one more step would go beyond."""
    desk = Desk(rate=0)
    amount = 12_345_678
    order = desk.place(desk.accounts[0], Wanted(buy, "MARKET", quote_quantity=amount))
    assert order.status == "FILLED"
    assert order.quantity % desk.book.spec.step == 0
    last = order.fills[-1].trade.price
    assert amount - last * desk.book.spec.step // UNIT - len(order.fills) <= order.quote <= amount
    check(desk)


def test_a_prevented_trade_is_reported_of_the_order_that_ends():
    """The order that stood expires in match with what was left of it; the taker goes on without it."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    desk.book.take(True, desk.book.top().ask_quantity, None, desk.time_us)
    price = desk.book.top().ask - desk.book.spec.tick
    maker = desk.place(account, Wanted(False, "LIMIT", UNIT, price=price))
    desk.collect()
    taker = desk.place(account, Wanted(True, "LIMIT", UNIT, price=price))
    assert (maker.status, maker.prevented, account.locked["BNB"]) == ("EXPIRED_IN_MATCH", UNIT, 0)
    assert (taker.status, taker.stands) == ("NEW", True)
    [event] = [event for _, event in desk.collect() if event.get("i") == maker.id]
    assert (event["x"], event["X"], event["A"], event["B"]) == (
        "TRADE_PREVENTION", "EXPIRED_IN_MATCH", "1.00000000", "1.00000000",
    )  # fmt: skip
    assert not desk.orders.ledger(account).trades
    check(desk)


# -- refusals -------------------------------------------------------------------------------------------


def refusal(desk, wanted, account=0):
    with pytest.raises(BinanceAPIException) as caught:
        desk.place(desk.accounts[account], wanted)
    check(desk)
    assert not desk.collect()
    return caught.value.code, caught.value.message


FILTERS = [
    ("PRICE_FILTER", {"price": 900_001}), ("PRICE_FILTER", {"price": 2_000_000 * UNIT}),
    ("LOT_SIZE", {"quantity": UNIT + 1}), ("LOT_SIZE", {"quantity": 1_000_000 * UNIT}),
    ("LOT_SIZE", {"quantity": 1}), ("NOTIONAL", {"quantity": 100_000}),
    ("PERCENT_PRICE_BY_SIDE", {"price": 100_000}), ("PERCENT_PRICE_BY_SIDE", {"price": 5_000_000}),
    ("MARKET_LOT_SIZE", {"type": "MARKET", "price": 0, "quantity": 500 * UNIT}),
    ("NOTIONAL", {"type": "MARKET", "price": 0, "quantity": 100_000}),
    ("NOTIONAL", {"type": "MARKET", "price": 0, "quantity": 0, "quote_quantity": 5_000}),
    ("PRICE_FILTER", {"type": "STOP_LOSS", "price": 0, "stop_price": 900_150}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong"), FILTERS)
def test_a_filter_refuses_what_it_says_in_exchange_info(name, wrong):
    """Price, quantity and value have to fit; the error names the filter, and nothing has happened."""
    desk = Desk(rate=0)
    wanted = {"buy": True, "type": "LIMIT", "quantity": UNIT, "price": 900_000} | wrong
    assert refusal(desk, Wanted(**wanted)) == (-1013, f"Filter failure: {name}")


def test_only_so_many_orders_may_be_open():
    """The 201st order of a symbol is refused, the sixth that waits for a price, the 21st list; others may."""
    desk = Desk(rate=0)
    one, other = desk.accounts
    for _ in range(5):
        desk.place(one, desk.order("STOP_LOSS", True, 0, 100, 30))
    desk.collect()
    assert refusal(desk, desk.order("STOP_LOSS", True, 0, 100, 30)) == (
        -2010, "Filter failure: MAX_NUM_ALGO_ORDERS",
    )  # fmt: skip
    for _ in range(195):
        desk.place(one, desk.order(ticks=-50, lots=20))
    desk.collect()
    assert refusal(desk, desk.order()) == (-2010, "Filter failure: MAX_NUM_ORDERS")
    assert desk.place(other, desk.order()).is_open


def test_what_the_market_refuses():
    """Too little money, a name in use, a maker that would take: -2010 with the exchange's words."""
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    account.add("BTC", UNIT // 10 - WEALTH)
    poor = (-2010, "Account has insufficient balance for requested action.")
    with pytest.raises(BinanceAPIException) as caught:
        desk.place(account, desk.order(lots=20_000))
    assert (caught.value.code, caught.value.message) == poor
    account.add("BTC", WEALTH - UNIT // 10)
    desk.place(account, desk.order(client_id="mine"))
    desk.collect()
    assert refusal(desk, desk.order(client_id="mine")) == (-2010, "Duplicate order sent.")
    top = desk.book.top()
    taking = Wanted(True, "LIMIT_MAKER", UNIT, price=top.ask)
    assert refusal(desk, taking) == (-2010, "Order would immediately match and take.")


# -- counts ---------------------------------------------------------------------------------------------


class Time:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def test_orders_are_counted_within_whole_spans():
    """The third order within ten seconds is refused until these are over; each account has its own count."""
    time = Time()
    counts = OrderCounts(Limits(orders_per_10_s=2, orders_per_day=3), None, time)
    for _ in range(2):
        counts.check("me", 1)
        counts.add("me", 1)
    with pytest.raises(
        TooManyOrders, match="Too many new orders; current limit is 2 orders per 10 SECOND"
    ) as e:
        counts.check("me", 1)
    assert (e.value.status_code, e.value.code, e.value.wait_s) == (429, -1015, 10.0)
    counts.check("other", 2)
    time.now_s = 110.0
    counts.check("me", 1)
    counts.add("me", 1)
    with pytest.raises(TooManyOrders, match="3 orders per 1 DAY"):
        counts.check("me", 1)
    assert [item["count"] for item in counts.shown("me")] == [1, 3]
    assert counts.headers("me") == {"x-mbx-order-count-10s": "1", "x-mbx-order-count-1d": "3"}


def test_what_trades_is_taken_off_the_count():
    """A first trade takes one off for a taker and five for a maker, and never goes below zero."""
    counts = OrderCounts(Limits(), None, Time())
    counts.add("me", 7)
    counts.traded("me", maker=False)
    assert [item["count"] for item in counts.shown("me")] == [6, 6]
    counts.traded("me", maker=True)
    assert [item["count"] for item in counts.shown("me")] == [1, 1]
    counts.traded("me", maker=True)
    assert [item["count"] for item in counts.shown("me")] == [0, 0]


def test_history_is_kept_within_bounds():
    """Of orders that have ended the last 10,000 are kept, and open ones whatever their age."""
    assert KEPT_TRADES == 10_000
    desk = Desk(rate=0)
    [account, _] = desk.accounts
    first = desk.place(account, desk.order(ticks=-50, lots=20))
    ended = [desk.place(account, desk.order(ticks=-50, lots=20, time_in_force="IOC")) for _ in range(10_003)]
    ledger = desk.orders.ledger(account)
    kept = list(ledger.orders())
    assert kept[0] is first
    assert kept[1:] == ended[3:]
    assert ledger.find("BNBBTC", ended[0].id, None) is None
    assert ledger.find("BNBBTC", None, ended[-1].client_id) is ended[-1]
