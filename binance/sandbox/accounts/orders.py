"""Orders of spot accounts: sent to the market, standing there, filled, canceled; and reported as events.

An order trades on the seeded market, so an event says of a trade what the trade stream says of it.

Theory of operation. Whatever changes orders is a *turn*: an order that is placed or canceled, or a take of
the market that met some. Within a turn books report what else has happened (:meth:`Orders.traded`), and that
waits in ``_work`` until what is under way is finished: first a taker's own trades, then the orders that it
met, then, one by one, those whose stop prices were passed (``_due``). Such an order may itself take, and what
it met comes before the next one. So an order is changed by one thing at a time, and events come in the order
of what happened. They wait in ``_events`` for whoever sends them.

What an open order needs is locked, for a list of orders what the dearer of them needs; :meth:`Orders._hold`
alone moves between free and locked, to what the order says that it needs now.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Final, NamedTuple

from binance.constants import (
    ORDER_STATUS_CANCELED,
    ORDER_STATUS_EXPIRED,
    ORDER_STATUS_EXPIRED_IN_MATCH,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_LIMIT_MAKER,
    ORDER_TYPE_MARKET,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_FOK,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.accounts import filters
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.events import position
from binance.sandbox.accounts.ledger import Ledger
from binance.sandbox.accounts.order_counts import OrderCounts
from binance.sandbox.accounts.reports import execution_report, list_status
from binance.sandbox.accounts.spot_order import Fill, OrderList, SpotOrder, Wanted
from binance.sandbox.market.amounts import UNIT, units
from binance.sandbox.market.book import Book, Met, Trade
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import average
from binance.sandbox.market.resting import Resting

# Who trades pays a thousandth of what it receives.
FEE_DIVISOR: Final = 1000

_TOO_POOR: Final = "Account has insufficient balance for requested action."


def read_order(side: str, quantity: str, price: str | None) -> tuple[bool, int, int | None]:
    """Return whether an order buys, its quantity, and its limit, None for a market order.

    :raises InvalidArgument: if the side or an amount is invalid.
    """
    if side not in (SIDE_BUY, SIDE_SELL):
        raise InvalidArgument(f"an order's side is {SIDE_BUY} or {SIDE_SELL}, not {side!r}")
    wanted, limit = units(quantity), None if price is None else units(price)
    if wanted <= 0 or (limit is not None and limit <= 0):
        raise InvalidArgument("an order needs a quantity and a price above 0")
    return side == SIDE_BUY, wanted, limit


class _Happened(NamedTuple):
    """What a take has done to orders of accounts, and between which prices it has traded."""

    book: Book
    met: list[Met]
    prevented: list[Resting]
    low: int
    high: int


class Orders:
    """The orders of all spot and margin accounts of one exchange.

    :param rng: makes the first order's id.

    :ivar counts: how many orders each account has sent.
    """

    def __init__(self, rng: random.Random) -> None:
        self.counts = OrderCounts()
        self._order_id = rng.randrange(10**6, 10**7)
        self._execution_ids = count(self._order_id * 2 + 1)
        self._list_ids = count(1)
        self._prevented_ids = count(1)
        self._ledgers: dict[Account, Ledger] = {}
        self._waiting: dict[Book, list[SpotOrder]] = {}
        self._work: deque[_Happened] = deque()
        self._due: deque[tuple[SpotOrder, int]] = deque()
        self._events: list[tuple[Account, dict[str, Any]]] = []
        self._changed: dict[Book, None] = {}
        self._in_turn = False

    def ledger(self, account: Account) -> Ledger:
        """Return what an account has ordered."""
        return self._ledgers.setdefault(account, Ledger())

    def collect(self) -> tuple[list[Book], list[tuple[Account, dict[str, Any]]]]:
        """Return the books that orders have changed since this was last called, and all events since then."""
        books, events = list(self._changed), self._events
        self._changed, self._events = {}, []
        return books, events

    # -- what can be asked for -----------------------------------------------------------------------

    def check(self, book: Book, wanted: Wanted, now_ms: int) -> None:
        """Check an order against the filters of its symbol.

        :raises BinanceAPIException: 400 with -1013 if one refuses it.
        """
        mean = average(book, now_ms)
        filters.check(book.spec, wanted, book.last_price if mean is None else mean)

    def place(self, account: Account, book: Book, wanted: Wanted, time_us: int) -> SpotOrder:
        """Take a new order, and do with it at once what can be done.

        :param time_us: microseconds since the epoch.
        :raises BinanceAPIException: 400 with -1013 if a filter refuses it, with -2010 if the market does.

        Source: Spot *REST API*, "New order"; *Error codes*.
        """
        now_ms = time_us // 1000
        self.check(book, wanted, now_ms)
        order = self._new(account, book, self._sized(account, book, wanted, now_ms), now_ms)
        self._check_open(order)
        self._check_funds(account, order.paid, self._cost(order))
        with self._turn():
            self._count(order)
            self._begin([order], time_us)
        return order

    def place_pair(
        self, account: Account, book: Book, pair: Sequence[Wanted], client_id: str | None, time_us: int
    ) -> OrderList:
        """Take two orders of which one cancels the other; arguments and errors as :meth:`place`.

        Source: Spot *REST API*, "New Order list - OCO".
        """
        now_ms = time_us // 1000
        ledger = self.ledger(account)
        for wanted in pair:
            self.check(book, wanted, now_ms)
        open_lists = [known for known in ledger.lists() if known.is_open]
        if client_id is not None and any(known.client_id == client_id for known in open_lists):
            raise BinanceAPIException(400, -2010, "Duplicate order sent.")
        number = 1 + sum(known.symbol == book.symbol for known in open_lists)
        filters.check_number(book.spec, "MAX_NUM_ORDER_LISTS", "maxNumOrderLists", number)
        legs = [self._new(account, book, wanted, now_ms) for wanted in pair]
        for index, leg in enumerate(legs):
            self._check_open(leg, index)
        if legs[0].client_id == legs[1].client_id:
            raise BinanceAPIException(400, -2010, "Duplicate order sent.")
        self._check_funds(account, legs[0].paid, max(map(self._cost, legs)))
        orders = OrderList(next(self._list_ids), client_id, legs, now_ms)
        ledger.add_list(orders)
        with self._turn():
            self._report_list(orders, now_ms)
            for leg in legs:
                self._count(leg)
            self._begin(legs, time_us)
        return orders

    def cancel(self, order: SpotOrder, time_us: int, cancel_id: str) -> list[SpotOrder]:
        """Cancel an open order, and with it all of its list.

        :param cancel_id: client order id of the cancel.
        :returns: the orders canceled.
        """
        orders = [order] if order.order_list is None else order.order_list.orders
        ended = [leg for leg in orders if leg.is_open]
        with self._turn():
            for leg in ended:
                self._end(leg, ORDER_STATUS_CANCELED, "CANCELED", time_us // 1000, cancel_id=cancel_id)
            self._report_balances(order, time_us // 1000)
        return ended

    def send(
        self,
        account: Account,
        market: Market,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Send an order to the market and report what became of it, whatever filters and limits say.

        A market order without *price*; with one a limit order whose rest expires at once (IOC).

        :param quantity: of the base asset, as a decimal string; ``price`` likewise, of the quote.
        :returns: ``executionReport`` events (NEW, one per trade, EXPIRED for a rest; REJECTED alone
            if the account is too poor), then ``outboundAccountPosition``. They are left to who calls this;
            what others get stays for :meth:`collect`.
        :raises InvalidArgument: if symbol, side or an amount is invalid.

        Source: Spot *User Data Streams*, "Order Update".
        """
        book = market.book(symbol)
        if account.symbol not in (None, book.spec.symbol):
            raise InvalidArgument(f"an isolated margin account of {account.symbol} trades nothing else")
        buy, amount, limit = read_order(side, quantity, price)
        kind, in_force = (
            (ORDER_TYPE_MARKET, TIME_IN_FORCE_GTC) if limit is None else (ORDER_TYPE_LIMIT, TIME_IN_FORCE_IOC)
        )
        wanted = Wanted(
            buy, kind, amount, price=limit or 0, time_in_force=in_force, client_id=client_order_id,
            prevention="NONE",
        )  # fmt: skip
        time_us = market.moment_us(book)
        order = self._new(account, book, wanted, time_us // 1000)
        with self._turn():
            begin = len(self._events)
            cost = amount * (limit or book.top().ask * 105 // 100) // UNIT if buy else amount
            if account.balance(order.paid) < cost:
                order.working_ms = time_us // 1000
                self._report(order, "REJECTED", time_us // 1000, reason="INSUFFICIENT_BALANCES")
            else:
                self._begin([order], time_us)
            own = [event for _, event in self._events[begin:]]
            del self._events[begin:]
        return own

    # -- what a new order has to be ------------------------------------------------------------------

    def _new(self, account: Account, book: Book, wanted: Wanted, now_ms: int) -> SpotOrder:
        self._order_id += 1
        return SpotOrder(account, book, wanted, self._order_id, now_ms)

    def _check_open(self, order: SpotOrder, ahead: int = 0) -> None:
        """Check a new order against those that are open, and against the market.

        :param ahead: orders of the same list that are about to be opened before it.
        """
        ledger, book, wanted = self.ledger(order.account), order.book, order.wanted
        if any(other.client_id == order.client_id for other in ledger.open.values()):
            raise BinanceAPIException(400, -2010, "Duplicate order sent.")
        others = ledger.open_orders(book.symbol)
        filters.check_number(book.spec, "MAX_NUM_ORDERS", "maxNumOrders", len(others) + ahead + 1)
        if wanted.is_contingent:
            waiting = 1 + sum(other.wanted.is_contingent for other in others)
            filters.check_number(book.spec, "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", waiting)
            if wanted.is_triggered(book.last_price, book.last_price):
                raise BinanceAPIException(400, -2010, "Order would trigger immediately.")
        if wanted.type == ORDER_TYPE_LIMIT_MAKER and book.crosses(wanted.buy, wanted.price):
            raise BinanceAPIException(400, -2010, "Order would immediately match and take.")

    def _check_funds(self, account: Account, asset: str, cost: int) -> None:
        if account.balance(asset) < cost:
            raise BinanceAPIException(400, -2010, _TOO_POOR)

    def _cost(self, order: SpotOrder) -> int:
        """Return what an order may cost that now begins: of a market order what it would now meet."""
        if order.limit is not None or order.waits:
            return order.needed()
        return self._price_of_market(order)

    def _price_of_market(self, order: SpotOrder) -> int:
        if not order.buy:
            return order.left
        left, cost = order.left, 0
        for price, quantity in order.book.offers(order.buy, None, order):
            cost += price * min(left, quantity) // UNIT
            left -= min(left, quantity)
            if not left:
                break
        return cost

    def _sized(self, account: Account, book: Book, wanted: Wanted, now_ms: int) -> Wanted:
        """Return an order with its quantity, where what it asks for is an amount of the quote asset.

        :raises BinanceAPIException: 400 with -1013 if that is not a quantity that the filters accept.
        """
        if not wanted.quote_quantity:
            return wanted
        step = book.spec.step
        left, quantity = wanted.quote_quantity, 0
        come = Resting(account, wanted.buy, 0, 0, wanted.prevention)
        for price, offered in book.offers(wanted.buy, None, come):
            got = min(offered, left * UNIT // price)
            quantity += got
            left -= price * got // UNIT
            if got < offered:
                break
        quantity -= quantity % step
        if not quantity:
            raise BinanceAPIException(400, -1013, "Filter failure: LOT_SIZE")
        sized = replace(wanted, quantity=quantity)
        self.check(book, sized, now_ms)
        return sized

    # -- the life of an order ------------------------------------------------------------------------

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Change orders; what follows of it is done before the outermost turn is over."""
        if self._in_turn:
            yield
            return
        self._in_turn = True
        try:
            yield
            while self._work or self._due:
                if self._work:
                    self._follow(self._work.popleft())
                else:
                    self._trigger(*self._due.popleft())
        finally:
            self._in_turn = False

    def _count(self, order: SpotOrder) -> None:
        order.of_client = True
        self.counts.add(order.account, 1)

    def _begin(self, orders: Sequence[SpotOrder], time_us: int) -> None:
        """Open new orders, and let those work that do not wait for a price."""
        now_ms = time_us // 1000
        orders[0].book.watcher = self
        for order in orders:
            self.ledger(order.account).add(order)
            if not order.waits:
                order.working_ms = now_ms
            self._hold(order)
            self._report(order, "NEW", now_ms)
        for order in orders:
            if order.waits:
                self._waiting.setdefault(order.book, []).append(order)
            elif order.is_open:
                self._work_on(order, time_us)
        self._report_balances(orders[0], now_ms)

    def _work_on(self, order: SpotOrder, time_us: int) -> None:
        """Let an order take what it can, and do with the rest what it asks for."""
        book, limit, in_force = order.book, order.limit, order.wanted.time_in_force
        self._changed[book] = None
        if in_force == TIME_IN_FORCE_FOK:
            offered = sum(quantity for _, quantity in book.offers(order.buy, limit, order))
            if offered < order.left:
                self._expire(order, "UNFILLED_FOK_ORDER_EXPIRED", time_us)
                return
        may_stand = limit is not None and in_force == TIME_IN_FORCE_GTC
        while True:
            for trade in book.take(order.buy, order.left, limit, time_us, order):
                order.left -= trade.quantity
                self._traded(order, trade, maker=False)
            done = order.stopped or not order.left
            if done or not may_stand or not book.crosses(order.buy, order.price):
                break
        if not order.left:
            return
        if order.stopped:
            self._prevent(order, time_us)
        elif may_stand:
            order.stands = True
            book.stand(order)
        else:
            expiry = "INSUFFICIENT_LIQUIDITY" if limit is None else "UNFILLED_IOC_QUANTITY_EXPIRED"
            self._expire(order, expiry, time_us)

    def _traded(self, order: SpotOrder, trade: Trade, maker: bool) -> None:
        """Pay for a trade of an order, and report it."""
        account, now_ms = order.account, trade.time_ms
        if order.order_list is not None:
            self._expire_others(order, now_ms)
        quote = trade.price * trade.quantity // UNIT
        gain, loss = (trade.quantity, quote) if order.buy else (quote, trade.quantity)
        fee = gain // FEE_DIVISOR
        fill = Fill(order, trade, quote, fee, order.received, maker)
        account.add(order.received, gain - fee)
        account.add(order.paid, -loss)
        if order.of_client and not order.fills:
            self.counts.traded(account, maker)
        order.filled(fill, now_ms)
        self.ledger(account).trades.append(fill)
        self._hold(order)
        self._report(order, "TRADE", now_ms, fill)
        if not order.remaining:
            self._ended(order, now_ms)

    def _expire(self, order: SpotOrder, expiry: str, time_us: int) -> None:
        if order.of_client:
            order.expiry = expiry
        self._end(order, ORDER_STATUS_EXPIRED, "EXPIRED", time_us // 1000)

    def _prevent(self, order: SpotOrder, time_us: int) -> None:
        """End an order that would have traded with another of its account."""
        if order.order_list is not None:
            self._expire_others(order, time_us // 1000)
        order.prevented_match = next(self._prevented_ids)
        self._end(order, ORDER_STATUS_EXPIRED_IN_MATCH, "TRADE_PREVENTION", time_us // 1000)

    def _expire_others(self, order: SpotOrder, now_ms: int) -> None:
        """Expire the orders that an order cancels, now that it trades or was triggered."""
        assert order.order_list is not None
        for other in order.order_list.orders:
            if other is not order and other.is_open:
                other.expiry = "OCO_TRIGGER"
                self._end(other, ORDER_STATUS_EXPIRED, "EXPIRED", now_ms)

    def _end(
        self, order: SpotOrder, status: str, execution: str, now_ms: int, cancel_id: str | None = None
    ) -> None:
        """End an order before it is filled, wherever it is."""
        if order.stands:
            order.stands = False
            order.book.withdraw(order)
            self._changed[order.book] = None
        elif order.waits:
            self._waiting[order.book].remove(order)
        order.status = status
        order.updated_ms = now_ms
        self._hold(order)
        self._report(order, execution, now_ms, cancel_id=cancel_id)
        self._ended(order, now_ms)

    def _ended(self, order: SpotOrder, now_ms: int) -> None:
        order.stands = False
        self.ledger(order.account).end(order)
        orders = order.order_list
        if orders is not None and not orders.is_open and not orders.done:
            orders.done = True
            orders.updated_ms = now_ms
            self._report_list(orders, now_ms)

    def _hold(self, order: SpotOrder) -> None:
        """Lock what an order needs now, or its list, and release the rest."""
        holder: SpotOrder | OrderList = order.order_list or order
        needed = max(leg.needed() for leg in (order.order_list.orders if order.order_list else [order]))
        order.account.lock(order.paid, needed - holder.held)
        holder.held = needed

    # -- what follows of a take ----------------------------------------------------------------------

    def traded(self, book: Book, made: Sequence[Trade]) -> None:
        """Look after the orders that a take has met, and those that wait for its prices; see ``Watcher``."""
        if not (book.met or book.prevented or self._waiting.get(book)):
            return
        low = high = book.last_price
        if made:
            low, high = sorted((made[0].price, made[-1].price))
        self._work.append(_Happened(book, book.met, book.prevented, low, high))
        book.met, book.prevented = [], []
        with self._turn():
            pass

    def _follow(self, happened: _Happened) -> None:
        book, touched = happened.book, dict[Account, SpotOrder]()
        time_us = book.last_trade_us
        self._changed[book] = None
        for order in happened.prevented:
            if isinstance(order, SpotOrder):
                order.stands = False
                self._prevent(order, time_us)
                touched[order.account] = order
        for order, trade in happened.met:
            if isinstance(order, SpotOrder):
                self._traded(order, trade, maker=True)
                touched[order.account] = order
        for order in touched.values():
            self._report_balances(order, time_us // 1000)
        for waiting in self._waiting.get(book, ()):
            if waiting.wanted.is_triggered(happened.low, happened.high):
                self._due.append((waiting, time_us))

    def _trigger(self, order: SpotOrder, time_us: int) -> None:
        """Let an order work whose stop price was reached, unless that has ended or triggered it meanwhile."""
        if not (order.waits and order.is_open):
            return
        now_ms = time_us // 1000
        if order.order_list is not None:
            self._expire_others(order, now_ms)
        self._waiting[order.book].remove(order)
        order.waits = False
        order.working_ms = order.updated_ms = now_ms
        self._hold(order)
        self._report(order, "NEW", now_ms)
        if order.limit is None and order.account.balance(order.paid) < self._price_of_market(order):
            self._expire(order, "REJECTED", time_us)
        else:
            self._work_on(order, time_us)
        self._report_balances(order, now_ms)

    # -- events --------------------------------------------------------------------------------------

    def _report(
        self,
        order: SpotOrder,
        execution: str,
        now_ms: int,
        fill: Fill | None = None,
        cancel_id: str | None = None,
        reason: str = "NONE",
    ) -> None:
        number = next(self._execution_ids)
        event = execution_report(order, execution, number, now_ms, fill, cancel_id, reason)
        self._events.append((order.account, event))

    def _report_list(self, orders: OrderList, now_ms: int) -> None:
        self._events.append((orders.account, list_status(orders, now_ms)))

    def _report_balances(self, order: SpotOrder, now_ms: int) -> None:
        account, spec = order.account, order.book.spec
        account.updated_ms = now_ms
        self._events.append((account, position(account, [spec.base, spec.quote], now_ms)))
