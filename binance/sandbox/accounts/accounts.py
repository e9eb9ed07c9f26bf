"""Accounts, their keys and tokens, and the events of their orders.

Pure: time is an argument, in milliseconds of the exchange's clock. An api key has a spot account, a cross
margin account, and one of isolated margin for each pair. Their orders trade on the seeded market, so that
what a user event says about a trade is what the trade stream says.
"""

import base64
import random
import re
import string
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

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
from binance.sandbox.accounts.signatures import (
    KeyKind,
    Proof,
    check_signature,
    proof_of,
    public_key_proof,
    secret_proof,
)
from binance.sandbox.market.amounts import UNIT, decimal, units
from binance.sandbox.market.market import Market

LISTEN_KEY_MS: Final = 60 * 60_000
LISTEN_KEY_LENGTH: Final = 64
LISTEN_TOKEN_MS: Final = 24 * 60 * 60_000
_LETTERS: Final = string.ascii_letters + string.digits
_TOKEN_BYTES: Final = 63

SPOT: Final = "spot"
MARGIN: Final = "margin"
_ISOLATED: Final = "isolated_margin:"

# What an account owns of every asset when it is first seen.
_WEALTH: Final = 1_000_000 * UNIT
# A taker pays a thousandth of what it receives.
_FEE_DIVISOR: Final = 1000


class Token(NamedTuple):
    """A listen token: whose events it brings, and until when, on the exchange's clock."""

    account: "Account"
    expires_ms: float


class Account:
    """One account of an api key.

    :ivar kind: ``"spot"``, ``"margin"`` or ``"isolated_margin:BNBBTC"``.
    :ivar symbol: the pair of an isolated margin account, else None.
    :ivar listen_key: the one live key of a spot account, or None.
    :ivar expires_ms: when it ends, on the exchange's clock.
    :ivar subscribers: sessions of the WebSocket API that get its events, with the subscription's id.
    """

    def __init__(self, api_key: str, kind: str = SPOT) -> None:
        self.api_key = api_key
        self.kind = kind
        self.symbol = kind.removeprefix(_ISOLATED) if kind.startswith(_ISOLATED) else None
        self.listen_key: str | None = None
        self.expires_ms = 0.0
        self.free: dict[str, int] = {}
        self.subscribers: dict[Any, int] = {}

    def balance(self, asset: str) -> int:
        """Return what the account can spend of an asset, in units of 1e-8."""
        return self.free.setdefault(asset, _WEALTH)


def account_kind(text: str, symbols: Collection[str]) -> str:
    """Return the kind of an account, its pair in capitals.

    :param text: ``"spot"``, ``"margin"``, or ``"isolated_margin:"`` with a market symbol in any case.
    :param symbols: the pairs there are.
    :raises InvalidArgument: if it is none of these.
    """
    if text in (SPOT, MARGIN):
        return text
    if text.startswith(_ISOLATED):
        symbol = text.removeprefix(_ISOLATED).upper()
        if symbol in symbols:
            return _ISOLATED + symbol
        raise InvalidArgument(f"this market has no {symbol}; it has {', '.join(symbols)}")
    raise InvalidArgument(f"no account is {text!r}; use {SPOT}, {MARGIN} or {_ISOLATED}BNBBTC")


def isolated_kind(symbol: str) -> str:
    """Return the kind of the isolated margin account of a pair."""
    return _ISOLATED + symbol


class Accounts:
    """All accounts of one exchange.

    :param seed: makes the listen keys, the listen tokens and order ids.
    :param api_keys: the keys that exist; a mapping also says by what their signatures are checked, an HMAC
        secret or a PEM public key. Without it a signature is checked for its form. None makes any key that
        is not empty an account.
    :param listen_key_ms: how long a listen key is good for.
    :param listen_token_ms: how long a listen token is at the most.
    :raises InvalidArgument: if a secret or public key cannot be one.
    """

    def __init__(
        self,
        seed: int,
        api_keys: Collection[str] | None = None,
        listen_key_ms: float = LISTEN_KEY_MS,
        listen_token_ms: float = LISTEN_TOKEN_MS,
    ) -> None:
        self._rng = random.Random(f"{seed}/accounts")
        # One of its own, so that a token moves no listen key of the same seed.
        self._tokens_rng = random.Random(f"{seed}/tokens")
        self._any_key = api_keys is None
        self._proofs: dict[str, Proof | None] = dict.fromkeys(api_keys or ())
        if isinstance(api_keys, Mapping):
            self._proofs = {api_key: proof_of(text) for api_key, text in api_keys.items()}
        self._listen_key_ms = listen_key_ms
        self.listen_token_ms = listen_token_ms
        self._revoked: set[str | None] = set()  # None among them for all keys
        self._restored: set[str] = set()
        self._accounts: dict[tuple[str, str], Account] = {}
        self._by_listen_key: dict[str, Account] = {}
        self._tokens: dict[str, Token] = {}
        self._order_id = self._rng.randrange(10**6, 10**7)
        self._execution_id = self._order_id * 2
        self._latest: dict[str, Account] = {}

    # -- who calls ---------------------------------------------------------------------------------

    def add_key(self, api_key: str, secret: str | None = None, public_key: str | None = None) -> None:
        """Let an api key exist, and say by what its signatures are checked from now on.

        :param secret: of HMAC; or *public_key*, RSA or Ed25519 as PEM; without either, form is enough.
        :raises InvalidArgument: if both are given, or one cannot be such.
        """
        if not _is_key(api_key):
            raise InvalidArgument("an api key is a text without blanks")
        if secret is not None and public_key is not None:
            raise InvalidArgument("an api key has a secret or a public key, not both")
        proof = None if secret is None else secret_proof(secret)
        self._proofs[api_key] = proof if public_key is None else public_key_proof(public_key)

    def authenticate(self, api_key: str | None, kind: str = SPOT) -> Account:
        """Find the account of a call.

        :param api_key: the header ``X-MBX-APIKEY``, or the parameter ``apiKey``.
        :raises BinanceAPIException: 401 with -2014 without a key, with -2015 for an unknown or revoked one.

        Source: Spot *Error codes*.
        """
        if not api_key or not _is_key(api_key):
            raise BinanceAPIException(401, -2014, "API-key format invalid.")
        if not self._exists(api_key) or self.is_revoked(api_key):
            raise no_such_key()
        return self._account(api_key, kind)

    def check_signature(self, api_key: str, payload: bytes, signature: str) -> KeyKind:
        """Check a signature of the owner of an api key; :raises BinanceAPIException: 400 with -1022."""
        return check_signature(self._proofs.get(api_key), payload, signature)

    def _exists(self, api_key: str) -> bool:
        return self._any_key or api_key in self._proofs

    def _account(self, api_key: str, kind: str) -> Account:
        account = self._accounts.get((api_key, kind))
        if account is None:
            account = self._accounts[api_key, kind] = Account(api_key, kind)
        return account

    def is_revoked(self, api_key: str) -> bool:
        """Say whether calls with a key are turned down."""
        return api_key in self._revoked or (None in self._revoked and api_key not in self._restored)

    def revoke(self, api_key: str | None) -> None:
        """Turn down all calls with a key, or with any if none is named; forget its keys and tokens."""
        if api_key is None:
            self._restored.clear()
        else:
            self._restored.discard(api_key)
        self._revoked.add(api_key)
        for account in self.live():
            if api_key in (None, account.api_key):
                self.drop_key(account)
        self.drop_tokens(api_key)

    def restore(self, api_key: str | None) -> None:
        """Take calls with a key again, or with all."""
        if api_key is None:
            self._revoked.clear()
            self._restored.clear()
        else:
            self._revoked.discard(api_key)
            self._restored.add(api_key)

    def revoked(self) -> list[str]:
        """List the keys that are revoked, masked; ``"all"`` stands for every key not restored since."""
        return ["all" if api_key is None else api_key[:4] + "..." for api_key in self._revoked]

    def choose(self, api_key: str | None, kind: str = SPOT) -> Account:
        """Find the account to act for: of the key named, or the last of its kind that began to listen.

        :raises InvalidArgument: if there is none.
        """
        if api_key is not None:
            if not _is_key(api_key) or not self._exists(api_key):
                raise InvalidArgument("no account has that api_key")
            return self._account(api_key, kind)
        if kind not in self._latest:
            raise InvalidArgument(
                f"no {kind} account has begun to listen, by listen key or subscription; name an api_key"
            )
        return self._latest[kind]

    def listens(self, account: Account) -> None:
        """Note that an account begins to listen."""
        self._latest[account.kind] = account

    def live(self) -> list[Account]:
        """List the accounts that have a listen key."""
        return list(self._by_listen_key.values())

    def listening(self) -> list[Account]:
        """List the accounts that have a listen key or a subscription."""
        subscribed = [a for a in self._accounts.values() if a.subscribers and a.listen_key is None]
        return [*self.live(), *subscribed]

    # -- listen keys -------------------------------------------------------------------------------

    def open_key(self, account: Account, now_ms: float) -> str:
        """Return the account's listen key, made if it has none, and good for another 60 minutes or as told.

        Source: binance.us *User Data Streams*, "Create a listenKey".
        """
        if account.listen_key is None:
            account.listen_key = "".join(self._rng.choices(_LETTERS, k=LISTEN_KEY_LENGTH))
            self._by_listen_key[account.listen_key] = account
        account.expires_ms = now_ms + self._listen_key_ms
        self.listens(account)
        return account.listen_key

    def extend_key(self, account: Account, listen_key: str, now_ms: float) -> None:
        """Make a listen key good for as long as a new one.

        :raises BinanceAPIException: 400 with -1125 if the account has no such key (any more).

        Source: binance.us *User Data Streams*, "Ping/Keep-alive a listenKey".
        """
        self._check_key(account, listen_key)
        account.expires_ms = now_ms + self._listen_key_ms

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

    # -- listen tokens -----------------------------------------------------------------------------

    def open_token(self, account: Account, validity_ms: float, now_ms: float) -> tuple[str, float]:
        """Make a listen token; those made before stay good.

        :param validity_ms: how long it is wanted for; cut to what this exchange gives.
        :returns: the token, and when it ends on the exchange's clock, in milliseconds.

        Source: Margin *Trade Data Stream*, "Create Margin Account listenToken".
        """
        token = base64.b64encode(self._tokens_rng.randbytes(_TOKEN_BYTES)).decode()
        expires_ms = now_ms + min(validity_ms, self.listen_token_ms)
        self._tokens[token] = Token(account, expires_ms)
        return token, expires_ms

    def token(self, token: str, now_ms: float) -> Token:
        """Find a listen token.

        :raises BinanceAPIException: 400 with -1209 if it is none, or over.
        """
        found = self._tokens.get(token)
        if found is None or found.expires_ms <= now_ms:
            raise BinanceAPIException(400, -1209, "The listenToken is invalid or has expired.")
        return found

    def drop_tokens(self, api_key: str | None) -> int:
        """Forget the listen tokens of a key, or all; returns how many."""
        gone = [text for text, token in self._tokens.items() if api_key in (None, token.account.api_key)]
        for text in gone:
            del self._tokens[text]
        return len(gone)

    def forget_old_tokens(self, now_ms: float) -> None:
        """Forget the listen tokens that are over."""
        for text in [text for text, token in self._tokens.items() if token.expires_ms <= now_ms]:
            del self._tokens[text]

    # -- events ------------------------------------------------------------------------------------

    @staticmethod
    def stream_terminated(now_ms: int) -> dict[str, Any]:
        """Return the event that a subscription is over.

        Source: Spot *User Data Streams*, "Event Stream Terminated".
        """
        return {"e": "eventStreamTerminated", "E": now_ms}

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
        if account.symbol not in (None, book.spec.symbol):
            raise InvalidArgument(f"an isolated margin account of {account.symbol} trades nothing else")
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


def no_such_key() -> BinanceAPIException:
    """Return the error of a key that does not exist, or no longer."""
    return BinanceAPIException(401, -2015, "Invalid API-key, IP, or permissions for action.")


def _is_key(api_key: str) -> bool:
    return re.fullmatch("[!-~]+", api_key) is not None
