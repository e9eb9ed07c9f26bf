"""Index prices, mark prices and funding rates: what follows from the prices at which contracts trade.

The index of a pair lies a fixed part below the last price of its perpetual contract. The mark price of a
perpetual is the index and a premium, which changes with every funding interval, and makes the funding rate by
the exchange's own formula; that of a delivery contract lies just below its last price.
"""

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.contracts import COMPONENTS
from binance.sandbox.market.times import HOUR_MS, MINUTE_MS

FUNDING_MS: Final = 8 * HOUR_MS

_MILLION: Final = 1_000_000
_INDEX_BELOW: Final = 400
_DELIVERY_BELOW: Final = 100
_MOST_PREMIUM: Final = 1_000

# The interest of one funding interval, and how far the premium may move the rate from it; in millionths.
_INTEREST: Final = 100
_DAMPING: Final = 500


class Prices:
    """Prices of one market that are not those of trades; all in units of 1e-8.

    :param books: the market's, by symbol.
    """

    def __init__(self, seed: int, books: Mapping[str, FuturesBook]) -> None:
        self._books: dict[str, FuturesBook] = {}
        for book in sorted(books.values(), key=lambda book: book.spec.perpetual):
            self._books[book.spec.pair] = book  # the perpetual, where there is one
        self._premium = lru_cache(maxsize=1024)(
            lambda pair, number: random.Random(f"{seed}/{pair}/{number}").randint(
                -_MOST_PREMIUM, _MOST_PREMIUM
            )
        )

    @property
    def pairs(self) -> list[str]:
        """All pairs."""
        return list(self._books)

    def book_of(self, pair: str) -> FuturesBook | None:
        """Return the book that makes the index of a pair."""
        return self._books.get(pair)

    def index(self, pair: str, price: int | None = None) -> int:
        """Return the index of a pair, now or when its contract traded at *price*."""
        return _below(self._books[pair].last_price if price is None else price, _INDEX_BELOW)

    def mark(self, book: FuturesBook, time_ms: int, price: int | None = None) -> int:
        """Return the mark price of a contract, now or when its pair's index was made of *price*."""
        spec = book.spec
        if not spec.perpetual:
            return _below(book.last_price if price is None else price, _DELIVERY_BELOW)
        return _below(self.index(spec.pair, price), -self._premium(spec.pair, time_ms // FUNDING_MS))

    def average_mark(self, book: FuturesBook, time_ms: int) -> int:
        """Return the mark price over the last minute."""
        minute = book.history.window(time_ms - MINUTE_MS, time_ms)
        return self.mark(book, time_ms, (minute.high + minute.low) // 2)

    def funding(self, book: FuturesBook, time_ms: int) -> tuple[int, int]:
        """Return the funding rate of a perpetual, in units of 1e-8, and when it is next due, in ms.

        Source: *Introduction to Binance Futures Funding Rates*: the premium, and the difference of interest
        and premium within 0.05 %.
        """
        number = time_ms // FUNDING_MS
        premium = self._premium(book.spec.pair, number)
        rate = premium + max(-_DAMPING, min(_DAMPING, _INTEREST - premium))
        return rate * 100, (number + 1) * FUNDING_MS

    def composite(self) -> dict[str, tuple[int, int]]:
        """Return what the composite index is made of: by asset its quantity and its index price."""
        found = {asset: self._books.get(f"{asset}USDT") for asset in COMPONENTS}
        return {
            asset: (COMPONENTS[asset], self.index(book.spec.pair))
            for asset, book in found.items()
            if book is not None
        }


def _below(price: int, millionths: int) -> int:
    return price - price * millionths // _MILLION
