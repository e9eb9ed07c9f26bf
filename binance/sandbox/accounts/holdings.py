"""What one leg of an account holds: wallets, positions, settings.

A position remembers what it has cost rather than its mean price, so nothing is lost to rounding: the sum of
all realised profits, less the fees, is the change of the wallet to the last digit.
"""

from typing import Final

from binance.sandbox.accounts.contracts import Contract
from binance.sandbox.market.amounts import UNIT

# What a wallet holds when it is first seen.
_WEALTH: Final = 1_000_000 * UNIT

DEFAULT_LEVERAGE: Final = 20
# Of futures a taker pays this part of what was traded, and a maker the other; of options of the underlying's
# value.
FUTURES_FEE_DIVISOR: Final = 2_500
MAKER_FEE_DIVISOR: Final = 5_000
OPTION_FEE_DIVISOR: Final = 4_000
# Margin that has to be left, as a part of a position's value.
MAINTENANCE_DIVISOR: Final = 200


#: The sides of a position: of one-way mode the first, of hedge mode the others.
BOTH: Final = "BOTH"
LONG: Final = "LONG"
SHORT: Final = "SHORT"


class Position:
    """A position in one contract; amounts in units of 1e-8.

    :ivar side: :data:`BOTH`, or in hedge mode :data:`LONG` or :data:`SHORT`.
    :ivar reserved: the margin that open orders hold.
    :ivar amount: below 0 if it is short.
    :ivar cost: what it was worth when it was entered, in the contract's asset; never below 0.
    :ivar realised: profits so far, fees left out.
    """

    def __init__(self, contract: Contract, side: str = BOTH) -> None:
        self.contract = contract
        self.side = side
        self.reserved = 0
        self.amount = 0
        self.cost = 0
        self.realised = 0

    @property
    def sign(self) -> int:
        """1 if it is long, -1 if it is short, 0 if there is none."""
        return (self.amount > 0) - (self.amount < 0)

    @property
    def entry(self) -> int:
        """The mean price at which it was entered; 0 if there is none."""
        return self.contract.price(self.cost, abs(self.amount)) if self.cost else 0

    def opens(self, buy: bool) -> bool:
        """Return whether a trade adds to it, or begins it."""
        return self.sign != (-1 if buy else 1)

    def worth(self, mark: int) -> int:
        """Return the value at a mark price, without its sign."""
        return self.contract.value(mark, abs(self.amount))

    def unrealised(self, mark: int) -> int:
        """Return the profit that there would be at a mark price."""
        return (self.worth(mark) - self.cost) * self.sign * self.contract.sense

    def trade(self, buy: bool, price: int, quantity: int) -> int:
        """Add a trade; returns the profit that it realised."""
        value = self.contract.value(price, quantity)
        closed = 0 if self.opens(buy) else min(quantity, abs(self.amount))
        profit = 0
        if closed:
            cost = self.cost * closed // abs(self.amount)
            gained = value * closed // quantity
            profit = (gained - cost) * self.sign * self.contract.sense
            self.amount -= self.sign * closed
            self.cost -= cost
            value -= gained
        self.amount += (quantity - closed) * (1 if buy else -1)
        if closed < quantity:
            self.cost += value
        self.realised += profit
        return profit


class Holdings:
    """What one leg of an account holds.

    :ivar wallets: balances by asset, in units of 1e-8, without what is not realised.
    :ivar positions: by symbol and side, those that were closed included.
    :ivar leverage: by symbol, where it was changed.
    :ivar isolated: the symbols whose positions have margin of their own.
    :ivar hedge: whether a long and a short position of one contract are two.
    """

    def __init__(self) -> None:
        self.wallets: dict[str, int] = {}
        self.positions: dict[tuple[str, str], Position] = {}
        self.leverage: dict[str, int] = {}
        self.isolated: set[str] = set()
        self.hedge = False
        self.multi_assets = False

    def wallet(self, asset: str) -> int:
        """Return a balance."""
        return self.wallets.setdefault(asset, _WEALTH)

    def pay(self, asset: str, amount: int) -> None:
        """Add to a balance, or take from it."""
        self.wallets[asset] = self.wallet(asset) + amount

    def position(self, contract: Contract, side: str = BOTH) -> Position:
        """Return the position in a contract."""
        return self.positions.setdefault((contract.symbol, side), Position(contract, side))

    def sides(self) -> tuple[str, ...]:
        """Return the sides that a position may have."""
        return (LONG, SHORT) if self.hedge else (BOTH,)

    def look(self, contract: Contract) -> list[Position]:
        """Return the positions in a contract, empty ones too, one for each side."""
        sides = self.sides()
        return [self.positions.get((contract.symbol, side)) or Position(contract, side) for side in sides]

    def isolated_wallet(self, position: Position) -> int:
        """Return the margin that a position has of its own; 0 if it has none."""
        symbol = position.contract.symbol
        return position.cost // self.leverage_of(symbol) if symbol in self.isolated else 0

    def cross_wallet(self, asset: str) -> int:
        """Return a balance without the margins that positions have of their own."""
        held = (p for p in self.positions.values() if p.contract.asset == asset)
        return self.wallet(asset) - sum(map(self.isolated_wallet, held))

    def leverage_of(self, symbol: str) -> int:
        """Return the leverage of a symbol."""
        return self.leverage.get(symbol, DEFAULT_LEVERAGE)

    def open_positions(self) -> list[Position]:
        """List the positions that are not closed."""
        return [position for position in self.positions.values() if position.amount]
