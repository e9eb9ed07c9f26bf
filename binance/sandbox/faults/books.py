"""Faults of order books: what the stream of changes does not say."""

from binance.exceptions import InvalidArgument
from binance.sandbox.calls import Side, TradedOn
from binance.sandbox.faults.fault import Fault
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Book
from binance.sandbox.market.derivatives import Derivatives
from binance.sandbox.market.market import Market
from binance.sandbox.net.connections import Connections


class BookFaults(Fault):
    """Changes books, and never says so in diff depth."""

    def __init__(self, connections: Connections, market: Market, derivatives: Derivatives) -> None:
        super().__init__(connections)
        self._market = market
        self._derivatives = derivatives

    def lose_level(self, symbol: str, side: Side, market: TradedOn) -> str:
        """Take the best level out of a book."""
        book = self._book(symbol, market)
        price = decimal(book.lose_best(book.bid if side == "BUY" else book.ask))
        self._note("lose_level", symbol=symbol, side=side, market=market, price=price)
        return price

    def _book(self, symbol: str, market: TradedOn) -> Book:
        found: Book | None
        if market == "spot":
            found = self._market.books.get(symbol.upper())
        elif market == "options":
            found = self._derivatives.options.books.get(symbol.upper())
        else:
            found = self._derivatives.futures.book(market, symbol.lower())
        if found is None:
            raise InvalidArgument(f"{market} has no {symbol[:80]!r}")
        return found
