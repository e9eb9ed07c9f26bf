"""Answers to calls with an API key: a function from a call to a JSON value. Pure."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import MARGIN, SPOT, Account, isolated_kind
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.listening import LISTEN_TOKEN_MS
from binance.sandbox.accounts.orders import FEE_DIVISOR
from binance.sandbox.accounts.signatures import (
    Clock,
    bad_signature,
    check_timing,
    mandatory,
    rest_payload,
)
from binance.sandbox.answers.asked import Asked, not_valid
from binance.sandbox.market import rules
from binance.sandbox.market.amounts import UNIT, decimal


class Sent(NamedTuple):
    """Query and body byte for byte, of which a client may have signed a part."""

    query: bytes = b""
    body: bytes = b""


class Keyed(NamedTuple):
    """A call with an API key, and the account and market that answer it.

    :ivar method: of HTTP.
    :ivar asked: the call, and its parameters read.
    :ivar api_key: the header ``X-MBX-APIKEY``, or None.
    :ivar sent: the call as it was sent, for its signature.
    """

    method: str
    asked: Asked
    api_key: str | None
    accounts: Accounts
    sent: Sent
    clock: Clock

    def account(self, kind: str = SPOT) -> Account:
        """Return the account of the API key."""
        return self.accounts.authenticate(self.api_key, kind)

    def signed(self, kind: str = SPOT) -> Account:
        """Return the account of a call that has to be signed.

        Source: Spot *REST API*, "SIGNED Endpoint security".
        """
        account = self.account(kind)
        signature = mandatory(self.asked.params, "signature")
        check_timing(self.asked.params, self.clock.accepted_ms)
        payload, in_place = rest_payload(*self.sent)
        if not in_place:
            raise bad_signature()
        self.accounts.keys.check_signature(account.api_key, payload, signature)
        return account

    def only(self, *methods: str) -> None:
        """Refuse other methods of HTTP."""
        if self.method not in methods:
            raise BinanceAPIException(405, -1000, f"Request method '{self.method}' is not supported.")


def account_info(account: Account, asked: Asked) -> dict[str, Any]:
    """Return what an account says of itself; of every asset that is traded, and those it has had.

    Source: Spot *REST API*, "Account information".
    """
    rate = decimal(UNIT // FEE_DIVISOR)
    shown = {
        asset: (account.balance(asset), account.locked.get(asset, 0)) for asset in _assets(account, asked)
    }
    some = asked.flag("omitZeroBalances", False)
    return {
        "makerCommission": 10_000 // FEE_DIVISOR,
        "takerCommission": 10_000 // FEE_DIVISOR,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {"maker": rate, "taker": rate, "buyer": decimal(0), "seller": decimal(0)},
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": account.updated_ms * asked.per_ms,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": decimal(free), "locked": decimal(locked)}
            for asset, (free, locked) in shown.items()
            if free or locked or not some
        ],
        "permissions": ["SPOT"],
        "uid": account.uid,
    }


def _assets(account: Account, asked: Asked) -> list[str]:
    specs = [book.spec for book in asked.market.books.values()]
    return list(dict.fromkeys([*(s.base for s in specs), *(s.quote for s in specs), *account.free]))


def _account(keyed: Keyed) -> Any:
    keyed.only("GET", "HEAD")
    return account_info(keyed.signed(), keyed.asked)


def _coins(keyed: Keyed) -> Any:
    keyed.only("GET", "HEAD")
    account = keyed.signed()
    return [
        rules.coin_info(asset, account.balance(asset), account.locked.get(asset, 0))
        for asset in _assets(account, keyed.asked)
    ]


def _trade_fees(keyed: Keyed) -> Any:
    keyed.only("GET", "HEAD")
    keyed.signed()
    asked = keyed.asked
    books = [asked.book()] if "symbol" in asked.params else asked.market.books.values()
    rate = decimal(UNIT // FEE_DIVISOR)
    return [{"symbol": book.symbol, "makerCommission": rate, "takerCommission": rate} for book in books]


def _cross_pairs(keyed: Keyed) -> Any:
    keyed.only("GET", "HEAD")
    keyed.account()
    return [
        rules.margin_pair(book.spec, number)
        for number, book in enumerate(keyed.asked.market.books.values(), _FIRST_PAIR)
    ]


def _isolated_pairs(keyed: Keyed) -> Any:
    keyed.only("GET", "HEAD")
    keyed.account()
    return [rules.margin_pair(book.spec) for book in keyed.asked.market.books.values()]


def listen_key(keyed: Keyed) -> Any:
    """Open, extend or close a listen key.

    Source: binance.us *User Data Streams*.
    """
    keyed.only("POST", "PUT", "DELETE")
    account, keys = keyed.account(), keyed.accounts.listen_keys
    now_ms = keyed.asked.market.now_ms
    if keyed.method == "POST":
        opened = keys.open(account, now_ms)
        keyed.accounts.listens(account)
        return {"listenKey": opened}
    named = mandatory(keyed.asked.params, "listenKey")
    if keyed.method == "PUT":
        keys.extend(account, named, now_ms)
    else:
        keys.close(account, named)
    return {}


def _listen_token(keyed: Keyed) -> Any:
    keyed.only("POST")
    account, asked = keyed.signed(MARGIN), keyed.asked
    if asked.flag("isIsolated", False):
        account = keyed.account(isolated_kind(asked.book().symbol))
    validity_ms = asked.number("validity")
    if validity_ms is None:
        validity_ms = LISTEN_TOKEN_MS
    elif not 0 < validity_ms <= LISTEN_TOKEN_MS:
        raise not_valid("validity")
    token, expires_ms = keyed.accounts.tokens.open(account, validity_ms, asked.market.now_ms)
    return {"token": token, "expirationTime": int(expires_ms + keyed.clock.offset_ms)}


# The id of the first pair of cross margin; they are not otherwise used.
_FIRST_PAIR: Final = 351637150141315840

PRIVATE: Final[dict[str, Callable[[Keyed], Any]]] = {
    "/api/v3/account": _account,
    "/sapi/v1/asset/tradeFee": _trade_fees,
    "/sapi/v1/capital/config/getall": _coins,
    "/sapi/v1/margin/allPairs": _cross_pairs,
    "/sapi/v1/margin/isolated/allPairs": _isolated_pairs,
    "/sapi/v1/userListenToken": _listen_token,
}
