"""Orders in contracts: dealt, added to positions and wallets, and reported as events."""

from typing import Any, Final

from binance.constants import (
    ORDER_STATUS_EXPIRED,
    ORDER_STATUS_FILLED,
    ORDER_STATUS_NEW,
    ORDER_STATUS_PARTIALLY_FILLED,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_MARKET,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import InvalidArgument
from binance.sandbox.accounts import options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contracts import CM, OPTION, Contract
from binance.sandbox.accounts.futures_events import account_update, event
from binance.sandbox.accounts.holdings import FUTURES_FEE_DIVISOR, OPTION_FEE_DIVISOR
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.orders import read_order
from binance.sandbox.accounts.quotes import index, mark
from binance.sandbox.accounts.venues import USDM
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Trade

# Fields that ORDER_TRADE_UPDATE of options has; futures have all.
_OPTION_FIELDS: Final = frozenset(
    ("s", "c", "S", "o", "f", "q", "p", "ap", "x", "X", "i", "l", "z", "L", "N", "n", "T", "t", "m", "R",
     "ps", "rp")
)  # fmt: skip


class ContractOrders:
    """The orders in contracts of all accounts of one exchange.

    :param first_id: of the first order.
    """

    def __init__(self, first_id: int) -> None:
        self._order_id = first_id

    def send(
        self,
        account: Account,
        contract: Contract,
        markets: Markets,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Deal in a contract, and report what became of it.

        A market order without *price*; with one a limit order whose rest expires at once (IOC).

        :param quantity: of the base asset as a decimal string, of COIN-M in contracts.
        :returns: ``ORDER_TRADE_UPDATE`` (NEW, one per trade, EXPIRED for a rest), and before that of each
            trade what it has changed.
        :raises InvalidArgument: if side or an amount is invalid, or the account is too poor; the exchange
            refuses such an order, and no event tells of it.

        Source: *USD-M* and *COIN-M Futures*, *European Options*: "Event: Order Update".
        """
        buy, wanted, limit = read_order(side, quantity, price)
        if wanted % contract.step:
            raise InvalidArgument(f"{contract.symbol} is traded in steps of {decimal(contract.step)}")
        holdings = account.leg(contract.leg)
        if contract.value(mark(contract, markets), wanted) > holdings.wallet(contract.asset) * _most(
            account, contract
        ):
            raise InvalidArgument("margin is insufficient for this order")
        deals = markets.feed(contract).market.take(contract.symbol, buy, wanted, limit)
        account.updated_ms = int(markets.now_ms)
        self._order_id += 1
        order = _Order(account, contract, self._order_id, client_order_id, buy, wanted, limit, markets)
        events = [order.update("NEW", ORDER_STATUS_NEW)]
        for deal in deals:
            events += order.deal(deal)
        if order.left:
            events.append(order.update("EXPIRED", ORDER_STATUS_EXPIRED))
        if contract.leg == OPTION and deals:
            events += [
                options_events.account_update(account, markets),
                options_events.greek_update(account, markets),
            ]
        return events


def _most(account: Account, contract: Contract) -> int:
    """Return how many times its wallet an account may trade at once."""
    return 1 if contract.leg == OPTION else account.leg(contract.leg).leverage_of(contract.symbol)


class _Order:
    """The running state of one order."""

    def __init__(
        self,
        account: Account,
        contract: Contract,
        order_id: int,
        client_order_id: str | None,
        buy: bool,
        quantity: int,
        limit: int | None,
        markets: Markets,
    ) -> None:
        self._account, self._contract, self._markets = account, contract, markets
        self._id, self._buy, self._quantity, self._limit = order_id, buy, quantity, limit
        self._client_id = client_order_id or f"sandbox-{order_id}"
        self._now_ms = int(markets.now_ms)
        self._value = 0
        self.left = quantity

    def deal(self, deal: Trade) -> list[dict[str, Any]]:
        """Add a trade to the account; returns its events."""
        account, contract, markets = self._account, self._contract, self._markets
        holdings = account.leg(contract.leg)
        value = contract.value(deal.price, deal.quantity)
        profit = holdings.position(contract).trade(self._buy, deal.price, deal.quantity)
        self.left -= deal.quantity
        self._value += value
        status = ORDER_STATUS_PARTIALLY_FILLED if self.left else ORDER_STATUS_FILLED
        if contract.leg == OPTION:
            fee = contract.value(index(contract, markets), deal.quantity) // OPTION_FEE_DIVISOR
            paid = (-value if self._buy else value) - fee
            holdings.pay(contract.asset, paid)
            changed = [options_events.balance_position(account, markets, "ORDER", [contract], paid)]
        else:
            fee = value // FUTURES_FEE_DIVISOR
            holdings.pay(contract.asset, profit - fee)
            changed = [account_update(account, contract.leg, markets, "ORDER", contract.asset, [contract])]
        lite = [self._lite(deal)] if account.kind == USDM else []
        return [*lite, *changed, self.update("TRADE", status, deal, fee, profit)]

    def _lite(self, deal: Trade) -> dict[str, Any]:
        """Return the quick notice of a trade.

        Source: *USD-M Futures*, "Event: Trade Lite".
        """
        body = {
            "s": self._contract.symbol, "q": decimal(self._quantity), "p": decimal(self._limit or 0),
            "m": False, "c": self._client_id, "S": self._side, "L": decimal(deal.price),
            "l": decimal(deal.quantity), "t": deal.id, "i": self._id,
        }  # fmt: skip
        return event(self._account, self._contract.leg, "TRADE_LITE", self._now_ms, body)

    @property
    def _side(self) -> str:
        return SIDE_BUY if self._buy else SIDE_SELL

    def update(
        self, execution: str, status: str, deal: Trade | None = None, fee: int = 0, profit: int = 0
    ) -> dict[str, Any]:
        """Return ``ORDER_TRADE_UPDATE``."""
        contract, limit = self._contract, self._limit
        kind = ORDER_TYPE_MARKET if limit is None else ORDER_TYPE_LIMIT
        done = self._quantity - self.left
        body = {
            "s": contract.symbol, "c": self._client_id, "S": self._side, "o": kind,
            "f": TIME_IN_FORCE_GTC if limit is None else TIME_IN_FORCE_IOC, "q": decimal(self._quantity),
            "p": decimal(limit or 0), "ap": decimal(contract.price(self._value, done) if done else 0),
            "sp": decimal(0), "x": execution, "X": status, "i": self._id,
            "l": decimal(deal.quantity if deal else 0), "z": decimal(done),
            "L": decimal(deal.price if deal else 0), "N": contract.asset, "n": decimal(fee),
            "T": self._now_ms, "t": deal.id if deal else 0, "b": decimal(0), "a": decimal(0), "m": False,
            "R": False, "wt": "CONTRACT_PRICE", "ot": kind, "ps": "BOTH", "cp": False, "AP": decimal(0),
            "cr": decimal(0), "pP": False, "si": 0, "ss": 0, "rp": decimal(profit), "V": "NONE", "pm": "NONE",
            "gtd": 0, "er": "0",
        }  # fmt: skip
        if contract.leg == CM:
            body["ma"] = contract.asset
        if contract.leg == OPTION:
            body = {name: value for name, value in body.items() if name in _OPTION_FIELDS}
        return event(self._account, contract.leg, "ORDER_TRADE_UPDATE", self._now_ms, {"o": body})
