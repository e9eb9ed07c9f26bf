"""Orders in contracts of all accounts: sent to the market, standing in its books, met there, and ended.

An order that comes reports that it is NEW, and then each of its trades. What is left of it stands, or ends.
One that stands is met by whoever takes, and the book calls :meth:`ContractOrders.traded` after each take. All
events are put in one row, in the order in which things happened; :meth:`ContractOrders.collect` takes them
out.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from binance.constants import (
    ORDER_STATUS_CANCELED,
    ORDER_STATUS_EXPIRED,
    ORDER_STATUS_EXPIRED_IN_MATCH,
    TIME_IN_FORCE_FOK,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_GTX,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.accounts import options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contract_ledger import ContractLedger, Income
from binance.sandbox.accounts.contract_order import ContractOrder, Fill, Wanted
from binance.sandbox.accounts.contracts import OPTION, Contract
from binance.sandbox.accounts.futures_events import initial
from binance.sandbox.accounts.holdings import BOTH, LONG, SHORT
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.orders import read_order
from binance.sandbox.accounts.quotes import mark
from binance.sandbox.limits import Window
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import Book, Trade
from binance.sandbox.market.futures.book import FuturesBook
from binance.sandbox.market.futures.rules import ORDER_LIMITS, rules_of
from binance.sandbox.market.resting import Resting

TIME_IN_FORCE_GTD: Final = "GTD"

_UNITS_S: Final = {"SECOND": 1, "MINUTE": 60}

# Of a limit order that is left, these end at once.
_ENDS_AT_ONCE: Final = (TIME_IN_FORCE_IOC, TIME_IN_FORCE_FOK)


class ContractOrders:
    """The orders in contracts of all accounts of one exchange.

    :param first_id: of the first order.
    :param markets: where they trade.
    """

    def __init__(self, first_id: int, markets: Markets) -> None:
        self._ids = count(first_id + 1)
        self._income_ids = count(first_id * 7 + 1)
        self._markets = markets
        self._ledgers: dict[tuple[Account, str], ContractLedger] = {}
        self._row: list[tuple[Account, dict[str, Any]]] = []
        self._counts: dict[Account, list[Window]] = {}

    def ledger(self, account: Account, leg: str) -> ContractLedger:
        """Return what a leg of an account has ordered."""
        return self._ledgers.setdefault((account, leg), ContractLedger())

    def collect(self) -> list[tuple[Account, dict[str, Any]]]:
        """Return the events since this was last called, each with its account, and forget them."""
        row, self._row = self._row, []
        return row

    def report(self, account: Account, *events: dict[str, Any]) -> None:
        """Put events of an account behind those that are there."""
        self._row += [(account, event) for event in events]

    def earn(self, account: Account, leg: str, kind: str, symbol: str, asset: str, amount: int) -> None:
        """Note a change of a wallet that comes from no trade."""
        now_ms = int(self._markets.now_ms)
        income = Income(next(self._income_ids), kind, symbol, asset, amount, now_ms)
        self.ledger(account, leg).income.append(income)

    def count(self, account: Account) -> None:
        """Count an order that an account is about to send.

        :raises BinanceAPIException: 429 with -1015 if that is one too many.

        Source: *USD-M* and *COIN-M Futures*, "General Info", on the limits of orders.
        """
        now_s = self._markets.now_ms / 1000
        for window, (most, number, interval) in zip(self._windows(account), ORDER_LIMITS, strict=True):
            if not window.count(now_s):
                text = f"Too many new orders; current limit is {most} orders per {number} {interval}."
                raise BinanceAPIException(429, -1015, text)

    def _windows(self, account: Account) -> list[Window]:
        return self._counts.setdefault(
            account, [Window(most, number * _UNITS_S[unit]) for most, number, unit in ORDER_LIMITS]
        )

    def counted(self, account: Account) -> tuple[tuple[str, str], ...]:
        """Return the headers that say how many orders an account has sent."""
        now_s = self._markets.now_ms / 1000
        return tuple(
            (f"x-mbx-order-count-{number}{interval[0].lower()}", str(window.counted(now_s)))
            for window, (_, number, interval) in zip(self._windows(account), ORDER_LIMITS, strict=True)
        )

    # -- orders that come ----------------------------------------------------------------------------

    def send(
        self,
        account: Account,
        contract: Contract,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Deal in a contract, and report what became of it.

        A market order without *price*; with one a limit order whose rest expires at once (IOC). In hedge
        mode it is for the long position if it buys, else for the short one.

        :param quantity: of the base asset as a decimal string, of COIN-M in contracts.
        :returns: the order's events: ``ORDER_TRADE_UPDATE`` (NEW, one per trade, EXPIRED for a rest), and
            before that of each trade what it has changed.
        :raises InvalidArgument: if side or an amount is invalid, or the account is too poor; the exchange
            refuses such an order, and there is no event of it.
        """
        buy, wanted, limit = read_order(side, quantity, price)
        if wanted % contract.step:
            raise InvalidArgument(f"{contract.symbol} is traded in steps of {decimal(contract.step)}")
        force = TIME_IN_FORCE_GTC if limit is None else TIME_IN_FORCE_IOC
        side = (LONG if buy else SHORT) if account.leg(contract.leg).hedge else BOTH
        begin = len(self._row)
        try:
            self.place(
                account, contract, Wanted(buy, wanted, limit, force, client_id=client_order_id, side=side)
            )
        except BinanceAPIException as exc:
            raise InvalidArgument(exc.message) from exc
        return [event for owner, event in self._row[begin:] if owner is account]

    def place(self, account: Account, contract: Contract, wanted: Wanted) -> ContractOrder:
        """Let an order come to the market.

        :raises BinanceAPIException: 400 if the account or the market refuses it: with -2019 for want of
            margin, -2022 if it would not reduce, -5021 if it cannot be filled at once, -5022 if it would not
            make.

        Source: *USD-M* and *COIN-M Futures*, "New Order" and "Error Codes".
        """
        self.check(account, contract, wanted)
        market, book = self._markets.feed(contract).market, self._markets.book(contract)
        order = ContractOrder(account, contract, self._markets, wanted, next(self._ids))
        ledger = self.ledger(account, contract.leg)
        ledger.add(order)
        account.updated_ms = order.created_ms
        self._reserve(order)
        self.report(account, order.update("NEW"))
        taken = book.take(wanted.buy, wanted.quantity, wanted.limit, market.moment_us(book), order)
        for trade in taken:
            self._deal(order, trade, maker=False)
        if order.stopped:
            self._end(order, "EXPIRED", ORDER_STATUS_EXPIRED_IN_MATCH)
        elif order.is_open and (wanted.limit is None or wanted.time_in_force in _ENDS_AT_ONCE):
            self._end(order, "EXPIRED", ORDER_STATUS_EXPIRED)
        elif order.is_open:
            book.watcher = self
            book.stand(order)
            order.stands = True
        if contract.leg == OPTION and taken:
            self.report(
                account,
                options_events.account_update(account, self._markets),
                options_events.greek_update(account, self._markets),
            )
        return order

    def check(self, account: Account, contract: Contract, wanted: Wanted) -> None:
        """Refuse an order that the account or the market would; raises as :meth:`place`."""
        book = self._markets.book(contract)
        if wanted.closes and wanted.quantity > self._closable(account, contract, wanted):
            raise BinanceAPIException(400, -2022, "ReduceOnly Order is rejected.")
        if self._needed(account, contract, wanted) > self.available(account, contract):
            raise BinanceAPIException(400, -2019, "Margin is insufficient.")
        if wanted.limit is None:
            return
        crosses = book.crosses(wanted.buy, wanted.limit)
        if wanted.time_in_force == TIME_IN_FORCE_GTX and crosses:
            text = "Due to the order could not be executed as maker, the Post Only order will be rejected."
            raise BinanceAPIException(400, -5022, text)
        if wanted.time_in_force == TIME_IN_FORCE_FOK:
            offered = sum(quantity for _, quantity in book.offers(wanted.buy, wanted.limit))
            if offered < wanted.quantity:
                text = "Due to the order could not be filled immediately, the FOK order has been rejected."
                raise BinanceAPIException(400, -5021, text)
        if len(self._open(account, contract)) >= rules_of(book.spec).orders:
            raise BinanceAPIException(400, -2025, "Reach max open order limit.")

    def _open(self, account: Account, contract: Contract) -> list[ContractOrder]:
        opened = self.ledger(account, contract.leg).open.values()
        return [order for order in opened if order.symbol == contract.symbol]

    def _closable(self, account: Account, contract: Contract, wanted: Wanted) -> int:
        """Return how much an order that only closes may be of."""
        position = account.leg(contract.leg).position(contract, wanted.side)
        return 0 if position.opens(wanted.buy) else abs(position.amount)

    def _needed(self, account: Account, contract: Contract, wanted: Wanted) -> int:
        """Return the margin that an order needs, of the part that adds to a position."""
        if wanted.closes:
            return 0
        holdings = account.leg(contract.leg)
        position = holdings.position(contract, wanted.side)
        adds = wanted.quantity
        if contract.leg != OPTION and not position.opens(wanted.buy):
            adds = max(0, adds - abs(position.amount))
        price = mark(contract, self._markets) if wanted.limit is None else wanted.limit
        return contract.value(price, adds) // self._leverage(account, contract)

    def _leverage(self, account: Account, contract: Contract) -> int:
        return 1 if contract.leg == OPTION else account.leg(contract.leg).leverage_of(contract.symbol)

    def available(self, account: Account, contract: Contract) -> int:
        """Return the margin that is left for a new order in a contract."""
        holdings, markets, asset = account.leg(contract.leg), self._markets, contract.asset
        if contract.leg == OPTION:
            return holdings.wallet(asset)
        held = [position for position in holdings.positions.values() if position.contract.asset == asset]
        profit = sum(p.unrealised(mark(p.contract, markets)) for p in held if p.amount)
        taken = sum(initial(holdings, p, markets) for p in held if p.amount)
        return holdings.wallet(asset) + min(profit, 0) - taken - sum(p.reserved for p in held)

    # -- what becomes of them ------------------------------------------------------------------------

    def _reserve(self, order: ContractOrder) -> None:
        """Hold the margin that what is left of an order needs; none for one that only closes."""
        held = 0
        if order.is_open and not order.wanted.closes and order.wanted.limit is not None:
            value = order.contract.value(order.price, order.left)
            held = value // self._leverage(order.account, order.contract)
        order.position.reserved += held - order.reserved
        order.reserved = held

    def _deal(self, order: ContractOrder, trade: Trade, maker: bool) -> None:
        if not maker:
            order.left -= trade.quantity
        fill, events = order.deal(trade, maker)
        self._reserve(order)
        self.report(order.account, *events)
        ledger = self.ledger(order.account, order.contract.leg)
        ledger.trades.append(fill)
        for kind, amount in (("REALIZED_PNL", fill.profit), ("COMMISSION", -fill.fee)):
            if amount:
                ledger.income.append(self._income(kind, fill, amount))
        if not order.is_open:
            ledger.end(order)
        self._shrink(order)

    def _income(self, kind: str, fill: Fill, amount: int) -> Income:
        contract = fill.order.contract
        return Income(
            next(self._income_ids), kind, contract.symbol, contract.asset, amount, fill.order.updated_ms,
            fill.trade.id,
        )  # fmt: skip

    def _shrink(self, dealt: ContractOrder) -> None:
        """End the orders that can only close a position and are larger than it has become."""
        for order in self._open(dealt.account, dealt.contract):
            if not (order.wanted.closes and order.stands):
                continue
            if order.left > self._closable(order.account, order.contract, order.wanted):
                self._withdraw(order, "EXPIRED", ORDER_STATUS_EXPIRED)

    def _end(self, order: ContractOrder, execution: str, status: str) -> None:
        order.end(status)
        self._reserve(order)
        self.ledger(order.account, order.contract.leg).end(order)
        self.report(order.account, order.update(execution))

    def _withdraw(self, order: ContractOrder, execution: str, status: str) -> None:
        self._book(order).withdraw(order)
        order.stands = False
        self._end(order, execution, status)

    def _book(self, order: ContractOrder) -> FuturesBook:
        return self._markets.book(order.contract)

    def cancel(self, order: ContractOrder) -> None:
        """End an order that stands."""
        self._withdraw(order, "CANCELED", ORDER_STATUS_CANCELED)

    def reserve_again(self, account: Account, contract: Contract) -> None:
        """Hold the margin of open orders again, since the leverage has changed."""
        for order in self._open(account, contract):
            self._reserve(order)

    def expire(self) -> None:
        """End the orders whose time is over."""
        now_ms = self._markets.now_ms
        for ledger in self._ledgers.values():
            for order in tuple(ledger.open.values()):
                if order.stands and 0 < order.wanted.good_till_ms <= now_ms:
                    self._withdraw(order, "EXPIRED", ORDER_STATUS_EXPIRED)

    def traded(self, book: Book, made: Sequence[Trade]) -> None:
        """Look after the orders that a take has met; called by their book."""
        met, book.met = book.met, []
        prevented, book.prevented = book.prevented, []
        for standing, trade in met:
            order = _contract_order(standing)
            order.stands = bool(order.left)
            self._deal(order, trade, maker=True)
        for standing in prevented:
            order = _contract_order(standing)
            order.stands = False
            self._end(order, "EXPIRED", ORDER_STATUS_EXPIRED_IN_MATCH)


def _contract_order(standing: Resting) -> ContractOrder:
    assert isinstance(standing, ContractOrder)  # books of contracts have no others
    return standing
