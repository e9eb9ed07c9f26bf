"""A market that is written down id by id, for tests of order books."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from binance.order.book import OrderBook, Row
from binance.order.book_sync import Chain
from binance.venues.catalogue import CATALOGUES, kind_of

#: How changes follow each other, of spot and of futures.
CHAINS = {
    "spot": Chain(kind_of("bnbbtc@depth", CATALOGUES["spot"])),
    "usdm": Chain(kind_of("btcusdt@depth", CATALOGUES["usdm"])),
}

#: Levels by price, of bids and of asks.
Levels = tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]


def levels_of(bids: list[Row], asks: list[Row]) -> Levels:
    """Rows as numbers."""
    one, other = ({Decimal(price): Decimal(amount) for price, amount in rows} for rows in (bids, asks))
    return one, other


class WrittenMarket:
    """A market of *count* events, each of a few ids, and the levels as of each of its ids.

    :ivar events: messages of diff depth.
    :ivar truth: levels by id.
    """

    def __init__(self, seed: int, count: int, venue: str) -> None:
        rng = random.Random(seed)
        self.events: list[dict[str, Any]] = []
        self.truth: dict[int, Levels] = {}
        self.sides: tuple[dict[str, str], dict[str, str]] = ({"100.0": "1"}, {"101.0": "1"})
        self.id = 1000
        self._note()
        self.first_id = self.id
        for _ in range(count):
            before = self.id
            changed: tuple[set[str], set[str]] = (set(), set())
            begins = None
            for _ in range(rng.randint(1, 3)):
                self.id += 1 if venue == "spot" else rng.randint(1, 4)
                begins = begins or self.id
                self._change(rng, changed)
                self._note()
            rows = [
                [[price, self.sides[n].get(price, "0.00")] for price in sorted(changed[n])] for n in (0, 1)
            ]
            event = {"e": "depthUpdate", "E": self.id, "U": begins, "u": self.id, "b": rows[0], "a": rows[1]}
            if venue != "spot":
                event["pu"] = before
            self.events.append(event)

    def snapshot(self, at: int) -> dict[str, Any]:
        """What REST would answer as of an id, or of the last one before it."""
        at = max(one for one in self.truth if one <= at)
        bids, asks = self.truth[at]
        rows = [[[f"{price}", f"{amount}"] for price, amount in side.items()] for side in (bids, asks)]
        return {"lastUpdateId": at, "bids": rows[0], "asks": rows[1]}

    def _change(self, rng: random.Random, changed: tuple[set[str], set[str]]) -> None:
        side = rng.randrange(2)
        levels = self.sides[side]
        price = f"{100 - rng.randint(0, 9)}.0" if side == 0 else f"{101 + rng.randint(0, 9)}.0"
        if price in levels and len(levels) > 1 and rng.random() < 0.5:
            del levels[price]
        else:
            levels[price] = f"{rng.randint(1, 99)}.5"
        changed[side].add(price)

    def _note(self) -> None:
        self.truth[self.id] = levels_of(
            [list(row) for row in self.sides[0].items()], [list(row) for row in self.sides[1].items()]
        )


class Truth:
    """What a book of the sandbox was as of each of its ids, of the latest of them.

    It is written down whenever the sandbox changes a level.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[int, tuple[dict[int, int], dict[int, int]]] = {}
        touch = book._touch

        def noted(side: Any, key: int) -> None:
            touch(side, key)
            self.note()

        book._touch = noted
        self.note()

    def note(self) -> None:
        """Write down what it is now."""
        bid, ask = self._book.bid, self._book.ask
        levels = dict(bid.totals), {-key: amount for key, amount in ask.totals.items()}
        self._known[self._book.update_id] = levels
        if len(self._known) > 5000:
            del self._known[next(iter(self._known))]

    def differs(self, book: OrderBook) -> str | None:
        """In what a book of ours is not as the sandbox's was at its id; None: it is."""
        known = self._known.get(book.last_update_id)
        if known is None:
            return f"{book.symbol}: no id {book.last_update_id}"
        for name, rows, levels in zip(("bids", "asks"), (book.bids(), book.asks()), known, strict=True):
            ours = [(int(Decimal(price).scaleb(8)), int(Decimal(amount).scaleb(8))) for price, amount in rows]
            if ours != sorted(levels.items(), reverse=name == "bids"):
                return f"{book.symbol}: {name} differ at {book.last_update_id}"
        return None
