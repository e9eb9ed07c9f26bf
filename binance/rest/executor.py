"""The executor of one REST call: host, parameters as text, key and signature.

A call is made once. Two things are repeated, neither of which can do anything twice: a GET by a connection
that had been closed, and a GET, or a request for a listen token, with a timestamp that the exchange refused.

Source: Spot *REST API*, "General Information".
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from binance.exceptions import BinanceAPIException, BinanceRequestException, RateLimited
from binance.rest.answers import read, returned
from binance.rest.calls import Call, Security
from binance.rest.exchange_time import ExchangeTime
from binance.rest.order_ids import name_orders, note_orders, with_ids
from binance.rest.params import encoded, of_call, texts
from binance.rest.transport import Transport
from binance.venues.codes import TOO_MANY, TOO_MANY_ORDERS, Remedy, outcome_is_unknown, remedy
from binance.venues.signing import Key, form_signature
from binance.wire.bans import rest_bans
from binance.wire.hosts import place_of
from binance.wire.timings import Timings
from binance.wire.usage import rest_usage

#: Where each venue says its time: path, and the venue that has it.
_CLOCKS = {
    "spot": ("/api/v3/time", "spot"),
    "usdm": ("/fapi/v1/time", "usdm"),
    "coinm": ("/dapi/v1/time", "coinm"),
    "options": ("/eapi/v1/time", "options"),
    "portfolio_margin": ("/fapi/v1/time", "usdm"),
}

#: The latest time that is believed, in the year 5138.
_LATEST_MS = 10**14


class Executor:
    """Makes calls; from any thread.

    :param api_key: sent in a header with the calls that need it; *key* signs.
    :param requests_params: keyword arguments for every call of the requests library.
    :param host_of: the host, scheme and all, of a venue and a path; whether a key is to go there, too.
    :param recv_window_ms: how late a signed call may arrive; None: as the exchange has it, 5000.

    :ivar time: the exchange's, for timestamps.
    """

    def __init__(
        self,
        api_key: str | None,
        key: Key | None,
        requests_params: Mapping[str, Any],
        timings: Timings,
        host_of: Callable[[str, str, bool], str],
        recv_window_ms: int | None = None,
    ) -> None:
        self._api_key = api_key
        self._key = key
        self._account = "" if api_key is None else hashlib.sha256(api_key.encode()).hexdigest()
        self._timings = timings
        self._host_of = host_of
        self._recv_window_ms = recv_window_ms
        self._transport = Transport(requests_params, timings)
        self._hosts: set[str] = set()
        self.time = ExchangeTime(self._server_ms, self._now, timings.clock_known_s)

    def make(self, call: Call, params: Mapping[str, Any]) -> Any:
        """Make the call of a row of the table; returns what its method does."""
        sent: Mapping[str, Any] = of_call(call, params)
        order_ids: Sequence[str] = ()
        if call.made:
            sent, order_ids = with_ids(call.made, sent)
        answer = self.request(call.verb, call.path, sent, call.venue, call.security, order_ids)
        return returned(call, answer)

    def request(
        self,
        verb: str,
        path: str,
        params: Mapping[str, Any],
        venue: str,
        security: Security,
        order_ids: Sequence[str] = (),
        repeatable: bool = False,
    ) -> Any:
        """Make one call; returns the JSON of its answer.

        :param order_ids: client order ids of the orders in it, for the error which says that it is not known
            what became of them.
        :param repeatable: it may be repeated with another timestamp, though it is not a GET.
        """
        sent = texts(params)
        if security != "signed":
            with self._naming(order_ids, harmless=True):
                return self._send(verb, path, venue, encoded(sent), with_key=security == "key")
        key = self.signing_key(f"{verb} {path}")
        if self._recv_window_ms is not None:
            sent.setdefault("recvWindow", str(self._recv_window_ms))
        repeatable = repeatable or verb == "GET"
        if not repeatable:
            self.time.learn(venue)

        def signed() -> Any:
            form = encoded({**sent, "timestamp": str(self.time.timestamp_ms())})
            with self._naming(order_ids, harmless=repeatable):
                return self._send(verb, path, venue, form, form_signature(form, key), with_key=True)

        try:
            return signed()
        except BinanceAPIException as exc:
            late = remedy(exc.status_code, exc.code) is Remedy.CORRECT_CLOCK
            if not late or outcome_is_unknown(exc.status_code, exc.code) or not self.time.measure(venue):
                raise
            if not repeatable:
                words = (
                    f"{exc.message} The call was not executed. The clock is corrected now: repeat the call."
                )
                raise BinanceAPIException(exc.status_code or 400, exc.code, words) from None
        return signed()

    def signing_key(self, what: str) -> Key:
        """The key that signs.

        :param what: what needs it, for the error.
        :raises BinanceRequestException: if there is no key.
        """
        if not self._api_key:
            raise not_sent(f"{what} needs a key: Client(api_key='...', api_secret='...')")
        if self._key is None:
            raise not_sent(f"{what} needs the secret of the API key: Client(api_key, api_secret='...')")
        return self._key

    def used(self) -> dict[str, dict[str, int]]:
        """What has been used of the limits of the hosts that were asked, by family of paths."""
        return rest_usage(self._timings).used(self._hosts, self._account, self._now())

    # -- within -------------------------------------------------------------------------------------------

    def _server_ms(self, venue: str) -> int | None:
        answer = self._send("GET", *_CLOCKS.get(venue, _CLOCKS["spot"]))
        server_ms = answer.get("serverTime") if isinstance(answer, dict) else None
        return server_ms if isinstance(server_ms, int) and 0 < server_ms < _LATEST_MS else None

    def _send(
        self,
        verb: str,
        path: str,
        venue: str,
        form: str = "",
        signature: str = "",
        with_key: bool = False,
    ) -> Any:
        headers = {}
        if with_key:
            if not self._api_key:
                raise not_sent(f"{verb} {path} needs an API key: Client(api_key='...')")
            headers["X-MBX-APIKEY"] = self._api_key
        base = self._host_of(venue, path, with_key)
        host = place_of(base)
        self._check_wait(host)
        self._hosts.add(host)
        response = self._transport.send(verb, base, path, form, signature, headers)
        account = self._account if with_key else ""
        rest_usage(self._timings).answered(host, path, account, response.headers.items(), self._now())
        try:
            return read(f"{verb} {path}", response)
        except BinanceAPIException as exc:
            if exc.code != TOO_MANY_ORDERS:
                rest_bans(self._timings).refused(host, exc.status_code, exc.retry_after_s, self._now())
            raise

    @contextmanager
    def _naming(self, order_ids: Sequence[str], harmless: bool) -> Iterator[None]:
        """Name the orders of a call in what it raises, if they may have been taken.

        :param harmless: a call that may be repeated; without ids its error is left as it is.
        """
        says = bool(order_ids) or not harmless
        try:
            yield
        except BinanceRequestException as exc:
            if says and _may_be_done(exc):
                name_orders(exc, order_ids)
            raise
        except BaseException as exc:
            if says and self._transport.has_sent:
                note_orders(exc, order_ids)
            raise

    def _check_wait(self, host: str) -> None:
        """Raise if a host asked for a wait that is not over."""
        bans = rest_bans(self._timings)
        left_s = bans.left_s(host, self._now())
        if left_s > 0:
            status = bans.status_of(host) or 429
            words = f"rate limited: {host} answered HTTP {status}; no call is sent to it for {left_s:.1f} s"
            raise RateLimited(status, TOO_MANY, words, left_s)

    def _now(self) -> float:
        clock = self._timings.clock
        return time.monotonic() if clock is None else float(clock.seconds())


def not_sent(words: str) -> BinanceRequestException:
    """The error of a call that cannot be made."""
    error = BinanceRequestException(words)
    error.was_sent = False
    return error


def _may_be_done(error: BinanceRequestException) -> bool:
    """Whether the exchange may have done what a call asked for, though it failed."""
    if isinstance(error, BinanceAPIException):
        return error.was_sent and outcome_is_unknown(error.status_code, error.code)
    return error.was_sent  # no answer, or one that cannot be read
