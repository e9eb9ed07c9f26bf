"""What REST answers: a function from a call to a status and a JSON value. Pure."""

import json
import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from binance.constants import KLINE_INTERVALS
from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts.account import MARGIN, isolated_kind
from binance.sandbox.accounts.accounts import Accounts
from binance.sandbox.accounts.listening import LISTEN_TOKEN_MS
from binance.sandbox.accounts.signatures import Clock, bad_signature, check_timing, rest_payload
from binance.sandbox.market import payloads
from binance.sandbox.market.amounts import decimal
from binance.sandbox.market.book import AggTrade, Book, Trade
from binance.sandbox.market.market import Market
from binance.sandbox.market.payloads import MICROS, MILLIS
from binance.sandbox.market.symbols import SYMBOL
from binance.sandbox.market.times import EAST_MS, UTC_MS

_MOST_LEVELS: Final = 5000
_MOST_ITEMS: Final = 1000
USER_STREAM: Final = "/api/v3/userDataStream"
_LISTEN_TOKEN: Final = "/sapi/v1/userListenToken"
# Margin's listen keys, which were removed. Source: the change log of Margin.
_GONE: Final = ("/sapi/v1/userDataStream", "/sapi/v1/userDataStream/isolated")

# Parameters that give access to whoever reads them.
_SECRET: Final = ("signature", "listenToken")

_TIME_UNITS: Final = {"MILLISECOND": MILLIS, "MICROSECOND": MICROS}

_TIME_ZONES: Final = {"0": UTC_MS, "00:00": UTC_MS, "8": EAST_MS, "08:00": EAST_MS}

_Item = TypeVar("_Item", Trade, AggTrade)

GONE_HTML: Final = (
    "<html>\r\n<head><title>410 Gone</title></head>\r\n<body>\r\n<center><h1>410 Gone</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class RestCall(NamedTuple):
    """One REST call as it came in; ``params`` holds the query's and the form's."""

    method: str
    path: str
    params: dict[str, str]

    def masked(self) -> "RestCall":
        """Return it fit to be kept and shown, without its signature."""
        shown = {name: "..." if name in _SECRET else value for name, value in self.params.items()}
        return self._replace(params=shown)


class Sent(NamedTuple):
    """Query and body byte for byte, of which a client may have signed a part."""

    query: bytes = b""
    body: bytes = b""


class Answer(NamedTuple):
    """What to send back: a JSON value, or HTML if it is a string."""

    status: int
    body: Any


def answer(
    call: RestCall,
    api_key: str | None,
    market: Market,
    accounts: Accounts,
    listen_keys: bool,
    time_unit: str | None = None,
    sent: Sent = Sent(),  # noqa: B008, a tuple that nothing can change
    clock: Clock = Clock(),  # noqa: B008
) -> Answer:
    """Answer one REST call.

    :param api_key: the header ``X-MBX-APIKEY``, or None.
    :param listen_keys: False answers listen key calls as binance.com does since they were removed there.
    :param time_unit: the header ``X-MBX-TIME-UNIT``, or None.
    :param sent: the call as it was sent, for signatures.
    :param clock: the exchange's time.

    Source: Spot *REST API*; binance.us *User Data Streams*; Margin *Trade Data Stream*; *Error codes*.
    """
    try:
        if call.path in _GONE:
            return Answer(410, GONE_HTML)
        if call.path == _LISTEN_TOKEN:
            return Answer(200, _listen_token(call, api_key, market, accounts, sent, clock))
        if call.path == USER_STREAM:
            if not listen_keys:
                return Answer(410, GONE_HTML)
            return Answer(200, _user_stream(call, api_key, accounts, market.now_ms))
        respond = _PUBLIC.get(call.path)
        if respond is None:
            return Answer(404, gateway_page(404, "Not Found"))
        if call.method not in ("GET", "HEAD"):
            raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
        per_ms = units_in_a_millisecond(time_unit)
        return Answer(200, respond(_Asked(call, market, per_ms, clock.offset_ms)))
    except BinanceAPIException as error:
        return refused(error)


def refused(error: BinanceAPIException) -> Answer:
    """Return the answer that reports an error."""
    return Answer(error.status_code or 400, {"code": error.code, "msg": error.message})


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
    fixed, for_all = _WEIGHTS.get(call.path, (1, 1))
    if call.path == "/api/v3/depth":
        limit = call.params.get("limit", "")
        levels = int(limit) if re.fullmatch("[0-9]{1,20}", limit) else 100
        return next((cost for most, cost in _DEPTH_WEIGHTS if levels <= most), 250)
    if call.path == "/api/v3/ticker/24hr" and "symbols" in call.params:
        named = call.params["symbols"].count(",") + 1
        return next((cost for most, cost in ((20, 2), (100, 40)) if named <= most), 80)
    return fixed if "symbol" in call.params else for_all


def gateway_page(status: int, reason: str) -> str:
    """Return the HTML page that a gateway sends in place of an answer."""
    return GONE_HTML.replace("410 Gone", f"{status} {reason}")


class _Asked:
    """A public call, and its parameters read."""

    def __init__(self, call: RestCall, market: Market, per_ms: int, offset_ms: float) -> None:
        self.server_ms = market.now_ms + offset_ms
        self.call = call
        self.market = market
        self.per_ms = per_ms
        self.now_ms = int(market.now_ms)

    def book(self) -> Book:
        """Return the book of the mandatory parameter ``symbol``."""
        return self._book(_mandatory(self.call, "symbol"))

    def _book(self, symbol: str) -> Book:
        if not re.fullmatch(SYMBOL, symbol):
            raise _illegal("symbol", r"^[\w\-._&&[^a-z]]{1,50}$")
        book = self.market.books.get(symbol)
        if book is None:
            raise BinanceAPIException(400, -1121, "Invalid symbol.")
        return book

    def books(self) -> list[Book] | None:
        """Return the books of ``symbols``, or all if none is named; None if ``symbol`` names one."""
        params = self.call.params
        if "symbol" in params:
            if "symbols" in params:
                text = "Combination of optional parameters invalid. Send 'symbol' or 'symbols', not both."
                raise BinanceAPIException(400, -1128, text)
            return None
        if "symbols" not in params:
            return list(self.market.books.values())
        try:
            named = json.loads(params["symbols"])
        except (ValueError, RecursionError) as exc:  # the latter by brackets without end
            raise _illegal("symbols", r'^\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\]$') from exc
        if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
            raise not_valid("symbols")
        return [self._book(name) for name in named]

    def number(self, name: str) -> int | None:
        """Return a parameter that is a whole number, not below 0; None if it was not sent."""
        text = self.call.params.get(name)
        if text is None:
            return None
        if text == "":
            raise BinanceAPIException(400, -1105, f"Parameter '{name}' was empty.")
        if not re.fullmatch("[0-9]{1,20}", text):
            raise _illegal(name, "^[0-9]{1,20}$")
        number = int(text)
        if number >= 2**63:
            raise not_valid(name)
        return number

    def limit(self) -> int:
        """Return how many items are wanted: 500 by default, 1000 at most."""
        limit = self.number("limit")
        if limit == 0:
            raise not_valid("limit")
        return min(limit or 500, _MOST_ITEMS)

    def time_ms(self, name: str) -> int | None:
        """Return a moment, which may be in milliseconds or in microseconds."""
        time = self.number(name)
        return time if time is None or time < 10**15 else time // MICROS


def _illegal(name: str, legal: str) -> BinanceAPIException:
    text = f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    return BinanceAPIException(400, -1100, text)


def not_valid(name: str) -> BinanceAPIException:
    """Return the error of a parameter with an invalid value."""
    return BinanceAPIException(400, -1130, f"Data sent for parameter '{name}' is not valid.")


def _time(asked: _Asked) -> Any:
    return {"serverTime": int(asked.server_ms * asked.per_ms)}


def _exchange_info(asked: _Asked) -> Any:
    books = asked.books()
    return {
        "timezone": "UTC",
        "serverTime": _time(asked)["serverTime"],
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [_symbol(book) for book in ([asked.book()] if books is None else books)],
    }


def _depth(asked: _Asked) -> Any:
    # 0 is answered with the default number of levels.
    return payloads.partial_depth(asked.book(), min(asked.number("limit") or 100, _MOST_LEVELS))


def _kept(kept: Sequence[_Item], from_id: int | None, limit: int) -> list[_Item]:
    """Return the last items, or those from an id on; ids are without holes."""
    begin = len(kept) - limit if from_id is None or not kept else from_id - kept[0].id
    return list(islice(kept, max(0, begin), max(0, begin) + limit))


def _trades(asked: _Asked) -> Any:
    found = _kept(asked.book().trades, None, asked.limit())
    return [payloads.rest_trade(trade, asked.per_ms) for trade in found]


def _historical_trades(asked: _Asked) -> Any:
    found = _kept(asked.book().trades, asked.number("fromId"), asked.limit())
    return [payloads.rest_trade(trade, asked.per_ms) for trade in found]


def _agg_trades(asked: _Asked) -> Any:
    book, limit, from_id = asked.book(), asked.limit(), asked.number("fromId")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    if first_ms is None and last_ms is None:
        found = _kept(book.aggs, from_id, limit)
    else:
        if from_id is not None:
            text = "Combination of optional parameters invalid. Send 'fromId' without times."
            raise BinanceAPIException(400, -1128, text)
        within = [
            agg
            for agg in book.aggs
            if (first_ms or 0) * MICROS <= agg.time_us
            and (last_ms is None or agg.time_us < (last_ms + 1) * MICROS)
        ]
        found = within[-limit:] if first_ms is None else within[:limit]
    return [payloads.rest_agg_trade(book, agg, asked.per_ms) for agg in found]


def _klines(asked: _Asked) -> Any:
    book, interval = asked.book(), _mandatory(asked.call, "interval")
    if interval not in KLINE_INTERVALS:
        raise BinanceAPIException(400, -1120, "Invalid interval.")
    zone = asked.call.params.get("timeZone", "0").strip("+ ")  # a + that is not escaped is a blank
    if zone not in _TIME_ZONES:
        raise not_valid("timeZone")
    first_ms, last_ms = asked.time_ms("startTime"), asked.time_ms("endTime")
    last_ms = asked.now_ms if last_ms is None else min(last_ms, asked.now_ms)
    listed = book.history.candles(interval, _TIME_ZONES[zone], first_ms, last_ms, asked.limit())
    return [payloads.rest_kline(book, candle, interval, asked.per_ms) for candle in listed]


def _average_price(asked: _Asked) -> Any:
    return payloads.rest_average_price(asked.book(), asked.now_ms, asked.per_ms)


def _each(show: Callable[[_Asked, Book], Any]) -> Callable[[_Asked], Any]:
    """Return what answers for the one ``symbol``, or with a list for several."""

    def respond(asked: _Asked) -> Any:
        books = asked.books()
        return show(asked, asked.book()) if books is None else [show(asked, book) for book in books]

    return respond


_PUBLIC: Final[dict[str, Callable[[_Asked], Any]]] = {
    "/api/v3/ping": lambda asked: {},
    "/api/v3/time": _time,
    "/api/v3/exchangeInfo": _exchange_info,
    "/api/v3/depth": _depth,
    "/api/v3/trades": _trades,
    "/api/v3/historicalTrades": _historical_trades,
    "/api/v3/aggTrades": _agg_trades,
    "/api/v3/klines": _klines,
    "/api/v3/uiKlines": _klines,
    "/api/v3/avgPrice": _average_price,
    "/api/v3/ticker/24hr": _each(lambda asked, book: payloads.rest_ticker(book, asked.now_ms, asked.per_ms)),
    "/api/v3/ticker/bookTicker": _each(lambda asked, book: payloads.rest_book_ticker(book)),
    "/api/v3/ticker/price": _each(
        lambda asked, book: {"symbol": book.symbol, "price": decimal(book.last_price)}
    ),
}

# Weights of a call: with ``symbol``, and without it.
_WEIGHTS: Final = {
    "/api/v3/exchangeInfo": (20, 20),
    "/api/v3/trades": (25, 25),
    "/api/v3/historicalTrades": (25, 25),
    "/api/v3/aggTrades": (4, 4),
    "/api/v3/klines": (2, 2),
    "/api/v3/uiKlines": (2, 2),
    "/api/v3/avgPrice": (2, 2),
    "/api/v3/ticker/24hr": (2, 80),
    "/api/v3/ticker/bookTicker": (2, 4),
    "/api/v3/ticker/price": (2, 4),
}

# Weight of a depth call by its limit.
_DEPTH_WEIGHTS: Final = ((100, 5), (500, 25), (1000, 50))


def _mandatory(call: RestCall, name: str) -> str:
    value = call.params.get(name)
    if not value:
        text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        raise BinanceAPIException(400, -1102, text)
    return value


def _symbol(book: Book) -> dict[str, Any]:
    spec = book.spec
    return {
        "symbol": spec.symbol,
        "status": "TRADING",
        "baseAsset": spec.base,
        "baseAssetPrecision": 8,
        "quoteAsset": spec.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": decimal(spec.tick), "tickSize": decimal(spec.tick)},
            {"filterType": "LOT_SIZE", "minQty": decimal(spec.step), "stepSize": decimal(spec.step)},
        ],
    }


def _user_stream(call: RestCall, api_key: str | None, accounts: Accounts, now_ms: float) -> Any:
    account = accounts.authenticate(api_key)
    if call.method == "POST":
        listen_key = accounts.listen_keys.open(account, now_ms)
        accounts.listens(account)
        return {"listenKey": listen_key}
    if call.method == "PUT":
        accounts.listen_keys.extend(account, _mandatory(call, "listenKey"), now_ms)
        return {}
    if call.method == "DELETE":
        accounts.listen_keys.close(account, _mandatory(call, "listenKey"))
        return {}
    raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")


def _listen_token(
    call: RestCall, api_key: str | None, market: Market, accounts: Accounts, sent: Sent, clock: Clock
) -> Any:
    if call.method != "POST":
        raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
    account = accounts.authenticate(api_key, MARGIN)
    signature = _mandatory(call, "signature")
    check_timing(call.params, clock.accepted_ms)
    payload, in_place = rest_payload(*sent)
    if not in_place:
        raise bad_signature()
    accounts.keys.check_signature(account.api_key, payload, signature)
    isolated = call.params.get("isIsolated", "false").lower()
    if isolated not in ("true", "false"):
        raise not_valid("isIsolated")
    asked = _Asked(call, market, MILLIS, clock.offset_ms)
    if isolated == "true":
        account = accounts.authenticate(api_key, isolated_kind(asked.book().symbol))
    validity_ms = asked.number("validity")
    if validity_ms is None:
        validity_ms = LISTEN_TOKEN_MS
    elif not 0 < validity_ms <= LISTEN_TOKEN_MS:
        raise not_valid("validity")
    token, expires_ms = accounts.tokens.open(account, validity_ms, market.now_ms)
    return {"token": token, "expirationTime": int(expires_ms + clock.offset_ms)}
