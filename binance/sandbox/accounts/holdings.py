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
# Of futures a taker pays this part of what was traded, of options of the underlying's value.
FUTURES_FEE_DIVISOR: Final = 2_500
OPTION_FEE_DIVISOR: Final = 4_000
# Margin that has to be left, as a part of a position's value.
MAINTENANCE_DIVISOR: Final = 200


class Position:
    """A position in one contract; amounts in units of 1e-8.

    :ivar amount: below 0 if it is short.
    :ivar cost: what it was worth when it was entered, in the contract's asset; never below 0.
    :ivar realised: profits so far, fees left out.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
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

    def worth(self, mark: int) -> int:
        """Return the value at a mark price, without its sign."""
        return self.contract.value(mark, abs(self.amount))

    def unrealised(self, mark: int) -> int:
        """Return the profit that there would be at a mark price."""
        return (self.worth(mark) - self.cost) * self.sign * self.contract.sense

    def trade(self, buy: bool, price: int, quantity: int) -> int:
        """Add a trade; returns the profit that it realised."""
        value = self.contract.value(price, quantity)
        closed = min(quantity, abs(self.amount)) if self.sign == (-1 if buy else 1) else 0
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
    :ivar positions: by symbol, those that were closed included.
    :ivar leverage: by symbol, where it was changed.
    """

    def __init__(self) -> None:
        self.wallets: dict[str, int] = {}
        self.positions: dict[str, Position] = {}
        self.leverage: dict[str, int] = {}
        self.multi_assets = False

    def wallet(self, asset: str) -> int:
        """Return a balance."""
        return self.wallets.setdefault(asset, _WEALTH)

    def pay(self, asset: str, amount: int) -> None:
        """Add to a balance, or take from it."""
        self.wallets[asset] = self.wallet(asset) + amount

    def position(self, contract: Contract) -> Position:
        """Return the position in a contract."""
        return self.positions.setdefault(contract.symbol, Position(contract))

    def leverage_of(self, symbol: str) -> int:
        """Return the leverage of a symbol."""
        return self.leverage.get(symbol, DEFAULT_LEVERAGE)

    def open_positions(self) -> list[Position]:
        """List the positions that are not closed."""
        return [position for position in self.positions.values() if position.amount]
