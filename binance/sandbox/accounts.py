"""Accounts, their listen keys, and the events of their orders.

Pure: time is an argument, in milliseconds of the exchange's clock. An api key is an account; its orders
trade on the seeded market, so that what a user event says about a trade is what the trade stream says.
"""

import random
import string
from collections.abc import Collection
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
from binance.exceptions import BinanceAPIException, InvalidArgument
from binance.sandbox.market import UNIT, Market, decimal, units

LISTEN_KEY_MS: Final = 60 * 60_000
LISTEN_KEY_LENGTH: Final = 64
_LETTERS: Final = string.ascii_letters + string.digits

# What an account owns of every asset when it is first seen.
_WEALTH: Final = 1_000_000 * UNIT
# A taker pays a thousandth of what it receives.
_FEE_DIVISOR: Final = 1000


class Account:
    """What the exchange knows of one api key.

    :ivar listen_key: the one live key, or None.
    :ivar expires_ms: when it ends, on the exchange's clock.
    """

    def __init__(self, api_key: str) -> None:
        self.api_key = api_key
        self.listen_key: str | None = None
        self.expires_ms = 0.0
        self.free: dict[str, int] = {}

    def balance(self, asset: str) -> int:
        """Return what the account can spend of an asset, in units of 1e-8."""
        return self.free.setdefault(asset, _WEALTH)


class Accounts:
    """All accounts of one exchange.

    :param seed: makes the listen keys and order ids.
    :param api_keys: the keys that exist; None makes any key that is not empty an account.
    """

    def __init__(self, seed: int, api_keys: Collection[str] | None = None) -> None:
        self._rng = random.Random(f"{seed}/accounts")
        self._api_keys = None if api_keys is None else frozenset(api_keys)
        self._accounts: dict[str, Account] = {}
        self._by_listen_key: dict[str, Account] = {}
        self._order_id = self._rng.randrange(10**6, 10**7)
        self._execution_id = self._order_id * 2
        self._latest: Account | None = None

    # -- who calls ---------------------------------------------------------------------------------

    def authenticate(self, api_key: str | None) -> Account:
        """Find the account of a REST call.

        :param api_key: the header ``X-MBX-APIKEY``.
        :raises BinanceAPIException: 401 with -2014 without a key, with -2015 for an unknown one.

        Source: Spot *Error codes*.
        """
        if not api_key:
            raise BinanceAPIException(401, -2014, "API-key format invalid.")
        if self._api_keys is not None and api_key not in self._api_keys:
            raise BinanceAPIException(401, -2015, "Invalid API-key, IP, or permissions for action.")
        account = self._accounts.get(api_key)
        if account is None:
            account = self._accounts[api_key] = Account(api_key)
        return account

    def choose(self, api_key: str | None) -> Account:
        """Find the account to act for: the one named, or the last one that asked for a listen key.

        :raises InvalidArgument: if there is none.
        """
        if api_key is not None:
            return self.authenticate(api_key)
        if self._latest is None:
            raise InvalidArgument("no account has asked for a listen key yet; name an api_key")
        return self._latest

    def live(self) -> list[Account]:
        """List the accounts that have a listen key."""
        return list(self._by_listen_key.values())

    # -- listen keys -------------------------------------------------------------------------------

    def open_key(self, account: Account, now_ms: float) -> str:
        """Return the account's listen key, made if it has none, and good for another 60 minutes.

        Source: binance.us *User Data Streams*, "Create a listenKey".
        """
        if account.listen_key is None:
            account.listen_key = "".join(self._rng.choices(_LETTERS, k=LISTEN_KEY_LENGTH))
            self._by_listen_key[account.listen_key] = account
        account.expires_ms = now_ms + LISTEN_KEY_MS
        self._latest = account
        return account.listen_key

    def extend_key(self, account: Account, listen_key: str, now_ms: float) -> None:
        """Make a listen key good for another 60 minutes.

        :raises BinanceAPIException: 400 with -1125 if the account has no such key (any more).

        Source: binance.us *User Data Streams*, "Ping/Keep-alive a listenKey".
        """
        self._check_key(account, listen_key)
        account.expires_ms = now_ms + LISTEN_KEY_MS

    def close_key(self, account: Account, listen_key: str) -> None:
        """End a listen key without an event; :raises BinanceAPIException: as :meth:`extend_key`."""
        self._check_key(account, listen_key)
        self.drop_key(account)

    def _check_key(self, account: Account, listen_key: str) -> None:
        if account.listen_key is None or account.listen_key != listen_key:
            raise BinanceAPIException(400, -1125, "This listenKey does not exist.")

    def drop_key(self, account: Account) -> None:
        """Forget an account's listen key, if it has one."""
        if account.listen_key is not None:
            del self._by_listen_key[account.listen_key]
            account.listen_key = None

    def expired(self, now_ms: float) -> list[Account]:
        """List the accounts whose listen key has run out and is not yet dropped."""
        return [account for account in self._by_listen_key.values() if account.expires_ms <= now_ms]

    # -- events ------------------------------------------------------------------------------------

    @staticmethod
    def listen_key_expired(listen_key: str, now_ms: int) -> dict[str, Any]:
        """Return the event that a listen key has run out; the socket stays open after it.

        Source: *User Data Streams*, "Listen Key Expired".
        """
        return {"e": "listenKeyExpired", "E": now_ms, "listenKey": listen_key}

    def position(self, account: Account, assets: Collection[str], now_ms: int) -> dict[str, Any]:
        """Return the event with the balances that may have changed.

        Source: Spot *User Data Streams*, "Account Update".
        """
        return {
            "e": "outboundAccountPosition",
            "E": now_ms,
            "u": now_ms,
            "B": [{"a": a, "f": decimal(account.balance(a)), "l": decimal(0)} for a in assets],
        }

    def deposit(self, account: Account, asset: str, amount: str, now_ms: int) -> list[dict[str, Any]]:
        """Add to a balance, or take from it.

        :param amount: signed decimal string.
        :returns: the events ``balanceUpdate`` and ``outboundAccountPosition``.
        :raises InvalidArgument: if *amount* is no number.

        Source: Spot *User Data Streams*, "Balance Update".
        """
        delta = units(amount)
        account.free[asset] = account.balance(asset) + delta
        update = {"e": "balanceUpdate", "E": now_ms, "a": asset, "d": decimal(delta), "T": now_ms}
        return [update, self.position(account, [asset], now_ms)]

    def order(
        self,
        account: Account,
        market: Market,
        symbol: str,
        side: str,
        quantity: str,
        price: str | None = None,
        client_order_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Send an order to the market and tell what became of it.

        A market order without *price*; with one a limit order whose rest expires at once (IOC).

        :param quantity: of the base asset, as a decimal string; ``price`` likewise, of the quote.
        :returns: ``executionReport`` events (NEW, one per trade, EXPIRED for a rest; REJECTED alone
            if the account is too poor), then ``outboundAccountPosition``.
        :raises InvalidArgument: if symbol, side or an amount is none.

        Source: Spot *User Data Streams*, "Order Update".
        """
        book = market.books.get(symbol.upper())
        if book is None:
            raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(market.books)}")
        if side not in (SIDE_BUY, SIDE_SELL):
            raise InvalidArgument(f"an order's side is {SIDE_BUY} or {SIDE_SELL}, not {side!r}")
        wanted, limit = units(quantity), None if price is None else units(price)
        if wanted <= 0 or (limit is not None and limit <= 0):
            raise InvalidArgument("an order needs a quantity and a price above 0")
        buy = side == SIDE_BUY
        now_ms = int(market.now_ms)
        self._order_id += 1
        spec = book.spec
        report = _Report(self, spec.symbol, side, wanted, limit, self._order_id, client_order_id, now_ms)
        cost = wanted * (limit or book.top().ask * 105 // 100) // UNIT
        if account.balance(spec.quote if buy else spec.base) < (cost if buy else wanted):
            return [report.rejected("INSUFFICIENT_BALANCES")]
        events = [report.new()]
        received, paid = (spec.base, spec.quote) if buy else (spec.quote, spec.base)
        for made in market.take(spec.symbol, buy, wanted, limit):
            quote = made.price * made.quantity // UNIT
            gain, loss = (made.quantity, quote) if buy else (quote, made.quantity)
            fee = gain // _FEE_DIVISOR
            account.free[received] = account.balance(received) + gain - fee
            account.free[paid] = account.balance(paid) - loss
            events.append(report.traded(made.id, made.price, made.quantity, fee, received))
        if report.left:
            events.append(report.expired())
        events.append(self.position(account, [spec.base, spec.quote], now_ms))
        return events

    def next_execution_id(self) -> int:
        """Count executions."""
        self._execution_id += 1
        return self._execution_id


class _Report:
    """The running state of one order, told as ``executionReport`` events."""

    def __init__(
        self,
        accounts: Accounts,
        symbol: str,
        side: str,
        quantity: int,
        limit: int | None,
        order_id: int,
        client_order_id: str | None,
        now_ms: int,
    ) -> None:
        self._accounts = accounts
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
            "t": trade_id, "I": self._accounts.next_execution_id(), "w": works, "m": False, "M": False,
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
