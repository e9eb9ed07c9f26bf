"""Faults of order books: what the stream of changes does not say."""

from binance.exceptions import InvalidArgument
from binance.sandbox.calls import BookVenue, Side
from binance.sandbox.faults.fault import Fault
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Book
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market
from binance.sandbox.net.connections import Connections


class BookFaults(Fault):
    """Changes books without a word."""

    def __init__(self, connections: Connections, market: Market, derivatives: Derivatives) -> None:
        super().__init__(connections)
        self._market = market
        self._derivatives = derivatives

    def lose_level(self, symbol: str, side: Side, venue: BookVenue) -> str:
        """Take the best level out of a book."""
        book = self._book(symbol, venue)
        price = decimal(book.lose_best(book.bid if side == "BUY" else book.ask))
        self._note("lose_level", symbol=symbol, side=side, venue=venue, price=price)
        return price

    def _book(self, symbol: str, venue: BookVenue) -> Book:
        found: Book | None
        if venue == "spot":
            found = self._market.books.get(symbol)
        elif venue == "options":
            found = self._derivatives.options.books.get(symbol)
        else:
            found = self._derivatives.futures.book(venue, symbol.lower())
        if found is None:
            raise InvalidArgument(f"{venue} has no {symbol[:80]!r}")
        return found
