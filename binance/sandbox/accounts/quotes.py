"""Contracts, their prices, and deals in them: perpetuals on the market, options beside it.

An order in futures meets the book of its contract, so its trades are in the market's streams. For options
somebody stands ready to trade at once: half an order's quantity a tick beside the mark price, the other half
two ticks beside it. These trades have ids of their own, and are in no stream.
"""

import math
from collections.abc import Iterator
from itertools import count
from statistics import NormalDist
from typing import Final, NamedTuple

from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.contracts import OPTION, Contract, contracts
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.market.amounts import UNIT

_VOLATILITY: Final = 0.6
_YEAR_MS: Final = 365 * 86_400_000
_NORMAL: Final = NormalDist()


class Deal(NamedTuple):
    """One trade of an account; amounts in units of 1e-8."""

    id: int
    price: int
    quantity: int


class Greeks(NamedTuple):
    """What an option's price depends on: a day of theta, and a hundredth of volatility for vega."""

    delta: float
    gamma: float
    theta: float
    vega: float


class Quotes:
    """Deals in contracts.

    :param first_id: of the first trade of each option.
    """

    def __init__(self, first_id: int) -> None:
        self._first_id = first_id
        self._ids: dict[str, Iterator[int]] = {}

    def deal(
        self, contract: Contract, markets: Markets, buy: bool, quantity: int, limit: int | None
    ) -> list[Deal]:
        """Trade a contract, now.

        :param limit: worst price accepted, in units of 1e-8; None for any.
        :returns: the trades made, in order; fewer than wanted if the book or the limit ends them.
        """
        if contract.leg != OPTION:
            made = markets.futures.market.take(contract.symbol, buy, quantity, limit)
            return [Deal(trade.id, trade.price, trade.quantity) for trade in made]
        return self._beside(contract, markets, buy, quantity, limit)

    def _beside(
        self, contract: Contract, markets: Markets, buy: bool, quantity: int, limit: int | None
    ) -> list[Deal]:
        ids = self._ids.setdefault(contract.symbol, count(self._first_id))
        half = quantity // 2 // contract.step * contract.step
        away = contract.tick if buy else -contract.tick
        made = []
        for ticks, part in enumerate((half, quantity - half) if half else (quantity,), 1):
            price = max(mark(contract, markets) + ticks * away, contract.tick)
            if limit is None or (price <= limit if buy else price >= limit):
                made.append(Deal(next(ids), price, part))
        return made


def find(markets: Markets, symbol: str, legs: tuple[str, ...]) -> Contract:
    """Find a contract by its symbol, in any case.

    :raises InvalidArgument: if these legs of an account have no such contract.
    """
    listed = of_legs(markets, legs)
    contract = next((item for item in listed if item.symbol == symbol.upper()), None)
    if contract is None:
        names = ", ".join(item.symbol for item in listed) or "none"
        raise InvalidArgument(f"this account trades no {symbol}; it has {names}")
    return contract


def of_legs(markets: Markets, legs: tuple[str, ...]) -> list[Contract]:
    """List the contracts of some legs."""
    futures = markets.futures
    specs = tuple(book.spec for book in futures.books.values())
    return [item for item in contracts(specs, int(futures.market.start_ms)).values() if item.leg in legs]


def index(contract: Contract, markets: Markets) -> int:
    """Return the index price of what a contract is about, in units of 1e-8."""
    return markets.futures.prices.index(contract.pair)


def mark(contract: Contract, markets: Markets) -> int:
    """Return the mark price of a contract, in units of 1e-8."""
    futures = markets.futures
    if contract.leg != OPTION:
        return futures.prices.mark(futures.books[contract.symbol], int(markets.now_ms))
    spot = index(contract, markets)
    upper, lower, _ = _moments(contract, markets)
    price, strike = spot / UNIT, contract.strike / UNIT
    premium = price * _NORMAL.cdf(upper) - strike * _NORMAL.cdf(lower)
    if not contract.is_call:
        premium += strike - price
    return max(int(premium * UNIT) // contract.tick, 1) * contract.tick


def greeks(contract: Contract, markets: Markets) -> Greeks:
    """Return the greeks of an option, by the model of Black and Scholes without interest."""
    upper, _, years = _moments(contract, markets)
    spot = index(contract, markets) / UNIT
    density = _NORMAL.pdf(upper)
    delta = _NORMAL.cdf(upper) - (0 if contract.is_call else 1)
    gamma = density / (spot * _VOLATILITY * math.sqrt(years))
    theta = -spot * density * _VOLATILITY / (2 * math.sqrt(years)) / 365
    return Greeks(delta, gamma, theta, spot * density * math.sqrt(years) / 100)


def _moments(contract: Contract, markets: Markets) -> tuple[float, float, float]:
    """Return d1, d2 and the years that are left."""
    years = max(contract.expires_ms - markets.now_ms, 60_000) / _YEAR_MS
    spread = _VOLATILITY * math.sqrt(years)
    upper = math.log(index(contract, markets) / contract.strike) / spread + spread / 2
    return upper, upper - spread, years
