"""One order in contracts: what was asked for, what has become of it, and what it reports."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from binance.constants import (
    ORDER_STATUS_FILLED,
    ORDER_STATUS_NEW,
    ORDER_STATUS_PARTIALLY_FILLED,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_MARKET,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_GTC,
)
from binance.sandbox.accounts import options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import CM, OPTION, Contract
from binance.sandbox.accounts.futures_events import account_update, event
from binance.sandbox.accounts.holdings import (
    BOTH,
    FUTURES_FEE_DIVISOR,
    LONG,
    MAKER_FEE_DIVISOR,
    OPTION_FEE_DIVISOR,
    Position,
)
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.quotes import index
from binance.sandbox.accounts.venues import USDM
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Trade
from binance.sandbox.market.resting import Prevention, Resting

# Fields that ORDER_TRADE_UPDATE of options has; futures have all.
_OPTION_FIELDS: Final = frozenset(
    ("s", "c", "S", "o", "f", "q", "p", "ap", "x", "X", "i", "l", "z", "L", "N", "n", "T", "t", "m", "R",
     "ps", "rp")
)  # fmt: skip

_OPEN: Final = (ORDER_STATUS_NEW, ORDER_STATUS_PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it is asked for; amounts in units of 1e-8.

    :ivar limit: the worst price it accepts; None for a market order.
    :ivar reduce_only: whether it must not add to a position.
    :ivar client_id: None for one that is made.
    :ivar side: of the position, ``"BOTH"``, or in hedge mode ``"LONG"`` or ``"SHORT"``.
    :ivar good_till_ms: when a GTD order ends; 0 for never.
    """

    buy: bool
    quantity: int
    limit: int | None = None
    time_in_force: str = TIME_IN_FORCE_GTC
    reduce_only: bool = False
    client_id: str | None = None
    side: str = BOTH
    prevention: Prevention = "NONE"
    good_till_ms: int = 0

    @property
    def closes(self) -> bool:
        """Whether it can only make a position smaller."""
        return self.reduce_only or (self.side != BOTH and (self.side == LONG) != self.buy)


class Fill(NamedTuple):
    """One trade of an order; amounts in units of 1e-8.

    :ivar value: what was traded, in the contract's asset; *fee* and *profit* likewise.
    """

    order: "ContractOrder"
    trade: Trade
    value: int
    fee: int
    profit: int
    maker: bool


class ContractOrder(Resting):
    """One order of an account.

    :ivar left: what is not filled; what of an order that has ended never was.
    :ivar value: what its trades come to, in the contract's asset.
    :ivar reserved: the margin held for it.
    :ivar stands: whether it is in the book.
    """

    def __init__(
        self, account: Account, contract: Contract, markets: Markets, wanted: Wanted, order_id: int
    ) -> None:
        super().__init__(account, wanted.buy, wanted.limit or 0, wanted.quantity, wanted.prevention)
        self.account, self.contract, self.wanted = account, contract, wanted
        self.id = order_id
        self.client_id = wanted.client_id or f"sandbox-{order_id}"
        self.quantity = wanted.quantity
        self.value = 0
        self.reserved = 0
        self.status = ORDER_STATUS_NEW
        self.stands = False
        self._markets = markets
        self.created_ms = self.updated_ms = int(markets.now_ms)

    @property
    def symbol(self) -> str:
        """The contract's symbol."""
        return self.contract.symbol

    @property
    def side(self) -> str:
        """``"BUY"`` or ``"SELL"``."""
        return SIDE_BUY if self.buy else SIDE_SELL

    @property
    def type(self) -> str:
        """``"LIMIT"`` or ``"MARKET"``."""
        return ORDER_TYPE_MARKET if self.wanted.limit is None else ORDER_TYPE_LIMIT

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in _OPEN

    @property
    def executed(self) -> int:
        """What of it was filled, in units of 1e-8."""
        return self.quantity - self.left

    @property
    def average(self) -> int:
        """The mean price of its trades, in units of 1e-8; 0 without any."""
        return self.contract.price(self.value, self.executed) if self.value else 0

    @property
    def position(self) -> Position:
        """The position that its trades change."""
        return self.account.leg(self.contract.leg).position(self.contract, self.wanted.side)

    def deal(self, trade: Trade, maker: bool) -> tuple[Fill, list[dict[str, Any]]]:
        """Add a trade, of which ``left`` knows already, to the account; returns its events, too."""
        account, contract, markets = self.account, self.contract, self._markets
        holdings, position = account.leg(contract.leg), self.position
        value = contract.value(trade.price, trade.quantity)
        profit = position.trade(self.buy, trade.price, trade.quantity)
        self.value += value
        self.status = ORDER_STATUS_PARTIALLY_FILLED if self.left else ORDER_STATUS_FILLED
        self.updated_ms = account.updated_ms = int(markets.now_ms)
        if contract.leg == OPTION:
            fee = contract.value(index(contract, markets), trade.quantity) // OPTION_FEE_DIVISOR
            paid = (-value if self.buy else value) - fee
            holdings.pay(contract.asset, paid)
            changed = [options_events.balance_position(account, markets, "ORDER", [contract], paid)]
        else:
            fee = value // (MAKER_FEE_DIVISOR if maker else FUTURES_FEE_DIVISOR)
            holdings.pay(contract.asset, profit - fee)
            changed = [account_update(account, contract.leg, markets, "ORDER", contract.asset, [position])]
        fill = Fill(self, trade, value, fee, profit, maker)
        lite = [self._lite(fill)] if account.kind == USDM else []
        return fill, [*lite, *changed, self.update("TRADE", fill)]

    def _lite(self, fill: Fill) -> dict[str, Any]:
        """Return the quick notice of a trade.

        Source: *USD-M Futures*, "Event: Trade Lite".
        """
        trade = fill.trade
        body = {
            "s": self.symbol, "q": decimal(self.quantity), "p": decimal(self.price), "m": fill.maker,
            "c": self.client_id, "S": self.side, "L": decimal(trade.price), "l": decimal(trade.quantity),
            "t": trade.id, "i": self.id,
        }  # fmt: skip
        return event(self.account, self.contract.leg, "TRADE_LITE", self.updated_ms, body)

    def end(self, status: str) -> None:
        """Note that it has ended without being filled."""
        self.status = status
        self.updated_ms = int(self._markets.now_ms)

    def update(self, execution: str, fill: Fill | None = None) -> dict[str, Any]:
        """Return ``ORDER_TRADE_UPDATE``.

        Source: *USD-M* and *COIN-M Futures*, *European Options*: "Event: Order Update".
        """
        contract, wanted = self.contract, self.wanted
        trade = None if fill is None else fill.trade
        body = {
            "s": self.symbol, "c": self.client_id, "S": self.side, "o": self.type, "f": wanted.time_in_force,
            "q": decimal(self.quantity), "p": decimal(self.price), "ap": decimal(self.average),
            "sp": decimal(0), "x": execution, "X": self.status, "i": self.id,
            "l": decimal(trade.quantity if trade else 0), "z": decimal(self.executed),
            "L": decimal(trade.price if trade else 0), "N": contract.asset,
            "n": decimal(fill.fee if fill else 0), "T": self.updated_ms, "t": trade.id if trade else 0,
            "b": decimal(self.reserved if self.buy else 0), "a": decimal(0 if self.buy else self.reserved),
            "m": fill is not None and fill.maker, "R": wanted.reduce_only, "wt": "CONTRACT_PRICE",
            "ot": self.type, "ps": wanted.side, "cp": False, "AP": decimal(0), "cr": decimal(0),
            "pP": False, "si": 0, "ss": 0, "rp": decimal(fill.profit if fill else 0), "V": wanted.prevention,
            "pm": "NONE", "gtd": wanted.good_till_ms, "er": "0",
        }  # fmt: skip
        if contract.leg == CM:
            body["ma"] = contract.asset
        if contract.leg == OPTION:
            body = {name: value for name, value in body.items() if name in _OPTION_FIELDS}
        return event(self.account, contract.leg, "ORDER_TRADE_UPDATE", self.updated_ms, {"o": body})
