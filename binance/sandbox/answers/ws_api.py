"""What the WebSocket API answers: a function from a request and its session to a reply. Pure."""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import SPOT
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.keys import no_such_key
from binance.sandbox.accounts.order_counts import TooManyOrders
from binance.sandbox.accounts.sessions import Means, Session, Subscription
from binance.sandbox.accounts.signatures import (
    Clock,
    KeyKind,
    bad_signature,
    check_timing,
    mandatory,
    text_of,
    ws_payload,
)
from binance.sandbox.answers import rest
from binance.sandbox.answers.asked import Asked, not_valid
from binance.sandbox.answers.codec import is_request_id
from binance.sandbox.answers.market_data import PUBLIC
from binance.sandbox.answers.orders import TRADING, CancelReplaceFailed, Trading
from binance.sandbox.answers.private import account_info
from binance.sandbox.limits import Limits
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import MICROS

PATH: Final = "/ws-api/v3"

# The weight of opening a connection.
DIAL_WEIGHT: Final = 2


class Venue(NamedTuple):
    """What a request is answered from.

    :ivar weigh: counts weight of the client's address; returns what is used within a minute, the seconds to
        wait if that is too much, else None, and whether the address is banned.
    :ivar limits: of the exchange.
    """

    market: Market
    accounts: Accounts
    listen_keys: bool
    clock: Clock
    weigh: Callable[[int], tuple[int, float | None, bool]]
    limits: Limits


class Reply(NamedTuple):
    """The reply to a request, and the subscriptions that it has ended."""

    body: dict[str, Any]
    ended: list[Subscription]


class _Asked:
    """A request that was read."""

    def __init__(self, params: dict[str, Any], session: Session, venue: Venue) -> None:
        self.params = params
        # null is as good as nothing
        self.texts = {name: text_of(value) for name, value in params.items() if value is not None}
        self.session = session
        self.venue = venue
        self.ended: list[Subscription] = []
        self.order_limits: list[dict[str, Any]] = []

    def time(self, exchange_ms: float) -> int:
        """Return a time of the exchange's clock in this client's unit."""
        return int((exchange_ms + self.venue.clock.offset_ms) * self.session.per_ms)

    def data(self) -> Asked:
        """Return it as the call for data that it is."""
        venue = self.venue
        return Asked(self.texts, venue.market, self.session.per_ms, venue.clock.offset_ms, venue.limits)

    def end(self, subscription: Subscription) -> None:
        """End a subscription; its event is sent before the reply."""
        self.session.end(subscription)
        self.ended.append(subscription)


def answer(payload: bytes, is_binary: bool, session: Session, venue: Venue) -> Reply:
    """Answer one request.

    Whatever comes in is answered; where its id cannot be read, with the id null. A request that ends
    subscriptions has their last events sent before the reply, by who calls this.

    :param payload: the message as it came in.

    Source: Spot *WebSocket API*, "Request format", "Response format"; *Error codes*.
    """
    request_id: int | str | None = None
    asked = _Asked({}, session, venue)
    show_limits, weight = session.return_limits, 1
    outcome: dict[str, Any]
    try:
        request = _read(payload, is_binary)
        request_id = _request_id(request)
        method = _text(request, "method").removeprefix("v3/")
        params = request.get("params", {})
        if not isinstance(params, dict):
            raise BinanceAPIException(400, -1135, "Invalid 'params' in JSON request; expected an object.")
        asked = _Asked(params, session, venue)
        weight = _weight(method, asked)
        show_limits = _show_limits(asked)
        respond = _METHODS.get(method)
        if respond is None or (method in _LISTEN_KEY_METHODS and not venue.listen_keys):
            # What the exchange says is not documented; this is its code for a value that cannot be.
            raise not_valid("method")
    except BinanceAPIException as error:
        used, wait_s, _ = venue.weigh(weight)
        outcome = _error(asked, error, wait_s)
    else:
        used, wait_s, banned = venue.weigh(weight)
        try:
            if wait_s is not None:
                until_ms = venue.market.now_ms + wait_s * 1000
                raise rest.too_much_weight(venue.limits.weight_per_min, until_ms if banned else None)
            outcome = {"status": 200, "result": respond(asked)}
        except BinanceAPIException as error:
            outcome = _error(asked, error, wait_s)
    body = {"id": request_id} | outcome
    if show_limits:
        body["rateLimits"] = asked.order_limits + _limits(venue, used)
    return Reply(body, asked.ended)


def key_revoked() -> dict[str, Any]:
    """Return the message that a session gets, without a request, when its key is revoked.

    Source: Spot *WebSocket API*, "Session Authentication".
    """
    error = no_such_key()
    return {"id": None, "status": error.status_code, "error": {"code": error.code, "msg": error.message}}


def read_return_limits(text: str | None) -> bool:
    """Read the URL's ``returnRateLimits``.

    :raises BinanceAPIException: 400 with -1130 if it is neither true nor false.
    """
    if text not in (None, "true", "false"):
        raise not_valid("returnRateLimits")
    return text != "false"


# -- reading ---------------------------------------------------------------------------------------------


def _read(payload: bytes, is_binary: bool) -> dict[str, Any]:
    try:
        if is_binary:
            raise ValueError("binary")
        # Numbers with a point stay as they were written, since that is what was signed.
        request = json.loads(payload, parse_float=str)
        json.dumps(request, ensure_ascii=False).encode()  # half a surrogate pair could not be answered
    except (ValueError, RecursionError) as exc:
        raise BinanceAPIException(400, -1135, "Invalid JSON Request") from exc
    if not isinstance(request, dict):
        raise BinanceAPIException(400, -1135, "Invalid JSON Request; expected an object.")
    return request


def _request_id(request: dict[str, Any]) -> int | str | None:
    if "id" not in request:
        raise _missing("id")
    number = request["id"]
    if is_request_id(number):
        return number
    raise not_valid("id")


def _text(request: dict[str, Any], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise _missing(name)
    return value


def _missing(name: str) -> BinanceAPIException:
    text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    return BinanceAPIException(400, -1102, text)


def _show_limits(asked: _Asked) -> bool:
    wanted = asked.params.get("returnRateLimits")
    if wanted is None:
        return asked.session.return_limits
    if not isinstance(wanted, bool):
        raise not_valid("returnRateLimits")
    return wanted


# -- replies ---------------------------------------------------------------------------------------------


def _error(asked: _Asked, error: BinanceAPIException, wait_s: float | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": error.code, "msg": error.message}
    if isinstance(error, CancelReplaceFailed):
        shown["data"] = error.data
    if isinstance(error, TooManyOrders):
        wait_s = error.wait_s
    if error.status_code in (418, 429) and wait_s is not None:
        now_ms = asked.venue.market.now_ms
        shown["data"] = {"serverTime": asked.time(now_ms), "retryAfter": asked.time(now_ms + wait_s * 1000)}
    return {"status": error.status_code or 400, "error": shown}


def _weight(method: str, asked: _Asked) -> int:
    """Return the weight of a request: that of the REST call which it is like, else 2."""
    if method in _TRADING:
        return rest.weight(rest.RestCall(*_TRADING[method], asked.texts))
    return rest.weight(rest.RestCall("GET", _ALIKE[method], asked.texts)) if method in _ALIKE else 2


def _limits(venue: Venue, used: int) -> list[dict[str, Any]]:
    if venue.limits.weight_per_min is None:
        return []
    return [
        {
            "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1,
            "limit": venue.limits.weight_per_min, "count": used,
        }
    ]  # fmt: skip


# -- methods ---------------------------------------------------------------------------------------------


def _signed(asked: _Asked, for_logon: bool = False) -> tuple[str, KeyKind | None]:
    """Check who has signed a request; a session that is logged on need not sign again.

    :returns: the api key, and the kind of its signature, None where there was none.
    """
    session, texts = asked.session, asked.texts
    if not for_logon and "apiKey" not in texts and (session.api_key is not None or session.lost_key):
        api_key = _logged_on(asked)
        check_timing(texts, asked.venue.clock.accepted_ms)
        return api_key, None
    api_key = mandatory(texts, "apiKey")
    signature = mandatory(texts, "signature")
    asked.venue.accounts.authenticate(api_key)
    check_timing(texts, asked.venue.clock.accepted_ms)
    return api_key, asked.venue.accounts.keys.check_signature(api_key, ws_payload(asked.params), signature)


def _logged_on(asked: _Asked) -> str:
    session = asked.session
    if session.lost_key:
        raise no_such_key()
    if session.api_key is None:
        raise _missing("apiKey")
    asked.venue.accounts.authenticate(session.api_key)
    return session.api_key


def _public(path: str) -> Callable[[_Asked], Any]:
    return lambda asked: PUBLIC[path](asked.data())


def _account(asked: _Asked) -> Any:
    account = asked.venue.accounts.authenticate(_signed(asked)[0], SPOT)
    return account_info(account, asked.data())


def _trade(method: str, path: str) -> Callable[[_Asked], Any]:
    """Return what answers a request like a REST call that trades."""
    call = TRADING[method, path]

    def respond(asked: _Asked) -> Any:
        accounts = asked.venue.accounts
        account = accounts.authenticate(_signed(asked)[0], SPOT)
        try:
            return call.answer(Trading(asked.data(), account, accounts.orders))
        finally:
            if call.orders:
                asked.order_limits = accounts.orders.counts.shown(account)

    return respond


def _logon(asked: _Asked) -> Any:
    api_key, kind = _signed(asked, for_logon=True)
    if kind != "ed25519":
        # What the exchange says to other keys is not written anywhere; this has been seen.
        raise bad_signature()
    asked.session.api_key = api_key
    asked.session.lost_key = False
    asked.session.authorized_ms = asked.venue.market.now_ms
    return _status(asked)


def _status(asked: _Asked) -> Any:
    session = asked.session
    return {
        "apiKey": session.api_key,
        "authorizedSince": None if session.api_key is None else asked.time(session.authorized_ms),
        "connectedSince": asked.time(session.connected_ms),
        "returnRateLimits": session.return_limits,
        "serverTime": asked.time(asked.venue.market.now_ms),
        "userDataStream": bool(session.subscriptions),
    }


def _logout(asked: _Asked) -> Any:
    for subscription in tuple(asked.session.subscriptions.values()):
        if subscription.means == "logon":
            asked.end(subscription)
    asked.session.log_off()
    asked.session.lost_key = False
    return _status(asked)


def _subscriptions(asked: _Asked) -> Any:
    return [{"subscriptionId": number} for number in asked.session.subscriptions]


def _subscribe(asked: _Asked) -> Any:
    return _spot(asked, _logged_on(asked), "logon")


def _subscribe_signature(asked: _Asked) -> Any:
    return _spot(asked, _signed(asked)[0], "signature")


def _spot(asked: _Asked, api_key: str, means: Means) -> Any:
    accounts = asked.venue.accounts
    account = accounts.authenticate(api_key, SPOT)
    subscription = asked.session.subscribe(account, means)
    accounts.listens(account)
    return {"subscriptionId": subscription.number}


def _subscribe_token(asked: _Asked) -> Any:
    venue, session = asked.venue, asked.session
    account, expires_ms = venue.accounts.tokens.find(
        mandatory(asked.texts, "listenToken"), venue.market.now_ms
    )
    subscription = session.find(account)
    if subscription is None:
        subscription = session.subscribe(account, "token", expires_ms)
        venue.accounts.listens(account)
    else:
        subscription.expires_ms = max(expires_ms, subscription.expires_ms)
    until_ms = subscription.expires_ms + venue.clock.offset_ms
    # in microseconds whatever the connection's unit, as in the one example there is
    return {"subscriptionId": subscription.number, "expirationTime": int(until_ms * MICROS)}


def _unsubscribe(asked: _Asked) -> Any:
    subscriptions = asked.session.subscriptions
    number = asked.params.get("subscriptionId")
    if number is None:
        for subscription in tuple(subscriptions.values()):
            asked.end(subscription)
        return {}
    if isinstance(number, bool) or not isinstance(number, int):
        raise not_valid("subscriptionId")
    if number not in subscriptions:
        raise BinanceAPIException(400, -2036, "There is no such active subscription on the connection.")
    asked.end(subscriptions[number])
    return {}


def _listen_key(http_method: str) -> Callable[[_Asked], Any]:
    def respond(asked: _Asked) -> Any:
        venue = asked.venue
        call = rest.RestCall(http_method, rest.USER_STREAM, asked.texts)
        api_key = mandatory(asked.texts, "apiKey")
        answered = rest.answer(call, api_key, venue.market, venue.accounts, venue.listen_keys)
        if answered.status != 200:
            raise BinanceAPIException(answered.status, answered.body["code"], answered.body["msg"])
        return answered.body

    return respond


# Methods, each with the REST call that has the same parameters, result and weight.
_ALIKE: Final = {
    "account.status": "/api/v3/account",
    "ping": "/api/v3/ping",
    "time": "/api/v3/time",
    "exchangeInfo": "/api/v3/exchangeInfo",
    "executionRules": "/api/v3/executionRules",
    "depth": "/api/v3/depth",
    "trades.recent": "/api/v3/trades",
    "trades.historical": "/api/v3/historicalTrades",
    "trades.aggregate": "/api/v3/aggTrades",
    "blockTrades.historical": "/api/v3/historicalBlockTrades",
    "klines": "/api/v3/klines",
    "uiKlines": "/api/v3/uiKlines",
    "avgPrice": "/api/v3/avgPrice",
    "referencePrice": "/api/v3/referencePrice",
    "referencePrice.calculation": "/api/v3/referencePrice/calculation",
    "ticker": "/api/v3/ticker",
    "ticker.24hr": "/api/v3/ticker/24hr",
    "ticker.tradingDay": "/api/v3/ticker/tradingDay",
    "ticker.price": "/api/v3/ticker/price",
    "ticker.book": "/api/v3/ticker/bookTicker",
}

# Methods that trade, or ask what was traded, each with the REST call that has the same.
_TRADING: Final = {
    "order.place": ("POST", "/api/v3/order"),
    "order.test": ("POST", "/api/v3/order/test"),
    "order.status": ("GET", "/api/v3/order"),
    "order.cancel": ("DELETE", "/api/v3/order"),
    "order.cancelReplace": ("POST", "/api/v3/order/cancelReplace"),
    "openOrders.status": ("GET", "/api/v3/openOrders"),
    "openOrders.cancelAll": ("DELETE", "/api/v3/openOrders"),
    "allOrders": ("GET", "/api/v3/allOrders"),
    "myTrades": ("GET", "/api/v3/myTrades"),
    "orderList.place.oco": ("POST", "/api/v3/orderList/oco"),
    "orderList.place": ("POST", "/api/v3/order/oco"),
    "orderList.status": ("GET", "/api/v3/orderList"),
    "orderList.cancel": ("DELETE", "/api/v3/orderList"),
    "openOrderLists.status": ("GET", "/api/v3/openOrderList"),
    "allOrderLists": ("GET", "/api/v3/allOrderList"),
    "account.rateLimits.orders": ("GET", "/api/v3/rateLimit/order"),
    "account.commission": ("GET", "/api/v3/account/commission"),
}

# As on binance.us; binance.com has removed them. Source: the change log of Spot.
_LISTEN_KEY_METHODS: Final = {
    "userDataStream.start": _listen_key("POST"),
    "userDataStream.ping": _listen_key("PUT"),
    "userDataStream.stop": _listen_key("DELETE"),
}

_METHODS: Final[dict[str, Callable[[_Asked], Any]]] = {
    **{method: _public(path) for method, path in _ALIKE.items() if path in PUBLIC},
    "account.status": _account,
    **{method: _trade(*call) for method, call in _TRADING.items()},
    **_LISTEN_KEY_METHODS,
    "session.logon": _logon,
    "session.status": _status,
    "session.logout": _logout,
    "session.subscriptions": _subscriptions,
    "userDataStream.subscribe": _subscribe,
    "userDataStream.subscribe.signature": _subscribe_signature,
    "userDataStream.subscribe.listenToken": _subscribe_token,
    "userDataStream.unsubscribe": _unsubscribe,
}
