"""One order of a spot account, and one list of orders: what was asked for, and what has become of it."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from binance.constants import (
    ORDER_STATUS_EXPIRED_IN_MATCH,
    ORDER_STATUS_FILLED,
    ORDER_STATUS_NEW,
    ORDER_STATUS_PARTIALLY_FILLED,
    ORDER_TYPE_MARKET,
    ORDER_TYPE_STOP_LOSS,
    ORDER_TYPE_STOP_LOSS_LIMIT,
    ORDER_TYPE_TAKE_PROFIT,
    ORDER_TYPE_TAKE_PROFIT_LIMIT,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_GTC,
)
from binance.sandbox.accounts.account import Account
from binance.sandbox.market.amounts import UNIT
from binance.sandbox.market.book import Book, Trade
from binance.sandbox.market.resting import Prevention, Resting

STOP_LOSSES: Final = (ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT)
TAKE_PROFITS: Final = (ORDER_TYPE_TAKE_PROFIT, ORDER_TYPE_TAKE_PROFIT_LIMIT)

#: Orders that wait for a price before they come to the book; "algo" orders to the filters.
CONTINGENT: Final = (*STOP_LOSSES, *TAKE_PROFITS)

#: Orders that have no price of their own.
AT_MARKET: Final = (ORDER_TYPE_MARKET, ORDER_TYPE_STOP_LOSS, ORDER_TYPE_TAKE_PROFIT)

_OPEN: Final = (ORDER_STATUS_NEW, ORDER_STATUS_PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it is asked for; amounts in units of 1e-8, 0 for those that it does not have.

    :ivar quote_quantity: what to spend or to receive, in place of ``quantity``.
    :ivar client_id: None for one that is made.
    """

    buy: bool
    type: str
    quantity: int = 0
    quote_quantity: int = 0
    price: int = 0
    stop_price: int = 0
    time_in_force: str = TIME_IN_FORCE_GTC
    client_id: str | None = None
    prevention: Prevention = "EXPIRE_MAKER"
    strategy_id: int | None = None
    strategy_type: int | None = None

    @property
    def is_contingent(self) -> bool:
        """Whether it waits for its stop price."""
        return self.type in CONTINGENT

    @property
    def waits_for_rise(self) -> bool:
        """Whether it is a rise to its stop price that triggers it, not a fall."""
        return self.buy == (self.type in STOP_LOSSES)

    def is_triggered(self, low: int, high: int) -> bool:
        """Return whether trades between two prices trigger it."""
        return high >= self.stop_price if self.waits_for_rise else low <= self.stop_price


class Fill(NamedTuple):
    """One trade of an order; amounts in units of 1e-8.

    :ivar quote: the price times the quantity.
    :ivar fee: of what was received.
    """

    order: "SpotOrder"
    trade: Trade
    quote: int
    fee: int
    fee_asset: str
    maker: bool


class SpotOrder(Resting):
    """One order of an account.

    :ivar left: what of it the book may still fill; ``executed`` follows when a trade is reported.
    :ivar quote: what its trades come to, in units of 1e-8 of the quote asset.
    :ivar held: what is locked for it, without what its list holds.
    :ivar waits: whether it waits for its stop price; ``stands``: whether it is in the book.
    :ivar working_ms: since when it is on the book; -1 before that.
    :ivar expiry: why it has expired, or None.
    :ivar of_client: whether a client has sent it, so that it counts against the limits of orders.
    """

    def __init__(self, account: Account, book: Book, wanted: Wanted, order_id: int, now_ms: int) -> None:
        super().__init__(account, wanted.buy, wanted.price, wanted.quantity, wanted.prevention)
        self.account = account
        self.book = book
        self.wanted = wanted
        self.id = order_id
        self.client_id = wanted.client_id or f"sandbox-{order_id}"
        self.order_list: OrderList | None = None
        self.quantity = wanted.quantity
        self.executed = self.quote = 0
        self.held = 0
        self.status = ORDER_STATUS_NEW
        self.waits = wanted.is_contingent
        self.stands = False
        self.of_client = False
        self.created_ms = self.updated_ms = now_ms
        self.working_ms = -1
        self.expiry: str | None = None
        self.prevented_match: int | None = None
        self.fills: list[Fill] = []

    @property
    def symbol(self) -> str:
        """Market symbol."""
        return self.book.symbol

    @property
    def list_id(self) -> int:
        """The id of its list; -1 for none."""
        return -1 if self.order_list is None else self.order_list.id

    @property
    def side(self) -> str:
        """``"BUY"`` or ``"SELL"``."""
        return SIDE_BUY if self.buy else SIDE_SELL

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in _OPEN

    @property
    def remaining(self) -> int:
        """What of it is not executed, in units of 1e-8; of an order that has ended, what never was."""
        return self.quantity - self.executed

    @property
    def prevented(self) -> int:
        """What of it ended in place of a trade with its own account."""
        return self.remaining if self.status == ORDER_STATUS_EXPIRED_IN_MATCH else 0

    @property
    def limit(self) -> int | None:
        """The worst price it accepts; None for any."""
        return None if self.wanted.type in AT_MARKET else self.price

    @property
    def received(self) -> str:
        """The asset that its trades add to the account."""
        return self.book.spec.base if self.buy else self.book.spec.quote

    @property
    def paid(self) -> str:
        """The asset that its trades cost."""
        return self.book.spec.quote if self.buy else self.book.spec.base

    def needed(self) -> int:
        """Return what has to be locked for it; nothing where it cannot wait or stand."""
        if not self.is_open or (self.limit is None and not self.waits):
            return 0
        price = self.wanted.stop_price if self.limit is None else self.price
        return price * self.remaining // UNIT if self.buy else self.remaining

    def filled(self, fill: Fill, now_ms: int) -> None:
        """Note a trade, of which ``left`` knows already."""
        self.fills.append(fill)
        self.executed += fill.trade.quantity
        self.quote += fill.quote
        self.status = ORDER_STATUS_PARTIALLY_FILLED if self.remaining else ORDER_STATUS_FILLED
        self.updated_ms = now_ms


class OrderList:
    """Orders of which one cancels the others.

    :ivar held: what is locked for all of them together.
    :ivar done: whether its end was reported.
    """

    def __init__(self, number: int, client_id: str | None, orders: list[SpotOrder], now_ms: int) -> None:
        self.id = number
        self.client_id = client_id or f"sandbox-list-{number}"
        self.orders = orders
        self.updated_ms = now_ms
        self.held = 0
        self.done = False
        for order in orders:
            order.order_list = self

    @property
    def account(self) -> Account:
        """Whose it is."""
        return self.orders[0].account

    @property
    def symbol(self) -> str:
        """Market symbol."""
        return self.orders[0].symbol

    @property
    def is_open(self) -> bool:
        """Whether one of its orders may still trade."""
        return any(order.is_open for order in self.orders)

    @property
    def states(self) -> tuple[str, str]:
        """The type of its status, and the status of its orders."""
        return ("EXEC_STARTED", "EXECUTING") if self.is_open else ("ALL_DONE", "ALL_DONE")
