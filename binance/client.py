"""The REST client: blocking calls over requests. Knows nothing of Twisted.

Source: Spot *REST API*; listen keys: binance.us *User Data Streams*.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from binance import constants
from binance.endpoints import BINANCE_COM, Endpoints, in_force
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument
from binance.trust import chosen_trust, requests_bundle
from binance.waits import retry_after_s

_KEY = re.compile(r"[!-~]*")
_CONNECTION = re.compile(r"^<?[\w.]+(?:\([^)]*\)| object at )[^:]*: ")

#: Seconds to connect, and seconds between two bytes of an answer.
DEFAULT_TIMEOUT_S = 10.0


class Client:
    """Calls the exchange's REST API; safe to use from several threads.

    Nothing is sent when it is made.

    :param api_key: sent in a header with the calls that need it.
    :param api_secret: kept for signed calls; never sent, never printed.
    :param requests_params: keyword arguments for every call of the requests library, e.g. ``{"timeout": 20,
        "proxies": {...}}``; without a ``timeout`` it is 10 s.
    :param endpoints: the venue; default binance.com. A manager made with this client goes there too.

    Every method raises :exc:`~binance.exceptions.BinanceAPIException` if the exchange answers with an error
    and :exc:`~binance.exceptions.BinanceRequestException` if there is no answer that can be read.
    """

    KLINE_INTERVAL_1SECOND = constants.KLINE_INTERVAL_1SECOND
    KLINE_INTERVAL_1MINUTE = constants.KLINE_INTERVAL_1MINUTE
    KLINE_INTERVAL_3MINUTE = constants.KLINE_INTERVAL_3MINUTE
    KLINE_INTERVAL_5MINUTE = constants.KLINE_INTERVAL_5MINUTE
    KLINE_INTERVAL_15MINUTE = constants.KLINE_INTERVAL_15MINUTE
    KLINE_INTERVAL_30MINUTE = constants.KLINE_INTERVAL_30MINUTE
    KLINE_INTERVAL_1HOUR = constants.KLINE_INTERVAL_1HOUR
    KLINE_INTERVAL_2HOUR = constants.KLINE_INTERVAL_2HOUR
    KLINE_INTERVAL_4HOUR = constants.KLINE_INTERVAL_4HOUR
    KLINE_INTERVAL_6HOUR = constants.KLINE_INTERVAL_6HOUR
    KLINE_INTERVAL_8HOUR = constants.KLINE_INTERVAL_8HOUR
    KLINE_INTERVAL_12HOUR = constants.KLINE_INTERVAL_12HOUR
    KLINE_INTERVAL_1DAY = constants.KLINE_INTERVAL_1DAY
    KLINE_INTERVAL_3DAY = constants.KLINE_INTERVAL_3DAY
    KLINE_INTERVAL_1WEEK = constants.KLINE_INTERVAL_1WEEK
    KLINE_INTERVAL_1MONTH = constants.KLINE_INTERVAL_1MONTH
    SIDE_BUY = constants.SIDE_BUY
    SIDE_SELL = constants.SIDE_SELL

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        requests_params: Mapping[str, Any] | None = None,
        *,
        endpoints: Endpoints | None = None,
    ) -> None:
        if endpoints is not None and not isinstance(endpoints, Endpoints):
            raise InvalidArgument(f"endpoints is {endpoints!r}; use a binance.endpoints.Endpoints")
        if api_key is not None and (not isinstance(api_key, str) or not _KEY.fullmatch(api_key)):
            # not quoted: it is a secret, and may be one with a line's end behind it
            raise InvalidArgument("api_key holds a character that no key has; a blank or a line's end?")
        self.API_KEY = api_key
        self.API_SECRET = api_secret
        self.endpoints = in_force(endpoints or BINANCE_COM)
        self._requests_params = dict(requests_params or {})
        self._sessions = threading.local()  # a requests session is not made for several threads

    def __repr__(self) -> str:
        return f"<Client {self.endpoints.rest} {'with' if self.API_KEY else 'without'} key>"

    # -- market -------------------------------------------------------------------------------------------

    def ping(self) -> dict[str, Any]:
        """Ask whether the exchange answers.

        :returns: ``{}``.
        """
        return self._request_dict("GET", "/api/v3/ping")

    def get_server_time(self) -> dict[str, Any]:
        """The exchange's clock.

        :returns: ``{"serverTime": epoch ms}``.
        """
        return self._request_dict("GET", "/api/v3/time")

    def get_exchange_info(self, **params: Any) -> dict[str, Any]:
        """Trading rules and symbols.

        :param params: e.g. ``symbol="BNBBTC"``.
        :returns: ``{"timezone", "serverTime", "rateLimits": [...], "symbols": [...]}``.
        """
        return self._request_dict("GET", "/api/v3/exchangeInfo", params)

    def get_order_book(self, **params: Any) -> dict[str, Any]:
        """The order book of one symbol.

        :param params: ``symbol="BNBBTC"``, and ``limit``, levels per side, 100 by default, at most 5,000.
        :returns: ``{"lastUpdateId": n, "bids": [[price, quantity], ...], "asks": ...}``, prices as strings.
        """
        return self._request_dict("GET", "/api/v3/depth", params)

    # -- listen keys --------------------------------------------------------------------------------------

    def stream_get_listen_key(self) -> str:
        """Get the account's listen key, a new one or the one that lives; it lives 60 minutes from now.

        binance.com ended spot listen keys on 2026-02-20 and answers HTTP 410.
        """
        answer = self._request_dict("POST", "/api/v3/userDataStream", with_key=True)
        listen_key = answer.get("listenKey")
        if not isinstance(listen_key, str):
            raise BinanceRequestException("the exchange's answer holds no listenKey")
        return listen_key

    def stream_keepalive(self, listenKey: str) -> dict[str, Any]:
        """Let a listen key live another 60 minutes.

        :returns: ``{}``; code -1125 in the error means that the key is gone.
        """
        return self._request_dict("PUT", "/api/v3/userDataStream", {"listenKey": listenKey}, with_key=True)

    def stream_close(self, listenKey: str) -> dict[str, Any]:
        """Delete a listen key, for every program of the account that uses it.

        :returns: ``{}``.
        """
        return self._request_dict("DELETE", "/api/v3/userDataStream", {"listenKey": listenKey}, with_key=True)

    # -- within -------------------------------------------------------------------------------------------

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            session.headers.update({"Accept": "application/json", "User-Agent": "binance-twisted"})
        return session

    def _request_dict(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, with_key: bool = False
    ) -> dict[str, Any]:
        answer = self._request(method, path, params, with_key)
        if not isinstance(answer, dict):
            raise BinanceRequestException(
                f"{method} {path}: the answer is a {type(answer).__name__}, not an object"
            )
        return answer

    def _request(self, method: str, path: str, params: Mapping[str, Any] | None, with_key: bool) -> Any:
        options: dict[str, Any] = {
            "allow_redirects": False,  # our key header would travel along
            **self._requests_params,
        }
        if options.get("timeout") is None:
            options["timeout"] = DEFAULT_TIMEOUT_S
        # everything but a GET's parameters goes in the body: URLs are logged
        options["params" if method == "GET" else "data"] = dict(params or {})
        headers = dict(options.pop("headers", None) or {})
        if with_key:
            if not self.API_KEY:
                raise BinanceRequestException(f"{method} {path} needs an API key: Client(api_key='...')")
            headers["X-MBX-APIKEY"] = self.API_KEY
        try:
            if "verify" not in options and self.endpoints.rest.startswith("https"):
                options["verify"] = requests_bundle(chosen_trust())
            response = self._session().request(method, self.endpoints.rest + path, headers=headers, **options)
        except (requests.RequestException, HTTPError, OSError, InvalidArgument) as exc:
            raise BinanceRequestException(f"{method} {self.endpoints.rest}{path}: {_short(exc)}") from exc
        return _read(f"{method} {path}", response)


def _short(error: BaseException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    # requests wraps urllib3's error, which wraps the reason, which begins with the connection's repr
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return f"{type(error).__name__}: {_CONNECTION.sub('', str(reason or error))}"


def _read(call: str, response: requests.Response) -> Any:
    """The JSON of an answer, or the exception it means."""
    status = response.status_code
    wait_s = retry_after_s(response.headers.get("Retry-After"))
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        kind = response.headers.get("Content-Type", "no content type")
        words = f"{call}: the answer is no JSON ({kind}, {len(response.content)} bytes)"
        if 200 <= status < 300:
            raise BinanceRequestException(words, status) from None
        raise BinanceAPIException(status, None, words, wait_s) from None
    if 200 <= status < 300:
        return answer
    code = answer.get("code") if isinstance(answer, dict) else None
    message = str(answer.get("msg", "")) if isinstance(answer, dict) else ""
    message = message or f"{call}: refused with HTTP {status}"
    raise BinanceAPIException(status, code if isinstance(code, int) else None, message, wait_s)
