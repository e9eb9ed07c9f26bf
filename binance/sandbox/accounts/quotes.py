"""Contracts and their prices, as the market has them."""

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.contracts import OPTION, Contract, contract
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.options.contracts import Priced, priced


def find(markets: Markets, symbol: str, legs: tuple[str, ...]) -> Contract:
    """Find a contract by its symbol, in any case.

    :raises InvalidArgument: if these legs of an account have no such contract.
    """
    listed = of_legs(markets, legs)
    found = next((item for item in listed if item.symbol == symbol.upper()), None)
    if found is None:
        names = ", ".join(item.symbol for item in listed) or "none"
        raise InvalidArgument(f"this account trades no {symbol}; it has {names}")
    return found


def of_legs(markets: Markets, legs: tuple[str, ...]) -> list[Contract]:
    """List the contracts of some legs."""
    books = (markets.options if OPTION in legs else markets.futures).books
    listed = [contract(book.spec) for book in books.values()]
    return [item for item in listed if item.leg in legs]


def index(item: Contract, markets: Markets) -> int:
    """Return the index price of what a contract is about, in units of 1e-8."""
    return markets.options.index(item.pair) if item.leg == OPTION else markets.futures.prices.index(item.pair)


def mark(item: Contract, markets: Markets) -> int:
    """Return the mark price of a contract, in units of 1e-8."""
    if item.spec is None:
        return markets.futures.prices.mark(markets.book(item), int(markets.now_ms))
    return max(int(greeks(item, markets).price * UNIT), 1)


def greeks(item: Contract, markets: Markets) -> Priced:
    """Return what an option is worth, and its greeks.

    :raises InvalidArgument: if *item* is not an option.
    """
    if item.spec is None:
        raise InvalidArgument(f"{item.symbol} is not an option")
    return priced(item.spec, index(item, markets) / UNIT, int(markets.now_ms))
