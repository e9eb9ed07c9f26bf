"""Orders of accounts in the sandbox's books: priority, what is met, what the book may not do to them."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance.sandbox.market.book import Book
from binance.sandbox.market.feed import Feed
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import contract
from binance.sandbox.market.market import Market
from binance.sandbox.market.resting import Resting, size_of
from binance.sandbox.market.symbols import instrument

START_MS = 1_700_000_000_000
SPEC = instrument("BNBBTC")
TICK, STEP = SPEC.tick, SPEC.step


class Clerk:
    """Places orders of accounts, and keeps what the book says of each."""

    def __init__(self, book):
        self.book = book
        book.watcher = self
        self.time_us = START_MS * 1000
        self.open = []
        self.placed = []
        self.met = []
        self.made = []

    def traded(self, book, made):
        self.made += made
        self.met += book.met
        for order, _ in book.met:
            if not order.left:
                self.open.remove(order)
        for order in book.prevented:
            self.open.remove(order)
        book.met, book.prevented = [], []

    def place(self, owner, buy, price, quantity, prevention="EXPIRE_MAKER"):
        """Take what can be taken, and let the rest stand."""
        order = Resting(owner, buy, price, quantity, prevention)
        order.quantity = quantity
        self.placed.append(order)
        while order.left and not order.stopped and self.book.crosses(buy, price):
            for trade in self.book.take(buy, order.left, price, self.time_us, order):
                order.left -= trade.quantity
        if order.left and not order.stopped:
            self.book.stand(order)
            self.open.append(order)
        return order


def new_clerk(seed=1):
    return Clerk(Book(SPEC, random.Random(seed), START_MS))


def check_book(book, clerk):
    """Levels are the sums of their queues, in order and not crossed, and each open order stands once."""
    standing = []
    for side in (book.bid, book.ask):
        assert side.keys == sorted(set(side.keys))
        assert set(side.keys) == set(side.queues) == set(side.totals)
        for key in side.keys:
            queue = side.queues[key]
            assert queue
            assert side.totals[key] == sum(map(size_of, queue)) > 0
            ours = [item for item in queue if isinstance(item, Resting)]
            assert side.standing.get(key, 0) == len(ours)
            assert all(item.left > 0 and item.price == side.sign * key for item in ours)
            standing += ours
        assert set(side.standing) <= set(side.keys)
    assert sorted(map(id, standing)) == sorted(map(id, clerk.open))
    top = book.top()
    assert top.bid < top.ask


ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("place"), st.integers(1, 3), st.booleans(), st.integers(-60, 60), st.integers(1, 9_000),
            st.sampled_from(["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH"]),
        ),
        st.tuples(st.just("stir"), st.integers(1, 60)),
        st.tuples(st.just("withdraw"), st.integers(0, 50)),
        st.tuples(st.just("reach"), st.integers(-90, 90)),
    ),
    max_size=40,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), ACTIONS)
def test_whatever_comes_and_goes_the_book_adds_up(seed, actions):
    """Levels are the sums of their queues after any orders, and what an order has lost was traded."""
    clerk = new_clerk(seed)
    book = clerk.book
    for name, *given_ in actions:
        clerk.time_us += 1000
        if name == "place":
            owner, buy, distance, lots, prevention = given_
            price = book.last_price + distance * TICK
            clerk.place(owner, buy, price, lots * STEP, prevention)
        elif name == "stir":
            for _ in range(given_[0]):
                assert book.stir(clerk.time_us) >= 1
        elif name == "reach":
            price = book.last_price + given_[0] * TICK
            assert book.reach(price, clerk.time_us)
            assert book.last_price == price
        elif clerk.open:
            book.withdraw(clerk.open.pop(given_[0] % len(clerk.open)))
        check_book(book, clerk)
    for order in clerk.placed:
        met = sum(trade.quantity for other, trade in clerk.met if other is order)
        assert order.left >= 0
        assert met <= order.quantity - order.left
    assert {trade.id for _, trade in clerk.met} <= {trade.id for trade in clerk.made}
    ids = [trade.id for trade in clerk.made]
    assert ids == list(range(ids[0], ids[0] + len(ids))) if ids else True


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 50)), min_size=2, max_size=12), st.data())
def test_the_better_price_is_met_first_and_then_the_earlier(orders, data):
    """A taker meets orders by price and, at one price, by the order in which they came."""
    clerk = new_clerk()
    book = clerk.book
    best = book.top().bid
    placed = [
        clerk.place(number, True, best - ticks * TICK, lots * STEP)
        for number, (ticks, lots) in enumerate(orders)
    ]
    there = sum(quantity for _, quantity in book.offers(False, best - 3 * TICK))
    book.take(False, data.draw(st.integers(1, there // STEP)) * STEP, None, clerk.time_us)
    rank = sorted(placed, key=lambda order: (-order.price, placed.index(order)))
    met = [order for order, _ in clerk.met]
    assert met == rank[: len(met)]
    assert not any(order.left for order in met[:-1])


def test_an_order_waits_for_what_stood_there_before():
    """An order joins the end of its queue: what stood at its price is taken first."""
    clerk = new_clerk()
    book = clerk.book
    top = book.top()
    order = clerk.place("me", False, top.ask, 5 * STEP)
    book.take(True, top.ask_quantity, top.ask, clerk.time_us)
    assert order.left == 5 * STEP
    book.take(True, 2 * STEP, top.ask, clerk.time_us)
    assert order.left == 3 * STEP
    assert [trade.quantity for _, trade in clerk.met] == [2 * STEP]
    book.take(True, 3 * STEP, top.ask, clerk.time_us)
    assert not clerk.open
    check_book(book, clerk)


def test_the_market_never_drops_an_order_of_an_account():
    """However long the market goes on, an order leaves the book by a trade or when it is withdrawn."""
    clerk = new_clerk()
    book = clerk.book
    far = [clerk.place("me", True, SPEC.price - n * TICK * 40, 3 * STEP) for n in range(30, 60)]
    near = [clerk.place("me", buy, book.last_price + (-n if buy else n) * TICK, 10_000 * STEP)
            for n in range(10, 30) for buy in (True, False)]  # fmt: skip
    rng = random.Random(5)
    for number in range(12_000):
        clerk.time_us += 20_000
        book.stir(clerk.time_us)
        if number % 4 == 0:  # behind full queues, and at levels that the market drops
            buy = rng.random() < 0.5
            best = book.top().ask if buy else book.top().bid
            away = rng.randrange(1, 90) * TICK
            near.append(clerk.place("me", buy, best - away if buy else best + away, STEP))
    check_book(book, clerk)
    assert all(order in clerk.open for order in far)
    met = dict.fromkeys(near, 0)
    for order, trade in clerk.met:
        met[order] += trade.quantity
    still_open = set(clerk.open)
    for order in near:
        assert order.left == order.quantity - met[order]
        assert (order in still_open) == (order.left > 0)
    # the market's own depth is beside it, as without accounts
    assert all(len(side.keys) - len(side.standing) >= 40 for side in (book.bid, book.ask))


def test_of_a_level_that_the_market_leaves_the_orders_of_accounts_stay():
    """Levels far from the price are given up in time; an order that joined one stands there alone."""
    clerk = new_clerk()
    book = clerk.book
    alone = 0
    for number in range(20_000):
        clerk.time_us += 20_000
        book.stir(clerk.time_us)
        if number % 200 == 0 and len(clerk.open) < 12:
            price, _ = book.bid.levels(100)[-5]
            clerk.place("me", True, price, STEP)
        if number % 200 == 100:
            check_book(book, clerk)
            alone += sum(book.bid.totals[order.price] == STEP for order in clerk.open)
    assert alone


def test_the_market_is_refilled_where_it_trades():
    """Orders far from the price do not draw the market's depth to where they stand."""
    clerk = new_clerk()
    book = clerk.book
    deep = clerk.place("me", True, SPEC.price // 4, STEP)
    before = min(key for key in book.bid.keys if key != deep.price)
    book.take(False, 30 * SPEC.lots * STEP, None, clerk.time_us)
    assert deep.price < min(key for key in book.bid.keys if key != deep.price) < before
    check_book(book, clerk)


@pytest.mark.parametrize(
    ("prevention", "maker_stays", "taker_stops", "traded"),
    [
        ("NONE", False, False, True), ("EXPIRE_MAKER", False, False, False),
        ("EXPIRE_TAKER", True, True, False), ("EXPIRE_BOTH", False, True, False),
    ],
)  # fmt: skip
def test_an_account_does_not_trade_with_itself(prevention, maker_stays, taker_stops, traded):
    """What the taker asks for decides which of the two orders ends; others trade with it as ever."""
    clerk = new_clerk()
    book = clerk.book
    book.take(True, book.top().ask_quantity, book.top().ask, clerk.time_us)
    price = book.top().ask - TICK
    maker = clerk.place("me", False, price, 4 * STEP)
    taker = clerk.place("me", True, price, 4 * STEP, prevention)
    assert (maker in clerk.open) == maker_stays
    assert taker.stopped == taker_stops
    assert bool(clerk.met) == traded
    assert (taker in clerk.open) == (not traded and not taker_stops)
    check_book(book, clerk)
    for order in list(clerk.open):
        other = clerk.place("other", not order.buy, price, 4 * STEP)
        assert not order.left
        assert not other.left


@given(st.booleans(), st.integers(1, 400), st.integers(-30, 30))
def test_what_is_offered_is_what_a_taker_gets(buy, lots, distance):
    """The offers before a take add up to its trades, price by price."""
    clerk = new_clerk()
    book = clerk.book
    clerk.place("me", not buy, book.top().ask + 2 * TICK if buy else book.top().bid - 2 * TICK, 7 * STEP)
    limit = book.last_price + distance * TICK
    offers, left = {}, lots * STEP
    for price, quantity in book.offers(buy, limit):
        got = min(left, quantity)
        offers[price] = offers.get(price, 0) + got
        left -= got
    made = {}
    for trade in book.take(buy, lots * STEP, limit, clerk.time_us):
        made[trade.price] = made.get(trade.price, 0) + trade.quantity
    assert made == {price: quantity for price, quantity in offers.items() if quantity}


def test_a_price_can_be_reached():
    """The market trades through all that stands on the way, and its last trade is at the price."""
    clerk = new_clerk()
    book = clerk.book
    for price in (SPEC.price + 500 * TICK, SPEC.price - 700 * TICK, SPEC.price, SPEC.price):
        passed = clerk.place(
            "me", price < book.last_price, (price + book.last_price) // 2 // TICK * TICK, STEP
        )
        at = clerk.place("me", price < book.last_price, price, STEP)
        book.reach(price, clerk.time_us)
        assert book.last_price == price
        assert not passed.left
        assert not at.left
        check_book(book, clerk)


def test_a_contract_has_orders_of_accounts_too():
    """The books of contracts keep the same promises, with ids and windows of their own."""
    spec = contract("usdm", "BTCUSDT", START_MS)
    clerk = Clerk(FuturesBook(spec, random.Random(1), START_MS))
    book = clerk.book
    window = book.listen()
    price = book.top().bid
    order = clerk.place("me", True, price, 10 * spec.step)
    pushed = book.pushed(window)
    assert pushed.bids == [(price, book.bid.totals[price])]
    book.take(False, book.bid.totals[price], price, clerk.time_us)
    assert not order.left
    assert [trade.quantity for _, trade in clerk.met] == [10 * spec.step]
    check_book(book, clerk)


def test_without_orders_of_accounts_the_market_is_what_its_seed_makes_it():
    """A feed of half a minute has the bytes that it had before books knew of accounts."""
    market = Market(seed=7, rate=200)
    feed = Feed(market)
    for stream in ("bnbbtc@trade", "bnbbtc@depth@100ms", "ethbtc@aggTrade", "btcusdt@depth20"):
        feed.want(stream)
    market.take("BNBBTC", True, 10**10, 10**6)
    digest = hashlib.sha256()
    for item in feed.advance(market.start_ms + 30_000):
        digest.update(repr(item).encode())
    assert digest.hexdigest()[:16] == "51d7d921fd92f166"
