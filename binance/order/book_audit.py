"""The audit of an order book: compares it with the stream of its best prices. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance.order.book import OrderBook, price_key

#: Ids of which the best prices are remembered, of the book and of the stream each.
REMEMBERED: Final = 200

#: The keys of the best bid and the best ask; None: the side is empty.
Best = tuple[int | None, int | None]


class Audit:
    """Best prices by update id, as the book has them and as the stream has them: where both say something of
    one id, they have to be the same.

    Neither stream waits for the other. So whichever comes second is compared.

    :ivar compared: how often both were known.
    """

    def __init__(self) -> None:
        self.compared = 0
        self._books: dict[int, Best] = {}
        self._tickers: dict[int, Best] = {}

    def is_wrong_after(self, book: OrderBook) -> bool:
        """Whether the book, which has just changed, differs from what the stream said of its id."""
        bid, ask = book.best_bid, book.best_ask
        best = price_key(bid[0]) if bid else None, price_key(ask[0]) if ask else None
        return self._differs(book.last_update_id, best, self._books, self._tickers)

    def is_wrong_by(self, ticker: Mapping[str, Any]) -> bool:
        """Whether a message of the stream, ``{"u", "b", "a", ...}``, differs from what the book was at its
        id.

        :raises LookupError, TypeError, ValueError: if it is not one.
        """
        best = price_key(ticker["b"]) or None, price_key(ticker["a"]) or None
        return self._differs(ticker["u"], best, self._tickers, self._books)

    def forget(self) -> None:
        """The book is fetched again; what the stream said of later ids still holds."""
        self._books.clear()

    def restart(self) -> None:
        """The exchange restarted its ids: what was said of them holds no more."""
        self._books.clear()
        self._tickers.clear()

    def _differs(self, update_id: int, best: Best, same: dict[int, Best], other: dict[int, Best]) -> bool:
        same[update_id] = best
        if len(same) > REMEMBERED:
            del same[next(iter(same))]
        known = other.get(update_id)
        self.compared += known is not None
        return known is not None and known != best
