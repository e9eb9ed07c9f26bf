"""The REST client: blocking calls over the requests library. Without Twisted.

Its calls are made from the table in :mod:`binance.rest.calls`; what is more than a row is in the modules
beside it.

Source: Spot *REST API*.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from binance.endpoints import Endpoints, everything_to, in_force, lacks, preset
from binance.exceptions import BinanceAPIException as BinanceAPIException  # scripts take these from here, too
from binance.exceptions import BinanceRequestException as BinanceRequestException
from binance.exceptions import BinanceWithdrawException as BinanceWithdrawException
from binance.exceptions import InvalidArgument
from binance.packaging.newer import ClientNames, explain_names_of
from binance.rest.calls import HOSTS, Security
from binance.rest.class_constants import ClassConstants
from binance.rest.executor import Executor, not_sent
from binance.rest.history import History
from binance.rest.hosts import URLS, host_for, url_for
from binance.rest.lookups import Lookups
from binance.rest.order_ids import ids_in
from binance.rest.orders import Orders
from binance.rest.table import CALLS
from binance.rest.translated import Translated
from binance.venues.signing import HmacKey, Key, KeyType, is_pem, private_key, signed_request
from binance.wire.timings import TIMINGS, Timings

explain_names_of(__name__)

_KEY = re.compile(r"[!-~]*")
_VERBS = ("GET", "POST", "PUT", "DELETE")
_LONGEST_WINDOW_MS = 60_000


class Client(Translated, Orders, History, Lookups, ClassConstants, ClientNames):
    """Calls the exchange's REST API; safe to use from several threads.

    Nothing is sent when it is made.

    :param api_key: sent in a header with the calls that need it.
    :param api_secret: of an HMAC key, or the PEM text of a private key; it signs, and is never sent, never
        printed.
    :param requests_params: keyword arguments for every call of the requests library, e.g. ``{"timeout": 20,
        "proxies": {...}}``; without a ``timeout`` it is 10 s. What is on this machine is never asked through
        a proxy, and ``~/.netrc`` is not read.
    :param tld: ``"com"`` or ``"us"``: binance.com or binance.us.
    :param testnet: True for the testnets, whose keys are their own.
    :param demo: True for the demo mode of binance.com, whose keys are its own.
    :param private_key: in place of *api_secret* for an RSA or Ed25519 key: its PEM text, or the path of the
        file that holds it.
    :param private_key_pass: the passphrase of an encrypted one.
    :param endpoints: the venue, if it is another one. A manager made with this client goes there too.
    :param recv_window_ms: milliseconds after its timestamp within which a signed call has to arrive, 60,000
        at most; None: the exchange's 5,000. ``recvWindow`` among the parameters of one call wins.
    :raises InvalidArgument: if two venues are named, a key cannot be one, or *recv_window_ms* is out of
        range.

    The calls of the table take the exchange's parameters by their names. Amounts are sent exactly: a ``str``
    or ``Decimal`` digit by digit, a ``float`` without an exponent. Parameters that are None are left out. An
    order without a client order id gets one, so that an order whose answer was lost can be asked for.

    Every method raises :exc:`~binance.exceptions.BinanceAPIException` if the exchange answers with an error
    and :exc:`~binance.exceptions.BinanceRequestException` if there is no answer that can be read, or one that
    is larger or takes longer than is taken. While a wait that the exchange asked for with 429 or 418 is not
    over, nothing is sent to its host, and :exc:`~binance.exceptions.RateLimited` is raised at once. Calls
    that the exchange has ended raise :exc:`~binance.exceptions.Retired`.

    ``API_URL``, ``FUTURES_URL`` and the other constants that end in ``_URL`` say where calls go. One that was
    changed, on the class, a subclass or a client, wins over the venue.
    """

    #: Waits and limits. A test may set others on a subclass, or on a client before its first call.
    timings: Timings = TIMINGS

    API_URL = URLS["API_URL"].classic
    MARGIN_API_URL = URLS["MARGIN_API_URL"].classic
    WITHDRAW_API_URL = URLS["WITHDRAW_API_URL"].classic
    FUTURES_URL = URLS["FUTURES_URL"].classic
    FUTURES_DATA_URL = URLS["FUTURES_DATA_URL"].classic
    FUTURES_COIN_URL = URLS["FUTURES_COIN_URL"].classic
    FUTURES_COIN_DATA_URL = URLS["FUTURES_COIN_DATA_URL"].classic
    OPTIONS_URL = URLS["OPTIONS_URL"].classic
    OPTIONS_TESTNET_URL = "https://testnet.binanceops.{}/vapi"
    WEBSITE_URL = URLS["WEBSITE_URL"].classic

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        requests_params: Mapping[str, Any] | None = None,
        tld: str = "com",
        testnet: bool = False,
        *,
        demo: bool = False,
        private_key: str | bytes | os.PathLike[str] | None = None,
        private_key_pass: str | None = None,
        endpoints: Endpoints | None = None,
        recv_window_ms: int | None = None,
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
            raise InvalidArgument("api_key contains a blank, a line break or another invalid character")
        if recv_window_ms is not None and (
            not isinstance(recv_window_ms, int) or not 0 < recv_window_ms <= _LONGEST_WINDOW_MS
        ):
            raise InvalidArgument(
                f"recv_window_ms is {recv_window_ms!r}; use milliseconds from 1 to {_LONGEST_WINDOW_MS:,}"
            )
        self.API_KEY = api_key
        self.API_SECRET = api_secret
        self.testnet = testnet
        self.endpoints = in_force(venue)
        for name in URLS:
            setattr(self, name, url_for(name, getattr(type(self), name), self.endpoints, tld))
        self._key = _key(api_secret, private_key, private_key_pass)
        self._requests_params = dict(requests_params or {})
        self._recv_window_ms = recv_window_ms

    def __getstate__(self) -> dict[str, Any]:
        """What a copy has: connections and what is known of the clock are its own."""
        return {name: value for name, value in vars(self).items() if name != "_executor"}

    def __repr__(self) -> str:
        return f"<Client {self.endpoints.rest} {'with' if self.API_KEY else 'without'} key>"

    # -- beside the table ---------------------------------------------------------------------------------

    def request(
        self,
        verb: str,
        path: str,
        *,
        venue: str = "spot",
        signed: bool = False,
        with_key: bool = False,
        **params: Any,
    ) -> Any:
        """Make a call that the client has no method for.

        :param verb: ``"GET"``, ``"POST"``, ``"PUT"`` or ``"DELETE"``.
        :param path: from the host on, e.g. ``"/sapi/v1/simple-earn/flexible/list"``.
        :param venue: whose host: ``"spot"``, which has ``/api`` and ``/sapi``, ``"usdm"``, ``"coinm"``,
            ``"options"``, ``"portfolio_margin"``.
        :param signed: send key, timestamp and signature; *with_key*: the key alone.
        :param params: as for all calls.
        :returns: the answer's JSON.
        :raises InvalidArgument: if *verb* or *venue* is unknown, or *path* does not begin with a slash or
            holds parameters.
        """
        if verb.upper() not in _VERBS:
            raise InvalidArgument(f"verb is {verb!r}; use one of {', '.join(_VERBS)}")
        if venue not in HOSTS:
            raise InvalidArgument(f"venue is {venue!r}; use one of {', '.join(HOSTS)}")
        if not path.startswith("/") or "?" in path or "#" in path:
            raise InvalidArgument(f"path is {path!r}; use one like '/api/v3/time', parameters beside it")
        security: Security = "signed" if signed else "key" if with_key else "none"
        order_ids = ids_in(params) if verb.upper() == "POST" else ()
        return self._executor.request(verb.upper(), path, params, venue, security, order_ids)

    def weight(self) -> dict[str, dict[str, int]]:
        """What the exchange says has been used of its limits, by all that goes to it from this address.

        As far as is known: it says so with every answer. Limits are in ``get_exchange_info()["rateLimits"]``.

        :returns: by family of paths, e.g. ``{"/api": {"weight_1m": 42, "orders_10s": 1, "orders_1d": 7},
            "/sapi": {"weight_1m": 1, "account_weight_1m": 3}}``; ``m``, ``s`` and ``d`` are minutes, seconds
            and days. A count whose time is over is 0. Orders and ``account_weight`` are this client's
            account's.

        Source: Spot *REST API*, "IP Limits"; *Wallet*, "Limits".
        """
        return self._executor.used()

    def margin_get_listen_token(self, symbol: str | None = None) -> dict[str, Any]:
        """Get a token for the events of a margin account, good for 24 hours.

        :param symbol: of an isolated margin account, e.g. ``"BNBBTC"``; None for the cross margin account.
        :returns: ``{"token": text, "expirationTime": epoch milliseconds}``.

        Source: *Margin Trading*, "User Data Stream", listenToken.
        """
        params = {"isIsolated": False} if symbol is None else {"isIsolated": True, "symbol": symbol.upper()}
        path = "/sapi/v1/userListenToken"
        answer = self._executor.request("POST", path, params, "spot", "signed", repeatable=True)
        if not isinstance(answer, dict) or not isinstance(answer.get("token"), str) or not answer["token"]:
            raise BinanceRequestException(f"POST {path}: the answer has no token")
        return answer

    # -- signing ------------------------------------------------------------------------------------------

    @property
    def key_type(self) -> KeyType | None:
        """``"HMAC"``, ``"RSA"`` or ``"Ed25519"``; None if this client cannot sign."""
        return None if self._key is None or not self.API_KEY else self._key.type

    @property
    def clock_offset_ms(self) -> float:
        """Milliseconds by which the exchange's clock is ahead of this machine's, as far as is known.

        It is added to the timestamps of signed calls. It is measured before the first signed call other
        than a GET, after that at most once an hour, and when the exchange refuses a timestamp.
        """
        return self._executor.time.offset_ms

    @clock_offset_ms.setter
    def clock_offset_ms(self, offset_ms: float) -> None:
        self._executor.time.offset_ms = offset_ms

    @property
    def timestamp_offset(self) -> int:
        """:attr:`clock_offset_ms` in whole milliseconds, as python-binance 0.7 named it."""
        return int(self.clock_offset_ms)

    @timestamp_offset.setter
    def timestamp_offset(self, offset_ms: float) -> None:
        self.clock_offset_ms = offset_ms

    def sign_request(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a WebSocket API request with ``apiKey``, ``timestamp`` and ``signature``.

        :raises BinanceRequestException: if this client has no key to sign with.
        """
        key = self._executor.signing_key("a signed request")
        timestamp = self._executor.time.timestamp_ms()
        return signed_request({**params, "apiKey": self.API_KEY, "timestamp": timestamp}, key)

    def correct_clock(self, server_ms: float, sent_s: float, received_s: float) -> float:
        """Take the exchange's time for the timestamps from now on.

        :param server_ms: what the exchange said, epoch milliseconds.
        :param sent_s: when it was asked, epoch seconds of this machine; *received_s*: when it answered.
        :returns: milliseconds by which the exchange's clock is ahead.
        """
        return self._executor.time.correct(server_ms, sent_s, received_s)

    # -- within -------------------------------------------------------------------------------------------

    def _call(self, name: str, params: Mapping[str, Any]) -> Any:
        return self._executor.make(CALLS[name], params)

    @cached_property
    def _executor(self) -> Executor:
        params, timings = self._requests_params, self.timings
        return Executor(self.API_KEY, self._key, params, timings, self._host, self._recv_window_ms)

    def _host(self, venue: str, path: str, with_key: bool) -> str:
        """The host of a path, scheme and all.

        :raises BinanceRequestException: if a key would go to another exchange than the one whose it is.
        """
        field = HOSTS[venue]
        changed = None if everything_to() is not None else host_for(field, path, self)
        host = str(getattr(self.endpoints, field)) if changed is None else changed
        if with_key and host == getattr(self.endpoints, field) and lacks(self.endpoints, field):
            raise not_sent(
                f"{self.endpoints.rest} has no {venue}, and its API keys are not valid at binance.com; for "
                f"another host pass endpoints=Endpoints({field}=...)"
            )
        return host


def _key(
    secret: str | None, key: str | bytes | os.PathLike[str] | None, passphrase: str | None
) -> Key | None:
    """What signs; None if nothing was given."""
    if key is not None:
        return private_key(key, passphrase)
    if not secret:
        return None
    if not isinstance(secret, str):
        raise InvalidArgument(f"api_secret is a {type(secret).__name__}; use a str")
    if is_pem(secret):
        return private_key(secret, passphrase)
    if not _KEY.fullmatch(secret):
        raise InvalidArgument("api_secret contains a blank, a line break or another invalid character")
    return HmacKey(secret)
