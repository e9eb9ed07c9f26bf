"""What REST answers: a function from a call to a status and a JSON value. Pure."""

import re
from typing import Any, Final, NamedTuple

from binance.exceptions import BinanceAPIException
from binance.sandbox.accounts import Accounts
from binance.sandbox.market import Book, Market, decimal
from binance.sandbox.payloads import partial_depth

_MOST_LEVELS: Final = 5000
_GET_PATHS: Final = ("/api/v3/ping", "/api/v3/time", "/api/v3/exchangeInfo", "/api/v3/depth")
_USER_STREAM: Final = "/api/v3/userDataStream"

GONE_HTML: Final = (
    "<html>\r\n<head><title>410 Gone</title></head>\r\n<body>\r\n<center><h1>410 Gone</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class RestCall(NamedTuple):
    """One REST call as it came in; ``params`` holds the query's and the form's."""

    method: str
    path: str
    params: dict[str, str]


class Answer(NamedTuple):
    """What to send back: a JSON value, or HTML if it is a string."""

    status: int
    body: Any


def answer(
    call: RestCall, api_key: str | None, market: Market, accounts: Accounts, listen_keys: bool
) -> Answer:
    """Answer one REST call.

    :param api_key: the header ``X-MBX-APIKEY``, or None.
    :param listen_keys: False answers listen key calls as binance.com does since they were removed there.

    Source: Spot *REST API*; binance.us *User Data Streams*; Spot *Error codes*.
    """
    try:
        if call.path == _USER_STREAM:
            if not listen_keys:
                return Answer(410, GONE_HTML)
            return Answer(200, _user_stream(call, api_key, accounts, market.now_ms))
        if call.path not in _GET_PATHS:
            return Answer(404, _page(404, "Not Found"))
        if call.method not in ("GET", "HEAD"):
            raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
        return Answer(200, _public(call, market))
    except BinanceAPIException as error:
        return Answer(error.status_code or 400, {"code": error.code, "msg": error.message})


def _page(status: int, reason: str) -> str:
    return GONE_HTML.replace("410 Gone", f"{status} {reason}")


def gateway_page(status: int, reason: str) -> str:
    """Return the HTML that a gateway puts in place of an answer."""
    return _page(status, reason)


def _public(call: RestCall, market: Market) -> Any:
    if call.path == "/api/v3/ping":
        return {}
    if call.path == "/api/v3/time":
        return {"serverTime": int(market.now_ms)}
    if call.path == "/api/v3/exchangeInfo":
        books = [_book(call, market)] if "symbol" in call.params else list(market.books.values())
        return {
            "timezone": "UTC",
            "serverTime": int(market.now_ms),
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": [_symbol(book) for book in books],
        }
    limit = call.params.get("limit", "100")
    if not re.fullmatch(r"[0-9]{1,20}", limit):
        text = "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."
        raise BinanceAPIException(400, -1100, text)
    # 0 is answered with the default number of levels.
    return partial_depth(_book(call, market), min(int(limit), _MOST_LEVELS) or 100)


def _book(call: RestCall, market: Market) -> Book:
    symbol = _mandatory(call, "symbol")
    book = market.books.get(symbol)
    if book is None:
        raise BinanceAPIException(400, -1121, "Invalid symbol.")
    return book


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
        return {"listenKey": accounts.open_key(account, now_ms)}
    if call.method == "PUT":
        accounts.extend_key(account, _mandatory(call, "listenKey"), now_ms)
        return {}
    if call.method == "DELETE":
        accounts.close_key(account, _mandatory(call, "listenKey"))
        return {}
    raise BinanceAPIException(405, -1000, f"Request method '{call.method}' is not supported.")
