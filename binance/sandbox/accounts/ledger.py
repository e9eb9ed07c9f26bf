"""What one account has ordered: open orders, those that have ended, its trades, its lists."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from binance.sandbox.accounts.spot_order import Fill, OrderList, SpotOrder

# Orders that have ended, and trades, that are kept of each account.
KEPT: Final = 10_000


class Ledger:
    """The orders of one account.

    :ivar open: by id those that may still trade, oldest first.
    :ivar trades: the last :data:`KEPT` trades, oldest first.
    """

    def __init__(self) -> None:
        self.open: dict[int, SpotOrder] = {}
        self.trades: deque[Fill] = deque(maxlen=KEPT)
        self._orders: dict[int, SpotOrder] = {}
        self._ended: deque[SpotOrder] = deque()
        self._lists: dict[int, OrderList] = {}

    def add(self, order: SpotOrder) -> None:
        """Keep a new order."""
        self._orders[order.id] = self.open[order.id] = order

    def add_list(self, orders: OrderList) -> None:
        """Keep a new list, whose orders are added by themselves."""
        self._lists[orders.id] = orders

    def end(self, order: SpotOrder) -> None:
        """Note that an order has ended; the oldest of too many is forgotten, and its list with it."""
        del self.open[order.id]
        self._ended.append(order)
        if len(self._ended) > KEPT:
            oldest = self._ended.popleft()
            del self._orders[oldest.id]
            if oldest.order_list is not None and not oldest.order_list.is_open:
                self._lists.pop(oldest.list_id, None)

    def orders(self, symbol: str | None = None) -> Iterator[SpotOrder]:
        """Yield the orders of a symbol, or of all, oldest first."""
        return (order for order in self._orders.values() if symbol in (None, order.symbol))

    def open_orders(self, symbol: str | None = None) -> list[SpotOrder]:
        """List the open orders of a symbol, or of all, oldest first."""
        return [order for order in self.open.values() if symbol in (None, order.symbol)]

    def lists(self) -> list[OrderList]:
        """List the lists of orders, oldest first."""
        return list(self._lists.values())

    def find(
        self, symbol: str, order_id: int | None, client_id: str | None, only_open: bool = False
    ) -> SpotOrder | None:
        """Find an order by its id or its client order id, the latest of that name; both have to fit."""
        orders = self.open if only_open else self._orders
        if order_id is not None:
            named = [orders[order_id]] if order_id in orders else []
        else:
            named = [order for order in reversed(orders.values()) if order.client_id == client_id]
        fits = (order for order in named if order.symbol == symbol and client_id in (None, order.client_id))
        return next(fits, None)

    def find_list(self, list_id: int | None, client_id: str | None) -> OrderList | None:
        """Find a list by its id or its client id, the latest of that name; both have to fit."""
        return next(
            (
                orders
                for orders in reversed(self._lists.values())
                if list_id in (None, orders.id) and client_id in (None, orders.client_id)
            ),
            None,
        )
