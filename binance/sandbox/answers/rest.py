"""What REST answers: a function from a call to a status and a JSON value. Pure."""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.signatures import Clock
from binance.sandbox.answers.asked import Asked
from binance.sandbox.answers.market_data import PUBLIC
from binance.sandbox.answers.orders import METHODS, TRADING, CancelReplaceFailed, Trading
from binance.sandbox.answers.private import PRIVATE, Keyed, Sent, listen_key
from binance.sandbox.answers.wallet_data import WALLET, WEBSITE
from binance.sandbox.limits import Limits
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import MICROS, MILLIS

USER_STREAM: Final = "/api/v3/userDataStream"
# Margin's listen keys, which were removed. Source: the change log of Margin.
_GONE: Final = ("/sapi/v1/userDataStream", "/sapi/v1/userDataStream/isolated")

# Parameters that give access to whoever reads them.
_SECRET: Final = ("signature", "listenToken")

_TIME_UNITS: Final = {"MILLISECOND": MILLIS, "MICROSECOND": MICROS}

GONE_HTML: Final = (
    "<html>\r\n<head><title>410 Gone</title></head>\r\n<body>\r\n<center><h1>410 Gone</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


#: Name and value of a parameter as it was sent.
Pair: TypeAlias = tuple[str, str]


class RestCall(NamedTuple):
    """One REST call as it came in.

    :ivar params: by name, the query's and the form's; of a name that is repeated the last value.
    :ivar query: names and values in the order in which they were sent, repeated names too; ``form`` likewise.
    """

    method: str
    path: str
    params: dict[str, str]
    query: tuple[Pair, ...] = ()
    form: tuple[Pair, ...] = ()

    def masked(self) -> "RestCall":
        """Return it fit to be kept and shown, without its signature."""
        return self._replace(
            params=dict(_masked(self.params.items())), query=_masked(self.query), form=_masked(self.form)
        )


def _masked(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple((name, "..." if name in _SECRET else value) for name, value in pairs)


class Answer(NamedTuple):
    """What to send back.

    :ivar body: a JSON value, JSON as bytes, or HTML if it is a string.
    :ivar headers: further headers.
    """

    status: int
    body: Any
    headers: tuple[Pair, ...] = ()


def answer(
    call: RestCall,
    api_key: str | None,
    market: Market,
    accounts: Accounts,
    listen_keys: bool,
    time_unit: str | None = None,
    sent: Sent = Sent(),  # noqa: B008, a tuple that nothing can change
    clock: Clock = Clock(),  # noqa: B008
    limits: Limits = Limits(),  # noqa: B008, frozen
) -> Answer:
    """Answer one REST call.

    :param api_key: the header ``X-MBX-APIKEY``, or None.
    :param listen_keys: False answers listen key calls as binance.com does since they were removed there.
    :param time_unit: the header ``X-MBX-TIME-UNIT``, or None.
    :param sent: the call as it was sent, for signatures.
    :param clock: the exchange's time.
    :param limits: those that ``exchangeInfo`` shows.

    Source: Spot *REST API*; binance.us *User Data Streams*; Margin; Wallet; *Error codes*; *USD-M* and
    *COIN-M Futures*, *European Options*, *Portfolio Margin*.
    """
    if call.path in _GONE or (call.path == USER_STREAM and not listen_keys):
        return Answer(410, GONE_HTML)
    private = listen_key if call.path == USER_STREAM else PRIVATE.get(call.path) or WALLET.get(call.path)
    public = PUBLIC.get(call.path) or WEBSITE.get(call.path)
    try:
        asked = Asked(call.params, market, units_in_a_millisecond(time_unit), clock.offset_ms, limits)
        keyed = Keyed(call.method, asked, api_key, accounts, sent, clock)
        if call.path in METHODS:
            return _trade(call.path, keyed)
        if private is not None:
            return Answer(200, private(keyed))
        if public is None:
            return unknown(call)
        if call.method not in ("GET", "HEAD"):
            raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
        return Answer(200, public(asked))
    except BinanceAPIException as error:
        return refused(error)


def _trade(path: str, keyed: Keyed) -> Answer:
    """Answer a call that trades, or asks what was traded."""
    method = "GET" if keyed.method == "HEAD" else keyed.method
    if method not in METHODS[path]:
        keyed.only(*METHODS[path])
    account, orders, call = keyed.signed(), keyed.accounts.orders, TRADING[method, path]
    body = call.answer(Trading(keyed.asked, account, orders))
    return Answer(200, body, tuple(orders.counts.headers(account).items()) if call.orders else ())


def unknown(call: RestCall) -> Answer:
    """Return the answer to a call that the sandbox does not have; the exchange's own would be a web page."""
    words = f"The sandbox does not have {call.path}; give it an answer with rest_answer, or is it misspelt?"
    return Answer(404, {"code": -1, "msg": words})


def refused(error: BinanceAPIException) -> Answer:
    """Return the answer that reports an error."""
    body: dict[str, Any] = {"code": error.code, "msg": error.message}
    if isinstance(error, CancelReplaceFailed):
        body["data"] = error.data
    return Answer(error.status_code or 400, body)


def too_much_weight(most: int | None, banned_until_ms: float | None = None) -> BinanceAPIException:
    """Return the error of an address that has used too much weight.

    :param most: the limit of a minute.
    :param banned_until_ms: when its ban ends, milliseconds since the epoch; None for no ban.

    Source: Spot *Error codes*, -1003.
    """
    if banned_until_ms is None:
        text = f"Too much request weight used; current limit is {most} request weight per 1 MINUTE."
        return BinanceAPIException(429, -1003, f"{text} Please use WebSocket Streams for live updates.")
    text = f"Way too much request weight used; IP banned until {int(banned_until_ms)}."
    return BinanceAPIException(418, -1003, f"{text} Please use WebSocket Streams for live updates.")


def units_in_a_millisecond(time_unit: str | None) -> int:
    """Read the unit of times that a client asks for.

    :param time_unit: ``"MILLISECOND"`` or ``"MICROSECOND"`` in any case, or None.
    :raises BinanceAPIException: 400 with -1194 for any other.

    Source: Spot *Web Socket Streams* and *REST API*, "General information"; *Error codes*.
    """
    per_ms = MILLIS if time_unit is None else _TIME_UNITS.get(time_unit.upper())
    if per_ms is None:
        text = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
        raise BinanceAPIException(400, -1194, text)
    return per_ms


def weight(call: RestCall) -> int:
    """Return the weight of a call, which counts against the limit of its address.

    Source: Spot *REST API*, "Market Data endpoints"; binance.us *User Data Streams*.
    """
    trading = TRADING.get((call.method, call.path))
    if trading is not None:
        return trading.weight(call.params)
    fixed, for_all = _WEIGHTS.get(call.path, (1, 1))
    if call.path == "/api/v3/depth":
        limit = call.params.get("limit", "")
        levels = int(limit) if re.fullmatch("[0-9]{1,20}", limit) else 100
        return next((cost for most, cost in _DEPTH_WEIGHTS if levels <= most), 250)
    if "symbols" in call.params:
        named = call.params["symbols"].count(",") + 1
        if call.path == "/api/v3/ticker/24hr":
            return next((cost for most, cost in ((20, 2), (100, 40)) if named <= most), 80)
        if call.path in _WEIGHTS_EACH:
            each, most = _WEIGHTS_EACH[call.path]
            return min(each * named, most)
    return fixed if "symbol" in call.params else for_all


def gateway_page(status: int, reason: str) -> str:
    """Return the HTML page that a gateway sends in place of an answer."""
    return GONE_HTML.replace("410 Gone", f"{status} {reason}")


# Weights of a call: with ``symbol``, and without it.
_WEIGHTS: Final = {
    "/api/v3/exchangeInfo": (20, 20),
    "/api/v3/trades": (25, 25),
    "/api/v3/historicalTrades": (25, 25),
    "/api/v3/historicalBlockTrades": (25, 25),
    "/api/v3/aggTrades": (4, 4),
    "/api/v3/klines": (2, 2),
    "/api/v3/uiKlines": (2, 2),
    "/api/v3/avgPrice": (2, 2),
    "/api/v3/referencePrice": (2, 2),
    "/api/v3/referencePrice/calculation": (2, 2),
    "/api/v3/executionRules": (2, 40),
    "/api/v3/ticker": (4, 4),
    "/api/v3/ticker/tradingDay": (4, 4),
    "/api/v3/ticker/24hr": (2, 80),
    "/api/v3/ticker/bookTicker": (2, 4),
    "/api/v3/ticker/price": (2, 4),
    "/api/v3/account": (20, 20),
    "/sapi/v1/capital/config/getall": (10, 10),
    "/sapi/v1/margin/priceIndex": (10, 10),
}

# Weights of calls by how many ``symbols`` they name: of each, and at most.
_WEIGHTS_EACH: Final = {
    "/api/v3/executionRules": (2, 40),
    "/api/v3/ticker": (4, 200),
    "/api/v3/ticker/tradingDay": (4, 200),
}

# Weight of a depth call by its limit.
_DEPTH_WEIGHTS: Final = ((100, 5), (500, 25), (1000, 50))
