"""The REST client: blocking calls over requests. Knows nothing of Twisted.

What it asks of derivatives is in :mod:`binance.rest.derivatives`.

Source: Spot *REST API*; listen keys: binance.us *User Data Streams*.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from binance import constants
from binance.endpoints import Endpoints, in_force, preset
from binance.exceptions import BinanceAPIException, BinanceRequestException, InvalidArgument, RateLimited
from binance.net.rest_bounds import Deadline, TooMuch
from binance.net.rest_session import RestSession
from binance.net.trust import chosen_trust, requests_bundle
from binance.packaging.newer import ClientNames, explain_names_of
from binance.process.logs import Log
from binance.rest.derivatives import DerivativesCalls, listen_key_of
from binance.text.printable import printable_error
from binance.venues.codes import TOO_MANY, Remedy, remedy
from binance.venues.signing import HmacKey, Key, KeyType, is_pem, private_key, signed_form, signed_request
from binance.wire.bans import rest_bans
from binance.wire.control import clock_words
from binance.wire.hosts import place_of
from binance.wire.timings import TIMINGS, Timings
from binance.wire.waits import ban_wait_s, retry_after_s

log = Log(__name__)

explain_names_of(__name__)

_KEY = re.compile(r"[!-~]*")
_CONNECTION = re.compile(r"^<?[\w.]+(?:\([^)]*\)| object at )[^:]*: ")

#: Seconds to connect, and seconds between two bytes of an answer.
DEFAULT_TIMEOUT_S = 10.0


class Client(DerivativesCalls, ClientNames):
    """Calls the exchange's REST API; safe to use from several threads.

    Nothing is sent when it is made.

    :param api_key: sent in a header with the calls that need it.
    :param api_secret: of an HMAC key, or the PEM text of a private key; it signs, and is never sent, never
        printed.
    :param requests_params: keyword arguments for every call of the requests library, e.g. ``{"timeout": 20,
        "proxies": {...}}``; without a ``timeout`` it is 10 s. What is on this machine is never asked through
        a proxy, and ``~/.netrc`` is not read.
    :param tld: ``"com"`` or ``"us"``: binance.com or binance.us.
    :param testnet: True for the spot testnet, whose keys are its own.
    :param demo: True for the demo mode of binance.com, whose keys are its own.
    :param private_key: in place of *api_secret* for an RSA or Ed25519 key: its PEM text, or the path of the
        file that holds it.
    :param private_key_pass: the passphrase of an encrypted one.
    :param endpoints: the venue, if it is none of those. A manager made with this client goes there too.
    :raises InvalidArgument: if two venues are named, or a key cannot be one.

    :ivar clock_offset_ms: milliseconds by which the exchange's clock is ahead of this machine's, as far as is
        known; added to the timestamps of signed requests. It is measured when the exchange refuses one.

    Every method raises :exc:`~binance.exceptions.BinanceAPIException` if the exchange answers with an error
    and :exc:`~binance.exceptions.BinanceRequestException` if there is no answer that can be read, or one that
    is larger or takes longer than is taken. While a wait that the exchange asked for with 429 or 418 is not
    over, nothing is sent to its host, and :exc:`~binance.exceptions.RateLimited` is raised at once.
    """

    #: Waits and limits. A test may set others on a subclass, or on a client before its first call.
    timings: Timings = TIMINGS

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
        tld: str = "com",
        testnet: bool = False,
        demo: bool = False,
        private_key: str | bytes | os.PathLike[str] | None = None,
        private_key_pass: str | None = None,
        endpoints: Endpoints | None = None,
    ) -> None:
        venue = preset(tld, testnet, demo)
        if endpoints is not None:
            if not isinstance(endpoints, Endpoints):
                raise InvalidArgument(
                    f"endpoints is a {type(endpoints).__name__}; use a binance.endpoints.Endpoints"
                )
            if testnet or demo or tld != "com":
                raise InvalidArgument("pass endpoints, or one of tld, testnet and demo, not both")
            venue = endpoints
        if api_key is not None and (not isinstance(api_key, str) or not _KEY.fullmatch(api_key)):
            # not quoted: it is a secret, and may be one with a line's end behind it
            raise InvalidArgument("api_key holds a character that no key has; a blank or a line's end?")
        self.API_KEY = api_key
        self.API_SECRET = api_secret
        self.endpoints = in_force(venue)
        self.clock_offset_ms = 0.0
        self._key = _key(api_secret, private_key, private_key_pass)
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
        return listen_key_of(self._request_dict("POST", "/api/v3/userDataStream", with_key=True))

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

    # -- listen tokens ------------------------------------------------------------------------------------

    def margin_get_listen_token(self, symbol: str | None = None) -> dict[str, Any]:
        """Get a token for the events of a margin account, good for 24 hours.

        :param symbol: of an isolated margin account, e.g. ``"BNBBTC"``; None for the cross margin account.
        :returns: ``{"token": text, "expirationTime": epoch milliseconds}``.

        Source: *Margin Trading*, "User Data Stream", listenToken.
        """
        params = {"isIsolated": False} if symbol is None else {"isIsolated": True, "symbol": symbol.upper()}
        answer = self._request_signed("POST", "/sapi/v1/userListenToken", params)
        if not isinstance(answer.get("token"), str) or not answer["token"]:
            raise BinanceRequestException("the exchange's answer holds no token")
        return answer

    # -- signing ------------------------------------------------------------------------------------------

    @property
    def key_type(self) -> KeyType | None:
        """``"HMAC"``, ``"RSA"`` or ``"Ed25519"``; None if this client cannot sign."""
        return None if self._key is None or not self.API_KEY else self._key.type

    def sign_request(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a WebSocket API request with ``apiKey``, ``timestamp`` and ``signature``.

        :raises BinanceRequestException: if this client has no key to sign with.
        """
        key = self._signing_key("a signed request")
        return signed_request({**params, "apiKey": self.API_KEY, "timestamp": self._timestamp_ms()}, key)

    def correct_clock(self, server_ms: float, sent_s: float, received_s: float) -> float:
        """Take the exchange's time for the timestamps from now on.

        :param server_ms: what the exchange said, epoch milliseconds.
        :param sent_s: when it was asked, epoch seconds of this machine; *received_s*: when it answered.
        :returns: milliseconds by which the exchange's clock is ahead.
        """
        self.clock_offset_ms = server_ms - (sent_s + received_s) / 2 * 1000
        return self.clock_offset_ms

    def _timestamp_ms(self) -> int:
        return int(time.time() * 1000 + self.clock_offset_ms)

    def _signing_key(self, what: str) -> Key:
        if self._key is None or not self.API_KEY:
            raise BinanceRequestException(f"{what} needs a key: Client(api_key='...', api_secret='...')")
        return self._key

    # -- within -------------------------------------------------------------------------------------------

    def _request_signed(self, method: str, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """A call with a timestamp and a signature; if the clock is wrong, once more with the right time."""
        key = self._signing_key(f"{method} {path}")

        def call() -> dict[str, Any]:
            form = signed_form({**params, "timestamp": self._timestamp_ms()}, key)
            return self._request_dict(method, path, form, with_key=True)

        try:
            return call()
        except BinanceAPIException as exc:
            if remedy(exc.status_code, exc.code) is not Remedy.CORRECT_CLOCK:
                raise
            sent_s = time.time()
            server_ms = self.get_server_time().get("serverTime")
            if not isinstance(server_ms, int):
                raise
            ahead_ms = self.correct_clock(server_ms, sent_s, time.time())
            log.info("%s; timestamps are corrected", clock_words(ahead_ms))
            return call()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = RestSession(self.timings.rest_bytes)
        return session

    def _request_dict(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | str | None = None,
        with_key: bool = False,
        rest: str = "rest",
    ) -> dict[str, Any]:
        answer = self._request(method, path, params, with_key, str(getattr(self.endpoints, rest)))
        if not isinstance(answer, dict):
            raise BinanceRequestException(
                f"{method} {path}: the answer is a {type(answer).__name__}, not an object"
            )
        return answer

    def _request(
        self, method: str, path: str, params: Mapping[str, Any] | str | None, with_key: bool, base: str
    ) -> Any:
        options: dict[str, Any] = {
            "allow_redirects": False,  # our key header would travel along
            **self._requests_params,
            "stream": False,  # the whole answer, within the bounds of the call
        }
        limit_s = max(self.timings.rest_s, _sum_s(options.get("timeout")))
        if options.get("timeout") is None:
            options["timeout"] = DEFAULT_TIMEOUT_S
        # everything but a GET's parameters goes in the body: URLs are logged
        options["params" if method == "GET" else "data"] = (
            params if isinstance(params, str) else dict(params or {})
        )
        headers = dict(options.pop("headers", None) or {})
        if isinstance(params, str):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if with_key:
            if not self.API_KEY:
                raise BinanceRequestException(f"{method} {path} needs an API key: Client(api_key='...')")
            headers["X-MBX-APIKEY"] = self.API_KEY
        host = place_of(base)
        self._check_wait(host)
        url, deadline = base + path, Deadline(limit_s)
        try:
            if "verify" not in options and base.startswith("https"):
                options["verify"] = requests_bundle(chosen_trust())
            with deadline:
                response = self._session().request(method, url, headers=headers, **options)
        except (requests.RequestException, HTTPError, OSError, InvalidArgument, TooMuch) as exc:
            words = _too_long(limit_s) if deadline.passed else _short(exc)
            raise BinanceRequestException(f"{method} {url}: {words}") from printable_error(exc)
        if deadline.passed:  # what came until then may look like a whole answer
            raise BinanceRequestException(f"{method} {url}: {_too_long(limit_s)}")
        try:
            return _read(f"{method} {path}", response)
        except BinanceAPIException as exc:
            rest_bans(self.timings).refused(host, exc.status_code, exc.retry_after_s, self._now())
            raise

    def _check_wait(self, host: str) -> None:
        """Raise if a host asked for a wait that is not over."""
        bans = rest_bans(self.timings)
        left_s = bans.left_s(host, self._now())
        if left_s > 0:
            status = bans.status_of(host) or 429
            words = (
                f"{host} asked with HTTP {status} to be left alone: nothing is sent for {left_s:.1f} s more"
            )
            raise RateLimited(status, TOO_MANY, words, left_s)

    def _now(self) -> float:
        clock = self.timings.clock
        return time.monotonic() if clock is None else float(clock.seconds())


def _key(
    secret: str | None, key: str | bytes | os.PathLike[str] | None, passphrase: str | None
) -> Key | None:
    """What signs; None if nothing was given."""
    if key is not None:
        return private_key(key, passphrase)
    if not secret:
        return None
    if not isinstance(secret, str):
        raise InvalidArgument(f"api_secret is a {type(secret).__name__}; it is text")
    if is_pem(secret):
        return private_key(secret, passphrase)
    if not _KEY.fullmatch(secret):
        raise InvalidArgument("api_secret holds a character that no secret has; a blank or a line's end?")
    return HmacKey(secret)


def _sum_s(timeout: Any) -> float:
    """Seconds of a timeout of the requests library's: of connecting and of reading, or the same for both."""
    both = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return float(sum(one for one in both if isinstance(one, (int, float))))


def _too_long(limit_s: float) -> str:
    return f"no whole answer in {limit_s:g} s; the call was broken off"


def _short(error: BaseException) -> str:
    if isinstance(error, TooMuch):
        return f"{error}; the call was broken off"
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
    if wait_s is None and status == 418:
        wait_s = ban_wait_s(message, time.time())
    raise BinanceAPIException(status, code if isinstance(code, int) else None, message, wait_s)
