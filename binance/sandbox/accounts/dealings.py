"""Accounts of derivatives: what each kind may trade, and what becomes of its orders and deposits."""

import random
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from binance.constants import SIDE_BUY, SIDE_SELL
from binance.exceptions import InvalidArgument
from binance.sandbox.accounts import at_will, options_events
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.contract_orders import ContractOrders
from binance.sandbox.accounts.contracts import OPTION, Contract
from binance.sandbox.accounts.events import deposit
from binance.sandbox.accounts.futures_events import account_update
from binance.sandbox.accounts.markets import Markets
from binance.sandbox.accounts.orders import Orders
from binance.sandbox.accounts.quotes import find, of_legs
from binance.sandbox.accounts.venues import PORTFOLIO_MARGIN, VENUES
from binance.sandbox.market.amounts import decimal, units
from binance.sandbox.market.futures.pushes import PushFeed

# An order of the random trader, in smallest quantities.
_LOTS = 10

_FUNDING_FEE = "FUNDING_FEE"

# The events of the margin leg of portfolio margin that are numbered.
_NUMBERED = ("outboundAccountPosition", "balanceUpdate")


class Dealings:
    """The dealings of all accounts of derivatives.

    :param rng: makes the first ids.
    :param spot_orders: takes the orders of the margin leg of portfolio margin.

    :ivar markets: where they trade.
    :ivar orders: their orders in contracts, with all events that wait to be sent.
    """

    def __init__(self, rng: random.Random, spot_orders: Orders, markets: Markets) -> None:
        self.markets = markets
        self.orders = ContractOrders(rng.randrange(10**9, 10**10), markets)
        self._spot_orders = spot_orders
        self._ids = count(rng.randrange(10**6, 10**7))

    def send(
        self,
        account: Account,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Send an order of an account, and report what became of it.

        A symbol of portfolio margin that no contract has is traded on the spot market, by its margin leg.

        :raises InvalidArgument: as :meth:`ContractOrders.send`, or if the account does not trade the symbol.
        """
        order = side, quantity, price, client_order_id
        symbols = [contract.symbol for contract in of_legs(self.markets, VENUES[account.kind].legs)]
        if account.kind == PORTFOLIO_MARGIN and symbol.upper() in set(self.markets.spot.books) - set(symbols):
            events = self._numbered(self._spot_orders.send(account, self.markets.spot, symbol, *order))
            self.orders.report(account, *events)
            return events
        return self.orders.send(account, self._find(account, symbol), *order)

    def send_any(self, account: Account, number: int) -> list[dict[str, Any]]:
        """Send the order of a given number of a random trader: even ones buy, odd ones sell that again.

        :returns: its events; none if there is nothing to trade.
        """
        tradable: list[tuple[str, int]] = [
            (contract.symbol, contract.step) for contract in of_legs(self.markets, VENUES[account.kind].legs)
        ]
        if account.kind == PORTFOLIO_MARGIN:
            named = {symbol for symbol, _ in tradable}
            spot = self.markets.spot.books.values()
            tradable += [(book.symbol, book.spec.step) for book in spot if book.symbol not in named]
        if not tradable:
            return []
        symbol, step = tradable[number // 2 % len(tradable)]
        return self.send(account, symbol, SIDE_SELL if number % 2 else SIDE_BUY, decimal(step * _LOTS))

    def feed(self, kind: str, symbol: str) -> PushFeed:
        """Return the market where accounts of a kind trade a contract.

        :raises InvalidArgument: if they trade no such contract.
        """
        return self.markets.feed(find(self.markets, symbol, VENUES[kind].legs))

    def fresh(self, kind: str, symbols: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield what the real-time streams say of contracts that accounts of a kind have just traded."""
        for symbol in symbols:
            contract = find(self.markets, symbol, VENUES[kind].legs)
            yield from self.markets.feed(contract).fresh(self.markets.book(contract))

    def deposit(self, account: Account, asset: str, amount: str) -> list[dict[str, Any]]:
        """Add to a balance, or take from it; returns the events.

        :raises InvalidArgument: if *amount* is not a number.
        """
        events = self._deposit(account, asset, amount)
        self.orders.report(account, *events)
        return events

    def _deposit(self, account: Account, asset: str, amount: str) -> list[dict[str, Any]]:
        if account.kind == PORTFOLIO_MARGIN:
            return self._numbered(deposit(account, asset, amount, int(self.markets.now_ms)))
        delta = units(amount)
        reason = "DEPOSIT" if delta >= 0 else "WITHDRAW"
        [leg] = VENUES[account.kind].legs
        if leg == OPTION and asset != "USDT":
            raise InvalidArgument("accounts of options hold USDT")
        account.leg(leg).pay(asset, delta)
        self.orders.earn(account, leg, "TRANSFER", "", asset, delta)
        if leg == OPTION:
            return [options_events.balance_position(account, self.markets, reason, (), delta)]
        return [account_update(account, leg, self.markets, reason, asset, (), delta)]

    def make(self, account: Account, event: str, symbol: str | None) -> list[dict[str, Any]]:
        """Make an event that comes from no order; returns it.

        :param symbol: the contract it is about; None for the first there is.
        :raises InvalidArgument: if this kind of account has no such event or contract.
        """
        contract = self._find(account, symbol)
        wish = at_will.Wish(account, contract, self.markets, symbol is not None, self._ids)
        made = at_will.make(event, wish)
        if event == "ACCOUNT_UPDATE" and contract.leg != OPTION:  # a funding fee
            fee = units(made["a"]["B"][0]["bc"])
            self.orders.earn(account, contract.leg, _FUNDING_FEE, contract.symbol, contract.asset, fee)
        self.orders.report(account, made)
        return [made]

    def _find(self, account: Account, symbol: str | None) -> Contract:
        legs = VENUES[account.kind].legs
        if symbol is None:
            symbol = next((contract.symbol for contract in of_legs(self.markets, legs)), "")
        return find(self.markets, symbol, legs)

    def _numbered(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Number the events of the margin leg of portfolio margin.

        Source: *Portfolio Margin*, "Event: Account Update" and "Event: Balance Update".
        """
        return [event | {"U": next(self._ids)} if event["e"] in _NUMBERED else event for event in events]
