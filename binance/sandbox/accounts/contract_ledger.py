"""What one leg of an account of derivatives has ordered, traded, gained and paid."""

from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from binance.sandbox.accounts.contract_order import ContractOrder, Fill

# Orders that have ended, trades, and changes of the balance that are kept of each leg.
KEPT: Final = 10_000


class Income(NamedTuple):
    """One change of a wallet.

    :ivar kind: ``"REALIZED_PNL"``, ``"COMMISSION"``, ``"FUNDING_FEE"`` or ``"TRANSFER"``.
    :ivar symbol: the contract's, or empty.
    :ivar amount: in units of 1e-8 of *asset*.
    :ivar trade_id: the trade's; 0 for none.
    """

    number: int
    kind: str
    symbol: str
    asset: str
    amount: int
    time_ms: int
    trade_id: int = 0


class ContractLedger:
    """The orders of one leg of an account.

    :ivar open: by id those that may still trade, oldest first.
    :ivar trades: the last :data:`KEPT`, oldest first; ``income`` likewise.
    """

    def __init__(self) -> None:
        self.open: dict[int, ContractOrder] = {}
        self.trades: deque[Fill] = deque(maxlen=KEPT)
        self.income: deque[Income] = deque(maxlen=KEPT)
        self._orders: dict[int, ContractOrder] = {}
        self._ended: deque[int] = deque()

    def add(self, order: ContractOrder) -> None:
        """Keep a new order."""
        self._orders[order.id] = self.open[order.id] = order

    def end(self, order: ContractOrder) -> None:
        """Note that an order has ended; the oldest of too many is forgotten."""
        del self.open[order.id]
        self._ended.append(order.id)
        if len(self._ended) > KEPT:
            del self._orders[self._ended.popleft()]

    def orders(self) -> Iterator[ContractOrder]:
        """Yield the orders, oldest first."""
        return iter(self._orders.values())

    def find(self, symbol: str, order_id: int | None, client_id: str | None) -> ContractOrder | None:
        """Find an order by its id, which goes first, or its client order id, the latest of that name."""
        if order_id is not None:
            named = [self._orders[order_id]] if order_id in self._orders else []
        else:
            named = [order for order in reversed(self._orders.values()) if order.client_id == client_id]
        return next((order for order in named if order.symbol == symbol), None)
