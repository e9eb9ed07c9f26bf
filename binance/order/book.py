"""The order book of one symbol: levels by price, kept sorted, in the exchange's own text. Pure.

No number becomes a float. A side is a dict from an integer key, the price's digits, to the row that the
exchange sent, and a list of the keys, kept sorted by bisection: most changes are of quantities at levels that
there are, which cost one look-up, and the best levels are a slice. Keys grow towards the best price, those of
asks are negative, so the best level of either side is the last.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Final

#: A level: price and quantity, both as the exchange wrote them.
Row = list[str]

#: Digits behind the point that a price may have.
PLACES: Final = 18
#: Prices whose keys are remembered, of all books together; then they are forgotten and read again.
REMEMBERED: Final = 100_000

#: How a quantity of 0 is written: the level is removed.
ZEROS: Final = frozenset(("0", *("0." + "0" * places for places in range(1, PLACES + 1))))


class _Keys(dict[str, int]):
    """The keys of prices, by their text.

    :param sign: 1 for bids, -1 for asks.
    """

    def __init__(self, sign: int) -> None:
        super().__init__()
        self._sign = sign

    def __missing__(self, price: str) -> int:
        if not isinstance(price, str):
            raise ValueError(f"{price!r} is not a price; a price is a str")
        whole, _, rest = price.partition(".")
        digits = whole + rest.ljust(PLACES, "0")
        if len(rest) > PLACES or not (whole and digits.isascii() and digits.isdecimal()):
            raise ValueError(f"{price!r} is not a price")
        if len(self) >= REMEMBERED:
            self.clear()
        key = self[price] = self._sign * int(digits)
        return key


_KEYS: Final = {sign: _Keys(sign) for sign in (1, -1)}


def price_key(price: str) -> int:
    """The digits of a price as a whole number, in units of 1e-18.

    :raises ValueError: if it is not a price.
    """
    return _KEYS[1][price]


class Side:
    """One side of a book.

    :param sign: 1 for bids, -1 for asks.
    :ivar keys: of all levels, the best one last.
    :ivar floor: key of the last level that the snapshot had room for; what lies below is known only where it
        has changed since. None: the snapshot had all levels.
    """

    __slots__ = ("_enough", "_key_of", "_rows", "floor", "keys")

    def __init__(self, sign: int) -> None:
        self._key_of = _KEYS[sign]
        self._rows: dict[int, Row] = {}
        self.keys: list[int] = []
        self.floor: int | None = None
        self._enough = 0

    def replace(self, rows: Iterable[Row], limit: int | None = None) -> None:
        """Take the levels of a snapshot in place of those that there are.

        :param limit: how many levels the snapshot had room for; None: for all.
        :raises ValueError: if a price is not one.
        """
        self._rows.clear()
        self.keys.clear()
        self.change(rows)
        is_cut = limit is not None and len(self.keys) >= limit
        self.floor = self.keys[0] if is_cut and self.keys else None
        self._enough = max(len(self.keys) // 4, 1)

    def change(self, rows: Iterable[Row]) -> None:
        """Set the quantities of levels; those with a quantity of 0 are removed.

        :raises ValueError: if a price is not one, or a row has not two members.
        """
        levels, keys, key_of = self._rows, self.keys, self._key_of
        for row in rows:
            price, quantity = row
            key = key_of[price]
            if quantity in ZEROS:
                if key in levels:
                    del levels[key], keys[bisect_left(keys, key)]
            else:
                if key not in levels:
                    insort(keys, key)
                levels[key] = row

    def best(self, count: int | None = None) -> list[Row]:
        """The best levels, best first; None: all."""
        levels = self._rows
        keys = self.keys[::-1] if count is None else self.keys[: -count - 1 : -1] if count > 0 else ()
        return [levels[key] for key in keys]

    def known(self) -> int | None:
        """How many of the best levels are known without a hole; None: all."""
        return None if self.floor is None else len(self.keys) - bisect_left(self.keys, self.floor)

    def runs_out(self) -> bool:
        """Whether three quarters of the snapshot's levels were removed, and others are unknown."""
        known = self.known()
        return known is not None and known < self._enough


class OrderBook:
    """The order book of one symbol, as a callback gets it: the same object each time.

    It changes in the reactor's thread, between two calls of the callback. It may be read in any thread; there
    bids and asks that were read one after the other may be as of two ids.

    :ivar symbol: as the exchange spells it, e.g. ``"BNBBTC"``.
    :ivar last_update_id: the exchange's id of the last change in it; 0 before there was a snapshot.
    :ivar event_time: when the exchange sent that change, in the unit of the messages; None: not known, as
        after a snapshot of spot.
    :ivar synced: whether it is true. It is not while a snapshot is fetched, while there is no connection, and
        when its socket has ended.
    """

    __slots__ = ("_asks", "_bids", "_lock", "event_time", "last_update_id", "symbol", "synced")

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.last_update_id = 0
        self.event_time: int | None = None
        self.synced = False
        self._bids = Side(1)
        self._asks = Side(-1)
        self._lock = threading.Lock()  # guards both sides

    def __repr__(self) -> str:
        state = "synced" if self.synced else "not synced"
        return f"<OrderBook {self.symbol} {self.best_bid} {self.best_ask} {self.last_update_id} {state}>"

    def bids(self, n: int | None = None) -> list[Row]:
        """The best *n* bids, best first, each ``[price, quantity]`` as the exchange wrote it; None: all.

        The list is yours, the rows are the book's: do not change them.
        """
        with self._lock:
            return self._bids.best(n)

    def asks(self, n: int | None = None) -> list[Row]:
        """The best *n* asks, best first; as :meth:`bids`."""
        with self._lock:
            return self._asks.best(n)

    @property
    def best_bid(self) -> Row | None:
        """The highest bid, ``[price, quantity]``; None without bids."""
        return next(iter(self.bids(1)), None)

    @property
    def best_ask(self) -> Row | None:
        """The lowest ask; None without asks."""
        return next(iter(self.asks(1)), None)

    # -- for who keeps it ---------------------------------------------------------------------------------

    def replace(
        self, last_update_id: int, bids: Iterable[Row], asks: Iterable[Row], limit: int | None = None
    ) -> None:
        """Take a snapshot in place of what there is.

        :param limit: levels of each side that the snapshot had room for; None: for all.
        :raises ValueError: if a price is not one.
        """
        with self._lock:
            self._bids.replace(bids, limit)
            self._asks.replace(asks, limit)
            self.last_update_id = last_update_id

    def change(self, last_update_id: int, bids: Iterable[Row], asks: Iterable[Row]) -> None:
        """Set the quantities of levels, as of an id.

        :raises ValueError: if a price is not one; then the book is not to be used any more.
        """
        with self._lock:
            self._bids.change(bids)
            self._asks.change(asks)
            self.last_update_id = last_update_id

    @property
    def is_crossed(self) -> bool:
        """Whether somebody bids as much as another one asks."""
        bids, asks = self._bids.keys, self._asks.keys
        return bool(bids and asks) and bids[-1] + asks[-1] >= 0

    @property
    def runs_out(self) -> bool:
        """Whether few of the best levels are known without a hole."""
        return self._bids.runs_out() or self._asks.runs_out()

    @property
    def has_run_out(self) -> bool:
        """Whether the best level of a side is not known."""
        return 0 in (self._bids.known(), self._asks.known())
