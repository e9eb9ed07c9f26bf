"""Orders of accounts: sent to the market, and reported as events.

An order trades on the seeded market, so an event says of a trade what the trade stream says of it.
"""

import random
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from binance.constants import (
    ORDER_STATUS_EXPIRED,
    ORDER_STATUS_FILLED,
    ORDER_STATUS_NEW,
    ORDER_STATUS_PARTIALLY_FILLED,
    ORDER_STATUS_REJECTED,
    ORDER_TYPE_LIMIT,
    ORDER_TYPE_MARKET,
    SIDE_BUY,
    SIDE_SELL,
    TIME_IN_FORCE_GTC,
    TIME_IN_FORCE_IOC,
)
from binance.exceptions import InvalidArgument
from binance.sandbox.accounts.account import Account
from binance.sandbox.accounts.events import position
from binance.sandbox.market.amounts import UNIT, decimal, units
from binance.sandbox.market.market import Market

# A taker pays a thousandth of what it receives.
FEE_DIVISOR: Final = 1000


def read_order(side: str, quantity: str, price: str | None) -> tuple[bool, int, int | None]:
    """Return whether an order buys, its quantity, and its limit, None for a market order.

    :raises InvalidArgument: if the side or an amount is invalid.
    """
    if side not in (SIDE_BUY, SIDE_SELL):
        raise InvalidArgument(f"an order's side is {SIDE_BUY} or {SIDE_SELL}, not {side!r}")
    wanted, limit = units(quantity), None if price is None else units(price)
    if wanted <= 0 or (limit is not None and limit <= 0):
        raise InvalidArgument("an order needs a quantity and a price above 0")
    return side == SIDE_BUY, wanted, limit


class Orders:
    """The orders of all accounts of one exchange.

    :param rng: makes the first order's id.
    """

    def __init__(self, rng: random.Random) -> None:
        self._order_id = rng.randrange(10**6, 10**7)
        self._execution_ids = count(self._order_id * 2 + 1)

    def send(
        self,
        account: Account,
        market: Market,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Send an order to the market and report what became of it.

        A market order without *price*; with one a limit order whose rest expires at once (IOC).

        :param quantity: of the base asset, as a decimal string; ``price`` likewise, of the quote.
        :returns: ``executionReport`` events (NEW, one per trade, EXPIRED for a rest; REJECTED alone
            if the account is too poor), then ``outboundAccountPosition``.
        :raises InvalidArgument: if symbol, side or an amount is invalid.

        Source: Spot *User Data Streams*, "Order Update".
        """
        book = market.books.get(symbol.upper())
        if book is None:
            raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(market.books)}")
        if account.symbol not in (None, book.spec.symbol):
            raise InvalidArgument(f"an isolated margin account of {account.symbol} trades nothing else")
        buy, wanted, limit = read_order(side, quantity, price)
        now_ms = int(market.now_ms)
        self._order_id += 1
        spec = book.spec
        report = _Report(
            self._execution_ids, spec.symbol, side, wanted, limit, self._order_id, client_order_id, now_ms
        )
        cost = wanted * (limit or book.top().ask * 105 // 100) // UNIT
        if account.balance(spec.quote if buy else spec.base) < (cost if buy else wanted):
            return [report.rejected("INSUFFICIENT_BALANCES")]
        account.updated_ms = now_ms
        events = [report.new()]
        received, paid = (spec.base, spec.quote) if buy else (spec.quote, spec.base)
        for made in market.take(spec.symbol, buy, wanted, limit):
            quote = made.price * made.quantity // UNIT
            gain, loss = (made.quantity, quote) if buy else (quote, made.quantity)
            fee = gain // FEE_DIVISOR
            account.free[received] = account.balance(received) + gain - fee
            account.free[paid] = account.balance(paid) - loss
            events.append(report.traded(made.id, made.price, made.quantity, fee, received))
        if report.left:
            events.append(report.expired())
        events.append(position(account, [spec.base, spec.quote], now_ms))
        return events


class _Report:
    """The running state of one order, reported as ``executionReport`` events."""

    def __init__(
        self,
        execution_ids: Iterator[int],
        symbol: str,
        side: str,
        quantity: int,
        limit: int | None,
        order_id: int,
        client_order_id: str | None,
        now_ms: int,
    ) -> None:
        self._execution_ids = execution_ids
        self._quantity = quantity
        self.left = quantity
        self._quote = 0
        self._now_ms = now_ms
        self._fixed = {
            "s": symbol,
            "c": client_order_id or f"sandbox-{order_id}",
            "S": side,
            "o": ORDER_TYPE_MARKET if limit is None else ORDER_TYPE_LIMIT,
            "f": TIME_IN_FORCE_GTC if limit is None else TIME_IN_FORCE_IOC,
            "q": decimal(quantity),
            "p": decimal(limit or 0),
        }
        self._order_id = order_id

    def _event(
        self,
        execution: str,
        status: str,
        *,
        reason: str = "NONE",
        price: int = 0,
        quantity: int = 0,
        fee: int = 0,
        fee_asset: str | None = None,
        trade_id: int = -1,
        works: bool = False,
    ) -> dict[str, Any]:
        now_ms = self._now_ms
        quote = price * quantity // UNIT
        self._quote += quote
        event = {"e": "executionReport", "E": now_ms} | self._fixed
        return event | {
            "P": decimal(0), "F": decimal(0), "g": -1, "C": "", "x": execution, "X": status, "r": reason,
            "i": self._order_id, "l": decimal(quantity), "z": decimal(self._quantity - self.left),
            "L": decimal(price), "n": decimal(fee) if fee_asset else "0", "N": fee_asset, "T": now_ms,
            "t": trade_id, "I": next(self._execution_ids), "w": works, "m": False, "M": False,
            "O": now_ms, "Z": decimal(self._quote), "Y": decimal(quote), "Q": decimal(0), "W": now_ms,
            "V": "NONE",
        }  # fmt: skip

    def new(self) -> dict[str, Any]:
        return self._event("NEW", ORDER_STATUS_NEW, works=True)

    def traded(self, trade_id: int, price: int, quantity: int, fee: int, fee_asset: str) -> dict[str, Any]:
        self.left -= quantity
        status = ORDER_STATUS_PARTIALLY_FILLED if self.left else ORDER_STATUS_FILLED
        return self._event(
            "TRADE", status, price=price, quantity=quantity, fee=fee, fee_asset=fee_asset, trade_id=trade_id
        )

    def expired(self) -> dict[str, Any]:
        return self._event("EXPIRED", ORDER_STATUS_EXPIRED)

    def rejected(self, reason: str) -> dict[str, Any]:
        return self._event("REJECTED", ORDER_STATUS_REJECTED, reason=reason)
