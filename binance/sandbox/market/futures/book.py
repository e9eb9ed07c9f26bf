"""One contract's order book: ids that advance by what happens elsewhere, too, and windows of diff depth.

Beside what a book of spot has there are liquidations, trades of the insurance fund that no stream shows
(holes in the ids of trades), and orders of retail price improvement, which ordinary depth leaves out.
"""

import random
from collections.abc import Collection
from typing import Final, NamedTuple

from binance.sandbox.market.book import AggTrade, Book, Trade
from binance.sandbox.market.candles import History
from binance.sandbox.market.futures.contracts import Contract
from binance.sandbox.market.resting import Resting, Side

# One taker in 40 is a liquidation; behind one in 25 comes a trade that no stream shows.
_LIQUIDATION_EVERY: Final = 40
_HIDDEN_EVERY: Final = 25

# Of one aggregate trade in 8 a part met orders of retail price improvement.
_RPI_EVERY: Final = 8

# Levels at which such orders rest, by the price in ticks modulo this: 0 means none there.
_RPI_CYCLE: Final = 4


class Chained(NamedTuple):
    """What changed over one window, and the id at which the window before it ended."""

    first_id: int
    last_id: int
    previous_id: int
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


class Liquidation(NamedTuple):
    """An order that closed somebody's position. Amounts in units of 1e-8, time in ms."""

    buy: bool
    quantity: int
    price: int
    average: int
    time_ms: int


class Window:
    """What changes in a book from one push of a stream to the next.

    :param update_id: of the book, now; the first window continues from here.
    """

    __slots__ = ("first_id", "previous_id", "touched")

    def __init__(self, update_id: int) -> None:
        self.previous_id = update_id
        self.first_id: int | None = None
        self.touched: dict[int, set[int]] = {1: set(), -1: set()}

    def touch(self, sign: int, key: int, update_id: int) -> None:
        """Note the change of a level."""
        if self.first_id is None:
            self.first_id = update_id
        self.touched[sign].add(key)


class CoinHistory(History):
    """Candles of a COIN-M contract: volumes in contracts, and in the asset they are worth.

    :param size: USD that one contract is worth.
    """

    def __init__(self, start_ms: int, price: int, size: int) -> None:
        self._size = size
        super().__init__(start_ms, price)

    def worth(self, price: int, quantity: int) -> int:
        return quantity * self._size * 10**16 // price


class FuturesBook(Book):
    """One contract's order book.

    :ivar windows: those of the streams of depth that somebody listens to.
    :ivar liquidation: the last one; None before there was any.
    """

    spec: Contract

    def __init__(self, spec: Contract, rng: random.Random, start_ms: int) -> None:
        self.windows: list[Window] = []
        self.liquidation: Liquidation | None = None
        super().__init__(spec, rng, start_ms)
        if spec.size:
            self.history = CoinHistory(start_ms, spec.price, spec.size)

    def _touch(self, side: Side, key: int) -> None:
        # Ids are shared with what happens to other contracts meanwhile.
        self.update_id += 1 + self.update_id * 2_654_435_761 % 1_013 % 9
        for window in self.windows:
            window.touch(side.sign, key, self.update_id)

    def take(
        self, buy: bool, quantity: int, limit: int | None, time_us: int, taker: Resting | None = None
    ) -> list[Trade]:
        """Let a taker meet the book; see :meth:`Book.take`. Now and then it is a liquidation."""
        made = super().take(buy, quantity, limit, time_us, taker)
        if made:
            number = self.agg_id
            if number % _HIDDEN_EVERY == 0:
                self.trade_id += 1 + number % 2
            if number % _LIQUIDATION_EVERY == 0:
                filled = sum(trade.quantity for trade in made)
                worth = sum(trade.quantity * trade.price for trade in made)
                self.liquidation = Liquidation(buy, filled, made[-1].price, worth // filled, time_us // 1000)
        return made

    def lose_best(self, side: Side) -> int:
        """See :meth:`Book.lose_best`."""
        price = super().lose_best(side)
        for window in self.windows:
            window.touched[side.sign].discard(side.sign * price)
        return price

    def listen(self) -> Window:
        """Begin a window."""
        window = Window(self.update_id)
        self.windows.append(window)
        return window

    def pushed(self, window: Window) -> Chained | None:
        """End a window and begin the next; None if nothing has changed, and it goes on."""
        if window.first_id is None:
            return None
        bids, asks = (
            [(sign * key, side.totals.get(key, 0)) for key in sorted(window.touched[sign], reverse=True)]
            for sign, side in ((1, self.bid), (-1, self.ask))
        )
        ended = Chained(window.first_id, self.update_id, window.previous_id, bids, asks)
        window.previous_id, window.first_id = self.update_id, None
        for touched in window.touched.values():
            touched.clear()
        return ended

    # -- retail price improvement --------------------------------------------------------------------

    def with_rpi(self, levels: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return levels with the orders of retail price improvement that rest there, too."""
        spec = self.spec
        return [
            (price, quantity and quantity + spec.step * (price // spec.tick % _RPI_CYCLE))
            for price, quantity in levels
        ]

    def without_rpi(self, item: AggTrade) -> int:
        """Return what of an aggregate trade met no order of retail price improvement."""
        if item.id % _RPI_EVERY:
            return item.quantity
        lots = item.quantity // self.spec.step
        return item.quantity - lots // 2 * self.spec.step
