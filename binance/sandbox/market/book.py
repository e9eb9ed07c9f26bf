"""One symbol's order book, and the trades that its orders make.

Prices and quantities are integers in units of 1e-8. Trades are kept for a while (:data:`KEPT_TRADES`), for
REST calls that ask for them later.

The market's own orders come and go by chance. An order of an account takes what it can (:meth:`Book.take`),
and what is left of it may stand (:meth:`Book.stand`) behind what stood at its price before. From then on
whoever takes meets it in its turn, and the watcher of the book is called after each take. Without orders of
accounts the book is what its seed makes it.
"""

import random
from bisect import insort
from collections import deque
from collections.abc import Iterator, Sequence
from math import log as natural_log
from typing import Final, NamedTuple, Protocol

from binance.sandbox.market.candles import History
from binance.sandbox.market.resting import Resting, Side, size_of
from binance.sandbox.market.symbols import Instrument

# Pushes of diff depth: each of the two speeds has its own chain of update ids.
DEPTH_SPEEDS_MS: Final = (100, 1000)

# Trades and aggregate trades that a book keeps.
KEPT_TRADES: Final = 10_000

# One arrival in 25 also makes a block trade, of 40 to 80 times an order's size.
_BLOCK_EVERY: Final = 25
_BLOCK_SIZES: Final = 40

_FEWEST_LEVELS: Final = 40
_MOST_LEVELS: Final = 80
_LONGEST_QUEUE: Final = 6
_REACH_TICKS: Final = 9.0


class Trade(NamedTuple):
    """One resting order met by one taker; a block trade too. Amounts in units of 1e-8, time in µs."""

    id: int
    price: int
    quantity: int
    time_us: int
    buyer_is_maker: bool

    @property
    def time_ms(self) -> int:
        """When it was, in whole milliseconds."""
        return self.time_us // 1000


class AggTrade(NamedTuple):
    """The trades of one taker at one price. Amounts in units of 1e-8, time in µs."""

    id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    time_us: int
    buyer_is_maker: bool


class Depth(NamedTuple):
    """What changed in a book over one window: update ids and absolute quantities per price."""

    first_id: int
    last_id: int
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


class Top(NamedTuple):
    """Best prices of a book and what stands there, in units of 1e-8."""

    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


class Met(NamedTuple):
    """A trade, and the order of an account that stood there."""

    order: Resting
    trade: Trade


class Watcher(Protocol):
    """Is called when orders have traded: whoever looks after the orders of accounts."""

    def traded(self, book: "Book", made: Sequence[Trade]) -> None:
        """A take is over; what it did to orders of accounts is in ``met`` and ``prevented`` of the book."""


class Book:
    """One symbol's order book and all that follows from it.

    :ivar fresh_trades: trades since :meth:`forget_fresh` was last called; ``fresh_aggs`` and
        ``fresh_blocks`` likewise. Block trades have ids of their own and meet neither the book nor the
        candles.
    :ivar trades: the last :data:`KEPT_TRADES` trades, oldest first; ``aggs`` and ``blocks`` likewise.
    :ivar update_id: id of the last change of a level.
    :ivar history: the candles of its trades.
    :ivar watcher: is called after each take; None for nobody.
    :ivar met: what has met orders of accounts since it was last emptied by whoever watches; ``prevented``:
        the orders that left the book since one of their own account came to them.

    Source: Spot *Web Socket Streams*; *Filters*.
    """

    def __init__(self, spec: Instrument, rng: random.Random, start_ms: int) -> None:
        self.spec = spec
        self.symbol = spec.symbol
        self._random = rng.random
        self.bid = Side(1, _FEWEST_LEVELS, _MOST_LEVELS)
        self.ask = Side(-1, _FEWEST_LEVELS, _MOST_LEVELS)
        self.update_id = rng.randrange(10**6, 10**7)
        self.trade_id = rng.randrange(10**5, 10**6)
        self.agg_id = rng.randrange(10**4, 10**5)
        self.last_price = spec.price
        self.last_quantity = 0
        self.last_trade_us = start_ms * 1000
        self.fresh_trades: list[Trade] = []
        self.fresh_aggs: list[AggTrade] = []
        self.fresh_blocks: list[Trade] = []
        self.trades: deque[Trade] = deque(maxlen=KEPT_TRADES)
        self.aggs: deque[AggTrade] = deque(maxlen=KEPT_TRADES)
        self.blocks: deque[Trade] = deque(maxlen=KEPT_TRADES)
        self.watcher: Watcher | None = None
        self.met: list[Met] = []
        self.prevented: list[Resting] = []
        self._pushed_id = [0, 0]
        self.history = History(start_ms, spec.price)
        for side in (self.bid, self.ask):
            for distance in range(1, _FEWEST_LEVELS + 1):
                self._add(side, side.sign * (spec.price - side.sign * distance * spec.tick), self._size())
        self._pushed_id = [self.update_id, self.update_id]
        for side in (self.bid, self.ask):
            for touched in side.touched:
                touched.clear()
        # A source of their own: block trades change nothing of the rest.
        self._block_random = random.Random(rng.random()).random
        self.block_id = rng.randrange(10**3, 10**4)

    # -- the book ----------------------------------------------------------------------------------

    def _size(self) -> int:
        return self.spec.step * (1 + int(-natural_log(1.0 - self._random()) * self.spec.lots))

    def _touch(self, side: Side, key: int) -> None:
        self.update_id += 1
        fast, slow = side.touched
        fast.add(key)
        slow.add(key)

    def _add(self, side: Side, key: int, quantity: int) -> None:
        """Let an order of the market stand at a key; the newest of too many there leaves."""
        queue = side.queues.get(key)
        if queue is None:
            side.queues[key] = [quantity]
            side.totals[key] = quantity
            insort(side.keys, key)
        else:
            if len(queue) >= _LONGEST_QUEUE:
                side.totals[key] -= side.drop_newest(key, _LONGEST_QUEUE)
            queue.append(quantity)
            side.totals[key] += quantity
        self._touch(side, key)

    def _remove(self, side: Side, index: int) -> None:
        """Drop the market's orders at a level, or at the first better one that has any."""
        keys, standing = side.keys, side.standing
        while len(side.queues[keys[index]]) == standing.get(keys[index], 0):
            index += 1
        key = keys[index]
        if key in standing:
            side.queues[key] = side.without_market(key)
            side.totals[key] = sum(map(size_of, side.queues[key]))
        else:
            del keys[index], side.queues[key], side.totals[key]
        self._touch(side, key)

    def _refill(self, side: Side) -> None:
        while len(side.keys) < side.fewest:
            worst = side.worst_of_market()
            key = side.sign * self.last_price if worst is None else worst
            key -= self.spec.tick * (1 + int(self._random() * 3))
            if side.sign * key <= 0:
                return
            self._add(side, key, self._size())

    def stir(self, time_us: int) -> int:
        """Let one order come to rest, now and then one go, and one taker come.

        :param time_us: microseconds since the epoch.
        :returns: how many trades that made, at least 1.
        """
        rand = self._random
        spec = self.spec
        side, other = (self.bid, self.ask) if rand() < 0.5 else (self.ask, self.bid)
        key = -other.keys[-1] - spec.tick * (1 + int(-natural_log(1.0 - rand()) * _REACH_TICKS))
        if side.sign * key > 0:
            self._add(side, key, self._size())
        if len(side.keys) > side.most:
            self._remove(side, int(rand() * _FEWEST_LEVELS))
        # A walk without a leash would reach zero some day.
        pull = 8.0 * (spec.price - self.last_price) / spec.price
        buy = rand() < 0.5 + max(-0.3, min(0.3, pull))
        if self._block_random() * _BLOCK_EVERY < 1:
            self._block(time_us)
        return len(self.take(buy, self._size(), None, time_us))

    def _block(self, time_us: int) -> None:
        rand = self._block_random
        self.block_id += 1
        quantity = self.spec.step * self.spec.lots * (_BLOCK_SIZES + int(rand() * _BLOCK_SIZES))
        block = Trade(self.block_id, self.last_price, quantity, time_us, rand() < 0.5)
        self.fresh_blocks.append(block)
        self.blocks.append(block)

    def take(
        self, buy: bool, quantity: int, limit: int | None, time_us: int, taker: Resting | None = None
    ) -> list[Trade]:
        """Let a taker meet the book.

        :param buy: True takes asks, False takes bids.
        :param quantity: wanted, in units of 1e-8.
        :param limit: worst price accepted, in units of 1e-8; None for any.
        :param time_us: microseconds since the epoch.
        :param taker: the order of an account that takes; None for one of the market.
        :returns: the trades made, in order; fewer than wanted if the book or the limit ends them.
        """
        side = self.ask if buy else self.bid
        worst = None if limit is None else side.sign * limit
        made: list[Trade] = []
        fresh = self.fresh_trades
        while quantity and side.keys:
            key = side.keys[-1]
            if worst is not None and key < worst:
                break
            price = side.sign * key
            queue = side.queues[key]
            first_id = self.trade_id + 1
            taken = 0
            while queue and quantity:
                head = queue[0]
                if isinstance(head, int):
                    order = None
                    if head <= quantity:
                        del queue[0]
                        got = head
                    else:
                        queue[0] = head - quantity
                        got = quantity
                elif taker is not None and taker.avoids(head):
                    self._prevent(side, key, head, taker)
                    if taker.stopped:
                        quantity = 0
                    continue
                else:
                    order = head
                    got = min(order.left, quantity)
                    if got == order.left:
                        del queue[0]
                quantity -= got
                taken += got
                self.trade_id += 1
                trade = Trade(self.trade_id, price, got, time_us, not buy)
                fresh.append(trade)
                made.append(trade)
                if order is not None:
                    self._meet(side, key, order, trade)
            if queue:
                side.totals[key] -= taken
            else:
                side.keys.pop()
                del side.queues[key], side.totals[key]
            self._touch(side, key)
            if not taken:
                continue
            self.agg_id += 1
            agg = AggTrade(self.agg_id, price, taken, first_id, self.trade_id, time_us, not buy)
            self.fresh_aggs.append(agg)
            self.aggs.append(agg)
            self.last_price = price
            self.history.count(price, taken, first_id, self.trade_id, time_us // 1000, buy)
        if made:
            self.trades += made
            self.last_quantity = made[-1].quantity
            self.last_trade_us = time_us
        self._refill(side)
        if self.watcher is not None:
            self.watcher.traded(self, made)
        return made

    # -- orders of accounts --------------------------------------------------------------------------

    def _meet(self, side: Side, key: int, order: Resting, trade: Trade) -> None:
        order.left -= trade.quantity
        if not order.left:
            side.leave(key)
        self.met.append(Met(order, trade))

    def _prevent(self, side: Side, key: int, order: Resting, taker: Resting) -> None:
        """End a taker, the order of its owner at the head of a queue, or both, in place of a trade."""
        taker.stopped = taker.prevention != "EXPIRE_MAKER"
        if taker.prevention != "EXPIRE_TAKER":
            del side.queues[key][0]
            side.totals[key] -= order.left
            side.leave(key)
            self.prevented.append(order)

    def side_of(self, order: Resting) -> Side:
        """Return the side at which an order stands."""
        return self.bid if order.buy else self.ask

    def crosses(self, buy: bool, price: int) -> bool:
        """Return whether an order at a price would trade at once."""
        keys = (self.ask if buy else self.bid).keys
        return bool(keys) and (price >= -keys[-1] if buy else price <= keys[-1])

    def stand(self, order: Resting) -> None:
        """Let what is left of an order stand, behind all that stands at its price; it must not cross."""
        side = self.side_of(order)
        key = side.sign * order.price
        if key not in side.queues:
            side.queues[key], side.totals[key] = [], 0
            insort(side.keys, key)
        side.queues[key].append(order)
        side.totals[key] += order.left
        side.stand(key)
        self._touch(side, key)

    def withdraw(self, order: Resting) -> None:
        """Take an order that stands out of the book."""
        side = self.side_of(order)
        key = side.sign * order.price
        queue = side.queues[key]
        queue.remove(order)
        side.leave(key)
        if queue:
            side.totals[key] -= order.left
        else:
            side.keys.remove(key)
            del side.queues[key], side.totals[key]
        self._touch(side, key)
        self._refill(side)

    def offers(self, buy: bool, limit: int | None, taker: Resting | None = None) -> Iterator[tuple[int, int]]:
        """Yield what a taker would meet now, as (price, quantity), best first.

        :param limit: worst price accepted; None for any.
        :param taker: the order that would come; what it must not trade with is left out, or ends it.
        """
        side = self.ask if buy else self.bid
        for key in reversed(side.keys):
            if limit is not None and key < side.sign * limit:
                return
            if taker is None or key not in side.standing:
                yield side.sign * key, side.totals[key]
                continue
            for item in side.queues[key]:
                if isinstance(item, int) or not taker.avoids(item):
                    yield side.sign * key, size_of(item)
                elif taker.prevention != "EXPIRE_MAKER":
                    return

    def reach(self, price: int, time_us: int) -> list[Trade]:
        """Let the market trade through all that stands between here and a price, and at last at the price.

        :param price: in units of 1e-8.
        :returns: the trades made, at least one.
        """
        buy = price > self.bid.keys[-1]
        side = self.ask if buy else self.bid
        self._add(side, side.sign * price, self.spec.step * self.spec.lots)
        wanted = sum(quantity for _, quantity in self.offers(buy, price))
        return self.take(buy, wanted, price, time_us)

    def lose_best(self, side: Side) -> int:
        """Take the best level of the market alone out, and let no window of diff depth have a part in it.

        :returns: its price, in units of 1e-8.
        """
        key = next(key for key in reversed(side.keys) if key not in side.standing)
        side.keys.remove(key)
        del side.queues[key], side.totals[key]
        for touched in side.touched:
            touched.discard(key)
        return side.sign * key

    def forget_fresh(self) -> None:
        """Empty ``fresh_trades`` and its like: they have been sent."""
        self.fresh_trades = []
        self.fresh_aggs = []
        if self.fresh_blocks:
            self.fresh_blocks = []

    # -- what can be read at any moment -------------------------------------------------------------

    def top(self) -> Top:
        """Return the best bid and ask and what stands there."""
        bid, ask = self.bid.keys[-1], self.ask.keys[-1]
        return Top(bid, self.bid.totals[bid], -ask, self.ask.totals[ask])

    def roll(self, speed_ms: int) -> Depth | None:
        """Close one window of diff depth and begin the next.

        :param speed_ms: one of :data:`DEPTH_SPEEDS_MS`.
        :returns: what changed since this was last called for the speed, or None if nothing did.

        Source: Spot *Web Socket Streams*, "Diff. Depth Stream".
        """
        index = DEPTH_SPEEDS_MS.index(speed_ms)
        first_id = self._pushed_id[index] + 1
        if self.update_id < first_id:
            return None
        self._pushed_id[index] = self.update_id
        sides = []
        for side in (self.bid, self.ask):
            totals, sign = side.totals, side.sign
            touched = side.touched[index]
            sides.append([(sign * key, totals.get(key, 0)) for key in sorted(touched, reverse=True)])
            touched.clear()
        return Depth(first_id, self.update_id, *sides)

    def skip_roll(self, speed_ms: int) -> None:
        """Close one window of diff depth that nobody listens to."""
        index = DEPTH_SPEEDS_MS.index(speed_ms)
        self._pushed_id[index] = self.update_id
        self.bid.touched[index].clear()
        self.ask.touched[index].clear()
